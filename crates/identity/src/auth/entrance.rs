//! The way in, whatever somebody has proved who they are by: second factors are checked, failures counted, sessions begun.

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, TenantTx, Write, Written};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Guard, Problem, Public};

use super::sign_in::{SignedIn, Step, wait};
use super::store::{self, Account};
use crate::Error;
use crate::device::Shown;
use crate::device::arrival::Arrival;
use crate::history::{self, SignInId};
use crate::lockout::{Decision, Outcome};
use crate::mfa::obliged::Obligation;
use crate::mfa::policy::FactorKind;
use crate::mfa::sent::Scope;
use crate::mfa::ways::Ways;
use crate::mfa::{ACR_TWO, Factor, Proof, acr_of, check, second};
use crate::service::Identity;
use crate::signal::{Signal, Whence};
use crate::user::store as users;

/// Somebody at the door.
#[derive(Clone, Copy)]
pub(crate) struct Entrance<'a> {
    pub(crate) guard: &'a Guard<Public>,
    pub(crate) identity: &'a Identity,
    pub(crate) clock: &'a Clock,
    pub(crate) rng: &'a Rng,
    pub(crate) now: Timestamp,
    /// What they show of their device.
    pub(crate) shown: &'a Shown,
}

/// A code that was not accepted.
pub(crate) struct WrongCode {
    user: UserId,
    failed_attempts: u16,
    is_locked: bool,
}

impl Entrance<'_> {
    /// Check a code of a second factor; a wrong one counts like a wrong password. The account must be locked by `tx`.
    ///
    /// # Errors
    /// 429 while the account is slowed or locked.
    pub(crate) async fn check(
        &self,
        tx: &mut TenantTx,
        account: &Account,
        scope: Option<Scope>,
        code: &str,
    ) -> Result<Result<Factor, WrongCode>, Error> {
        let settings = self.identity.settings.lockout;
        if let Decision::Refuse { until } = account.state().decide(settings, self.now) {
            return Err(Error::too_many(until, self.now));
        }
        let checked = check::check(self.identity, tx, account.id, scope, code, self.now).await?;
        if let Some(factor) = checked {
            return Ok(Ok(factor));
        }
        let (after, _) = account.state().after(settings, self.now, Outcome::Failed);
        let failed = i32::from(after.failed_attempts);
        tx.run(store::save_state(account.id, failed, after.last_failed_at, after.locked_until)).await?;
        tx.queue(self.refused(Some(account.id), Factor::Totp.as_str(), &[]));
        self.identity.count_failure(self.guard, self.now);
        let is_locked = after.is_locked(self.now);
        Ok(Err(WrongCode { user: account.id, failed_attempts: after.failed_attempts, is_locked }))
    }

    /// Keep the count of a wrong code, and refuse.
    pub(crate) async fn refuse(&self, tx: TenantTx, wrong: WrongCode) -> Problem {
        let values = json!({"failed_attempts": wrong.failed_attempts, "locked": wrong.is_locked});
        let change = Change::named("session", Some(wrong.user.as_uuid()), "refused", values)
            .action("auth:login")
            .reason("the second factor was wrong");
        match tx.refuse(change).await {
            Ok(()) => Error::SecondFactorRefused.into(),
            Err(error) => error.into(),
        }
    }

    /// Who sends the request: address and program.
    pub(crate) fn sender(&self) -> (Option<String>, Option<String>) {
        (self.guard.ip().map(str::to_owned), self.guard.user_agent().map(str::to_owned))
    }

    /// Where the request comes from.
    pub(crate) fn whence(&self) -> Whence {
        self.identity.whence(self.guard.ip())
    }

    /// A refused attempt's line in the history: of a user, or of an unknown address.
    pub(crate) fn refused(
        &self,
        user: Option<UserId>,
        method: &'static str,
        signals: &[Signal],
    ) -> Write<Written> {
        let id = SignInId::new(self.clock, self.rng);
        let (ip, agent) = self.sender();
        let Whence { network, country, asn, point } = self.whence();
        let (latitude, longitude) = point.unzip();
        for signal in signals {
            metrics::counter!("tenantry_sign_in_signals_total", "signal" => signal.as_str()).increment(1);
        }
        let signals = signals.iter().map(ToString::to_string).collect();
        history::insert(
            id, user, self.now, "refused", method, None, ip, agent, None, network, country, asn, latitude,
            longitude, signals,
        )
    }

    /// Let somebody in who has shown all that they have. Whoever must have a second factor, and has none that counts, sets one up
    /// first.
    pub(crate) async fn admit(&self, mut tx: TenantTx, user: UserId, proof: Proof) -> Result<Step, Problem> {
        let person = tx.read(users::find(user)).await?.ok_or(Error::SignInRefused)?;
        let obligation = Obligation::of(&mut tx, &person, self.now).await?;
        if !obligation.is_due(self.now) {
            return Ok(Step::In(self.begin(tx, user, proof).await?));
        }
        let is_met = obligation.is_met(&Ways::of(self.identity, &mut tx, &person).await?);
        // Where passkeys do not count, one is a factor like a password.
        let counts = obligation.policy.allows(FactorKind::Passkey) || proof.method != Proof::PASSKEY;
        let proof = if counts { proof } else { proof.reduced() };
        if is_met && (acr_of(&proof.amr) == ACR_TWO || proof.by_device) {
            return Ok(Step::In(self.begin(tx, user, proof).await?));
        }
        let account = second::account(&mut tx, user).await?.ok_or(Error::SignInRefused)?;
        // A device stands for a factor that counts; with another one the way goes on only when it is shown.
        if is_met || proof.by_device {
            return Ok(Step::Second(wait(tx, self, &account, (proof, Vec::new())).await?));
        }
        let tools = (self.clock, self.rng);
        let (enrolment, change) =
            obligation.open(self.identity, &mut tx, tools, (&person, &account), proof).await?;
        tx.commit(change, ()).await?;
        Ok(Step::Enrol(enrolment))
    }

    /// Start a session and issue tokens. Earlier failures are forgotten.
    pub(crate) async fn begin(&self, tx: TenantTx, user: UserId, proof: Proof) -> Result<SignedIn, Problem> {
        self.begin_with(tx, user, proof, Vec::new()).await
    }

    /// The same, with more that the trail says.
    pub(crate) async fn begin_with(
        &self,
        mut tx: TenantTx,
        user: UserId,
        proof: Proof,
        mut changes: Vec<Change>,
    ) -> Result<SignedIn, Problem> {
        let (guard, now) = (self.guard, self.now);
        let lifetimes = self.identity.tokens.lifetimes();
        let arrival = self.arrive(&mut tx, user, &proof, now).await?;
        let Arrival { session, seed, expires_at, device, kept, changes: more } = arrival;
        changes.extend(more);
        tx.run(store::save_state(user, 0, None, None)).await?;
        if acr_of(&proof.amr) == ACR_TWO && proof.method != Factor::Email.as_str() {
            tx.run(store::forget_mail_reset(user)).await?;
        }
        let roles = tx.read(tenantry_access::roles_of(user)).await?;
        let roles = roles.into_iter().map(|role| role.name).collect();
        let info = guard.tenant_info();
        let access_token = self.identity.tokens.access_token(info, user, session, roles).await?;
        let values = json!({"user_id": user, "amr": proof.amr, "acr": acr_of(&proof.amr)});
        let change =
            Change::named("session", Some(session.as_uuid()), "started", values).action("auth:login");
        changes.push(change);
        tx.commit_all(changes, ()).await?;
        Ok(SignedIn {
            user,
            session,
            access_token,
            refresh_token: self.identity.tokens.refresh_token(info.id, session, &seed, 0),
            access_expires_at: now + lifetimes.access,
            refresh_expires_at: now + lifetimes.idle.min(lifetimes.absolute),
            expires_at,
            amr: proof.amr,
            device: Some(device),
            kept,
        })
    }
}
