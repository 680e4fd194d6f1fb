//! What a user's roles grant: loaded once, kept until something changes.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::{RoleId, TenantId, UserId};
use tenantry_web::ports::{Extent, Grants};

use crate::Error;
use crate::catalogue::Catalogue;

tenantry_db::row! {
    /// One grant of one role of a user.
    pub(crate) struct GrantRow {
        role_id: RoleId,
        name: String,
        is_system: bool,
        expires_at: Option<Timestamp>,
        permission: Option<String>,
        extent: Option<Extent>,
    }
}

tenantry_db::statements! {
    /// The roles of a user that have not expired, with what the custom ones grant.
    read grants_of(user: UserId, now: Timestamp) -> Vec<GrantRow>
        = "SELECT r.id AS role_id, r.name, r.is_system, u.expires_at, p.permission, p.extent \
           FROM user_roles u JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id \
           LEFT JOIN role_permissions p ON p.tenant_id = $1 AND p.role_id = r.id AND NOT r.is_system \
           WHERE u.tenant_id = $1 AND u.user_id = $2 AND (u.expires_at IS NULL OR u.expires_at > $3) \
           ORDER BY r.name, p.permission";
}

struct Entry {
    grants: Arc<Grants>,
    stamp: Stamp,
    valid_until: Timestamp,
}

/// Cached grants of all tenants.
pub(crate) struct GrantCache {
    entries: moka::sync::Cache<(TenantId, UserId), Arc<Entry>>,
    fresh: Arc<Freshness>,
    catalogue: Catalogue,
}

impl GrantCache {
    pub(crate) fn start(listener: &Listener, catalogue: Catalogue) -> Self {
        Self {
            entries: moka::sync::Cache::builder()
                .max_capacity(200_000)
                .time_to_idle(Duration::from_mins(10))
                .build(),
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Access),
            catalogue,
        }
    }

    pub(crate) async fn get(&self, tenant: &TenantDb, user: UserId) -> Result<Arc<Grants>, Error> {
        let key = (tenant.tenant_id(), user);
        let now = tenant.origin().at;
        if let Some(entry) = self.entries.get(&key)
            && self.fresh.is_good(entry.stamp, Some(key.0))
            && now < entry.valid_until
        {
            return Ok(Arc::clone(&entry.grants));
        }
        let stamp = self.fresh.stamp(Some(key.0));
        let rows = tenant.read(grants_of(user, now)).await?;
        let valid_until = rows.iter().filter_map(|row| row.expires_at).min().unwrap_or(Timestamp::MAX);
        let grants = Arc::new(fold(&self.catalogue, rows));
        self.entries.insert(key, Arc::new(Entry { grants: Arc::clone(&grants), stamp, valid_until }));
        Ok(grants)
    }
}

fn fold(catalogue: &Catalogue, rows: Vec<GrantRow>) -> Grants {
    let mut grants = Grants::default();
    for row in rows {
        if grants.roles.last().is_none_or(|(id, _)| *id != row.role_id) {
            if row.is_system {
                for (permission, extent) in catalogue.system_grants(&row.name) {
                    widen(&mut grants, permission, extent);
                }
            }
            grants.roles.push((row.role_id, row.name));
        }
        if let (Some(permission), Some(extent)) = (row.permission, row.extent) {
            widen(&mut grants, catalogue.intern(permission), extent);
        }
    }
    grants.permissions.shrink_to_fit();
    grants
}

fn widen(grants: &mut Grants, permission: std::borrow::Cow<'static, str>, extent: Extent) {
    let held = grants.permissions.entry(permission).or_insert(extent);
    *held = (*held).max(extent);
}
