//! What a user's roles grant: loaded once, kept until something changes.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tenantry_db::{Freshness, Listener, Scalar, Stamp, TenantDb, Topic};
use tenantry_kernel::{RoleId, TenantId, UserId};
use tenantry_web::ports::{Extent, Grants, Person};
use uuid::Uuid;

use crate::Error;
use crate::catalogue::Catalogue;

tenantry_db::row! {
    /// One grant of one role of a user.
    pub(crate) struct GrantRow {
        role_id: RoleId,
        name: String,
        role_family: String,
        is_system: bool,
        expires_at: Option<Timestamp>,
        permission: Option<String>,
        extent: Option<Extent>,
    }
}

tenantry_db::row! {
    /// A group of a user.
    pub(crate) struct GroupRow {
        id: Uuid,
        name: String,
        expires_at: Option<Timestamp>,
    }
}

tenantry_db::row! {
    /// What policies may ask of a user.
    pub(crate) struct PersonRow {
        email: String,
        status: String,
        email_verified: bool,
        mfa_enabled: bool,
        created_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// The roles of a user that have not expired, with what the custom ones grant.
    read grants_of(user: UserId, now: Timestamp) -> Vec<GrantRow>
        = "WITH RECURSIVE g AS (SELECT m.group_id, m.expires_at FROM group_members m \
           WHERE m.tenant_id = $1 AND m.user_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3) \
           UNION SELECT c.group_id, g.expires_at FROM g JOIN group_children c ON c.tenant_id = $1 AND c.child_id = g.group_id), \
           held AS (SELECT u.role_id, u.expires_at FROM user_roles u \
           WHERE u.tenant_id = $1 AND u.user_id = $2 AND (u.expires_at IS NULL OR u.expires_at > $3) \
           UNION ALL SELECT a.role_id, least(a.expires_at, g.expires_at) FROM g JOIN group_roles a ON a.tenant_id = $1 \
           AND a.group_id = g.group_id WHERE a.expires_at IS NULL OR a.expires_at > $3) \
           SELECT r.id AS role_id, r.name, r.role_family, r.is_system, held.expires_at, p.permission, p.extent \
           FROM held JOIN roles r ON r.tenant_id = $1 AND r.id = held.role_id \
           LEFT JOIN role_permissions p ON p.tenant_id = $1 AND p.role_id = r.id AND NOT r.is_system \
           ORDER BY r.name, p.permission";

    /// The roles that a user holds now, also through groups: what others ask who are in the middle of a change.
    pub read held_by(user: UserId, now: Timestamp) -> Vec<Scalar<RoleId>>
        = "WITH RECURSIVE g AS (SELECT m.group_id FROM group_members m \
           WHERE m.tenant_id = $1 AND m.user_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3) \
           UNION SELECT c.group_id FROM g JOIN group_children c ON c.tenant_id = $1 AND c.child_id = g.group_id) \
           SELECT u.role_id FROM user_roles u \
           WHERE u.tenant_id = $1 AND u.user_id = $2 AND (u.expires_at IS NULL OR u.expires_at > $3) \
           UNION SELECT a.role_id FROM g JOIN group_roles a ON a.tenant_id = $1 AND a.group_id = g.group_id \
           WHERE a.expires_at IS NULL OR a.expires_at > $3";

    /// The groups of a user, at any depth, and when the membership that leads there ends.
    read groups_of(user: UserId, now: Timestamp) -> Vec<GroupRow>
        = "WITH RECURSIVE g AS (SELECT m.group_id, m.expires_at FROM group_members m \
           WHERE m.tenant_id = $1 AND m.user_id = $2 AND (m.expires_at IS NULL OR m.expires_at > $3) \
           UNION SELECT c.group_id, g.expires_at FROM g JOIN group_children c ON c.tenant_id = $1 AND c.child_id = g.group_id) \
           SELECT n.id, n.name, g.expires_at FROM g JOIN user_groups n ON n.tenant_id = $1 AND n.id = g.group_id ORDER BY n.name";

    /// What policies may ask of a user.
    read person(user: UserId) -> Option<PersonRow>
        = "SELECT email, status, email_verified, mfa_enabled, created_at FROM users WHERE tenant_id = $1 AND id = $2";
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
        let (rows, groups, person) =
            tenant.read((grants_of(user, now), groups_of(user, now), person(user))).await?;
        let ends = rows.iter().map(|row| row.expires_at).chain(groups.iter().map(|row| row.expires_at));
        let valid_until = ends.flatten().min().unwrap_or(Timestamp::MAX);
        let mut grants = fold(&self.catalogue, rows);
        grants.groups = groups.into_iter().map(|row| (row.id, row.name)).collect();
        grants.groups.dedup();
        grants.person = person.map(PersonRow::facts).unwrap_or_default();
        let grants = Arc::new(grants);
        // Ids that nobody has could fill the cache.
        if grants.person.status.is_none() {
            return Ok(grants);
        }
        self.entries.insert(key, Arc::new(Entry { grants: Arc::clone(&grants), stamp, valid_until }));
        Ok(grants)
    }
}

impl PersonRow {
    fn facts(self) -> Person {
        let Self { email, status, email_verified, mfa_enabled, created_at } = self;
        Person {
            email: Some(email),
            status: Some(status),
            email_verified,
            mfa_enabled,
            created_at: Some(created_at),
        }
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
            if !grants.families.contains(&row.role_family) {
                grants.families.push(row.role_family);
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
