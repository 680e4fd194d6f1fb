//! Tenancy asks where issuers are; identity's tokens say it.

use std::sync::Arc;

use tenantry_identity::Tokens;
use tenantry_tenancy::ports::Issuers;
use tenantry_web::ports::TenantInfo;

/// The issuers of tokens, as tenancy sees them.
pub(crate) struct IssuersOf(pub(crate) Arc<Tokens>);

impl Issuers for IssuersOf {
    fn issuer(&self, tenant: &TenantInfo) -> String {
        self.0.issuer(tenant)
    }
}
