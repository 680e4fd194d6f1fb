//! Recent proof of who one is: what changes how one signs in asks for it, so that an open session is not enough to lock its
//! owner out. POST /auth/reauthenticate gives it.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry_db::{Change, Committed, TenantTx};
use tenantry_kernel::Clock;
use tenantry_web::{Action, Body, Guard, Message, Problem, Success, Use};

use super::model::Proof;
use super::policy::FactorKind;
use super::sent::Scope;
use super::{check, obliged, store};
use crate::auth::store::{self as accounts, Account};
use crate::lockout::{Decision, Outcome};
use crate::passkey::sign_in;
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// How old the proof of a sensitive change may be.
const MOST_AGE: SignedDuration = SignedDuration::from_mins(15);

/// Refuse unless the caller has proved who they are a short while ago. A device that stood for the second factor proves nothing.
///
/// # Errors
/// 401 `proof_too_old`.
pub(crate) async fn require<A: Action>(
    guard: &Guard<A>,
    tx: &mut TenantTx,
    now: Timestamp,
) -> Result<(), Problem> {
    let proved = tx.read(store::proved_at(guard.caller()?.session)).await?;
    let is_recent = proved.is_some_and(|proved| now.duration_since(proved.0) <= MOST_AGE);
    if is_recent { Ok(()) } else { Err(Error::ProofTooOld.into()) }
}

/// The password, or a code of a second factor when there is one; or what a passkey has answered.
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reauthentication {
    #[garde(skip)]
    #[schemars(with = "Option<String>")]
    password: Option<SecretString>,
    /// Of an authenticator app, one that `/auth/reauthenticate/send` has sent, or a backup code.
    #[garde(inner(length(min = 1, max = 40)))]
    code: Option<String>,
    /// Of `/auth/passkeys/challenge`; with `credential` instead of password or code.
    #[garde(inner(length(max = 100)))]
    passkey_token: Option<String>,
    /// The credential as `toJSON()` gives it.
    #[garde(skip)]
    credential: Option<Value>,
}

/// Prove again who one is. Who has a second factor shows that, or a passkey; everybody else the password.
pub(crate) async fn reauthenticate(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Body(request): Body<Reauthentication>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (caller, tenant, now) = (guard.caller()?, guard.tenant(), clock.now());
    let batch = (users::find(caller.user), accounts::account(caller.user));
    let (user, account) = tenant.read(batch).await?;
    let (user, account) = (user.ok_or(Error::NotFound)?, account.ok_or(Error::NotFound)?);
    guard.permit(&user)?;
    if let Decision::Refuse { until } = account.state().decide(identity.settings.lockout, now) {
        return Err(Error::too_many(until, now).into());
    }
    // Hashing takes its time; no row is locked meanwhile.
    let (is_right, pointer) = match (&request.code, request.password) {
        _ if request.passkey_token.is_some() => (None, "#/credential"),
        (None, Some(password)) if !account.mfa_enabled => {
            let hash = account.password_hash.clone();
            let right = identity.hasher.verify(tenant.tenant_id(), password, hash).await;
            (Some(right.map_err(Error::from)?), "#/password")
        }
        (Some(_), _) if account.mfa_enabled => (None, "#/code"),
        _ if account.mfa_enabled => return Err(Error::field("#/code", "this is missing").into()),
        _ => return Err(Error::field("#/password", "this is missing").into()),
    };
    let mut tx = tenant.begin()?;
    let locked = tx.run(accounts::account_for_update(user.id)).await?.ok_or(Error::NotFound)?;
    // Of many guesses at once, none gets past the threshold.
    let (_, decision) = locked.state().after(identity.settings.lockout, now, Outcome::Succeeded);
    if let Decision::Refuse { until } = decision {
        return Err(Error::too_many(until, now).into());
    }
    let mut proof = Proof::password();
    let is_right = match (is_right, &request.code) {
        _ if let Some(token) = &request.passkey_token => {
            obliged::allowed(&mut tx, FactorKind::Passkey).await?;
            proof = Proof::passkey();
            let credential = request.credential.unwrap_or_default();
            sign_in::is_of(&*identity.party(&guard)?, &mut tx, user.id, (token, credential), now).await?
        }
        (Some(is_right), _) => is_right && locked.password_hash == account.password_hash,
        (None, Some(code)) => {
            let scope = Some(Scope::Proof(caller.session));
            let factor = check::check(&identity, &mut tx, user.id, scope, code, now).await?;
            proof = factor.map_or(proof.clone(), |factor| proof.and(factor));
            factor.is_some()
        }
        (None, None) => false,
    };
    if !is_right {
        return Err(refuse(&identity, tx, &locked, (pointer, now)).await);
    }
    tx.run(store::note_proof(caller.session, proof.amr.clone(), now)).await?;
    tx.queue(accounts::save_state(user.id, 0, None, None));
    let change = Change::named("user", Some(user.id.as_uuid()), "reauthenticated", json!({"amr": proof.amr}));
    Ok(tx.commit(change.without_event(), Success::ok(Message::new("Identity confirmed"))).await?)
}

/// Count the failure like one of signing in.
async fn refuse(
    identity: &Identity,
    mut tx: TenantTx,
    account: &Account,
    (pointer, now): (&'static str, Timestamp),
) -> Problem {
    let count = async {
        let (after, _) = account.state().after(identity.settings.lockout, now, Outcome::Failed);
        let failed = i32::from(after.failed_attempts);
        tx.run(accounts::save_state(account.id, failed, after.last_failed_at, after.locked_until)).await?;
        let values = json!({"failed_attempts": failed, "locked": after.is_locked(now)});
        let change = Change::named("user", Some(account.id.as_uuid()), "refused", values)
            .action("auth:reauthenticate")
            .reason("the proof was wrong");
        Ok::<(), Error>(tx.refuse(change).await?)
    };
    count.await.err().unwrap_or_else(|| Error::field(pointer, "this is wrong")).into()
}
