//! GET /auth/session

use tenantry_web::{Guard, Problem, Success};

use super::view::BrowserSession;
use crate::session::store as sessions;
use crate::user::store as users;
use crate::{Error, Myself};

/// Get the session that one is signed in with: who, where, until when, and with which permissions.
pub(crate) async fn get(guard: Guard<Myself>) -> Result<Success<BrowserSession>, Problem> {
    let caller = guard.caller()?;
    let batch = (users::find(caller.user), sessions::expiry(caller.session));
    let (user, expires_at) = guard.tenant().read(batch).await?;
    let user = user.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let ends = (expires_at.ok_or(Error::NotFound)?.0, caller.expires_at);
    Ok(Success::ok(BrowserSession::new(guard.tenant_info(), user, &caller.grants, caller.session, ends)))
}
