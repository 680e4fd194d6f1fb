//! POST /users/{user_id}/restore and POST /users/{user_id}/unlock

use serde_json::json;
use tenantry_access::roles_of;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success, Use};

use super::state::save_state;
use super::{UserView, store};
use crate::auth::store as credentials;
use crate::service::Identity;
use crate::{DeleteUser, Error, UpdateUser};

/// Take the deletion of a user back: they are in the state again that they were deleted from. Doing it twice changes nothing.
pub(crate) async fn restore(
    guard: Guard<DeleteUser>,
    clock: Clock,
    Path(id): Path<UserId>,
    expected: IfMatch,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<UserView>>, Problem> {
    let (tenant, now) = (guard.tenant(), clock.now());
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    let user = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    expected.check(user.version)?;
    let roles = tx.read(roles_of(id)).await?;
    let mut restored = user.clone();
    restored.restore(now);
    if Change::between(&user, &restored).is_empty() {
        return Ok(tx.unchanged(Success::ok(UserView::new(user, &keyring, Some(roles))?)).await?);
    }
    restored.touch(now);
    save_state(&mut tx, (&user, &restored), guard.caller()?.user, now).await?;
    let change = Change::between(&user, &restored).verb("restored");
    Ok(tx.commit(change, Success::ok(UserView::new(restored, &keyring, Some(roles))?)).await?)
}

/// Let a user try to sign in again whom failed attempts have locked out.
pub(crate) async fn unlock(
    guard: Guard<UpdateUser>,
    Path(id): Path<UserId>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let user = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let answer = Success::ok(Message::new("User unlocked successfully"));
    let account = tx.run(credentials::account_for_update(id)).await?;
    let Some(account) = account.filter(|account| account.failed_attempts.is_some_and(|count| count > 0))
    else {
        return Ok(tx.unchanged(answer).await?);
    };
    tx.queue(credentials::save_state(id, 0, None, None));
    let values = json!({"failed_attempts": account.failed_attempts, "locked_until": account.locked_until});
    let change = Change::named("user", Some(id.as_uuid()), "unlocked", values);
    Ok(tx.commit(change, answer).await?)
}
