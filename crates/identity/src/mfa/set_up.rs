//! Setting up a second factor, whoever does it: somebody who is signed in, or somebody who must have one to get in.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tenantry_db::{Change, TenantTx, Topic};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_messages::{Language, Message as Mail};
use tenantry_web::View;

use super::check::seed_place;
use super::model::{BackupCodeId, Factor, Method, MethodId, MethodType};
use super::reach::Reach;
use super::sent::{self, Scope};
use super::{backup, store, totp};
use crate::Error;
use crate::account::asked::Named;
use crate::account::one_time::{Purpose, store as one_time};
use crate::device::trust;
use crate::service::Identity;
use crate::user::User;

/// What setting up needs (document B); told once.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct MfaSetupView {
    #[serde(rename = "type")]
    pub(crate) method_type: MethodType,
    /// Of an app: base32, to be typed where there is no camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
    /// Of an app: `otpauth://totp/…`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) qr_code_url: Option<String>,
    /// The same as a picture, an SVG document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) qr_code_svg: Option<String>,
    /// Where the first code was sent, in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<String>,
    /// How long that code counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

impl View for MfaSetupView {}

/// Whoever sets up a second factor, and with what.
pub(crate) struct Workshop<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) clock: &'a Clock,
    pub(crate) rng: &'a Rng,
    pub(crate) tenant: Named,
    /// What messages are written in.
    pub(crate) language: Language,
}

impl Workshop<'_> {
    /// Begin to set up a second factor of a user whose row is locked. One that is in use stays until the first code comes.
    ///
    /// # Errors
    /// 422 when there is no verified address or number for it; [`Error::TooSoon`].
    pub(crate) async fn begin(
        &self,
        tx: &mut TenantTx,
        user: &User,
        kind: MethodType,
    ) -> Result<(MfaSetupView, Change), Error> {
        let id = MethodId::new(self.clock, self.rng);
        tx.run(store::delete_pending(user.id, kind)).await?;
        let view = if kind == MethodType::Totp {
            self.begin_app(tx, user, id).await?
        } else {
            self.begin_codes(tx, user, id, kind).await?
        };
        let values = json!({"type": kind, "method_id": id});
        let change = Change::named("user", Some(user.id.as_uuid()), "mfa_begun", values).without_event();
        Ok((view, change))
    }

    async fn begin_app(&self, tx: &mut TenantTx, user: &User, id: MethodId) -> Result<MfaSetupView, Error> {
        let keyring = self.identity.keys.keyring(tx.tenant_id()).await?;
        let seed = totp::seed(self.rng);
        let sealed = keyring.seal(seed_place(id), &seed, self.rng)?;
        tx.queue(store::insert(id, user.id, MethodType::Totp, Some(sealed), None, self.clock.now()));
        let uri = totp::uri(&self.tenant.name, &user.email, &seed);
        Ok(MfaSetupView {
            method_type: MethodType::Totp,
            secret: Some(totp::text(&seed)),
            qr_code_svg: totp::picture(&uri),
            qr_code_url: Some(uri),
            destination: None,
            expires_at: None,
        })
    }

    async fn begin_codes(
        &self,
        tx: &mut TenantTx,
        user: &User,
        id: MethodId,
        kind: MethodType,
    ) -> Result<MfaSetupView, Error> {
        let now = self.clock.now();
        let target = Reach::of(self.identity, tx.tenant_id(), user).await?.hash(kind);
        let target = target.ok_or_else(|| {
            let what = if kind == MethodType::Sms { "telephone number" } else { "e-mail address" };
            Error::field("#/type", format!("verify your {what} first"))
        })?;
        tx.run(store::insert(id, user.id, kind, None, Some(target.clone()), now)).await?;
        let method = Method {
            id,
            method_type: kind,
            target_hash: Some(target),
            created_at: now,
            verified_at: None,
            last_used_at: None,
        };
        let (tools, language) = ((self.clock, self.rng), (&self.tenant, self.language));
        let scope = Scope::Setup(id);
        let sent = sent::send(self.identity, tx, tools, (user, &method), scope, language).await?;
        Ok(MfaSetupView {
            method_type: kind,
            secret: None,
            qr_code_url: None,
            qr_code_svg: None,
            destination: Some(sent.destination),
            expires_at: Some(sent.expires_at),
        })
    }

    /// Verify the first code of a second factor: from now on, signing in asks for it. Returns by what that was shown, and
    /// what the trail says; nothing when the code is wrong, which counts if the transaction is committed.
    ///
    /// # Errors
    /// [`Error::NothingToVerify`].
    pub(crate) async fn confirm(
        &self,
        tx: &mut TenantTx,
        user: &User,
        (kind, code): (MethodType, &str),
    ) -> Result<Option<Confirmed>, Error> {
        let (now, code) = (self.clock.now(), code.trim());
        let (id, factor, step) = if kind == MethodType::Totp {
            let app = tx.read(store::authenticator(user.id, true)).await?.ok_or(Error::NothingToVerify)?;
            let keyring = self.identity.keys.keyring(tx.tenant_id()).await?;
            let seed = keyring.open(seed_place(app.id), &app.secret_sealed)?;
            let Some(step) = totp::step_of(&seed, code, now, None) else { return Ok(None) };
            (app.id, Factor::Totp, Some(step))
        } else {
            let methods = tx.read(store::methods_of(user.id)).await?;
            let is_begun = |one: &Method| one.method_type == kind && one.verified_at.is_none();
            let id = methods.into_iter().find(is_begun).ok_or(Error::NothingToVerify)?.id;
            let checked = sent::check(self.identity, tx, user.id, Scope::Setup(id), code, now).await?;
            let Some(factor) = checked else { return Ok(None) };
            (id, factor, None)
        };
        tx.run(store::delete_others(user.id, kind, id)).await?;
        tx.run(store::verify(id, now, step)).await?;
        let backup_codes = enable(tx, self.clock, self.rng, user.id).await?;
        self.tell(tx, user).await?;
        let values = json!({"type": kind, "method_id": id});
        let change = Change::named("user", Some(user.id.as_uuid()), "mfa_enabled", values);
        Ok(Some(Confirmed { factor, backup_codes, change }))
    }

    /// Tell the person: whoever has their password alone could have done it.
    async fn tell(&self, tx: &mut TenantTx, user: &User) -> Result<(), Error> {
        let letter = self.tenant.words(self.language).factor_added();
        let mail = Mail::mail(&user.email, "second_factor_added", self.language, &letter)?;
        self.identity.messages.post(tx, mail).await?;
        Ok(())
    }
}

/// A second factor that counts from now on.
pub(crate) struct Confirmed {
    /// By what it was shown.
    pub(crate) factor: Factor,
    /// Told once; none when there were some already.
    pub(crate) backup_codes: Vec<String>,
    /// What the trail says.
    pub(crate) change: Change,
}

/// Ask for a second factor from now on. Whoever has none gets backup codes. Devices stand for those that there were before, and do
/// so no longer.
pub(crate) async fn enable(
    tx: &mut TenantTx,
    clock: &Clock,
    rng: &Rng,
    user: UserId,
) -> Result<Vec<String>, Error> {
    // Another address that was asked for with less does not come behind it.
    tx.run(one_time::end(user, Purpose::ChangeEmail, clock.now())).await?;
    tx.run(store::set_enabled(user, true, clock.now())).await?;
    trust::end(tx, user).await?;
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
