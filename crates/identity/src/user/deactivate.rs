//! DELETE /users/{user_id}

use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success, Use};

use super::state::{put_out, save_state};
use super::store;
use crate::service::Identity;
use crate::session::store as sessions;
use crate::{DeleteUser, Error};

/// Deactivate a user: the row stays and can be restored, the user can no longer sign in, and is signed out at once.
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
    if user.deleted_at.is_none() {
        changed.delete(now);
        changed.touch(now);
        save_state(&mut tx, (&user, &changed), caller, now).await?;
    }
    tx.run(sessions::revoke_all(id, now)).await?;
    put_out(&identity, &tx, id).await?;
    let change = Change::between(&user, &changed).verb("deactivated");
    Ok(tx.commit(change, Success::ok(Message::new("User deactivated successfully"))).await?)
}
