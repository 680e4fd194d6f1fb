//! Brandings in memory: every page that anybody sees needs one.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::TenantId;
use tenantry_web::ports::TenantInfo;

use super::LogoId;
use super::model::Branding;
use super::{store as logos, theme};
use crate::config::{Chosen, Section as _, store};
use crate::ports::Issuers;

/// How much memory they may take, in bytes; most of it is for logos.
const MOST: u64 = 64 * 1024 * 1024;
/// What a branding takes beside its style sheet and its logo, in bytes: about as much as its texts may be long.
const TEXTS: usize = 4096;

/// What pages show of a tenant.
#[derive(Debug)]
pub struct Brand {
    /// The variables of its style sheet.
    pub css: String,
    pub(crate) chosen: Chosen<Branding>,
    /// The logo's media type and bytes.
    pub(super) picture: Option<(&'static str, Bytes)>,
}

impl Brand {
    /// What it wants to be called, if not by its own name.
    pub fn name(&self) -> Option<&str> {
        self.chosen.value.display_name.as_deref()
    }

    /// Its logo.
    pub fn logo(&self) -> Option<LogoId> {
        self.chosen.value.logo.as_ref().map(|logo| logo.id)
    }

    /// About how much memory it takes.
    fn weight(&self) -> u32 {
        let picture = self.picture.as_ref().map_or(0, |(_, bytes)| bytes.len());
        u32::try_from(TEXTS + self.css.len() + picture).unwrap_or(u32::MAX)
    }

    /// What stands below its pages: which link, and where it leads.
    pub fn links(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let links = &self.chosen.value.links;
        let all = [("privacy", &links.privacy), ("terms", &links.terms), ("support", &links.support)];
        all.into_iter().filter_map(|(name, address)| Some((name, address.as_deref()?)))
    }
}

struct Known {
    entries: moka::sync::Cache<TenantId, (Arc<Brand>, Stamp)>,
    fresh: Arc<Freshness>,
    issuers: Arc<dyn Issuers>,
}

/// The brandings of all tenants, as long as nothing has changed. Cheap to clone.
#[derive(Clone)]
pub struct Brands(Arc<Known>);

impl Brands {
    /// Follow what tenants choose.
    pub fn start(listener: &Listener, issuers: Arc<dyn Issuers>) -> Self {
        let idle = Duration::from_mins(10);
        let weight = |_: &TenantId, (brand, _): &(Arc<Brand>, Stamp)| brand.weight();
        Self(Arc::new(Known {
            entries: moka::sync::Cache::builder()
                .max_capacity(MOST)
                .weigher(weight)
                .time_to_idle(idle)
                .build(),
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Config),
            issuers,
        }))
    }

    /// The tenant's branding.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(&self, tenant: &TenantDb) -> Result<Arc<Brand>, tenantry_db::Error> {
        let id = tenant.tenant_id();
        if let Some((known, stamp)) = self.0.entries.get(&id)
            && self.0.fresh.is_good(stamp, Some(id))
        {
            return Ok(known);
        }
        let stamp = self.0.fresh.stamp(Some(id));
        let chosen: Chosen<Branding> = tenant.read(store::find(Branding::NAME)).await?.into();
        let picture = match &chosen.value.logo {
            Some(logo) => tenant.read(logos::find_logo(logo.id)).await?,
            None => None,
        };
        let picture = picture.map(|found| (found.known_type(), found.content.into()));
        let brand = Arc::new(Brand { css: theme::css(&chosen.value), chosen, picture });
        self.0.entries.insert(id, (Arc::clone(&brand), stamp));
        Ok(brand)
    }

    /// Where a tenant's logo is shown.
    pub(crate) fn logo_url(&self, tenant: &TenantInfo, logo: LogoId) -> String {
        format!("{}/branding/logo/{logo}", self.0.issuers.issuer(tenant))
    }
}
