//! POST /auth/mfa/setup and POST /auth/mfa/verify

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::{Clock, Rng};
use tenantry_messages::Language;
use tenantry_web::{Asker, Body, Guard, Problem, Success, Use, View};

use super::model::{MethodType, Proof};
use super::set_up::{MfaSetupView, Workshop};
use super::{obliged, recent, store};
use crate::account::asked::Named;
use crate::account::store as accounts;
use crate::service::Identity;
use crate::user::{User, store as users};
use crate::{Error, Myself};

/// What to set up (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct MfaSetup {
    #[serde(rename = "type")]
    #[garde(skip)]
    method_type: MethodType,
}

/// The first code (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct MfaVerification {
    #[serde(rename = "type")]
    #[garde(skip)]
    method_type: MethodType,
    #[garde(length(min = 1, max = 40))]
    code: String,
}

/// What came of it (document B), with backup codes when these are the first.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct MfaVerified {
    message: &'static str,
    /// Each is good once, when the others are lost. They are not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backup_codes: Vec<String>,
}

impl View for MfaVerified {}

/// Begin to set up a second factor: an authenticator app, or codes to the verified e-mail address or telephone number. It
/// counts once a code of it has been verified; one that is in use stays until then.
pub(crate) async fn setup(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<MfaSetup>,
) -> Result<Committed<Success<MfaSetupView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let person = own(&guard, &mut tx, &clock).await?;
    obliged::allowed(&mut tx, request.method_type.into()).await?;
    let language = language(&mut tx, &person, &asker).await?;
    let tenant = Named::of(guard.tenant_info());
    let workshop = Workshop { identity: &identity, clock: &clock, rng: &rng, tenant, language };
    let (view, change) = workshop.begin(&mut tx, &person, request.method_type).await?;
    Ok(tx.commit(change, Success::ok(view)).await?)
}

/// Verify the first code of a second factor: from now on, signing in asks for it. For this session, it has been shown.
pub(crate) async fn verify(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<MfaVerification>,
) -> Result<Committed<Success<MfaVerified>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let person = own(&guard, &mut tx, &clock).await?;
    let language = language(&mut tx, &person, &asker).await?;
    let tenant = Named::of(guard.tenant_info());
    let workshop = Workshop { identity: &identity, clock: &clock, rng: &rng, tenant, language };
    let MfaVerification { method_type, code } = request;
    let Some(confirmed) = workshop.confirm(&mut tx, &person, (method_type, &code)).await? else {
        tx.refuse(wrong(&person)).await?;
        return Err(wrong_code().into());
    };
    let session = guard.caller()?.session;
    if let Some(amr) = tx.read(store::amr_of(session)).await? {
        let proof = Proof::by(confirmed.factor.as_str(), amr.0).and(confirmed.factor);
        tx.run(store::note_proof(session, proof.amr, clock.now())).await?;
    }
    let backup_codes = confirmed.backup_codes;
    let answer = MfaVerified { message: "MFA method verified successfully", backup_codes };
    Ok(tx.commit(confirmed.change, Success::ok(answer)).await?)
}

/// The caller, locked, when they have proved a short while ago who they are.
async fn own(guard: &Guard<Myself>, tx: &mut TenantTx, clock: &Clock) -> Result<User, Problem> {
    recent::require(guard, tx, clock.now()).await?;
    let person = tx.run(users::find_for_update(guard.caller()?.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    Ok(person)
}

async fn language(tx: &mut TenantTx, user: &User, asker: &Asker) -> Result<Language, Error> {
    let known = tx.read(accounts::language(user.id)).await?.and_then(|known| known.0);
    Ok(known.unwrap_or_else(|| Language::choose(None, asker.languages())))
}

/// A first code that was wrong, for the trail.
pub(crate) fn wrong(user: &User) -> Change {
    Change::named("user", Some(user.id.as_uuid()), "refused", json!({})).reason("the first code was wrong")
}

/// A first code that was wrong.
pub(crate) fn wrong_code() -> Error {
    Error::field("#/code", "this is not the code that the app shows now, or that was sent")
}
