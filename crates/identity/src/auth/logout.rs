//! POST /auth/logout

use serde_json::Value;
use tenantry_db::{Change, Committed};
use tenantry_kernel::Clock;
use tenantry_web::{Guard, Message, Problem, Success, Use};

use crate::Myself;
use crate::service::Identity;
use crate::session::store;

/// Sign out: the session ends, and its access tokens are refused at once, on every node.
pub(crate) async fn logout(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let tenant = guard.tenant();
    let session = guard.caller()?.session;
    let mut tx = tenant.begin()?;
    tx.run(store::revoke(session, clock.now())).await?;
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tenant.tenant_id(), "session", session.as_uuid(), life).await?;
    let change = Change::named("session", Some(session.as_uuid()), "ended", Value::Null);
    Ok(tx.commit(change, Success::ok(Message::new("Successfully logged out"))).await?)
}
