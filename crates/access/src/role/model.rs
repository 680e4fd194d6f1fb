//! A role, and how its grants are written.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{Permission, RoleId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Extent, Fact, FactKind, Facts, Resource, ResourceInfo};
use uuid::Uuid;

tenantry_db::row! {
    /// A role of a tenant.
    #[derive(Debug, Clone)]
    pub(crate) struct Role {
        pub(crate) id: RoleId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) role_family: String,
        pub(crate) is_system: bool,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

tenantry_db::row! {
    /// A role as a user's profile shows it (document B).
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct RoleSummary {
        /// The role.
        pub id: RoleId,
        /// Its name.
        pub name: String,
        /// What it is for.
        pub role_family: String,
        /// When the user loses it.
        pub expires_at: Option<Timestamp>,
    }
}

impl View for RoleSummary {}

/// A role, as policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "role",
    plural: "roles",
    attributes: &[("name", FactKind::Text), ("family", FactKind::Text), ("is_system", FactKind::Flag)],
};

impl Resource for Role {
    const TYPE: &'static str = "role";

    fn facts(&self) -> Facts {
        Facts::from([
            ("name".into(), Fact::Text(self.name.clone())),
            ("family".into(), Fact::Text(self.role_family.clone())),
            ("is_system".into(), Fact::Flag(self.is_system)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// One grant, written `resource:action`, or `resource:action:own` for the caller's own resources only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantSpec {
    /// What it grants.
    pub permission: Permission,
    /// How far.
    pub extent: Extent,
}

impl std::str::FromStr for GrantSpec {
    type Err = tenantry_kernel::PermissionParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, extent) =
            text.strip_suffix(":own").map_or((text, Extent::Any), |name| (name, Extent::Own));
        Ok(Self { permission: name.parse()?, extent })
    }
}

impl std::fmt::Display for GrantSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let suffix = if self.extent == Extent::Own { ":own" } else { "" };
        write!(f, "{}{suffix}", self.permission)
    }
}

impl<'de> Deserialize<'de> for GrantSpec {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for GrantSpec {
    fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl JsonSchema for GrantSpec {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Grant".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "maxLength": 104, "pattern": "^[a-z][a-z0-9_]*[:.][a-z][a-z0-9_]*(:own)?$",
        })
    }
}

/// A role with its grants, for the trail.
pub(crate) struct RoleWithGrants<'a> {
    pub(crate) role: &'a Role,
    pub(crate) grants: &'a [GrantSpec],
}

impl Audited for RoleWithGrants<'_> {
    const RESOURCE: &'static str = "role";

    fn resource_id(&self) -> Uuid {
        self.role.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.role.version
    }

    fn snapshot(&self) -> Value {
        let Role { name, description, role_family, .. } = self.role;
        json!({"name": name, "description": description, "role_family": role_family, "permissions": self.grants})
    }
}

/// A role as a client sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RoleView {
    pub(crate) id: RoleId,
    pub(crate) name: String,
    /// What it is for: `Provider`, `Internal`, `Customer`, or a family that the tenant defined.
    pub(crate) role_family: String,
    pub(crate) description: Option<String>,
    /// System roles are part of the product and cannot be changed.
    pub(crate) is_system: bool,
    /// What it grants; only where one role is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) permissions: Option<Vec<GrantSpec>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl RoleView {
    pub(crate) fn new(role: Role, permissions: Option<Vec<GrantSpec>>) -> Self {
        let Role { id, name, description, role_family, is_system, version, created_at, updated_at } = role;
        Self { id, name, role_family, description, is_system, permissions, created_at, updated_at, version }
    }
}

impl View for RoleView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_parses_as_a_grant_reads_back(text in "[a-z:._]{0,20}(:own)?") {
            if let Ok(grant) = text.parse::<GrantSpec>() {
                proptest::prop_assert_eq!(grant.to_string().parse(), Ok(grant));
            }
        }
    }
}
