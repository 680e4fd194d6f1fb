//! POST /auth/end-impersonation, DELETE /impersonations/{impersonation_id}

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::Clock;
use tenantry_web::{Action, Guard, Message, Path, Problem, Success, Use};

use super::model::ImpersonationStatus;
use super::{EndedBy, Impersonation, ImpersonationId, store};
use crate::service::Identity;
use crate::{EndImpersonation, Error, KillImpersonation};

/// Stop acting in somebody's name: the token is refused at once, on every node.
pub(crate) async fn end(
    guard: Guard<EndImpersonation>,
    clock: Clock,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let id = ImpersonationId::from_uuid(guard.caller()?.session.as_uuid());
    let mut tx = guard.tenant().begin()?;
    let row = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&row)?;
    finish(&guard, &identity, tx, row, EndedBy::Operator, clock.now()).await
}

/// End an operator's impersonation, as the tenant. Doing it twice changes nothing.
pub(crate) async fn kill(
    guard: Guard<KillImpersonation>,
    clock: Clock,
    Path(id): Path<ImpersonationId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let row = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&row)?;
    finish(&guard, &identity, tx, row, EndedBy::Tenant, clock.now()).await
}

async fn finish<A: Action>(
    guard: &Guard<A>,
    identity: &Identity,
    mut tx: tenantry_db::TenantTx,
    row: Impersonation,
    by: EndedBy,
    now: Timestamp,
) -> Result<Committed<Success<Message>>, Problem> {
    let answer = Success::ok(Message::new("Impersonation ended successfully"));
    if row.status(now) != ImpersonationStatus::Running {
        return Ok(tx.unchanged(answer).await?);
    }
    tx.run(store::end(row.id, now, by)).await?;
    let life = row.expires_at.duration_since(now);
    identity.revocations.revoke(tx.tenant_id(), "session", row.id.as_uuid(), life).await?;
    let ended = Impersonation { ended_at: Some(now), ended_by: Some(by), ..row.clone() };
    let values = json!({
        "tenant_id": tx.tenant_id(), "user_id": row.user_id, "operator_id": row.operator_id, "ended_by": by,
    });
    let told = Change::named("impersonation", Some(row.id.as_uuid()), "ended", values);
    // From here on its tokens are refused, whatever becomes of the transaction.
    guard.tell_operators(told).await?;
    Ok(tx.commit(Change::between(&row, &ended).verb("ended"), answer).await?)
}
