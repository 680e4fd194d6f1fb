//! DELETE /users/{user_id}

use tenantry_access::keep_an_administrator;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success, Use};

use super::{UserStatus, store};
use crate::service::Identity;
use crate::session::store as sessions;
use crate::{DeleteUser, Error};

/// Deactivate a user: the row stays, the user can no longer sign in, and is signed out at once.
///
/// Doing it twice changes nothing.
pub(crate) async fn deactivate(
    guard: Guard<DeleteUser>,
    clock: Clock,
    Path(id): Path<UserId>,
    expected: IfMatch,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let tenant = guard.tenant();
    let caller = guard.caller()?.user;
    let now = clock.now();
    let mut tx = tenant.begin()?;
    let user = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    expected.check(user.version)?;
    if id == caller {
        return Err(Error::OwnState.into());
    }
    let mut changed = user.clone();
    if user.status != UserStatus::Inactive {
        changed.status = UserStatus::Inactive;
        changed.touch(now);
        tx.run(super::save(&changed, caller)).await?;
        keep_an_administrator(&mut tx).await?;
        tx.announce(Topic::Access);
    }
    tx.run(sessions::revoke_all(id, now)).await?;
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tenant.tenant_id(), "user", id.as_uuid(), life).await?;
    let change = Change::between(&user, &changed).verb("deactivated");
    Ok(tx.commit(change, Success::ok(Message::new("User deactivated successfully"))).await?)
}
