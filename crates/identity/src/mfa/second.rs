//! POST /auth/mfa/challenge: the second step of signing in.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Purpose, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Asker, Body, Guard, Problem, Public, Success, Use};

use super::model::Proof;
use super::sent::Scope;
use super::store::Challenge;
use super::{pending, store};
use crate::Error;
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::Step;
use crate::auth::store::{self as accounts, Account};
use crate::auth::view::TokenView;
use crate::device::Shown;
use crate::lockout::Decision;
use crate::service::Identity;
use crate::user::{UserStatus, store as users};

/// A code for a sign-in that waits.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    /// Of the answer `mfa_required`.
    #[garde(length(max = 100))]
    pub(crate) mfa_token: String,
    /// Of an authenticator app, one that was sent for this very sign-in, or a backup code.
    #[garde(length(min = 1, max = 40))]
    pub(crate) code: String,
    /// What an earlier sign-in on this device has answered, so that it is known again. Pages with cookies have it in one.
    #[garde(inner(length(max = 100)))]
    #[serde(default)]
    pub(crate) device_token: Option<String>,
    /// Whether this device stands for the second factor from now on, for the days that the tenant allows.
    #[garde(skip)]
    #[serde(default)]
    pub(crate) trust_device: bool,
}

/// Check the second factor of a sign-in that waits, and start a session.
///
/// # Errors
/// 401 `challenge_over` for a token that is not good here, or no longer; 401 `second_factor_refused` for a wrong code, which
/// counts like a wrong password; 429 while the account or the address is slowed.
pub(crate) async fn finish(
    guard: &Guard<Public>,
    clock: &Clock,
    rng: &Rng,
    identity: &Identity,
    request: &SecondFactor,
    shown: &Shown,
) -> Result<Step, Problem> {
    let now = clock.now();
    identity.slow(guard, now)?;
    let entrance = Entrance { guard, identity, clock, rng, now, shown };
    let mut tx = guard.enter(Purpose::SignIn).begin()?;
    let (challenge, account) = waiting(&mut tx, &request.mfa_token, now).await?;
    slowed(identity, &mut tx, &account, now).await?;
    let scope = Scope::SignIn(challenge.id);
    match entrance.check(&mut tx, &account, Some(scope), &request.code).await? {
        Ok(factor) => {
            tx.run(store::delete_met(challenge.id, account.id)).await?;
            let proof = Proof::by(factor.as_str(), challenge.amr).and(factor);
            entrance.admit(tx, account.id, proof).await
        }
        Err(wrong) => {
            tx.run(store::count_try(challenge.id)).await?;
            Err(entrance.refuse(tx, wrong).await)
        }
    }
}

/// A sign-in that waits, and whose it is; both are locked, the account first, as everywhere.
///
/// # Errors
/// [`Error::ChallengeOver`] for a token that is not good here, or no longer.
pub(crate) async fn waiting(
    tx: &mut TenantTx,
    token: &str,
    now: Timestamp,
) -> Result<(Challenge, Account), Error> {
    let user = pending::whose(tx, token).await?.ok_or(Error::ChallengeOver)?;
    let account = account(tx, user).await?.ok_or(Error::ChallengeOver)?;
    let challenge = pending::find(tx, token, &["sign_in"], now).await?.ok_or(Error::ChallengeOver)?;
    let is_same = challenge.user_id == Some(user)
        && account.status == UserStatus::Active
        && account.password_changed_at == challenge.password_changed_at;
    if is_same { Ok((challenge, account)) } else { Err(Error::ChallengeOver) }
}

/// Refuse while the account is slowed or locked.
///
/// # Errors
/// [`Error::TooManyFailures`].
pub(crate) async fn slowed(
    identity: &Identity,
    tx: &mut TenantTx,
    account: &Account,
    now: Timestamp,
) -> Result<(), Error> {
    // Who has no password has no row that counts failures; the user's row is locked.
    if account.failed_attempts.is_none() {
        // Remembered as long as a lock lasts.
        let since = now - SignedDuration::from_mins(20);
        let tries = tx.read(store::tries_of(account.id, since)).await?.map_or(0, |tries| tries.0);
        let is_slowed = tries >= i64::from(pending::MOST_TRIES);
        return if is_slowed { Err(Error::TooManyFailures { retry_after_seconds: 1800 }) } else { Ok(()) };
    }
    match account.state().decide(identity.settings.lockout, now) {
        Decision::Refuse { until } => Err(Error::too_many(until, now)),
        Decision::Proceed => Ok(()),
    }
}

/// The account, locked; whom an identity provider vouches for may have no password.
pub(crate) async fn account(tx: &mut TenantTx, user: UserId) -> Result<Option<Account>, Error> {
    if let Some(account) = tx.run(accounts::account_for_update(user)).await? {
        return Ok(Some(account));
    }
    let person = tx.run(users::find_for_update(user)).await?;
    Ok(person.map(|person| Account {
        id: person.id,
        status: person.status,
        password_hash: None,
        failed_attempts: None,
        last_failed_at: None,
        locked_until: None,
        password_changed_at: None,
        reset_by_mail: false,
        mfa_enabled: person.mfa_enabled,
    }))
}

/// Go on with a sign-in that waits for a second factor.
pub(crate) async fn challenge(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Use(identity): Use<Identity>,
    Body(request): Body<SecondFactor>,
) -> Result<Success<TokenView>, Problem> {
    let shown = Shown::by_client(&asker, request.device_token.as_deref()).wanting_trust(request.trust_device);
    let signed_in = finish(&guard, &clock, &rng, &identity, &request, &shown).await?.signed_in()?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
