//! A policy as it is stored and shown.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tenantry_db::Audited;
use tenantry_kernel::UserId;
use tenantry_web::View;
use tenantry_web::ports::Resource;
use uuid::Uuid;

tenantry_kernel::id! {
    /// A policy.
    PolicyId,
}

tenantry_db::row! {
    /// A policy.
    #[derive(Debug, Clone)]
    pub(crate) struct Policy {
        pub(crate) id: PolicyId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        pub(crate) body: Value,
        pub(crate) priority: i32,
        pub(crate) is_enabled: bool,
        pub(crate) version: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) updated_at: Timestamp,
    }
}

impl Resource for Policy {
    const TYPE: &'static str = "policy";

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for Policy {
    const RESOURCE: &'static str = "policy";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!(self.document())
    }
}

impl Policy {
    /// The policy as code: all that makes it, and nothing of this installation.
    pub(crate) fn document(&self) -> Document {
        let part = |name: &str| self.body.get(name).filter(|value| !value.is_null()).cloned();
        Document {
            name: self.name.clone(),
            description: self.description.clone(),
            target: part("target"),
            rules: part("rules"),
            cedar: part("cedar").and_then(|text| text.as_str().map(str::to_owned)),
            priority: self.priority,
            is_enabled: self.is_enabled,
        }
    }
}

/// A policy as code (document B): `target` and `rules`, or `cedar`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// What it is about: `{"resource": "booking", "action": "cancel"}`, with lists and `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Value>,
    /// `{"effect": "allow", "conditions": [{"user.role": "PremiumCustomer"}]}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rules: Option<Value>,
    /// One policy of Cedar, instead of `target` and `rules`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cedar: Option<String>,
    #[serde(default)]
    pub(crate) priority: i32,
    #[serde(default = "enabled")]
    pub(crate) is_enabled: bool,
}

const fn enabled() -> bool {
    true
}

impl Document {
    /// What is stored of it beside its columns.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        let text = self.cedar.clone().map(Value::String);
        for (name, value) in [("target", self.target.clone()), ("rules", self.rules.clone()), ("cedar", text)]
        {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        }
        Value::Object(body)
    }
}

/// A policy as a client sees it (document B).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PolicyView {
    pub(crate) id: PolicyId,
    #[serde(flatten)]
    pub(crate) document: Document,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl PolicyView {
    pub(crate) fn new(policy: &Policy) -> Self {
        Self {
            id: policy.id,
            document: policy.document(),
            created_at: policy.created_at,
            updated_at: policy.updated_at,
            version: policy.version,
        }
    }
}

impl View for PolicyView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}

tenantry_kernel::text_enum! {
    /// Whom a policy can be assigned to.
    pub(crate) enum AssigneeType {
        /// One user.
        User = "user",
        /// Everybody who has the role.
        Role = "role",
        /// Everybody in the group, also through other groups.
        Group = "group",
    }
}

tenantry_db::row! {
    /// An assignment of a policy.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct AssignmentView {
        pub(crate) id: Uuid,
        pub(crate) assignee_type: AssigneeType,
        pub(crate) assignee_id: Uuid,
        pub(crate) created_at: Timestamp,
    }
}

impl View for AssignmentView {}
