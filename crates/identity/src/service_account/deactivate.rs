//! DELETE /service-accounts/{service_account_id}

use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::Clock;
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success, Use};

use super::model::save;
use super::{ServiceAccountId, store};
use crate::key::store as keys;
use crate::service::Identity;
use crate::user::UserStatus;
use crate::{DeleteServiceAccount, Error};

/// Deactivate a service account and revoke all its keys, for good. The row stays for the trail.
///
/// Doing it twice changes nothing.
pub(crate) async fn deactivate(
    guard: Guard<DeleteServiceAccount>,
    clock: Clock,
    Path(id): Path<ServiceAccountId>,
    expected: IfMatch,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let now = clock.now();
    let mut tx = guard.tenant().begin()?;
    let account = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&account)?;
    expected.check(account.version)?;
    let mut changed = account.clone();
    if account.status != UserStatus::Inactive {
        changed.status = UserStatus::Inactive;
        changed.touch(now);
        tx.queue(save(&changed, guard.caller()?.user));
    }
    tx.run(keys::revoke_all(account.user(), now)).await?;
    // Ends the streams that its keys have opened.
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tx.tenant_id(), "user", id.as_uuid(), life).await?;
    tx.announce(Topic::Access);
    let change = Change::between(&account, &changed).verb("deactivated");
    Ok(tx.commit(change, Success::ok(Message::new("Service account deactivated successfully"))).await?)
}
