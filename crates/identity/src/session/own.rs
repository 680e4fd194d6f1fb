//! GET and DELETE /users/me/sessions, DELETE /users/me/sessions/{session_id}

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Page, SessionId};
use tenantry_web::{Guard, Listing, Message, Path, Problem, Success, Use, View};

use super::store::{self, SessionView};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// One of one's own sessions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct OwnSession {
    #[serde(flatten)]
    session: SessionView,
    /// Whether it is the one that asks.
    is_current: bool,
}

impl View for OwnSession {}

/// List one's own sessions that can still be used, newest first.
pub(crate) async fn list(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
) -> Result<Listing<OwnSession>, Problem> {
    let (caller, now) = (guard.caller()?, clock.now());
    let used_since = now - identity.tokens.lifetimes().idle;
    let batch = (users::find(caller.user), store::list_active(caller.user, now, used_since));
    let (user, sessions) = guard.tenant().read(batch).await?;
    guard.permit(&user.ok_or(Error::NotFound)?)?;
    let own = |session: SessionView| OwnSession { is_current: session.id == caller.session, session };
    Ok(Listing::new(Page { items: sessions.into_iter().map(own).collect(), next: None }, None))
}

/// End one of one's own sessions, on every node.
pub(crate) async fn end(
    guard: Guard<Myself>,
    clock: Clock,
    Path(id): Path<SessionId>,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (caller, tenant) = (guard.caller()?, guard.tenant());
    let mut tx = tenant.begin()?;
    let user = tx.read(users::find(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    if tx.run(store::revoke_of(id, caller.user, clock.now())).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tenant.tenant_id(), "session", id.as_uuid(), life).await?;
    let change = Change::named("session", Some(id.as_uuid()), "ended", Value::Null);
    Ok(tx.commit(change, Success::ok(Message::new("Session terminated successfully"))).await?)
}

/// End all of one's own sessions but the one that asks, on every node.
pub(crate) async fn end_others(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
) -> Result<Committed<Success<Message>>, Problem> {
    let caller = guard.caller()?;
    let mut tx = guard.tenant().begin()?;
    let user = tx.read(users::find(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let ended = identity.end_other_sessions(&mut tx, caller.user, caller.session, clock.now()).await?;
    let values = json!({"sessions": ended});
    let change = Change::named("user", Some(caller.user.as_uuid()), "sessions_ended", values);
    Ok(tx.commit(change, Success::ok(Message::new("Sessions terminated successfully"))).await?)
}
