//! What tenancy's handlers, commands and start-up share.

use std::sync::Arc;
use std::time::Duration;

use tenantry_db::Authority;
use tenantry_kernel::{Clock, Cursor, Rng};

use crate::ports::{Counting, People};
use crate::tenant::store;
use crate::{Error, Isolation, KeyStore, Tenant};

/// The tenancy module's parts. Cheap to clone.
#[derive(Clone)]
pub struct Tenancy {
    pub(crate) authority: Arc<Authority>,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) people: Arc<dyn People>,
    pub(crate) figures: Arc<dyn Counting>,
    pub(crate) settings: Settings,
}

/// How tenants are placed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How a tenant of the standard tier is kept apart, when its creator does not say.
    pub standard: Isolation,
    /// The cells with their regions; the first serves regions that no other does when its region is empty.
    pub cells: Vec<(String, String)>,
    /// The longest life of an access token.
    pub access_token_life: Duration,
    /// The platform's own hosts, without ports; below them are tenants' subdomains.
    pub own_hosts: Vec<String>,
}

impl Settings {
    /// Whether a name is one of the platform's own, or below one.
    pub(crate) fn is_own_host(&self, domain: &str) -> bool {
        let is_below =
            |own: &str| domain.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        self.own_hosts.iter().any(|own| is_below(own))
    }
}

impl Tenancy {
    /// Put the parts together.
    pub const fn new(
        authority: Arc<Authority>,
        keys: Arc<KeyStore>,
        people: Arc<dyn People>,
        figures: Arc<dyn Counting>,
        settings: Settings,
    ) -> Self {
        Self { authority, keys, people, figures, settings }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.authority.databases().clock()
    }

    pub(crate) fn rng(&self) -> &Rng {
        self.authority.databases().rng()
    }
}

impl Tenancy {
    /// One tenant, by slug; for the command line.
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<Tenant>, Error> {
        Ok(self.system_tx()?.run(store::find_by_slug(slug.to_owned())).await?)
    }

    /// Every tenant, oldest first; for the command line.
    pub async fn all_tenants(&self) -> Result<Vec<Tenant>, Error> {
        let mut all: Vec<Tenant> = Vec::new();
        let mut start = Cursor::oldest();
        loop {
            let page =
                self.system_tx()?.run(store::list_oldest(start.at, start.id, None, None, None)).await?;
            let Some(last) = page.last() else { return Ok(all) };
            start = Cursor { at: last.created_at, id: last.id.as_uuid() };
            all.extend(page);
        }
    }
}
