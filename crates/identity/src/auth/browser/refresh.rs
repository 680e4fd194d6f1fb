//! POST /auth/session/refresh

use tenantry_kernel::Clock;
use tenantry_web::{Guard, Problem, Public, RefreshCookies, Success, Use, WithCookies};

use super::view::{BrowserSession, answer};
use crate::Error;
use crate::auth::refresh::refresh as exchange;
use crate::service::Identity;

/// Renew a page's session: both cookies are replaced.
pub(crate) async fn refresh(
    guard: Guard<Public>,
    clock: Clock,
    cookies: RefreshCookies,
    Use(identity): Use<Identity>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let token = cookies.of(guard.tenant_info()).ok_or(Error::SessionOver)?;
    let signed_in = exchange(&guard, &clock, &identity, token).await.map_err(Error::as_session_over)?;
    answer(&guard, &clock, signed_in, Success::ok).await
}
