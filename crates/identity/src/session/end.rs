//! DELETE /users/{user_id}/sessions

use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Guard, Message, Path, Problem, Success, Use};

use super::store;
use crate::service::Identity;
use crate::user::store as users;
use crate::{EndSessions, Error};

/// End all sessions of a user; their access tokens are refused at once, on every node.
pub(crate) async fn end_all(
    guard: Guard<EndSessions>,
    clock: Clock,
    Path(id): Path<UserId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let tenant = guard.tenant();
    let mut tx = tenant.begin()?;
    let user = tx.run(users::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let ended = tx.run(store::revoke_all(id, clock.now())).await?;
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tenant.tenant_id(), "user", id.as_uuid(), life).await?;
    let change = Change::named("user", Some(id.as_uuid()), "sessions_ended", json!({"sessions": ended.0}));
    Ok(tx.commit(change, Success::ok(Message::new("Sessions terminated successfully"))).await?)
}
