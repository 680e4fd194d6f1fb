//! GET /auth/mfa, DELETE /auth/mfa/{method_id}, POST /auth/mfa/backup-codes

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Guard, Message, Path, Problem, Success, Use, View};

use super::model::{MethodId, MethodType, MfaView};
use super::obliged::{self, Obligation};
use super::{recent, set_up, store, ways};
use crate::device::trust;
use crate::service::Identity;
use crate::user::{User, store as users};
use crate::{Error, Myself, passkey};

/// New backup codes; the earlier ones are good no longer.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct BackupCodes {
    backup_codes: Vec<String>,
}

impl View for BackupCodes {}

/// Get one's second factors.
pub(crate) async fn get(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
) -> Result<Success<MfaView>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    let batch = (users::find(user), store::methods_of(user), store::backup_codes_left(user));
    let (person, methods, left) = tx.read(batch).await?;
    let person = person.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let obligation = Obligation::of(&mut tx, &person, clock.now()).await?;
    let backup_codes_left = left.map_or(0, |left| left.0);
    let methods = ways::views(&identity, guard.tenant_info().id, &person, methods).await?;
    Ok(Success::ok(MfaView {
        mfa_enabled: person.mfa_enabled,
        required_from: obligation.from,
        allowed_methods: obligation.policy.methods,
        methods,
        backup_codes_left,
    }))
}

/// Remove one of one's second factors. With the last one, the backup codes go as well.
///
/// # Errors
/// 409 `last_factor` for whoever must have one.
pub(crate) async fn remove(
    guard: Guard<Myself>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Path(id): Path<MethodId>,
) -> Result<Committed<Success<Message>>, Problem> {
    let (user, now) = (guard.caller()?.user, clock.now());
    let mut tx = guard.tenant().begin()?;
    recent::require(&guard, &mut tx, now).await?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    if tx.run(store::delete(id, user)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    let is_enabled = settle(&mut tx, user, &clock).await?;
    obliged::keep_one(&identity, &mut tx, &person, now).await?;
    let values = json!({"method_id": id, "mfa_enabled": is_enabled});
    let change = Change::named("user", Some(user.as_uuid()), "mfa_removed", values);
    Ok(tx.commit(change, Success::ok(Message::new("MFA method removed successfully"))).await?)
}

/// Another telephone number comes: text messages to the one before are no second factor any more. Returns what the trail
/// says, if they were one.
pub(crate) async fn without_number(
    guard: &Guard<Myself>,
    tx: &mut TenantTx,
    (identity, clock): (&Identity, &Clock),
    person: &User,
) -> Result<Option<Change>, Problem> {
    let user = person.id;
    let methods = tx.read(store::methods_of(user)).await?;
    let is_one = methods.iter().any(|one| one.method_type == MethodType::Sms && one.verified_at.is_some());
    if is_one {
        recent::require(guard, tx, clock.now()).await?;
    }
    tx.run(store::delete_kind(user, MethodType::Sms)).await?;
    if !is_one {
        return Ok(None);
    }
    let is_enabled = settle(tx, user, clock).await?;
    obliged::keep_one(identity, tx, person, clock.now()).await?;
    let values = json!({"type": MethodType::Sms, "mfa_enabled": is_enabled});
    Ok(Some(Change::named("user", Some(user.as_uuid()), "mfa_removed", values)))
}

/// Whether signing in still asks for a second factor, after some of them have gone. What stood for them does so no longer.
pub(crate) async fn settle(tx: &mut TenantTx, user: UserId, clock: &Clock) -> Result<bool, Error> {
    trust::end(tx, user).await?;
    let (methods, passkey) = tx.read((store::methods_of(user), passkey::store::has_any(user))).await?;
    let is_enabled =
        methods.iter().any(|method| method.verified_at.is_some()) || passkey.is_some_and(|any| any.0);
    if !is_enabled {
        tx.run((store::set_enabled(user, false, clock.now()), store::delete_backup_codes(user))).await?;
        tx.announce(Topic::Access);
    }
    Ok(is_enabled)
}

/// Make new backup codes; the earlier ones are good no longer, and no device stands for what was shown with them.
pub(crate) async fn renew(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
) -> Result<Committed<Success<BackupCodes>>, Problem> {
    let user = guard.caller()?.user;
    let mut tx = guard.tenant().begin()?;
    recent::require(&guard, &mut tx, clock.now()).await?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    if !person.mfa_enabled {
        return Err(Error::NothingToVerify.into());
    }
    trust::end(&mut tx, user).await?;
    let backup_codes = set_up::new_codes(&mut tx, &clock, &rng, user).await?;
    let change = Change::named("user", Some(user.as_uuid()), "backup_codes_renewed", json!({}));
    Ok(tx.commit(change, Success::ok(BackupCodes { backup_codes })).await?)
}
