//! POST /auth/login

use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use};

use super::sign_in::{Login, sign_in};
use super::view::TokenView;
use crate::device::Shown;
use crate::service::Identity;

/// Sign in with e-mail address and password, and with a code of a second factor where there is one.
///
/// Without the code, the answer is 401 `mfa_required` with an `mfa_token` for `/auth/mfa/challenge`.
pub(crate) async fn login(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<Login>,
) -> Result<Success<TokenView>, Problem> {
    let shown = Shown::by_client(&asker, request.device_token.as_deref()).wanting_trust(request.trust_device);
    let signed_in = sign_in(&guard, &clock, &rng, &identity, request, &shown).await?.signed_in()?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
