//! SQL of roles.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{RoleId, UserId};
use tenantry_web::ports::Extent;
use uuid::Uuid;

use super::model::{Role, RoleSummary};

tenantry_db::row! {
    /// A stored grant.
    #[derive(Debug, Clone)]
    pub(crate) struct StoredGrant {
        pub(crate) permission: String,
        pub(crate) extent: Extent,
    }
}

tenantry_db::statements! {
    /// Roles, oldest first; also only those of a family, of a name, of the system or not.
    pub(crate) read list_oldest(at: Timestamp, id: Uuid, family: Option<String>, name: Option<String>, is_system: Option<bool>) -> Vec<Role>
        = "SELECT id, name, description, role_family, is_system, version, created_at, updated_at FROM roles \
           WHERE tenant_id = $1 AND (created_at, id) > ($2, $3) AND ($4::text IS NULL OR role_family = $4) \
           AND ($5::text IS NULL OR name = $5) AND ($6::boolean IS NULL OR is_system = $6) ORDER BY created_at, id LIMIT 101";

    /// Roles, newest first; with the same filters.
    pub(crate) read list_newest(at: Timestamp, id: Uuid, family: Option<String>, name: Option<String>, is_system: Option<bool>) -> Vec<Role>
        = "SELECT id, name, description, role_family, is_system, version, created_at, updated_at FROM roles \
           WHERE tenant_id = $1 AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR role_family = $4) \
           AND ($5::text IS NULL OR name = $5) AND ($6::boolean IS NULL OR is_system = $6) \
           ORDER BY created_at DESC, id DESC LIMIT 101";

    /// How many roles fit.
    pub(crate) read count(family: Option<String>, name: Option<String>, is_system: Option<bool>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM roles WHERE tenant_id = $1 AND ($2::text IS NULL OR role_family = $2) \
           AND ($3::text IS NULL OR name = $3) AND ($4::boolean IS NULL OR is_system = $4)";

    /// One role.
    pub(crate) read find(id: RoleId) -> Option<Role>
        = "SELECT id, name, description, role_family, is_system, version, created_at, updated_at FROM roles \
           WHERE tenant_id = $1 AND id = $2";

    /// One role, by name.
    pub(crate) read find_by_name(name: String) -> Option<Role>
        = "SELECT id, name, description, role_family, is_system, version, created_at, updated_at FROM roles \
           WHERE tenant_id = $1 AND name = $2";

    /// One role, locked.
    pub(crate) write find_for_update(id: RoleId) -> Option<Role>
        = "SELECT id, name, description, role_family, is_system, version, created_at, updated_at FROM roles \
           WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

    /// What a custom role grants.
    pub(crate) read grants(role: RoleId) -> Vec<StoredGrant>
        = "SELECT permission, extent FROM role_permissions WHERE tenant_id = $1 AND role_id = $2 ORDER BY permission";

    /// A new role.
    pub(crate) write insert(
        id: RoleId, name: String, description: Option<String>, family: String, is_system: bool, at: Timestamp,
        by: Option<UserId>
    ) -> Written = "INSERT INTO roles (tenant_id, id, name, description, role_family, is_system, version, created_at, \
        updated_at, created_by, updated_by) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $8, $8)";

    /// A new system role, unless the tenant has it.
    pub(crate) write ensure_system(id: RoleId, name: String, description: String, family: String, at: Timestamp) -> Written
        = "INSERT INTO roles (tenant_id, id, name, description, role_family, is_system, version, created_at, updated_at) \
           VALUES ($1, $2, $3, $4, $5, true, 1, $6, $6) ON CONFLICT (tenant_id, name) DO NOTHING";

    /// One more grant of a role.
    pub(crate) write insert_grant(role: RoleId, permission: String, extent: Extent, at: Timestamp) -> Written
        = "INSERT INTO role_permissions (tenant_id, role_id, permission, extent, created_at) VALUES ($1, $2, $3, $4, $5)";

    /// A role without grants.
    pub(crate) write delete_grants(role: RoleId) -> Written
        = "DELETE FROM role_permissions WHERE tenant_id = $1 AND role_id = $2";

    /// A role's new name, description, family and version.
    pub(crate) write save(
        id: RoleId, name: String, description: Option<String>, family: String, version: i64, at: Timestamp, by: UserId
    ) -> Written = "UPDATE roles SET name = $3, description = $4, role_family = $5, version = $6, updated_at = $7, \
        updated_by = $8 WHERE tenant_id = $1 AND id = $2";

    /// A role no longer.
    pub(crate) write delete(id: RoleId) -> Written = "DELETE FROM roles WHERE tenant_id = $1 AND id = $2";

    /// The roles of a user.
    pub read roles_of(user: UserId) -> Vec<RoleSummary>
        = "SELECT r.id, r.name, r.role_family, u.expires_at FROM user_roles u \
           JOIN roles r ON r.tenant_id = $1 AND r.id = u.role_id WHERE u.tenant_id = $1 AND u.user_id = $2 ORDER BY r.name";

    /// Give a role to a user, or change when it ends.
    pub(crate) write assign(user: UserId, role: RoleId, by: Option<UserId>, expires_at: Option<Timestamp>, at: Timestamp) -> Written
        = "INSERT INTO user_roles (tenant_id, user_id, role_id, assigned_by, expires_at, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6) \
           ON CONFLICT (tenant_id, user_id, role_id) DO UPDATE SET expires_at = excluded.expires_at";

    /// Take a role from a user.
    pub(crate) write unassign(user: UserId, role: RoleId) -> Written
        = "DELETE FROM user_roles WHERE tenant_id = $1 AND user_id = $2 AND role_id = $3";

    /// Take roles from users, pair by pair.
    pub(crate) write unassign_many(users: Vec<UserId>, roles: Vec<RoleId>) -> Written
        = "DELETE FROM user_roles USING unnest($2::uuid[], $3::uuid[]) AS gone (user_id, role_id) \
           WHERE user_roles.tenant_id = $1 AND user_roles.user_id = gone.user_id AND user_roles.role_id = gone.role_id";

    /// How many active people have a role for good.
    pub(crate) read count_active(role: RoleId) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM user_roles u JOIN users p ON p.tenant_id = $1 AND p.id = u.user_id AND p.status = 'active' \
           AND p.kind = 'person' WHERE u.tenant_id = $1 AND u.role_id = $2 AND u.expires_at IS NULL";

    /// The user with an address.
    pub(crate) read user_by_email(email: String) -> Option<Scalar<UserId>>
        = "SELECT id FROM users WHERE tenant_id = $1 AND email = $2";

    /// Whether the user exists.
    pub(crate) read user_exists(user: UserId) -> Option<Scalar<bool>>
        = "SELECT true FROM users WHERE tenant_id = $1 AND id = $2";
}
