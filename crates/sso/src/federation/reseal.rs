//! The secrets of identity providers under the tenant's present key, when keys are rotated.

use serde_json::json;
use tenantry_db::{Change, TenantDb, Topic};
use tenantry_kernel::Rng;
use tenantry_vault::KeySource;

use super::model::{IdentityProvider, secret_place};
use super::store;
use crate::Error;

/// Seal anew everything of the provider's that is sealed under an older data key. Returns how many values were sealed.
///
/// # Errors
/// Those of the database and the vault.
pub async fn reseal(tenant: &TenantDb, keys: &dyn KeySource, rng: &Rng) -> Result<u64, Error> {
    let keyring = keys.keyring(tenant.tenant_id()).await?;
    let providers = tenant.read(store::list()).await?.into_iter().map(IdentityProvider::from);
    let mut tx = tenant.begin()?;
    let mut sealed = 0;
    for provider in providers.filter(|provider| keyring.needs_rotation(&provider.client_secret)) {
        let place = secret_place(provider.id);
        let opened = keyring.open(place, &provider.client_secret)?;
        let anew = keyring.seal(place, &opened, rng)?;
        // Only if nobody has changed it meanwhile; then it is sealed under the new key already.
        sealed += tx.run(store::reseal(provider.id, provider.client_secret, anew)).await?.0;
    }
    if sealed > 0 {
        tx.announce(Topic::Clients);
        let change = Change::named("identity_provider", None, "resealed", json!({"values": sealed}));
        tx.commit(change.without_event(), ()).await?;
    }
    Ok(sealed)
}
