//! Signing in with e-mail address and password, whatever the answer carries the tokens in.
//!
//! Unknown address, wrong password, locked account, account that is not active: one status, one body, one time.

use std::time::Duration;

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Purpose, TenantDb, TenantTx};
use tenantry_kernel::{Clock, EventId, Rng, SessionId, UserId};
use tenantry_web::{Guard, Problem, Public};

use super::entrance::Entrance;
use super::store::{self, Account};
use crate::device::{DeviceId, Kept, Shown};
use crate::lockout::stuffing::Found;
use crate::lockout::{Decision, Outcome, State};
use crate::mfa::pending::{self, Pending, Wanted};
use crate::mfa::ways::Ways;
use crate::mfa::{Enrolment, Proof};
use crate::password::needs_rehash;
use crate::service::Identity;
use crate::signal::Signal;
use crate::user::UserStatus;
use crate::{Error, email};

/// What comes of a first factor.
pub(crate) enum Step {
    /// It was enough.
    In(SignedIn),
    /// It was right, and a second one is wanted.
    Second(Pending),
    /// It was right, and a second one is to be set up.
    Enrol(Enrolment),
}

impl Step {
    /// The session, or the refusal that tells how to go on.
    pub(crate) fn signed_in(self) -> Result<SignedIn, Problem> {
        match self {
            Self::In(signed_in) => Ok(signed_in),
            Self::Second(pending) => Err(pending.problem()),
            Self::Enrol(enrolment) => Err(enrolment.problem()),
        }
    }
}

/// A session with its present tokens.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) access_expires_at: Timestamp,
    /// When the session ends if it is not used again.
    pub(crate) refresh_expires_at: Timestamp,
    /// When the session ends, whatever happens.
    pub(crate) expires_at: Timestamp,
    /// By what the person has proved who they are.
    pub(crate) amr: Vec<String>,
    /// The device that the session has begun on; told when it begins.
    pub(crate) device: Option<DeviceId>,
    /// What the client is to keep of it.
    pub(crate) kept: Option<Kept>,
}

/// Who signs in (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    #[garde(length(max = 320))]
    email: String,
    #[garde(skip)]
    #[schemars(with = "String")]
    password: SecretString,
    /// Of an authenticator app, or a backup code; read, and ignored for users without one. A code that is sent comes after
    /// the password only.
    #[garde(inner(length(max = 40)))]
    mfa_code: Option<String>,
    /// What an earlier sign-in on this device has answered, so that it is known again. Pages with cookies have it in one.
    #[garde(inner(length(max = 100)))]
    pub(crate) device_token: Option<String>,
    /// Whether this device stands for the second factor from now on, for the days that the tenant allows; only together with
    /// `mfa_code`.
    #[garde(skip)]
    #[serde(default)]
    pub(crate) trust_device: bool,
}

impl Login {
    /// An address and a password, from a page's form.
    pub(crate) const fn new(email: String, password: SecretString) -> Self {
        Self { email, password, mfa_code: None, device_token: None, trust_device: false }
    }
}

/// Check the password, and the second factor if there is one, and start a session.
///
/// # Errors
/// 401 `sign_in_refused`, whatever is wrong with address and password; 401 `second_factor_refused`; 429 when the address or
/// the tenant has tried too often.
pub(crate) async fn sign_in(
    guard: &Guard<Public>,
    clock: &Clock,
    rng: &Rng,
    identity: &Identity,
    request: Login,
    shown: &Shown,
) -> Result<Step, Problem> {
    let tenant = guard.enter(Purpose::SignIn);
    let id = tenant.tenant_id();
    identity.slow(guard, clock.now())?;
    // An address that cannot exist is an address that does not exist.
    let address = email::normalise(&request.email).unwrap_or_else(|_| request.email.to_lowercase());
    let (account, state) = find(identity, &tenant, clock, &address).await?;
    let usable =
        account.as_ref().filter(|account| !state.is_locked(clock.now()) && account.password_hash.is_some());
    let hash = usable.and_then(|account| account.password_hash.clone());
    let is_right = identity.hasher.verify(id, request.password.clone(), hash).await.map_err(Error::from)?;

    let attempt =
        Attempt { guard, identity, tenant: &tenant, address: &address, clock, rng, now: clock.now(), shown };
    let Some(account) = account.filter(|account| is_right && account.status == UserStatus::Active) else {
        identity.count_failure(guard, clock.now());
        return Err(attempt.fail(usable_id(is_right, &state, clock)).await);
    };
    attempt.succeed(account, request.password, request.mfa_code.as_deref()).await
}

/// Whether the failure counts: not while the account is locked.
fn usable_id(is_right: bool, state: &State, clock: &Clock) -> bool {
    !is_right && !state.is_locked(clock.now())
}

/// Find the account, waiting out the delay that its failures have earned (and that unknown addresses earn as well).
async fn find(
    identity: &Identity,
    tenant: &TenantDb,
    clock: &Clock,
    address: &str,
) -> Result<(Option<Account>, State), Error> {
    for _ in 0..2 {
        let account = tenant.read(store::find_account(address.to_owned())).await?;
        let has_password = account.as_ref().is_some_and(|account| account.password_hash.is_some());
        let state = match &account {
            Some(account) if has_password => account.state(),
            _ => identity.shadows.state(tenant.tenant_id(), address),
        };
        let now = clock.now();
        match state.decide(identity.settings.lockout, now) {
            Decision::Refuse { until } if !state.is_locked(now) => {
                let wait = until.duration_since(now).min(SignedDuration::from_secs(5));
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
            }
            _ => return Ok((account, state)),
        }
    }
    let account = tenant.read(store::find_account(address.to_owned())).await?;
    let state = account.as_ref().map(Account::state).unwrap_or_default();
    Ok((account, state))
}

struct Attempt<'a> {
    guard: &'a Guard<Public>,
    identity: &'a Identity,
    tenant: &'a TenantDb,
    address: &'a str,
    clock: &'a Clock,
    rng: &'a Rng,
    now: Timestamp,
    shown: &'a Shown,
}

impl Attempt<'_> {
    fn entrance(&self) -> Entrance<'_> {
        let Self { guard, identity, clock, rng, now, shown, .. } = *self;
        Entrance { guard, identity, clock, rng, now, shown }
    }

    /// Write the failure down and refuse. The same statements run whether the account exists or not.
    async fn fail(&self, counts: bool) -> Problem {
        let found = self.identity.count_account(self.guard, self.address, self.now);
        let noted = match self.note_failure(counts, found).await {
            Ok(()) if found == (Found::Stuffing { is_news: true }) => self.note_stuffing().await,
            noted => noted,
        };
        noted.err().unwrap_or(Error::SignInRefused).into()
    }

    /// Say that one address fails for many accounts.
    async fn note_stuffing(&self) -> Result<(), Error> {
        let values = json!({"ip": self.guard.ip(), "signals": [Signal::CredentialStuffing]});
        let tenant = self.tenant.tenant_id().as_uuid();
        let event = EventId::new(self.clock, self.rng);
        let change = Change::named("tenant", Some(tenant), "credential_stuffing", values)
            .action("auth:credential_stuffing")
            .reason("one address has failed to sign in to many accounts")
            .publish_as(event, "tenantry.session.credential_stuffing");
        self.tenant.begin()?.commit(change, ()).await?;
        Ok(())
    }

    async fn note_failure(&self, counts: bool, found: Found) -> Result<(), Error> {
        let account = self.tenant.read(store::find_account(self.address.to_owned())).await?;
        let subject =
            account.as_ref().map_or_else(|| UserId::from_uuid(uuid::Uuid::nil()), |account| account.id);
        let mut tx = self.tenant.begin()?;
        let locked = tx.run(store::account_for_update(subject)).await?;
        let settings = self.identity.settings.lockout;
        let before = locked.as_ref().map(Account::state).unwrap_or_default();
        let after = if counts { before.after(settings, self.now, Outcome::Failed).0 } else { before };
        let failed = i32::from(after.failed_attempts);
        tx.run(store::save_state(subject, failed, after.last_failed_at, after.locked_until)).await?;
        if locked.is_none() {
            self.identity.shadows.failed(self.tenant.tenant_id(), self.address, settings, self.now);
        }
        let entrance = self.entrance();
        let signals: &[Signal] = if found == Found::Nothing { &[] } else { &[Signal::CredentialStuffing] };
        tx.queue(entrance.refused(account.as_ref().map(|account| account.id), "password", signals));
        let is_locked = after.is_locked(self.now) && !before.is_locked(self.now);
        let user = account.map(|account| account.id.as_uuid());
        let values = json!({"email": self.address, "failed_attempts": failed, "locked": is_locked});
        let change =
            Change::named("session", user, "refused", values).action("auth:login").reason("sign-in refused");
        Ok(tx.refuse(change).await?)
    }

    /// The password was right: ask for the second factor, or start a session.
    async fn succeed(
        &self,
        account: Account,
        password: SecretString,
        code: Option<&str>,
    ) -> Result<Step, Problem> {
        let id = self.tenant.tenant_id();
        let old = account.password_hash.as_deref().unwrap_or_default();
        let rehashed =
            if needs_rehash(old) { self.identity.hasher.hash(id, password).await.ok() } else { None };
        let mut tx = self.tenant.begin()?;
        // The row is locked: of many guesses at once, none gets past the threshold.
        let locked = tx.run(store::account_for_update(account.id)).await?.ok_or(Error::SignInRefused)?;
        let (_, decision) =
            locked.state().after(self.identity.settings.lockout, self.now, Outcome::Succeeded);
        // And whoever has lost the right to be here meanwhile does not get in behind their own exclusion.
        let is_unchanged =
            locked.password_hash == account.password_hash && locked.status == UserStatus::Active;
        if decision != Decision::Proceed || !is_unchanged {
            return Err(Error::SignInRefused.into());
        }
        if let Some(hash) = rehashed {
            tx.queue(store::rehash(account.id, hash));
        }
        let entrance = self.entrance();
        let mut proof = Proof::password();
        if locked.mfa_enabled {
            if let Some(code) = code {
                match entrance.check(&mut tx, &locked, None, code).await? {
                    Ok(factor) => proof = proof.and(factor),
                    Err(refusal) => return Err(entrance.refuse(tx, refusal).await),
                }
            } else {
                let (stands_in, changes) = entrance.device_stands_in(&mut tx, &locked).await?;
                if !stands_in {
                    return Ok(Step::Second(wait(tx, &entrance, &locked, (proof, changes)).await?));
                }
                proof = proof.by_trusted_device();
            }
        }
        entrance.admit(tx, account.id, proof).await
    }
}

/// Keep what has been proved until the second factor comes. Failures so far are not forgotten before that.
pub(crate) async fn wait(
    mut tx: TenantTx,
    entrance: &Entrance<'_>,
    account: &Account,
    (proof, mut changes): (Proof, Vec<Change>),
) -> Result<Pending, Error> {
    let ways = Ways::to_sign_in(entrance.identity, &mut tx, account.id, account.reset_by_mail).await?;
    let wanted = Wanted {
        user: Some(account.id),
        purpose: "sign_in",
        amr: proof.amr,
        password_changed_at: account.password_changed_at,
        state: None,
    };
    let token = pending::open(&mut tx, entrance.clock, entrance.rng, wanted);
    changes.push(pending::begun(account.id));
    tx.commit_all(changes, ()).await?;
    Ok(Pending::new(token, &ways, entrance.now + pending::LIFE))
}
