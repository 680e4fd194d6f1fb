//! The permission catalogue as a tenant sees it: the product's permissions, and those that the tenant declares.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod store;

use schemars::JsonSchema;
use serde::Serialize;
use tenantry_web::View;
use uuid::Uuid;

/// A permission (document B).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PermissionView {
    /// Only of permissions that the tenant declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Uuid>,
    /// `resource:action`.
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) action: String,
    pub(crate) description: Option<String>,
    /// Whether it is part of the product.
    pub(crate) is_system: bool,
}

impl View for PermissionView {}
