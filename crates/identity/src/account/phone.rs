//! POST /users/me/phone/verification and …/phone/verify: somebody reads the text messages of their number.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::{Asker, Body, Guard, Message, Problem, Success, Use};

use super::asked::Named;
use super::one_time::{Purpose, store as one_time};
use crate::service::Identity;
use crate::user::{User, save, store as users};
use crate::{Error, Myself};

/// The code of the text message.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct PhoneCode {
    /// Six digits.
    #[garde(length(max = 20))]
    code: String,
}

/// What stands for the number that the user has now.
async fn target(identity: &Identity, guard: &Guard<Myself>, user: &User) -> Result<(String, String), Error> {
    let tenant = guard.tenant_info().id;
    let phone = user.phone(&*identity.keys.keyring(tenant).await?)?;
    let phone = phone.ok_or_else(|| Error::field("#/phone", "you have no telephone number yet"))?;
    Ok((identity.one_time.phone(tenant, user.id, &phone), phone))
}

/// Send a code to one's own telephone number.
pub(crate) async fn send(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let id = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    let user = tx.run(users::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let (target, phone) = target(&identity, &guard, &user).await?;
    let issued = identity.issue(&mut tx, (&clock, &rng), id, Purpose::VerifyPhone, &target).await?;
    let language = Language::choose(None, asker.languages());
    let text = Named::of(guard.tenant_info()).words(language).phone_code(&issued.code);
    let sms = Mail::sms(&phone, "phone_code", language, text).map_err(Error::from)?;
    identity.messages.post(&mut tx, sms.until(issued.expires_at)).await.map_err(Error::from)?;
    let change = Change::named("user", Some(id.as_uuid()), "phone_code_sent", json!({}));
    Ok(tx.commit(change, Success::ok(Message::new("A code is on its way to your telephone"))).await?)
}

/// Verify one's own telephone number by the code that was sent to it.
pub(crate) async fn verify(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Body(request): Body<PhoneCode>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (id, now) = (guard.caller()?.user, clock.now());
    let mut tx = guard.tenant().begin()?;
    let user = tx.run(users::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let (target, _) = target(&identity, &guard, &user).await?;
    let row = tx.run(one_time::find_for_update(id, Purpose::VerifyPhone)).await?;
    // A code for the number that the user had before says nothing of the one they have now.
    let row = row.filter(|row| row.can_be_tried(now) && row.target == target).ok_or(Error::CodeRefused)?;
    if !row.is_code(&identity.one_time, guard.tenant_info().id, request.code.trim()) {
        tx.run(one_time::count_try(row.id)).await?;
        let change =
            Change::named("user", Some(id.as_uuid()), "refused", json!({})).reason("the code was wrong");
        tx.refuse(change.action("auth:verify_phone")).await?;
        return Err(Error::CodeRefused.into());
    }
    tx.run(one_time::use_up(row.id, now)).await?;
    let mut verified = user.clone();
    verified.phone_verified = true;
    verified.touch(now);
    tx.queue(save(&verified, id));
    let values = json!({"phone_verified": true});
    let change =
        Change::named("user", Some(id.as_uuid()), "phone_verified", values).action("auth:verify_phone");
    Ok(tx.commit(change, Success::ok(Message::new("Telephone number verified successfully"))).await?)
}
