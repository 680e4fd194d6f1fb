//! Signing in with accounts that others keep: Microsoft Entra ID, Google Workspace, any OpenID provider.
//!
//! The tenant's provider is a client there. What comes back counts only in the browser that was sent away, once, from the
//! issuer that was configured, for this client and this very request.

pub(crate) mod callback;
pub(crate) mod change;
pub(crate) mod exchange;
pub(crate) mod fault;
pub(crate) mod id_token;
pub(crate) mod issuer;
pub(crate) mod linking;
pub(crate) mod model;
pub(crate) mod offered;
pub(crate) mod operate;
pub(crate) mod own;
mod reseal;
pub(crate) mod settle;
pub(crate) mod start;
pub(crate) mod state;
pub(crate) mod store;

pub(crate) use issuer::Issuers;
pub(crate) use model::{IdentityProvider, RESOURCE};
pub(crate) use own::Oneself;
pub use reseal::reseal;
pub(crate) use start::home;

use jiff::Timestamp;
use tenantry_db::TenantDb;
use tenantry_web::ports::TenantInfo;

use crate::service::{Desk, Sso};

tenantry_kernel::id! {
    /// An identity provider.
    IdentityProviderId,
    /// Who somebody is there.
    FederatedIdentityId,
    /// An account that waits to be linked.
    FederationLinkId,
    /// A request that a browser has been sent away with.
    FederationStateId,
}

/// Where federation happens: a tenant's rows, in whoever's name.
pub(crate) struct Scene<'a> {
    pub(crate) sso: &'a Sso,
    pub(crate) tenant: TenantDb,
    pub(crate) info: &'a TenantInfo,
    pub(crate) now: Timestamp,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(sso: &'a Sso, tenant: TenantDb, info: &'a TenantInfo) -> Self {
        Self { now: sso.clock.now(), sso, tenant, info }
    }

    pub(crate) fn of(desk: &Desk<'a>) -> Self {
        Self::new(desk.sso, desk.tenant.clone(), desk.guard.tenant_info())
    }

    /// The origin that people reach the issuer at.
    pub(crate) fn origin(&self) -> String {
        let issuer = self.sso.tokens.issuer(self.info);
        issuer.split("/t/").next().unwrap_or_default().to_owned()
    }

    /// The address that a provider sends browsers back to: another one for each provider, so that no answer of one can
    /// be taken for another's (RFC 9700, 4.4).
    pub(crate) fn callback(&self, provider: &IdentityProvider) -> String {
        format!("{}/api/v1/auth/oauth/{}/callback/{}", self.origin(), provider.slug, self.info.slug)
    }
}
