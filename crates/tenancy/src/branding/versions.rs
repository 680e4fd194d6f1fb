//! GET /config/branding/versions and POST /config/branding/versions/{version}/restore

use tenantry_db::Committed;
use tenantry_kernel::{Clock, Page};
use tenantry_web::{Guard, IfMatch, Listing, Path, Problem, Success, Use};

use super::brands::Brands;
use super::change::Choice;
use super::model::Branding;
use super::show::BrandingView;
use super::store as logos;
use crate::config::model::read;
use crate::config::versions::ConfigVersionView;
use crate::config::{Section as _, TenantConfig, store};
use crate::{Error, ReadConfig, UpdateConfig};

/// List the last hundred versions of the branding, newest first.
pub(crate) async fn list(guard: Guard<ReadConfig>) -> Result<Listing<ConfigVersionView>, Problem> {
    guard.permit_all::<TenantConfig>()?;
    let versions = guard.tenant().read(store::versions(Branding::NAME)).await.map_err(Error::from)?;
    Ok(Listing::new(Page { items: ConfigVersionView::all(versions), next: None }, None))
}

/// Choose an earlier version of the branding again. It becomes a new version; without its logo, when that is kept no longer.
pub(crate) async fn restore(
    guard: Guard<UpdateConfig>,
    clock: Clock,
    Path(version): Path<i64>,
    expected: IfMatch,
    Use(brands): Use<Brands>,
) -> Result<Committed<Success<BrandingView>>, Problem> {
    guard.permit_all::<TenantConfig>()?;
    let found = guard.tenant().read(store::find_version(Branding::NAME, version)).await;
    let found = found.map_err(Error::from)?.ok_or(Error::NotFound)?;
    let mut choice = Choice::begin(&guard, (&clock, &brands), expected).await?;
    let mut earlier: Branding = read(found.value);
    if let Some(logo) = &earlier.logo {
        let is_kept = choice.tx.read(logos::has_logo(logo.id)).await.map_err(Error::from)?;
        earlier.logo = earlier.logo.filter(|_| is_kept.is_some_and(|is_kept| is_kept.0));
    }
    choice.make(earlier).await
}
