//! GET /users/{user_id}/devices, DELETE /users/{user_id}/devices/{device_id}

use tenantry_db::Committed;
use tenantry_kernel::{Clock, Page, Rng, UserId};
use tenantry_web::{Guard, Listing, Message, Path, Path2, Problem, Success, Use};

use super::model::{DeviceId, DeviceView};
use super::{own, store};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, ReadDevices, RevokeDevice};

/// List the devices that a user has signed in from, the latest first.
pub(crate) async fn list(
    guard: Guard<ReadDevices>,
    clock: Clock,
    Path(user): Path<UserId>,
) -> Result<Listing<DeviceView>, Problem> {
    let (user, items) = guard.tenant().read((users::find(user), store::list_of(user, clock.now()))).await?;
    guard.permit(&user.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Forget a device of a user: its sessions end on every node, and it is a new one at the next sign-in.
pub(crate) async fn revoke(
    guard: Guard<RevokeDevice>,
    clock: Clock,
    rng: Rng,
    Path2(user, id): Path2<UserId, DeviceId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let change = own::forget(&identity, &mut tx, (&clock, &rng), user, id).await?;
    Ok(tx.commit(change, Success::ok(Message::new("Device revoked successfully"))).await?)
}
