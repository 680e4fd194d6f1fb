//! POST /users/me/email: another e-mail address, which counts once it is verified.

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::{Asker, Body, Guard, Message, Problem, Success, Use};

use super::asked::Named;
use super::one_time::Purpose;
use super::store;
use crate::auth::change_password::check_current;
use crate::auth::store as credentials;
use crate::mfa::recent;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// The address to have, and the password as a proof.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailChange {
    #[garde(length(max = 320))]
    new_email: String,
    #[garde(skip)]
    #[schemars(with = "String")]
    current_password: SecretString,
}

/// Ask for another e-mail address. It counts when the link that is sent to it has been followed; until then nothing changes.
///
/// The answer is the same when somebody else has the address. A wrong password counts like a failed sign-in.
pub(crate) async fn change(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EmailChange>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (id, tenant) = (guard.caller()?.user, guard.tenant());
    let email = Identity::email("#/new_email", &request.new_email)?;
    let action = "users:change_email";
    let now = clock.now();
    let account = check_current(&identity, &tenant, id, request.current_password, now, action).await?;
    let mut tx = tenant.begin()?;
    let user = tx.run(users::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    // Of many guesses at once, none gets past the lock.
    let locked = tx.run(credentials::account_for_update(id)).await?.ok_or(Error::NotFound)?;
    if locked.state().is_locked(now) || locked.password_hash != account.password_hash {
        return Err(Error::WrongPassword.into());
    }
    guard.permit(&user)?;
    // Codes follow the address: who has a second factor shows more than the password.
    if user.mfa_enabled {
        recent::require(&guard, &mut tx, now).await?;
    }
    if user.email == email {
        return Err(Error::field("#/new_email", "this is the address you have").into());
    }
    let (other, known) = tx.read((users::find_by_email(email.clone()), store::language(id))).await?;
    let language =
        known.and_then(|known| known.0).unwrap_or_else(|| Language::choose(None, asker.languages()));
    let (named, base) = (Named::of(guard.tenant_info()), identity.tokens.issuer(guard.tenant_info()));
    let issued = identity.issue(&mut tx, (&clock, &rng), id, Purpose::ChangeEmail, &email).await?;
    let (kind, letter) = if other.is_some() {
        ("account_exists", named.words(language).account_exists(&format!("{base}/recover")))
    } else {
        let link = format!("{base}/verify-email?token={}", issued.token);
        ("email_verification", named.words(language).change_email(&link))
    };
    let mail = Mail::mail(&email, kind, language, &letter).map_err(Error::from)?.until(issued.expires_at);
    identity.messages.post(&mut tx, mail).await.map_err(Error::from)?;
    let change = Change::named("user", Some(id.as_uuid()), "email_change_asked", json!({})).action(action);
    Ok(tx.commit(change, Success::ok(Message::new("A message is on its way to the new address"))).await?)
}
