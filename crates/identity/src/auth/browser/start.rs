//! POST /auth/session, POST /auth/session/challenge, POST /auth/session/passkey, POST /auth/session/enrollment
//! and POST /auth/session/enrollment/passkey

use tenantry_kernel::{Clock, Rng};
use tenantry_messages::Language;
use tenantry_web::{Asker, Body, Guard, OwnPage, Problem, Public, Success, Use, WithCookies};

use super::view::{BrowserSession, EnrolledSession, answer};
use crate::auth::sign_in::{Login, sign_in};
use crate::device::Shown;
use crate::mfa::enrolment::{self, EnrollmentCode};
use crate::mfa::enrolment_passkey::{self, EnrollmentPasskey};
use crate::mfa::second::{SecondFactor, finish};
use crate::passkey::sign_in::{self, PasskeyLogin};
use crate::service::Identity;

/// Sign in from a page: the tokens go into cookies, and no script sees them.
pub(crate) async fn start(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<Login>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let shown = Shown::by_browser(&asker, guard.tenant_info()).wanting_trust(request.trust_device);
    let signed_in = sign_in(&guard, &clock, &rng, &identity, request, &shown).await?.signed_in()?;
    answer(&guard, &clock, signed_in, |session| Success::created(session, "/auth/session".to_owned())).await
}

/// Go on with a sign-in from a page that waits for a second factor.
pub(crate) async fn challenge(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<SecondFactor>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let shown = Shown::by_browser(&asker, guard.tenant_info()).wanting_trust(request.trust_device);
    let signed_in = finish(&guard, &clock, &rng, &identity, &request, &shown).await?.signed_in()?;
    answer(&guard, &clock, signed_in, Success::ok).await
}

/// Sign in with a passkey from a page.
pub(crate) async fn passkey(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<PasskeyLogin>,
) -> Result<WithCookies<Success<BrowserSession>>, Problem> {
    let shown = Shown::by_browser(&asker, guard.tenant_info());
    let signed_in = sign_in::finish(&guard, &clock, &rng, &identity, request, &shown).await?.signed_in()?;
    answer(&guard, &clock, signed_in, Success::ok).await
}

/// Go on with a sign-in from a page by the passkey that it has asked for.
pub(crate) async fn enrollment_passkey(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EnrollmentPasskey>,
) -> Result<WithCookies<Success<EnrolledSession>>, Problem> {
    let (tools, shown) = ((&clock, &rng), Shown::by_browser(&asker, guard.tenant_info()));
    let (signed_in, backup_codes) =
        enrolment_passkey::keep(&identity, &guard, tools, request, &shown).await?;
    answer(&guard, &clock, signed_in, |session| Success::ok(EnrolledSession { session, backup_codes })).await
}

/// Go on with a sign-in from a page that waits for a second factor to be set up.
pub(crate) async fn enrollment(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    _: OwnPage,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EnrollmentCode>,
) -> Result<WithCookies<Success<EnrolledSession>>, Problem> {
    let language = Language::choose(None, asker.languages());
    let (tools, shown) = ((&clock, &rng), Shown::by_browser(&asker, guard.tenant_info()));
    let (signed_in, backup_codes) =
        enrolment::finish(&identity, &guard, tools, &request, language, &shown).await?;
    answer(&guard, &clock, signed_in, |session| Success::ok(EnrolledSession { session, backup_codes })).await
}
