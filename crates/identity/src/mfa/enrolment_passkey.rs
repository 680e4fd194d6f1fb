//! POST /auth/mfa/enrollment/passkey/begin and …/finish, POST /auth/session/enrollment/passkey: a passkey as the second factor
//! on the way in.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_db::Purpose;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use, not_blank};

use super::enrolment::{Enrolled, EnrolledView};
use super::model::Proof;
use super::obliged::Enrolling;
use super::store;
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::SignedIn;
use crate::auth::view::TokenView;
use crate::device::Shown;
use crate::passkey::register::{self, NewPasskey, PasskeyRegistrationView};
use crate::service::Identity;

/// Whose passkey it is to be.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyEnrollment {
    /// Of the answer `mfa_enrollment_required`.
    #[garde(length(max = 100))]
    enrollment_token: String,
}

/// What the browser has made.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrollmentPasskey {
    /// Of the answer `mfa_enrollment_required`.
    #[garde(length(max = 100))]
    enrollment_token: String,
    /// Of `/auth/mfa/enrollment/passkey/begin`.
    #[garde(length(max = 100))]
    challenge_token: String,
    /// What to call it, such as the device.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    /// The credential as `toJSON()` gives it.
    #[garde(skip)]
    credential: Value,
}

/// Begin to register the passkey that signing in asks for.
pub(crate) async fn begin(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<PasskeyEnrollment>,
) -> Result<Success<PasskeyRegistrationView>, Problem> {
    Ok(Success::ok(open(&identity, &guard, (&clock, &rng), &request.enrollment_token).await?))
}

/// Register the passkey that signing in asks for: the sign-in goes on with it.
pub(crate) async fn finish(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EnrollmentPasskey>,
) -> Result<Success<EnrolledView>, Problem> {
    let (tools, shown) = ((&clock, &rng), Shown::by_client(&asker, None));
    let (signed_in, backup_codes) = keep(&identity, &guard, tools, request, &shown).await?;
    Ok(Success::ok(EnrolledView { tokens: TokenView::new(signed_in, &identity), backup_codes }))
}

async fn open(
    identity: &Identity,
    guard: &Guard<Public>,
    tools: (&Clock, &Rng),
    token: &str,
) -> Result<PasskeyRegistrationView, Problem> {
    let now = tools.0.now();
    identity.slow(guard, now)?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let enrolling = Enrolling::find(identity, &mut tx, token, now).await?;
    enrolling.choose_passkey()?;
    let whose = (&enrolling.user, guard.tenant_info());
    let (view, change) = register::open(&*identity.party(guard)?, &mut tx, tools, whose).await?;
    tx.commit(change.action("auth:mfa"), ()).await?;
    Ok(view)
}

/// Keep the passkey, and start a session. Returns the backup codes as well.
///
/// # Errors
/// 401 `challenge_over`; 422 for what no browser has made.
pub(crate) async fn keep(
    identity: &Identity,
    guard: &Guard<Public>,
    (clock, rng): (&Clock, &Rng),
    request: EnrollmentPasskey,
    shown: &Shown,
) -> Result<(SignedIn, Vec<String>), Problem> {
    let now = clock.now();
    identity.slow(guard, now)?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let EnrollmentPasskey { enrollment_token, challenge_token, name, credential } = request;
    let enrolling = Enrolling::find(identity, &mut tx, &enrollment_token, now).await?;
    enrolling.choose_passkey()?;
    let user = enrolling.user.id;
    let passkey = NewPasskey { challenge_token, name, credential };
    let whose = (user, guard.tenant_info());
    let (kept, change) =
        register::keep((identity, &*identity.party(guard)?), &mut tx, (clock, rng), whose, passkey).await?;
    // Of several sign-ins that wait, the first one sets it up.
    tx.run(store::delete_enrolments(user)).await?;
    let proof = Proof::passkey().after(enrolling.challenge.amr);
    let entrance = Entrance { guard, identity, clock, rng, now, shown };
    let signed_in = entrance.begin_with(tx, user, proof, vec![change.action("auth:mfa")]).await?;
    Ok((signed_in, kept.backup_codes))
}

impl Identity {
    /// Begin to register a passkey for a sign-in that waits for it: the token to come back with, and what the browser makes it
    /// from.
    ///
    /// # Errors
    /// 401 `challenge_over`; 422 where it cannot be one.
    pub async fn begin_passkey_enrolment(
        &self,
        guard: &Guard<Public>,
        tools: (&Clock, &Rng),
        token: &str,
    ) -> Result<(String, Value), Problem> {
        let PasskeyRegistrationView { challenge_token, public_key } = open(self, guard, tools, token).await?;
        Ok((challenge_token, public_key))
    }

    /// Keep the passkey that the browser has made, and begin the session.
    ///
    /// # Errors
    /// 401 `challenge_over`; 422 for what no browser has made.
    pub async fn finish_passkey_enrolment(
        &self,
        guard: &Guard<Public>,
        tools: (&Clock, &Rng),
        form: &Value,
        shown: &Shown,
    ) -> Result<Enrolled, Problem> {
        let (signed_in, backup_codes) = keep(self, guard, tools, Body::of(form)?.0, shown).await?;
        Ok(Enrolled { begun: signed_in.into(), backup_codes })
    }
}
