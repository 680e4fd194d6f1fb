//! Rotating keys: every tenant gets a new data key and a new token key, and what was sealed is sealed anew.

use jiff::SignedDuration;
use tenantry_db::{Change, Origin, Purpose};
use tenantry_kernel::{RequestId, TenantId};

use crate::start::Parts;

/// Rotate the keys of one tenant. Returns how many values were sealed anew.
pub(crate) async fn rotate_tenant(parts: &Parts, tenant: TenantId) -> anyhow::Result<u64> {
    let (clock, rng) = (&parts.tools.clock, &parts.tools.rng);
    let origin = || Origin::system(RequestId::new(clock, rng), clock.now(), "keys:rotate");
    let placement = parts
        .placements
        .of(tenant)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the tenant {tenant} is not in use"))?;
    let mut tx = parts.authority.platform(std::sync::Arc::new(origin()), "key rotation")?;
    let overlap = parts.tokens.lifetimes().access + SignedDuration::from_mins(5);
    parts.keys.rotate(&mut tx, tenant, rng, overlap).await?;
    let change = Change::named("tenant", Some(tenant.as_uuid()), "keys_rotated", serde_json::Value::Null);
    tx.commit(change, ()).await?;
    parts.keys.forget(tenant);
    let scope = parts.authority.enter(&placement, Purpose::Operate, origin());
    let of_people = parts.identity.reseal(&scope, rng).await?;
    Ok(of_people + tenantry_sso::reseal(&scope, &*parts.keys, rng).await?)
}

/// Every tenant that is in use.
pub(crate) async fn tenants(parts: &Parts) -> anyhow::Result<Vec<TenantId>> {
    let mut tenants = Vec::new();
    let mut after = TenantId::from_uuid(uuid::Uuid::nil());
    loop {
        let page = parts.placements.page(after).await?;
        let Some(last) = page.last() else { return Ok(tenants) };
        after = last.tenant;
        for placement in &page {
            if parts.placements.of(placement.tenant).await?.is_some() {
                tenants.push(placement.tenant);
            }
        }
    }
}
