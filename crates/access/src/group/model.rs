//! What a group is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{RoleId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

tenantry_kernel::id! {
    /// A group of users.
    GroupId,
}

tenantry_db::row! {
    /// A group of users.
    #[derive(Debug, Clone)]
    pub(crate) struct Group {
        pub(crate) id: GroupId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

/// A group, as policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "group", plural: "groups", attributes: &[("name", FactKind::Text)] };

impl Resource for Group {
    const TYPE: &'static str = "group";

    fn facts(&self) -> Facts {
        Facts::from([("name".into(), Fact::Text(self.name.clone()))])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for Group {
    const RESOURCE: &'static str = "group";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({"name": self.name, "description": self.description})
    }
}

/// A group as a client sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct GroupView {
    id: GroupId,
    name: String,
    description: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl GroupView {
    pub(crate) fn new(group: Group) -> Self {
        let Group { id, name, description, version, created_at, updated_at } = group;
        Self { id, name, description, created_at, updated_at, version }
    }
}

impl View for GroupView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

tenantry_db::row! {
    /// A member of a group.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct MemberView {
        pub(crate) user_id: UserId,
        pub(crate) email: String,
        pub(crate) first_name: Option<String>,
        pub(crate) last_name: Option<String>,
        /// When the user is a member no longer.
        pub(crate) expires_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
    }
}

impl View for MemberView {}

tenantry_db::row! {
    /// A role that a group gives its members.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct GroupRoleView {
        pub(crate) id: RoleId,
        pub(crate) name: String,
        pub(crate) role_family: String,
        /// When the members lose it.
        pub(crate) expires_at: Option<Timestamp>,
        pub(crate) created_at: Timestamp,
    }
}

impl View for GroupRoleView {}
