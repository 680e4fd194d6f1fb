//! POST /auth/change-password

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, TenantDb};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_messages::Language;
use tenantry_web::{Body, Guard, Problem, Use};

use super::store::{self, Account};
use crate::account::asked::Named;
use crate::account::store as accounts;
use crate::device::trust;
use crate::lockout::{Decision, Outcome};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, Myself};

/// The old password and the new one (document D).
#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[garde(skip)]
    #[schemars(with = "String")]
    current_password: SecretString,
    #[garde(skip)]
    #[schemars(with = "String")]
    new_password: SecretString,
}

/// Change one's own password; every other session of the user ends.
///
/// None of the last passwords comes back (`passwords.history`). A wrong current password counts like a failed sign-in, so that who has found an open session cannot guess on.
pub(crate) async fn change_password(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Use(identity): Use<Identity>,
    Body(request): Body<PasswordChange>,
) -> Result<Committed<()>, Problem> {
    let (caller, tenant, now) = (guard.caller()?, guard.tenant(), clock.now());
    // In a transaction that ends at once: a repeated request is answered by its key, not by its outdated password.
    let user = tenant.begin()?.read(users::find(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let PasswordChange { current_password, new_password } = request;
    let is_same = current_password.expose_secret() == new_password.expose_secret();
    let account =
        check_current(&identity, &tenant, user.id, current_password, now, "auth:change_password").await?;
    if is_same {
        return Err(Error::field("#/new_password", "this is the password you have").into());
    }
    let info = guard.tenant_info();
    let hash = identity.new_password((&tenant, info), &user, "#/new_password", new_password).await?;

    let mut tx = tenant.begin()?;
    let locked = tx.run(store::account_for_update(user.id)).await?.ok_or(Error::NotFound)?;
    let (_, decision) = locked.state().after(identity.settings.lockout, now, Outcome::Succeeded);
    if let Decision::Refuse { until } = decision {
        return Err(Error::too_many(until, now).into());
    }
    if locked.password_hash != account.password_hash {
        return Err(Error::WrongPassword.into());
    }
    if let Some(old) = locked.password_hash {
        tx.queue(store::retire(store::RetiredId::new(&clock, &rng), user.id, old, now));
        tx.run(store::forget(user.id)).await?;
    }
    tx.queue(store::replace_credentials(user.id, hash, now));
    trust::end(&mut tx, user.id).await?;
    let ended = identity.end_other_sessions(&mut tx, user.id, caller.session, now).await?;
    let known = tx.read(accounts::language(user.id)).await?.and_then(|known| known.0);
    identity.tell_changed(&mut tx, &user, Named::of(info), known.unwrap_or(Language::English)).await?;
    let values = json!({"sessions_ended": ended});
    Ok(tx.commit(Change::named("user", Some(user.id.as_uuid()), "password_changed", values), ()).await?)
}

/// Check a password that somebody who is signed in gives once more, as a proof. A wrong one counts like a failed sign-in.
pub(crate) async fn check_current(
    identity: &Identity,
    tenant: &TenantDb,
    user: UserId,
    password: SecretString,
    now: Timestamp,
    action: &'static str,
) -> Result<Account, Problem> {
    let account = tenant.read(store::account(user)).await?.ok_or(Error::NotFound)?;
    if let Decision::Refuse { until } = account.state().decide(identity.settings.lockout, now) {
        return Err(Error::too_many(until, now).into());
    }
    let is_right = identity.hasher.verify(tenant.tenant_id(), password, account.password_hash.clone()).await;
    if is_right.map_err(Error::from)? {
        Ok(account)
    } else {
        Err(refuse(identity, tenant, user, now, action).await)
    }
}

/// Count a wrong password, and say so in the trail.
async fn refuse(
    identity: &Identity,
    tenant: &TenantDb,
    user: UserId,
    now: Timestamp,
    action: &'static str,
) -> Problem {
    let count = async {
        let mut tx = tenant.begin()?;
        let before =
            tx.run(store::account_for_update(user)).await?.as_ref().map(Account::state).unwrap_or_default();
        let (after, _) = before.after(identity.settings.lockout, now, Outcome::Failed);
        let failed = i32::from(after.failed_attempts);
        tx.run(store::save_state(user, failed, after.last_failed_at, after.locked_until)).await?;
        let values = json!({"failed_attempts": failed, "locked": after.is_locked(now)});
        let change = Change::named("user", Some(user.as_uuid()), "refused", values)
            .action(action)
            .reason("the current password was wrong");
        Ok::<(), Error>(tx.refuse(change).await?)
    };
    count.await.err().unwrap_or(Error::WrongPassword).into()
}
