//! GET /auth/passkeys, PUT and DELETE /auth/passkeys/{passkey_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Page};
use tenantry_web::{Body, Guard, Listing, Message, Path, Problem, Success, Use, not_blank};

use super::PasskeyId;
use super::store::{self, PasskeyView};
use crate::mfa::{obliged, own, recent};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// What to change of a passkey.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedPasskey {
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
}

/// List one's own passkeys.
pub(crate) async fn list(guard: Guard<Myself>) -> Result<Listing<PasskeyView>, Problem> {
    let user = guard.caller()?.user;
    let (person, items) = guard.tenant().read((users::find(user), store::of_user(user))).await?;
    guard.permit(&person.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Give one of one's own passkeys another name.
pub(crate) async fn rename(
    guard: Guard<Myself>,
    Path(id): Path<PasskeyId>,
    Body(request): Body<ChangedPasskey>,
) -> Result<Committed<Success<PasskeyView>>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let passkey = tx.run(store::rename(id, user, request.name)).await?.ok_or(Error::NotFound)?;
    let values = json!({"passkey_id": id, "name": passkey.name});
    let change = Change::named("user", Some(user.as_uuid()), "passkey_renamed", values);
    Ok(tx.commit(change, Success::ok(passkey)).await?)
}

/// Remove one of one's own passkeys.
///
/// # Errors
/// 409 `last_factor` for whoever must have a second factor.
pub(crate) async fn remove(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Path(id): Path<PasskeyId>,
) -> Result<Committed<Success<Message>>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    recent::require(&guard, &mut tx, clock.now()).await?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    if tx.run(store::delete(id, user)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    let is_enabled = own::settle(&mut tx, user, &clock).await?;
    obliged::keep_one(&identity, &mut tx, &person, clock.now()).await?;
    let values = json!({"passkey_id": id, "mfa_enabled": is_enabled});
    let change = Change::named("user", Some(user.as_uuid()), "passkey_removed", values);
    Ok(tx.commit(change, Success::ok(Message::new("Passkey removed successfully"))).await?)
}
