//! DELETE /auth/session

use serde_json::json;
use tenantry_db::{Change, Purpose};
use tenantry_kernel::Clock;
use tenantry_web::{Guard, Problem, Public, RefreshCookies, Use, WithCookies};

use crate::Error;
use crate::service::Identity;
use crate::session::store;
use crate::token::RefreshToken;

/// Sign out from a page: the session ends on every node, and the browser forgets its cookies.
///
/// Whether there was a session or not, the answer is the same. The refresh token is enough, because the access token may
/// have expired.
pub(crate) async fn end(
    guard: Guard<Public>,
    clock: Clock,
    cookies: RefreshCookies,
    Use(identity): Use<Identity>,
) -> Result<WithCookies<()>, Problem> {
    let info = guard.tenant_info();
    if let Some(token) =
        cookies.of(info).and_then(RefreshToken::parse).filter(|token| token.tenant == info.id)
    {
        end_session(&guard, &clock, &identity, &token).await?;
    }
    Ok(WithCookies::clear((), info))
}

async fn end_session(
    guard: &Guard<Public>,
    clock: &Clock,
    identity: &Identity,
    token: &RefreshToken,
) -> Result<(), Error> {
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let Some(session) = tx.run(store::find_for_update(token.session, clock.now())).await? else {
        return Ok(());
    };
    if session.revoked_at.is_some() || !identity.tokens.is_genuine(token, &session.refresh_seed) {
        return Ok(());
    }
    tx.run(store::revoke(session.id, clock.now())).await?;
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(token.tenant, "session", session.id.as_uuid(), life).await?;
    let values = json!({"user_id": session.user_id});
    let change = Change::named("session", Some(session.id.as_uuid()), "ended", values).action("auth:logout");
    tx.commit(change, ()).await?;
    Ok(())
}
