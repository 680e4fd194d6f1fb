//! POST /auth/session, POST /auth/session/challenge and POST /auth/session/passkey

use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, OwnPage, Problem, Public, Success, Use, WithCookies};

use super::view::{BrowserSession, answer};
use crate::auth::sign_in::{Login, sign_in};
use crate::mfa::second::{SecondFactor, finish};
use crate::passkey::sign_in::{self, PasskeyLogin};
use crate::service::Identity;

/// Sign in from a page: the tokens go into cookies, and no script sees them.
pub(crate) async fn start(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    Use(identity): Use<Identity>,
    Body(request): Body<Login>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let signed_in = sign_in(&guard, &clock, &rng, &identity, request).await?.signed_in()?;
    answer(&guard, &clock, signed_in, |session| Success::created(session, "/auth/session".to_owned())).await
}

/// Go on with a sign-in from a page that waits for a second factor.
pub(crate) async fn challenge(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    Use(identity): Use<Identity>,
    Body(request): Body<SecondFactor>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let signed_in = finish(&guard, &clock, &rng, &identity, &request).await?;
    answer(&guard, &clock, signed_in, Success::ok).await
}

/// Sign in with a passkey from a page.
pub(crate) async fn passkey(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    Use(identity): Use<Identity>,
    Body(request): Body<PasskeyLogin>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let signed_in = sign_in::finish(&guard, &clock, &rng, &identity, request).await?;
    answer(&guard, &clock, signed_in, Success::ok).await
}
