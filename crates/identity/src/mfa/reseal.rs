//! Sealing the seeds of authenticator apps anew, after the tenant's data key has been replaced.

use serde_json::json;
use tenantry_db::{Change, TenantDb};
use tenantry_kernel::Rng;
use tenantry_vault::Keyring;
use uuid::Uuid;

use super::check::seed_place;
use super::model::MethodId;
use super::store;
use crate::Error;

/// Seal every seed anew that is sealed under an older key. Returns how many.
pub(crate) async fn seeds(keyring: &Keyring, tenant: &TenantDb, rng: &Rng) -> Result<u64, Error> {
    let mut after = MethodId::from_uuid(Uuid::nil());
    let mut sealed = 0;
    loop {
        let rows = tenant.read(store::sealed_after(after)).await?;
        let Some(last) = rows.last() else { return Ok(sealed) };
        after = last.id;
        let mut tx = tenant.begin()?;
        let mut changed = 0;
        for row in rows.iter().filter(|row| keyring.needs_rotation(&row.secret_sealed)) {
            let place = seed_place(row.id);
            let opened = keyring.open(place, &row.secret_sealed)?;
            let anew = keyring.seal(place, &opened, rng)?;
            changed += tx.run(store::reseal(row.id, row.secret_sealed.clone(), anew)).await?.0;
        }
        if changed > 0 {
            let change = Change::named("user", None, "resealed", json!({"seeds": changed})).without_event();
            tx.commit(change, ()).await?;
            sealed += changed;
        }
    }
}
