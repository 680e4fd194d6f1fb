//! GET /auth/session

use tenantry_web::{Guard, Problem, Success};

use super::view::BrowserSession;
use crate::session::store as sessions;
use crate::user::store as users;
use crate::{Error, ReadMyself};

/// Get the session that one is signed in with: who, where, until when, and with which permissions.
pub(crate) async fn get(guard: Guard<ReadMyself>) -> Result<Success<BrowserSession>, Problem> {
    let caller = guard.caller()?;
    let batch = (users::find(caller.user), sessions::expiry(caller.session));
    let (user, expires_at) = guard.tenant().read(batch).await?;
    let user = user.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    // What an operator does in the user's name ends with its token.
    let of_operator = caller.impersonator.map(|_| caller.expires_at);
    let expires_at = expires_at.map(|at| at.0).or(of_operator).ok_or(Error::NotFound)?;
    let ends = (expires_at, caller.expires_at);
    Ok(Success::ok(BrowserSession::new(
        guard.tenant_info(),
        user,
        &caller.grants,
        caller.session,
        caller.impersonator,
        ends,
    )))
}
