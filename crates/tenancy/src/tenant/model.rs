//! What a tenant is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::{Audited, Mode};
use tenantry_kernel::{FieldError, TenantId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Fact, FactKind, Facts, Resource, ResourceInfo, TenantStatus};
use uuid::Uuid;

use crate::Error;

tenantry_kernel::text_enum! {
    /// What a tenant pays for (document C).
    pub enum Plan {
        /// 100 users, 10 GB, 1,000 API requests a day.
        Basic = "basic",
        /// 1,000 users, 100 GB, 10,000 API requests a day.
        Premium = "premium",
        /// 10,000 users, 1 TB, 100,000 API requests a day.
        Enterprise = "enterprise",
        /// Limits of its own.
        Custom = "custom",
    }
}

tenantry_kernel::text_enum! {
    /// How much apart a tenant is kept (document E).
    pub enum Tier {
        /// Shared tables.
        Standard = "standard",
        /// A schema or a database of its own.
        Enterprise = "enterprise",
    }
}

tenantry_kernel::text_enum! {
    /// How a tenant's rows are kept apart.
    pub enum Isolation {
        /// Shared tables with row-level security.
        Pooled = "pooled",
        /// A schema of its own, with row-level security.
        Schema = "schema",
        /// A database of its own, with row-level security.
        Dedicated = "dedicated",
    }
}

impl From<Isolation> for Mode {
    fn from(isolation: Isolation) -> Self {
        match isolation {
            Isolation::Pooled => Self::Pooled,
            Isolation::Schema => Self::Schema,
            Isolation::Dedicated => Self::Dedicated,
        }
    }
}

tenantry_db::row! {
    /// A tenant.
    #[derive(Debug, Clone)]
    pub struct Tenant {
        /// Its id.
        pub id: TenantId,
        /// Its display name.
        pub name: String,
        /// Its short name in addresses.
        pub slug: String,
        /// Whether its people may use it.
        pub status: TenantStatus,
        /// What it pays for.
        pub plan: Plan,
        /// How much apart it is kept.
        pub tier: Tier,
        /// Where its data lives.
        pub region: String,
        /// Whom to write to.
        pub admin_email: String,
        /// Goes up with each change.
        pub version: i64,
        /// When it was created.
        pub created_at: Timestamp,
        /// When it was last changed.
        pub updated_at: Timestamp,
        /// How its rows are kept apart.
        pub mode: Mode,
    }
}

/// A tenant, as the operators' policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo {
    name: "tenant",
    plural: "tenants",
    attributes: &[
        ("slug", FactKind::Text),
        ("status", FactKind::Text),
        ("plan", FactKind::Text),
        ("tier", FactKind::Text),
        ("region", FactKind::Text),
        ("created_at", FactKind::Instant),
    ],
};

impl Resource for Tenant {
    const TYPE: &'static str = "tenant";

    fn facts(&self) -> Facts {
        Facts::from([
            ("slug".into(), Fact::Text(self.slug.clone())),
            ("status".into(), Fact::Text(self.status.as_str().to_owned())),
            ("plan".into(), Fact::Text(self.plan.as_str().to_owned())),
            ("tier".into(), Fact::Text(self.tier.as_str().to_owned())),
            ("region".into(), Fact::Text(self.region.clone())),
            ("created_at".into(), Fact::Instant(self.created_at)),
        ])
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

impl Audited for Tenant {
    const RESOURCE: &'static str = "tenant";

    fn resource_id(&self) -> Uuid {
        self.id.as_uuid()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({
            "name": self.name, "slug": self.slug, "status": self.status, "plan": self.plan, "tier": self.tier,
            "region": self.region, "isolation": self.mode,
        })
    }
}

/// A domain name in lower case, without the dot at its end.
///
/// # Errors
/// 422 at `#/domain`.
pub(crate) fn normalise_domain(text: &str) -> Result<String, Error> {
    let domain = text.trim_end_matches('.').to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label) {
        return Ok(domain);
    }
    let detail = "this is not a domain name (write international ones as xn--…)";
    Err(Error::Field(FieldError::new("#/domain", detail)))
}

tenantry_db::row! {
    /// A domain that a tenant claims (document B).
    #[derive(Debug, Clone, Default, Serialize, JsonSchema)]
    pub struct DomainView {
        /// The name.
        pub domain: String,
        /// Whether it is the one that is shown.
        pub is_primary: bool,
        /// Whether the tenant has proved that it is theirs; only then it answers.
        pub is_verified: bool,
        /// Whether the tenant's issuer lives there.
        pub is_issuer: bool,
    }
}

/// A tenant as operators see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TenantView {
    /// Its id.
    pub id: TenantId,
    /// Its display name.
    pub name: String,
    /// Its short name in addresses.
    pub slug: String,
    /// The primary domain, when it has one.
    pub domain: Option<String>,
    /// Whether its people may use it.
    pub status: TenantStatus,
    /// What it pays for.
    pub plan: Plan,
    /// How much apart it is kept.
    pub tier: Tier,
    /// `pooled`, `schema` or `dedicated`.
    pub isolation: Mode,
    /// Where its data lives.
    pub region: String,
    /// Its domains; only where one tenant is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<DomainView>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    #[serde(skip)]
    version: i64,
}

impl TenantView {
    /// Show a tenant, with its domains when they are known.
    pub fn new(tenant: Tenant, domains: Option<Vec<DomainView>>) -> Self {
        let primary =
            domains.iter().flatten().find(|domain| domain.is_primary).map(|domain| domain.domain.clone());
        Self {
            id: tenant.id,
            name: tenant.name,
            slug: tenant.slug,
            domain: primary,
            status: tenant.status,
            plan: tenant.plan,
            tier: tenant.tier,
            isolation: tenant.mode,
            region: tenant.region,
            domains,
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
            version: tenant.version,
        }
    }
}

impl View for TenantView {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }
}
