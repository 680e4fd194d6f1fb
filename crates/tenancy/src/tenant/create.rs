//! POST /tenants and POST /tenants/create

use garde::Validate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use tenantry_db::Committed;
use tenantry_web::{Body, Guard, Problem, Success, Use};

use super::{Isolation, Plan, Tenant, TenantView, Tier};
use crate::operate::Tenancy;
use crate::{CreateTenant, provision};

/// A new tenant (documents B, C, D; SPEC "creating a tenant").
#[derive(Debug, Clone, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// The display name.
    #[garde(length(chars, min = 1, max = 255), custom(tenantry_web::not_blank))]
    pub name: String,
    /// The short name in addresses; derived from the domain or the name when absent.
    #[garde(skip)]
    #[serde(default)]
    pub slug: Option<String>,
    /// A domain that the tenant claims; it answers once it is proved.
    #[garde(inner(length(chars, min = 3, max = 253)))]
    #[serde(default)]
    pub domain: Option<String>,
    /// The operator vouches for the domain.
    #[garde(skip)]
    #[serde(default)]
    pub domain_verified: bool,
    /// The first administrator's e-mail address.
    #[garde(skip)]
    pub admin_email: String,
    /// The first administrator's password; without it the administrator cannot sign in until one is set.
    #[garde(skip)]
    #[schemars(with = "Option<String>")]
    #[serde(default)]
    pub admin_password: Option<SecretString>,
    #[garde(inner(length(chars, max = 100)))]
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it")]
    pub admin_first_name: Option<String>,
    #[garde(inner(length(chars, max = 100)))]
    #[serde(default)]
    #[expect(missing_docs, reason = "the name says it")]
    pub admin_last_name: Option<String>,
    /// `basic` when absent.
    #[garde(skip)]
    #[serde(default)]
    pub plan: Option<Plan>,
    /// `standard` when absent.
    #[garde(skip)]
    #[serde(default)]
    pub tier: Option<Tier>,
    /// `pooled` for the standard tier (unless configured otherwise), `schema` for the enterprise tier.
    #[garde(skip)]
    #[serde(default)]
    pub isolation: Option<Isolation>,
    /// Where the tenant's data must live.
    #[garde(inner(length(chars, min = 1, max = 50)))]
    #[serde(default)]
    pub region: Option<String>,
}

/// Create a tenant with its first administrator, keys and roles.
///
/// The work is done in steps that any node can resume; the tenant is in use when this answers.
pub(crate) async fn create(
    guard: Guard<CreateTenant>,
    Use(tenancy): Use<Tenancy>,
    Body(request): Body<NewTenant>,
) -> Result<Committed<Success<TenantView>>, Problem> {
    guard.permit_all::<Tenant>()?;
    let by = guard.caller()?.user;
    let start = guard.platform("create a tenant")?;
    let tenant = provision::begin(&tenancy, start, request, Some(by)).await?;
    let finish = guard.platform("create a tenant")?;
    let (finish, tenant, domains, change) = provision::complete(&tenancy, finish, tenant).await?;
    let location = format!("/tenants/{}", tenant.id);
    let view = TenantView::new(tenant, Some(domains));
    Ok(finish.commit(change, Success::created(view, location)).await.map_err(crate::Error::from)?)
}
