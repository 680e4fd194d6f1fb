//! The way in, whatever somebody has proved who they are by: second factors are checked, failures counted, sessions begun.

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, TenantTx, Write, Written};
use tenantry_kernel::{Clock, Rng, SessionId, UserId};
use tenantry_web::{Guard, Problem, Public};

use super::sign_in::SignedIn;
use super::store::{self, Account};
use crate::Error;
use crate::history::{self, SignInId};
use crate::lockout::{Decision, Outcome};
use crate::mfa::{Factor, Proof, acr_of, check};
use crate::service::Identity;
use crate::session::store as sessions;
use crate::user::store as users;

/// Somebody at the door.
#[derive(Clone, Copy)]
pub(crate) struct Entrance<'a> {
    pub(crate) guard: &'a Guard<Public>,
    pub(crate) identity: &'a Identity,
    pub(crate) clock: &'a Clock,
    pub(crate) rng: &'a Rng,
    pub(crate) now: Timestamp,
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
        code: &str,
    ) -> Result<Result<Factor, WrongCode>, Error> {
        let settings = self.identity.settings.lockout;
        if let Decision::Refuse { until } = account.state().decide(settings, self.now) {
            let wait = until.duration_since(self.now).as_secs().max(1);
            return Err(Error::TooManyFailures { retry_after_seconds: u64::try_from(wait).unwrap_or(1) });
        }
        let keyring = self.identity.keys.keyring(tx.tenant_id()).await?;
        if let Some(factor) = check::check(tx, &keyring, account.id, code, self.now).await? {
            return Ok(Ok(factor));
        }
        let (after, _) = account.state().after(settings, self.now, Outcome::Failed);
        let failed = i32::from(after.failed_attempts);
        tx.run(store::save_state(account.id, failed, after.last_failed_at, after.locked_until)).await?;
        tx.queue(self.written(Some(account.id), None, Factor::Totp.as_str()));
        if let Some(ip) = self.guard.ip().and_then(|ip| ip.parse().ok()) {
            self.identity.addresses.failed(tx.tenant_id(), ip, self.now);
        }
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

    /// The attempt's line in the history: of a user, or of an unknown address.
    pub(crate) fn written(
        &self,
        user: Option<UserId>,
        session: Option<SessionId>,
        method: &'static str,
    ) -> Write<Written> {
        let id = SignInId::new(self.clock, self.rng);
        let outcome = if session.is_some() { "success" } else { "refused" };
        let (ip, agent) = (self.guard.ip(), self.guard.user_agent());
        let (ip, agent) = (ip.map(str::to_owned), agent.map(str::to_owned));
        history::insert(id, user, self.now, outcome, method, session, ip, agent)
    }

    /// Start a session and issue tokens. Earlier failures are forgotten.
    pub(crate) async fn begin(
        &self,
        mut tx: TenantTx,
        user: UserId,
        proof: Proof,
    ) -> Result<SignedIn, Problem> {
        let (guard, now) = (self.guard, self.now);
        let session = SessionId::new(self.clock, self.rng);
        let seed = self.rng.bytes::<16>().to_vec();
        let lifetimes = self.identity.tokens.lifetimes();
        let agent = guard.user_agent().map(str::to_owned);
        let ip = guard.ip().map(str::to_owned);
        let (amr, ends) = (proof.amr.clone(), now + lifetimes.absolute);
        tx.queue(sessions::insert(session, user, seed.clone(), ip, agent, now, ends, amr));
        tx.queue(users::note_login(user, now));
        tx.queue(self.written(Some(user), Some(session), proof.method));
        tx.run(store::save_state(user, 0, None, None)).await?;
        let roles = tx.read(tenantry_access::roles_of(user)).await?;
        let roles = roles.into_iter().map(|role| role.name).collect();
        let info = guard.tenant_info();
        let access_token = self.identity.tokens.access_token(info, user, session, roles).await?;
        let values = json!({"user_id": user, "amr": proof.amr, "acr": acr_of(&proof.amr)});
        let change =
            Change::named("session", Some(session.as_uuid()), "started", values).action("auth:login");
        tx.commit(change, ()).await?;
        Ok(SignedIn {
            user,
            session,
            access_token,
            refresh_token: self.identity.tokens.refresh_token(info.id, session, &seed, 0),
            access_expires_at: now + lifetimes.access,
            refresh_expires_at: now + lifetimes.idle.min(lifetimes.absolute),
            expires_at: ends,
            amr: proof.amr,
        })
    }
}
