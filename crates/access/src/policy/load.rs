//! The policies of tenants, held in memory while nothing changes; those that have not been used for long are let go.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::TenantId;
use uuid::Uuid;

use super::decide::set::{Entry, Policies, entry};
use super::language::schema::{Declared, Vocabulary};
use super::model::Policy;
use super::store::{self, Assigned, TypeRow};
use crate::{Catalogue, Error};

/// How many policies are held compiled at most, over all tenants.
const MOST: u64 = 20_000;

/// What is held of one tenant.
struct Held {
    policies: Option<Arc<Policies>>,
    stamp: Stamp,
}

/// The policies of tenants.
pub(crate) struct PolicyCache {
    tenants: moka::sync::Cache<TenantId, Arc<Held>>,
    fresh: Arc<Freshness>,
    catalogue: Catalogue,
}

impl PolicyCache {
    pub(crate) fn start(listener: &Listener, catalogue: Catalogue) -> Self {
        let weight = |_: &TenantId, held: &Arc<Held>| {
            // A tenant without policies costs little, and not nothing.
            let policies = held.policies.as_ref().map_or(0, |policies| policies.len());
            u32::try_from(policies * 10 + 1).unwrap_or(u32::MAX)
        };
        Self {
            tenants: moka::sync::Cache::builder()
                .weigher(weight)
                .max_capacity(MOST * 10)
                .time_to_idle(Duration::from_mins(10))
                .build(),
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Access),
            catalogue,
        }
    }

    /// The enabled policies of a tenant; none when it has none.
    pub(crate) async fn get(&self, tenant: &TenantDb) -> Result<Option<Arc<Policies>>, Error> {
        let id = tenant.tenant_id();
        if let Some(held) = self.tenants.get(&id)
            && self.fresh.is_good(held.stamp, Some(id))
        {
            return Ok(held.policies.clone());
        }
        let stamp = self.fresh.stamp(Some(id));
        let (rows, assigned, types) =
            tenant.read((store::enabled(), store::assigned(), store::types())).await?;
        let words = vocabulary(&self.catalogue, self.catalogue.is_root(id), types);
        let entries = readable_entries(&rows, &assigned, &words);
        let policies = Policies::new(entries, words.declared);
        let policies = (!policies.is_empty()).then(|| Arc::new(policies));
        self.tenants.insert(id, Arc::new(Held { policies: policies.clone(), stamp }));
        Ok(policies)
    }
}

/// What a tenant's policies can speak of.
pub(crate) fn vocabulary(catalogue: &Catalogue, is_root: bool, types: Vec<TypeRow>) -> Vocabulary {
    let declared: Declared = types.into_iter().map(|row| (row.name, attributes(&row.attributes))).collect();
    Vocabulary { catalogue: catalogue.clone(), is_root, declared: Arc::new(declared) }
}

/// The attributes of a declared type.
pub(crate) fn attributes(value: &Value) -> BTreeMap<String, tenantry_web::ports::FactKind> {
    let object = value.as_object().into_iter().flatten();
    object.filter_map(|(name, kind)| Some((name.clone(), kind.as_str()?.parse().ok()?))).collect()
}

/// The stored policies of a tenant, with their assignments.
pub(crate) fn readable_entries(rows: &[Policy], assigned: &[Assigned], words: &Vocabulary) -> Vec<Entry> {
    let mut assignees: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for Assigned { policy_id, assignee_id } in assigned {
        assignees.entry(policy_id.as_uuid()).or_default().push(*assignee_id);
    }
    let entries = rows.iter().map(|row| {
        let mut entry = readable(row, words);
        entry.assignees = assignees.remove(&row.id.as_uuid()).unwrap_or_default();
        entry
    });
    entries.collect()
}

/// A stored policy was checked when it was saved. If it cannot be read any more, nobody knows what it forbids.
fn readable(row: &Policy, words: &Vocabulary) -> Entry {
    entry(&row.id.to_string(), &row.name, row.priority, &row.body, words).unwrap_or_else(|errors| {
        tracing::error!(policy.id = %row.id, error = ?errors, "a stored policy cannot be read; it denies everything");
        Entry::denying(&row.id.to_string(), &row.name, row.priority)
    })
}
