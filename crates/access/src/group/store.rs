//! SQL of groups.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{RoleId, UserId};
use tenantry_web::ports::Extent;
use uuid::Uuid;

use super::model::{Group, GroupId, GroupRoleView, MemberView};

macro_rules! group {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, version, created_at, updated_at FROM user_groups WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// One grant of one role that a group gives.
    pub(crate) struct Conferred {
        pub(crate) role_id: RoleId,
        pub(crate) name: String,
        pub(crate) role_family: String,
        pub(crate) is_system: bool,
        pub(crate) permission: Option<String>,
        pub(crate) extent: Option<Extent>,
    }
}

tenantry_db::statements! {
    /// Groups, oldest first; also only that of a name.
    pub(crate) read list_oldest(at: Timestamp, id: Uuid, name: Option<String>) -> Vec<Group>
        = group!("AND (created_at, id) > ($2, $3) AND ($4::text IS NULL OR name = $4) ORDER BY created_at, id LIMIT 101");

    /// Groups, newest first; also only that of a name.
    pub(crate) read list_newest(at: Timestamp, id: Uuid, name: Option<String>) -> Vec<Group>
        = group!("AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR name = $4) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// How many groups there are.
    pub(crate) read count(name: Option<String>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM user_groups WHERE tenant_id = $1 AND ($2::text IS NULL OR name = $2)";

    /// One group.
    pub(crate) read find(id: GroupId) -> Option<Group> = group!("AND id = $2");

    /// One group, locked.
    pub(crate) write find_for_update(id: GroupId) -> Option<Group> = group!("AND id = $2 FOR UPDATE");

    /// A new group.
    pub(crate) write insert(id: GroupId, name: String, description: Option<String>, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO user_groups (tenant_id, id, name, description, version, created_at, updated_at, created_by, updated_by) \
           VALUES ($1, $2, $3, $4, 1, $5, $5, $6, $6)";

    /// A group's new values.
    pub(crate) write save(id: GroupId, name: String, description: Option<String>, version: i64, at: Timestamp, by: UserId) -> Written
        = "UPDATE user_groups SET name = $3, description = $4, version = $5, updated_at = $6, updated_by = $7 \
           WHERE tenant_id = $1 AND id = $2";

    /// A group no longer, with its memberships.
    pub(crate) write delete(id: GroupId) -> Written = "DELETE FROM user_groups WHERE tenant_id = $1 AND id = $2";

    /// The members of a group itself, in the order of joining.
    pub(crate) read members(group: GroupId, at: Timestamp, user: Uuid) -> Vec<MemberView>
        = "SELECT m.user_id, u.email, u.first_name, u.last_name, m.expires_at, m.created_at FROM group_members m \
           JOIN users u ON u.tenant_id = $1 AND u.id = m.user_id WHERE m.tenant_id = $1 AND m.group_id = $2 \
           AND (m.created_at, m.user_id) > ($3, $4) ORDER BY m.created_at, m.user_id LIMIT 101";

    /// Make a user a member, or change until when.
    pub(crate) write add_member(group: GroupId, user: UserId, expires_at: Option<Timestamp>, by: UserId, at: Timestamp) -> Written
        = "INSERT INTO group_members (tenant_id, group_id, user_id, expires_at, added_by, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6) \
           ON CONFLICT (tenant_id, group_id, user_id) DO UPDATE SET expires_at = excluded.expires_at";

    /// A member no longer.
    pub(crate) write remove_member(group: GroupId, user: UserId) -> Written
        = "DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND user_id = $3";

    /// The groups in a group.
    pub(crate) read children(group: GroupId) -> Vec<Group>
        = "SELECT g.id, g.name, g.description, g.version, g.created_at, g.updated_at FROM group_children c \
           JOIN user_groups g ON g.tenant_id = $1 AND g.id = c.child_id WHERE c.tenant_id = $1 AND c.group_id = $2 \
           ORDER BY g.name";

    /// Put a group into another.
    pub(crate) write add_child(group: GroupId, child: GroupId, by: UserId, at: Timestamp) -> Written
        = "INSERT INTO group_children (tenant_id, group_id, child_id, added_by, created_at) VALUES ($1, $2, $3, $4, $5) \
           ON CONFLICT (tenant_id, group_id, child_id) DO NOTHING";

    /// Take a group out of another.
    pub(crate) write remove_child(group: GroupId, child: GroupId) -> Written
        = "DELETE FROM group_children WHERE tenant_id = $1 AND group_id = $2 AND child_id = $3";

    /// The group itself and every group that it is in, at any depth.
    pub(crate) read with_ancestors(group: GroupId) -> Vec<Scalar<GroupId>>
        = "WITH RECURSIVE up AS (SELECT $2::uuid AS id UNION SELECT c.group_id FROM up \
           JOIN group_children c ON c.tenant_id = $1 AND c.child_id = up.id) SELECT id FROM up";

    /// The group itself and every group that it is in, with their names.
    pub(crate) read all_above(group: GroupId) -> Vec<Group>
        = "WITH RECURSIVE up AS (SELECT $2::uuid AS id UNION SELECT c.group_id FROM up \
           JOIN group_children c ON c.tenant_id = $1 AND c.child_id = up.id) \
           SELECT g.id, g.name, g.description, g.version, g.created_at, g.updated_at FROM up \
           JOIN user_groups g ON g.tenant_id = $1 AND g.id = up.id ORDER BY g.name";

    /// The roles of a group itself.
    pub(crate) read roles(group: GroupId) -> Vec<GroupRoleView>
        = "SELECT r.id, r.name, r.role_family, g.expires_at, g.created_at FROM group_roles g \
           JOIN roles r ON r.tenant_id = $1 AND r.id = g.role_id WHERE g.tenant_id = $1 AND g.group_id = $2 ORDER BY r.name";

    /// Give a role to a group, or change when it ends.
    pub(crate) write add_role(group: GroupId, role: RoleId, expires_at: Option<Timestamp>, by: UserId, at: Timestamp) -> Written
        = "INSERT INTO group_roles (tenant_id, group_id, role_id, expires_at, assigned_by, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6) \
           ON CONFLICT (tenant_id, group_id, role_id) DO UPDATE SET expires_at = excluded.expires_at";

    /// Take a role from a group.
    pub(crate) write remove_role(group: GroupId, role: RoleId) -> Written
        = "DELETE FROM group_roles WHERE tenant_id = $1 AND group_id = $2 AND role_id = $3";

    /// What being in a group gives: the roles of it and of every group that it is in, with what the custom ones grant.
    pub(crate) read conferred(group: GroupId) -> Vec<Conferred>
        = "WITH RECURSIVE up AS (SELECT $2::uuid AS id UNION SELECT c.group_id FROM up \
           JOIN group_children c ON c.tenant_id = $1 AND c.child_id = up.id) \
           SELECT r.id AS role_id, r.name, r.role_family, r.is_system, p.permission, p.extent FROM up \
           JOIN group_roles g ON g.tenant_id = $1 AND g.group_id = up.id \
           JOIN roles r ON r.tenant_id = $1 AND r.id = g.role_id \
           LEFT JOIN role_permissions p ON p.tenant_id = $1 AND p.role_id = r.id AND NOT r.is_system \
           ORDER BY r.name, p.permission";

    /// The groups of a user, at any depth: their names and ids.
    pub(crate) read of_user(user: UserId, now: Timestamp) -> Vec<Group>
        = "WITH RECURSIVE up AS (SELECT m.group_id AS id FROM group_members m WHERE m.tenant_id = $1 AND m.user_id = $2 \
           AND (m.expires_at IS NULL OR m.expires_at > $3) UNION SELECT c.group_id FROM up \
           JOIN group_children c ON c.tenant_id = $1 AND c.child_id = up.id) \
           SELECT g.id, g.name, g.description, g.version, g.created_at, g.updated_at FROM up \
           JOIN user_groups g ON g.tenant_id = $1 AND g.id = up.id ORDER BY g.name";

    /// One more change that others must see; locks the tenant's row until the end of the transaction.
    pub(crate) write advance() -> Option<Scalar<i64>>
        = "INSERT INTO access_state (tenant_id, version) VALUES ($1, 1) \
           ON CONFLICT (tenant_id) DO UPDATE SET version = access_state.version + 1 RETURNING version";
}
