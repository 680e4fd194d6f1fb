//! POST /auth/mfa/setup and POST /auth/mfa/verify

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, Problem, Success, Use, View};

use super::check::seed_place;
use super::model::{BackupCodeId, MethodId, MethodType};
use super::{backup, recent, store, totp};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// What to set up (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct MfaSetup {
    #[serde(rename = "type")]
    #[garde(skip)]
    method_type: MethodType,
}

/// What the authenticator app needs (document B); told once.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct MfaSetupView {
    #[serde(rename = "type")]
    method_type: MethodType,
    /// Base32, to be typed where there is no camera.
    secret: String,
    /// `otpauth://totp/…`
    qr_code_url: String,
    /// The same as a picture, an SVG document.
    qr_code_svg: Option<String>,
}

impl View for MfaSetupView {}

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
    /// Each is good once, when the authenticator is lost. They are not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backup_codes: Vec<String>,
}

impl View for MfaVerified {}

/// Begin to set up a second factor. It counts once a code of it has been verified; one that is in use stays until then.
pub(crate) async fn setup(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<MfaSetup>,
) -> Result<Committed<Success<MfaSetupView>>, Problem> {
    let (tenant, now, user) = (guard.tenant(), clock.now(), guard.caller()?.user);
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    recent::require(&guard, &mut tx, now).await?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let (id, seed) = (MethodId::new(&clock, &rng), totp::seed(&rng));
    let sealed = keyring.seal(seed_place(id), &seed, &rng).map_err(Error::from)?;
    tx.run(store::delete_pending(user, request.method_type)).await?;
    tx.queue(store::insert(id, user, request.method_type, Some(sealed), now));
    let uri = totp::uri(&guard.tenant_info().name, &person.email, &seed);
    let answer = MfaSetupView {
        method_type: request.method_type,
        secret: totp::text(&seed),
        qr_code_svg: totp::picture(&uri),
        qr_code_url: uri,
    };
    let values = json!({"type": request.method_type, "method_id": id});
    let change = Change::named("user", Some(user.as_uuid()), "mfa_begun", values).without_event();
    Ok(tx.commit(change, Success::ok(answer)).await?)
}

/// Verify the first code of a second factor: from now on, signing in asks for it.
pub(crate) async fn verify(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<MfaVerification>,
) -> Result<Committed<Success<MfaVerified>>, Problem> {
    let (tenant, now, user) = (guard.tenant(), clock.now(), guard.caller()?.user);
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    recent::require(&guard, &mut tx, now).await?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let app = tx.read(store::authenticator(user, true)).await?.ok_or(Error::NothingToVerify)?;
    let seed = keyring.open(seed_place(app.id), &app.secret_sealed).map_err(Error::from)?;
    let step = totp::step_of(&seed, request.code.trim(), now, None)
        .ok_or_else(|| Error::field("#/code", "this is not the code that the app shows now"))?;
    tx.run(store::delete_others(user, request.method_type, app.id)).await?;
    tx.run(store::verify(app.id, now, Some(step))).await?;
    let backup_codes = enable(&mut tx, &clock, &rng, user).await?;
    let values = json!({"type": request.method_type, "method_id": app.id});
    let change = Change::named("user", Some(user.as_uuid()), "mfa_enabled", values);
    let answer = MfaVerified { message: "MFA method verified successfully", backup_codes };
    Ok(tx.commit(change, Success::ok(answer)).await?)
}

/// Ask for a second factor from now on. Whoever has none gets backup codes.
pub(crate) async fn enable(
    tx: &mut TenantTx,
    clock: &Clock,
    rng: &Rng,
    user: UserId,
) -> Result<Vec<String>, Error> {
    tx.run(store::set_enabled(user, true, clock.now())).await?;
    tx.announce(Topic::Access);
    let left = tx.read(store::backup_codes_left(user)).await?;
    if left.is_some_and(|left| left.0 > 0) { Ok(Vec::new()) } else { new_codes(tx, clock, rng, user).await }
}

/// Backup codes in the place of all that there were.
pub(crate) async fn new_codes(
    tx: &mut TenantTx,
    clock: &Clock,
    rng: &Rng,
    user: UserId,
) -> Result<Vec<String>, Error> {
    tx.run(store::delete_backup_codes(user)).await?;
    let codes: Vec<String> = (0..backup::COUNT).map(|_| backup::new(rng)).collect();
    for hash in codes.iter().filter_map(|code| backup::hash(user, code)) {
        tx.queue(store::insert_backup_code(BackupCodeId::new(clock, rng), user, hash, clock.now()));
    }
    Ok(codes)
}
