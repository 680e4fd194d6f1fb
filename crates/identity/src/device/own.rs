//! GET /users/me/devices, PUT and DELETE /users/me/devices/{device_id}

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, Page, Rng, UserId};
use tenantry_web::{Body, Guard, Listing, Message, Path, Problem, Success, Use, not_blank};

use super::model::{DeviceId, DeviceView, told};
use super::store;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// What to change of a device.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedDevice {
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
}

/// List the devices that one has signed in from, the latest first.
pub(crate) async fn list(guard: Guard<Myself>, clock: Clock) -> Result<Listing<DeviceView>, Problem> {
    let caller = guard.caller()?;
    let devices = store::list_own(caller.user, clock.now(), caller.session);
    let (person, items) = guard.tenant().read((users::find(caller.user), devices)).await?;
    guard.permit(&person.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Give one of one's own devices another name.
pub(crate) async fn rename(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<DeviceId>,
    Body(request): Body<ChangedDevice>,
) -> Result<Committed<Success<DeviceView>>, Problem> {
    let caller = guard.caller()?;
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let found = store::find_own(caller.user, clock.now(), caller.session, id);
    let device = tx.read(found).await?.ok_or(Error::NotFound)?;
    tx.run(store::rename(id, caller.user, request.name.clone())).await?;
    // Policies may ask for the name.
    tx.announce(Topic::Access);
    let values = json!({"device_id": id, "name": request.name});
    let change = told((&clock, &rng), caller.user, ("renamed", "auth:device_renamed"), values);
    Ok(tx.commit(change, Success::ok(DeviceView { name: request.name, ..device })).await?)
}

/// Forget one of one's own devices: its sessions end on every node, and it is a new one at the next sign-in.
pub(crate) async fn revoke(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<DeviceId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let change = forget(&identity, &mut tx, (&clock, &rng), user, id).await?;
    Ok(tx.commit(change, Success::ok(Message::new("Device revoked successfully"))).await?)
}

/// Forget a device of a user whose row is locked.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn forget(
    identity: &Identity,
    tx: &mut TenantTx,
    tools: (&Clock, &Rng),
    user: UserId,
    id: DeviceId,
) -> Result<Change, Error> {
    let now: Timestamp = tools.0.now();
    if tx.run(store::revoke(id, user, now)).await?.0 == 0 {
        return Err(Error::NotFound);
    }
    let ended = tx.run(store::end_sessions(id, now)).await?;
    let life = identity.tokens.lifetimes().access;
    // Older ones have no access token left that could be used.
    for session in ended.iter().filter(|session| now.duration_since(session.last_used_at) <= life) {
        identity.revocations.revoke(tx.tenant_id(), "session", session.id.as_uuid(), life).await?;
    }
    tx.announce(Topic::Access);
    let values = json!({"device_id": id, "sessions_ended": ended.len()});
    Ok(told(tools, user, ("revoked", "auth:device_revoked"), values))
}
