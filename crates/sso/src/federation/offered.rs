//! GET /auth/providers: with whose accounts people sign in here.

use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::Purpose;
use tenantry_kernel::Page;
use tenantry_web::{Guard, Listing, Problem, Public, Use, View};

use super::model::ProviderKind;
use crate::Error;
use crate::service::Sso;

/// An identity provider, as the sign-in page names it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct OfferedProvider {
    /// Its name in addresses: what signing in and linking ask for.
    slug: String,
    name: String,
    #[serde(rename = "type")]
    kind: ProviderKind,
}

impl View for OfferedProvider {}

/// List the identity providers that are switched on. They come on one page.
pub(crate) async fn list(
    guard: Guard<Public>,
    Use(sso): Use<Sso>,
) -> Result<Listing<OfferedProvider>, Problem> {
    let providers = sso.providers.of(&guard.enter(Purpose::SignIn)).await.map_err(Error::from)?;
    let enabled = providers.iter().filter(|provider| provider.enabled);
    let items = enabled
        .map(|one| OfferedProvider { slug: one.slug.clone(), name: one.name.clone(), kind: one.kind })
        .collect();
    Ok(Listing::new(Page { items, next: None }, None))
}
