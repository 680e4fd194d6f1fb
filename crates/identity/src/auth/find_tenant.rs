//! GET /auth/tenant

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenantry_web::{Guard, Problem, Public, Query, Success, View};

/// Which tenant is meant. The route reads `slug` as one more source that names the tenant.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Asked {
    /// The short name; without it, the address says which tenant is meant.
    slug: Option<String>,
}

/// A tenant, as anybody may see it who knows its address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FoundTenant {
    slug: String,
    name: String,
}

impl View for FoundTenant {}

/// Find the tenant that an address or a short name stands for, to sign in there. Unknown: 404 `tenant_unknown`.
pub(crate) async fn find_tenant(
    guard: Guard<Public>,
    Query(_): Query<Asked>,
) -> Result<Success<FoundTenant>, Problem> {
    let tenant = guard.tenant_info();
    Ok(Success::ok(FoundTenant { slug: tenant.slug.clone(), name: tenant.name.clone() }))
}
