//! DELETE /api-keys/{api_key_id}

use jiff::SignedDuration;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::Clock;
use tenantry_web::{Guard, Message, Path, Problem, Success, Use};

use super::{ApiKeyId, store};
use crate::service::Identity;
use crate::{DeleteKey, Error};

/// Revoke a key: it is refused at once, on every node. Doing it twice changes nothing.
pub(crate) async fn revoke(
    guard: Guard<DeleteKey>,
    clock: Clock,
    Path(id): Path<ApiKeyId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let key = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&key)?;
    let answer = Success::ok(Message::new("API key revoked successfully"));
    if key.revoked_at.is_some() {
        return Ok(tx.unchanged(answer).await?);
    }
    let mut revoked = key.clone();
    revoked.revoked_at = Some(clock.now());
    tx.queue(store::save(id, revoked.expires_at, revoked.revoked_at, revoked.replaced_by));
    // Streams that the key has opened end by this; requests are refused by the row as well.
    identity.revocations.revoke(tx.tenant_id(), "session", id.as_uuid(), SignedDuration::ZERO).await?;
    tx.announce(Topic::Access);
    let change = Change::between(&key, &revoked).verb("revoked");
    Ok(tx.commit(change, answer).await?)
}
