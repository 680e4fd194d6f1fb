//! SQL of policies.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use uuid::Uuid;

use super::model::{AssigneeType, AssignmentView, Policy, PolicyId};

macro_rules! policy {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, body, priority, is_enabled, version, created_at, updated_at ",
            "FROM policies WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// Whom a policy concerns.
    pub(crate) struct Assigned {
        pub(crate) policy_id: PolicyId,
        pub(crate) assignee_id: Uuid,
    }
}

tenantry_db::row! {
    /// One version of a policy.
    #[derive(Debug, Clone)]
    pub(crate) struct Version {
        pub(crate) version: i64,
        pub(crate) document: Value,
        pub(crate) created_at: Timestamp,
        pub(crate) created_by: Option<Uuid>,
    }
}

tenantry_db::row! {
    /// A declared type.
    pub(crate) struct TypeRow {
        pub(crate) name: String,
        pub(crate) attributes: Value,
    }
}

tenantry_db::statements! {
    /// Every policy that is enabled; few enough to be held in memory.
    pub(crate) read enabled() -> Vec<Policy> = policy!("AND is_enabled ORDER BY id");

    /// Every policy, for checks that concern all.
    pub(crate) read every() -> Vec<Policy> = policy!("ORDER BY id");

    /// Whom policies concern.
    pub(crate) read assigned() -> Vec<Assigned>
        = "SELECT policy_id, assignee_id FROM policy_assignments WHERE tenant_id = $1";

    /// The types that the tenant has declared.
    pub(crate) read types() -> Vec<TypeRow> = "SELECT name, attributes FROM resource_types WHERE tenant_id = $1";

    /// Policies, oldest first; also only that of a name, or only those that are enabled or not.
    pub(crate) read list_oldest(at: Timestamp, id: Uuid, name: Option<String>, is_enabled: Option<bool>) -> Vec<Policy>
        = policy!("AND (created_at, id) > ($2, $3) AND ($4::text IS NULL OR name = $4) \
            AND ($5::boolean IS NULL OR is_enabled = $5) ORDER BY created_at, id LIMIT 101");

    /// Policies, newest first; with the same filters.
    pub(crate) read list_newest(at: Timestamp, id: Uuid, name: Option<String>, is_enabled: Option<bool>) -> Vec<Policy>
        = policy!("AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR name = $4) \
            AND ($5::boolean IS NULL OR is_enabled = $5) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// How many policies fit.
    pub(crate) read count(name: Option<String>, is_enabled: Option<bool>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM policies WHERE tenant_id = $1 AND ($2::text IS NULL OR name = $2) \
           AND ($3::boolean IS NULL OR is_enabled = $3)";

    /// One policy.
    pub(crate) read find(id: PolicyId) -> Option<Policy> = policy!("AND id = $2");

    /// One policy, locked.
    pub(crate) write find_for_update(id: PolicyId) -> Option<Policy> = policy!("AND id = $2 FOR UPDATE");

    /// One policy by name, locked.
    pub(crate) write find_by_name(name: String) -> Option<Policy> = policy!("AND name = $2 FOR UPDATE");

    /// A new policy.
    pub(crate) write insert(
        id: PolicyId, name: String, description: Option<String>, body: Value, priority: i32, is_enabled: bool,
        at: Timestamp, by: UserId
    ) -> Written = "INSERT INTO policies (tenant_id, id, name, description, body, priority, is_enabled, version, \
        created_at, updated_at, created_by, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $9, $9)";

    /// A policy's new values.
    pub(crate) write save(
        id: PolicyId, name: String, description: Option<String>, body: Value, priority: i32, is_enabled: bool,
        version: i64, at: Timestamp, by: UserId
    ) -> Written = "UPDATE policies SET name = $3, description = $4, body = $5, priority = $6, is_enabled = $7, \
        version = $8, updated_at = $9, updated_by = $10 WHERE tenant_id = $1 AND id = $2";

    /// A policy no longer, with its assignments.
    pub(crate) write delete(id: PolicyId) -> Written = "DELETE FROM policies WHERE tenant_id = $1 AND id = $2";

    /// One more version.
    pub(crate) write insert_version(id: PolicyId, version: i64, document: Value, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO policy_versions (tenant_id, policy_id, version, document, created_at, created_by) \
           VALUES ($1, $2, $3, $4, $5, $6)";

    /// The versions of a policy before a number, newest first.
    pub(crate) read versions(id: PolicyId, before: i64) -> Vec<Version>
        = "SELECT version, document, created_at, created_by FROM policy_versions WHERE tenant_id = $1 AND policy_id = $2 \
           AND version < $3 ORDER BY version DESC LIMIT 101";

    /// One version of a policy.
    pub(crate) read version(id: PolicyId, version: i64) -> Option<Version>
        = "SELECT version, document, created_at, created_by FROM policy_versions WHERE tenant_id = $1 AND policy_id = $2 \
           AND version = $3";

    /// Whom a policy is assigned to.
    pub(crate) read assignments(id: PolicyId, at: Timestamp, after: Uuid) -> Vec<AssignmentView>
        = "SELECT id, assignee_type, assignee_id, created_at FROM policy_assignments WHERE tenant_id = $1 \
           AND policy_id = $2 AND (created_at, id) > ($3, $4) ORDER BY created_at, id LIMIT 101";

    /// One assignment of a policy.
    pub(crate) read assignment(policy: PolicyId, id: Uuid) -> Option<AssignmentView>
        = "SELECT id, assignee_type, assignee_id, created_at FROM policy_assignments WHERE tenant_id = $1 \
           AND policy_id = $2 AND id = $3";

    /// Assign a policy.
    pub(crate) write assign(id: Uuid, policy: PolicyId, to: AssigneeType, whom: Uuid, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO policy_assignments (tenant_id, id, policy_id, assignee_type, assignee_id, created_at, created_by) \
           VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// Assign a policy no longer.
    pub(crate) write unassign(policy: PolicyId, id: Uuid) -> Written
        = "DELETE FROM policy_assignments WHERE tenant_id = $1 AND policy_id = $2 AND id = $3";

    /// Whether there is such an assignee.
    pub(crate) read assignee_exists(id: Uuid) -> Option<AssigneeKnown>
        = "SELECT EXISTS (SELECT 1 FROM users WHERE tenant_id = $1 AND id = $2) AS is_user, \
           EXISTS (SELECT 1 FROM roles WHERE tenant_id = $1 AND id = $2) AS is_role, \
           EXISTS (SELECT 1 FROM user_groups WHERE tenant_id = $1 AND id = $2) AS is_group";
}

tenantry_db::row! {
    /// What an id is the id of.
    pub(crate) struct AssigneeKnown {
        pub(crate) is_user: bool,
        pub(crate) is_role: bool,
        pub(crate) is_group: bool,
    }
}
