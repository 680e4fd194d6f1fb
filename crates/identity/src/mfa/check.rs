//! Whether a code is one of a second factor of a user's.

use jiff::Timestamp;
use tenantry_db::TenantTx;
use tenantry_kernel::UserId;
use tenantry_vault::Place;

use super::model::{Factor, MethodId};
use super::sent::{self, Scope};
use super::{backup, store, totp};
use crate::Error;
use crate::service::Identity;

/// Where the seed of an authenticator app is sealed.
pub(crate) const fn seed_place(id: MethodId) -> Place {
    Place { table: "mfa_methods", column: "secret_sealed", row: id.as_uuid() }
}

/// Check a code, and use it up: none is good twice. `scope` is what a code may have been sent for. The user's row must be
/// locked, so that the same code cannot be accepted twice at once.
pub(crate) async fn check(
    identity: &Identity,
    tx: &mut TenantTx,
    user: UserId,
    scope: Option<Scope>,
    code: &str,
    now: Timestamp,
) -> Result<Option<Factor>, Error> {
    let code = code.trim();
    if let Some(hash) = backup::hash(user, code) {
        let is_good = tx.run(store::use_backup_code(user, hash, now)).await?.0 == 1;
        return Ok(is_good.then_some(Factor::BackupCode));
    }
    if let Some(scope) = scope
        && let Some(factor) = sent::check(identity, tx, user, scope, code, now).await?
    {
        return Ok(Some(factor));
    }
    let Some(app) = tx.read(store::authenticator(user, false)).await? else { return Ok(None) };
    let keyring = identity.keys.keyring(tx.tenant_id()).await?;
    let seed = keyring.open(seed_place(app.id), &app.secret_sealed)?;
    let Some(step) = totp::step_of(&seed, code, now, app.last_step) else { return Ok(None) };
    tx.run(store::note_use(app.id, now, Some(step))).await?;
    Ok(Some(Factor::Totp))
}
