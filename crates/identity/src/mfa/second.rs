//! POST /auth/mfa/challenge: the second step of signing in.

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Purpose, TenantTx};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, Problem, Public, Success, Use};

use super::model::Proof;
use super::{pending, store};
use crate::auth::entrance::Entrance;
use crate::auth::sign_in::SignedIn;
use crate::auth::store::{self as accounts, Account};
use crate::auth::view::TokenView;
use crate::lockout::Decision;
use crate::service::Identity;
use crate::user::{UserStatus, store as users};
use crate::{Error, passkey};

/// A code for a sign-in that waits.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    /// Of the answer `mfa_required`.
    #[garde(length(max = 100))]
    pub(crate) mfa_token: String,
    /// Of an authenticator app, or a backup code.
    #[garde(length(min = 1, max = 40))]
    pub(crate) code: String,
}

/// By what a user can show a second factor.
pub(crate) async fn methods(tx: &mut TenantTx, user: UserId) -> Result<Vec<&'static str>, Error> {
    let batch = (store::methods_of(user), passkey::store::has_any(user), store::backup_codes_left(user));
    let (methods, passkey, codes) = tx.read(batch).await?;
    let verified = methods.iter().filter(|method| method.verified_at.is_some());
    let mut names: Vec<&str> = verified.map(|method| method.method_type.as_str()).collect();
    if passkey.is_some_and(|any| any.0) {
        names.push("passkey");
    }
    if codes.is_some_and(|codes| codes.0 > 0) {
        names.push("backup_code");
    }
    Ok(names)
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
) -> Result<SignedIn, Problem> {
    let (tenant, now) = (guard.enter(Purpose::SignIn), clock.now());
    let ip = guard.ip().and_then(|ip| ip.parse().ok());
    if let Some(Decision::Refuse { until }) =
        ip.map(|ip| identity.addresses.decide(guard.tenant_info().id, ip, now))
    {
        let wait = until.duration_since(now).as_secs().max(1);
        return Err(Error::TooManyFailures { retry_after_seconds: u64::try_from(wait).unwrap_or(1) }.into());
    }
    let entrance = Entrance { guard, identity, clock, rng, now };
    let mut tx = tenant.begin()?;
    let challenge = pending::find(&mut tx, &request.mfa_token, &["sign_in"], now).await?;
    let challenge = challenge.ok_or(Error::ChallengeOver)?;
    let user = challenge.user_id.ok_or(Error::ChallengeOver)?;
    let account = account(&mut tx, user).await?.ok_or(Error::ChallengeOver)?;
    let is_same =
        account.status == UserStatus::Active && account.password_changed_at == challenge.password_changed_at;
    if !is_same {
        return Err(Error::ChallengeOver.into());
    }
    // Who has no password has no row that counts failures; the user's row is locked.
    if account.failed_attempts.is_none() {
        let tries = tx.read(store::tries_of(user)).await?.map_or(0, |tries| tries.0);
        if tries >= i64::from(pending::MOST_TRIES) {
            return Err(Error::TooManyFailures { retry_after_seconds: 1800 }.into());
        }
    }
    match entrance.check(&mut tx, &account, &request.code).await? {
        Ok(factor) => {
            tx.run(store::delete_met(challenge.id, user)).await?;
            let proof = Proof { method: factor.as_str(), amr: challenge.amr }.and(factor);
            entrance.begin(tx, user, proof).await
        }
        Err(wrong) => {
            tx.run(store::count_try(challenge.id)).await?;
            Err(entrance.refuse(tx, wrong).await)
        }
    }
}

/// The account, locked; whom an identity provider vouches for may have no password.
async fn account(tx: &mut TenantTx, user: UserId) -> Result<Option<Account>, Error> {
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
        mfa_enabled: person.mfa_enabled,
    }))
}

/// Go on with a sign-in that waits for a second factor.
pub(crate) async fn challenge(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<SecondFactor>,
) -> Result<Success<TokenView>, Problem> {
    let signed_in = finish(&guard, &clock, &rng, &identity, &request).await?;
    Ok(Success::ok(TokenView::new(signed_in, &identity)))
}
