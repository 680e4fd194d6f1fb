//! POST /auth/mfa/enrollment/setup and …/verify, POST /auth/session/enrollment: a second factor on the way in.

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_db::Purpose;
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::Language;
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use, View};

use super::model::{MethodType, Proof};
use super::obliged::{Enrolling, Enrolment, names};
use super::set_up::{MfaSetupView, Workshop};
use super::{enrol, store};
use crate::Error;
use crate::account::asked::Named;
use crate::account::store as accounts;
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::SignedIn;
use crate::auth::view::TokenView;
use crate::device::Shown;
use crate::provider::Begun;
use crate::service::Identity;

/// What to set up on the way in.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrollmentSetup {
    /// Of the answer `mfa_enrollment_required`.
    #[garde(length(max = 100))]
    enrollment_token: String,
    #[serde(rename = "type")]
    #[garde(skip)]
    method_type: MethodType,
}

/// The first code of what was set up.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrollmentCode {
    /// Of the answer `mfa_enrollment_required`.
    #[garde(length(max = 100))]
    enrollment_token: String,
    #[serde(rename = "type")]
    #[garde(skip)]
    method_type: MethodType,
    #[garde(length(min = 1, max = 40))]
    code: String,
}

/// Tokens, and the backup codes that come with the first second factor.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct EnrolledView {
    #[serde(flatten)]
    pub(super) tokens: TokenView,
    /// Each is good once, when the others are lost. They are not shown again.
    pub(super) backup_codes: Vec<String>,
}

impl View for EnrolledView {}

/// What was begun to be set up, for a page.
#[derive(Clone)]
pub struct SetUp {
    /// `totp`, `email` or `sms`.
    pub kind: &'static str,
    /// Of an app: the secret to type, the address that opens the app, and a picture of that.
    pub app: Option<(String, String, Option<String>)>,
    /// Where the first code was sent, in part.
    pub destination: Option<String>,
}

/// A sign-in that has gone on with a new second factor, for a page.
pub struct Enrolled {
    /// The session.
    pub begun: Begun,
    /// Told once.
    pub backup_codes: Vec<String>,
}

/// Begin to set up a second factor that signing in asks for.
pub(crate) async fn setup(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EnrollmentSetup>,
) -> Result<Success<MfaSetupView>, Problem> {
    let language = Language::choose(None, asker.languages());
    let EnrollmentSetup { enrollment_token, method_type } = request;
    let tools = (&clock, &rng);
    Ok(Success::ok(begin(&identity, &guard, tools, &enrollment_token, method_type, language).await?))
}

/// Verify the first code of a second factor that signing in asks for: the sign-in goes on with it.
pub(crate) async fn verify(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<EnrollmentCode>,
) -> Result<Success<EnrolledView>, Problem> {
    let language = Language::choose(None, asker.languages());
    let (tools, shown) = ((&clock, &rng), Shown::by_client(&asker, None));
    let (signed_in, backup_codes) = finish(&identity, &guard, tools, &request, language, &shown).await?;
    Ok(Success::ok(EnrolledView { tokens: TokenView::new(signed_in, &identity), backup_codes }))
}

async fn begin(
    identity: &Identity,
    guard: &Guard<Public>,
    (clock, rng): (&Clock, &Rng),
    token: &str,
    kind: MethodType,
    language: Language,
) -> Result<MfaSetupView, Problem> {
    identity.slow(guard, clock.now())?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let enrolling = Enrolling::find(identity, &mut tx, token, clock.now()).await?;
    let kind = enrolling.choose(kind)?;
    let known = tx.read(accounts::language(enrolling.user.id)).await?.and_then(|known| known.0);
    let (tenant, language) = (Named::of(guard.tenant_info()), known.unwrap_or(language));
    let workshop = Workshop { identity, clock, rng, tenant, language };
    let (view, change) = workshop.begin(&mut tx, &enrolling.user, kind).await?;
    tx.commit(change.action("auth:mfa"), ()).await?;
    Ok(view)
}

/// Verify the first code, and start a session. Returns the backup codes as well.
///
/// # Errors
/// 401 `challenge_over`; 422 for a wrong code.
pub(crate) async fn finish(
    identity: &Identity,
    guard: &Guard<Public>,
    (clock, rng): (&Clock, &Rng),
    request: &EnrollmentCode,
    language: Language,
    shown: &Shown,
) -> Result<(SignedIn, Vec<String>), Problem> {
    let now = clock.now();
    identity.slow(guard, now)?;
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let enrolling = Enrolling::find(identity, &mut tx, &request.enrollment_token, now).await?;
    let (kind, user) = (enrolling.choose(request.method_type)?, &enrolling.user);
    let known = tx.read(accounts::language(user.id)).await?.and_then(|known| known.0);
    let (tenant, language) = (Named::of(guard.tenant_info()), known.unwrap_or(language));
    let workshop = Workshop { identity, clock, rng, tenant, language };
    let Some(confirmed) = workshop.confirm(&mut tx, user, (kind, &request.code)).await? else {
        tx.run(store::count_try(enrolling.challenge.id)).await?;
        tx.refuse(enrol::wrong(user).action("auth:mfa")).await?;
        return Err(enrol::wrong_code().into());
    };
    // Of several sign-ins that wait, the first one sets it up.
    tx.run(store::delete_enrolments(user.id)).await?;
    let proof = Proof::by(confirmed.factor.as_str(), enrolling.challenge.amr).and(confirmed.factor);
    let entrance = Entrance { guard, identity, clock, rng, now, shown };
    let changes = vec![confirmed.change.action("auth:mfa")];
    let signed_in = entrance.begin_with(tx, user.id, proof, changes).await?;
    Ok((signed_in, confirmed.backup_codes))
}

impl Identity {
    /// Begin to set up `kind` for a sign-in that waits for it.
    ///
    /// # Errors
    /// 401 `challenge_over`; 422 when it cannot be set up; 429 `too_soon`.
    pub async fn begin_enrolment(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        token: &str,
        kind: &str,
        language: Language,
    ) -> Result<SetUp, Problem> {
        let kind: MethodType =
            kind.parse().map_err(|_| Error::field("#/type", "this cannot be set up here"))?;
        let view = begin(self, guard, (clock, rng), token, kind, language).await?;
        let app = view.secret.zip(view.qr_code_url).map(|(secret, uri)| (secret, uri, view.qr_code_svg));
        Ok(SetUp { kind: kind.as_str(), app, destination: view.destination })
    }

    /// Verify the first code, and begin the session.
    ///
    /// # Errors
    /// 401 `challenge_over`; 422 for a wrong code.
    pub async fn finish_enrolment(
        &self,
        guard: &Guard<Public>,
        (clock, rng): (&Clock, &Rng),
        token: &str,
        (kind, code): (&str, &str),
        language: Language,
        shown: &Shown,
    ) -> Result<Enrolled, Problem> {
        let method_type = kind.parse().map_err(|_| Error::field("#/type", "this cannot be set up here"))?;
        let (enrollment_token, code) = (token.to_owned(), code.to_owned());
        let request = EnrollmentCode { enrollment_token, method_type, code };
        let (signed_in, backup_codes) = finish(self, guard, (clock, rng), &request, language, shown).await?;
        Ok(Enrolled { begun: signed_in.into(), backup_codes })
    }

    /// The sign-in that waits for a second factor to be set up, by its token; none when it waits no longer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn enrolment(
        &self,
        guard: &Guard<Public>,
        clock: &Clock,
        token: &str,
    ) -> Result<Option<Enrolment>, Problem> {
        let mut tx = guard.enter(Purpose::SignIn).begin()?;
        match Enrolling::find(self, &mut tx, token, clock.now()).await {
            Ok(Enrolling { challenge, choices, lets_passkey, .. }) => Ok(Some(Enrolment {
                token: token.to_owned(),
                methods: names(choices, lets_passkey),
                expires_at: challenge.expires_at,
            })),
            Err(Error::ChallengeOver) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
