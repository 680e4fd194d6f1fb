//! What a key is, without its secret.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::Audited;
use tenantry_kernel::{TenantId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Resource, ResourceInfo};
use uuid::Uuid;

use super::secret::prefix;

tenantry_kernel::id! {
    /// An API key.
    ApiKeyId,
}

tenantry_kernel::text_enum! {
    /// Whether a key can be used.
    pub(crate) enum KeyStatus {
        /// It can.
        Active = "active",
        /// Its time is up.
        Expired = "expired",
        /// Somebody has revoked it.
        Revoked = "revoked",
    }
}

tenantry_db::row! {
    /// A key. Its secret's hash is read by authentication alone.
    #[derive(Debug, Clone)]
    pub(crate) struct ApiKey {
        pub(crate) id: ApiKeyId,
        pub(crate) user_id: UserId,
        pub(crate) name: String,
        pub(crate) scopes: Vec<String>,
        pub(crate) created_at: Timestamp,
        pub(crate) created_by: UserId,
        pub(crate) expires_at: Timestamp,
        pub(crate) last_used_at: Option<Timestamp>,
        pub(crate) revoked_at: Option<Timestamp>,
        pub(crate) replaced_by: Option<ApiKeyId>,
    }
}

impl ApiKey {
    /// Whether it can be used.
    pub(crate) fn status(&self, now: Timestamp) -> KeyStatus {
        match self.revoked_at {
            Some(_) => KeyStatus::Revoked,
            None if self.expires_at <= now => KeyStatus::Expired,
            None => KeyStatus::Active,
        }
    }
}

/// A key as policies see it.
pub(crate) const RESOURCE: ResourceInfo =
    ResourceInfo { name: "api_key", plural: "api_keys", attributes: &[] };

impl Resource for ApiKey {
    const TYPE: &'static str = "api_key";

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        Some(self.user_id)
    }
}

impl Audited for ApiKey {
    const RESOURCE: &'static str = "api_key";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        1
    }

    fn snapshot(&self) -> Value {
        json!({
            "name": self.name, "user_id": self.user_id, "scopes": self.scopes, "expires_at": self.expires_at,
            "revoked_at": self.revoked_at, "replaced_by": self.replaced_by,
        })
    }
}

/// A key as clients see it, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ApiKeyView {
    id: ApiKeyId,
    name: String,
    /// What the key begins with, to recognise it by.
    prefix: String,
    /// Whose it is: a person, or a service account.
    user_id: UserId,
    /// What it may be used for, as far as its owner's roles grant it: `resource:action`, with `:own` for the owner's own
    /// resources only.
    scopes: Vec<String>,
    status: KeyStatus,
    created_at: Timestamp,
    created_by: UserId,
    expires_at: Timestamp,
    /// Roughly: within ten minutes.
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    /// The key that was issued in its place.
    replaced_by: Option<ApiKeyId>,
}

impl View for ApiKeyView {}

impl ApiKeyView {
    /// Show a key.
    pub(crate) fn new(key: ApiKey, tenant: TenantId, now: Timestamp) -> Self {
        Self {
            prefix: prefix(tenant, key.id),
            status: key.status(now),
            id: key.id,
            name: key.name,
            user_id: key.user_id,
            scopes: key.scopes,
            created_at: key.created_at,
            created_by: key.created_by,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

/// A key that has just been issued: the only time that it is shown.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct IssuedKey {
    /// Send it as `Authorization: Bearer …`. It cannot be shown again.
    pub(crate) key: String,
    #[serde(flatten)]
    pub(crate) view: ApiKeyView,
}

impl View for IssuedKey {}
