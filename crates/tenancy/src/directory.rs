//! The directory of tenants, cached: who answers to an id, a slug or a domain.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tenantry_db::{Directory, Freshness, Listener, Mode, Placement, Stamp, Topic};
use tenantry_kernel::TenantId;
use tenantry_web::Problem;
use tenantry_web::ports::{TenantDirectory, TenantInfo, TenantStatus};

use crate::Error;

tenantry_db::row! {
    /// A tenant with its placement.
    #[derive(Debug, Clone)]
    pub(crate) struct DirectoryRow {
        pub(crate) id: TenantId,
        pub(crate) name: String,
        pub(crate) slug: String,
        pub(crate) status: TenantStatus,
        pub(crate) plan: String,
        pub(crate) issuer_domain: Option<String>,
        pub(crate) cell: String,
        pub(crate) mode: Mode,
        pub(crate) database_name: String,
        pub(crate) schema_name: String,
        pub(crate) region: String,
    }
}

tenantry_db::statements! {
    /// By id.
    pub(crate) control find_by_id(id: TenantId) -> Option<DirectoryRow>
        = "SELECT t.id, t.name, t.slug, t.status, t.plan, (SELECT i.domain FROM control.tenant_domains i WHERE i.tenant_id = t.id \
           AND i.is_issuer) AS issuer_domain, p.cell, p.mode, p.database_name, p.schema_name, p.region \
           FROM control.tenants t JOIN control.placements p ON p.tenant_id = t.id WHERE t.id = $1";

    /// By slug.
    pub(crate) control find_by_slug(slug: String) -> Option<DirectoryRow>
        = "SELECT t.id, t.name, t.slug, t.status, t.plan, (SELECT i.domain FROM control.tenant_domains i WHERE i.tenant_id = t.id \
           AND i.is_issuer) AS issuer_domain, p.cell, p.mode, p.database_name, p.schema_name, p.region \
           FROM control.tenants t JOIN control.placements p ON p.tenant_id = t.id WHERE t.slug = $1";

    /// By verified domain.
    control find_by_domain(domain: String) -> Option<DirectoryRow>
        = "SELECT t.id, t.name, t.slug, t.status, t.plan, (SELECT i.domain FROM control.tenant_domains i WHERE i.tenant_id = t.id \
           AND i.is_issuer) AS issuer_domain, p.cell, p.mode, p.database_name, p.schema_name, p.region \
           FROM control.tenant_domains d JOIN control.tenants t ON t.id = d.tenant_id \
           JOIN control.placements p ON p.tenant_id = t.id WHERE d.domain = $1 AND d.is_verified";
}

impl DirectoryRow {
    pub(crate) fn info(self, root: TenantId) -> TenantInfo {
        TenantInfo {
            id: self.id,
            slug: self.slug,
            name: self.name,
            status: self.status,
            plan: self.plan,
            issuer_domain: self.issuer_domain,
            is_root: self.id == root,
            placement: Arc::new(Placement {
                tenant: self.id,
                cell: self.cell,
                mode: self.mode,
                database: self.database_name,
                schema: self.schema_name,
                region: self.region,
            }),
        }
    }
}

type Found = (Option<Arc<TenantInfo>>, Stamp);

/// Answers from memory while nothing has changed.
pub struct DirectoryCache {
    directory: Directory,
    root: TenantId,
    fresh: Arc<Freshness>,
    by_id: moka::sync::Cache<TenantId, Found>,
    by_name: moka::sync::Cache<String, Found>,
}

impl DirectoryCache {
    /// Start with an empty cache.
    pub fn start(directory: Directory, root: TenantId, listener: &Listener) -> Self {
        let idle = Duration::from_mins(10);
        Self {
            directory,
            root,
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Directory),
            by_id: moka::sync::Cache::builder().max_capacity(50_000).time_to_idle(idle).build(),
            by_name: moka::sync::Cache::builder().max_capacity(50_000).time_to_idle(idle).build(),
        }
    }

    /// By id, with the module's own error.
    pub async fn get(&self, id: TenantId) -> Result<Option<Arc<TenantInfo>>, Error> {
        if let Some((found, stamp)) = self.by_id.get(&id)
            && self.fresh.is_good(stamp, Some(id))
        {
            return Ok(found);
        }
        let stamp = self.fresh.stamp(Some(id));
        let found = self.directory.find(find_by_id(id)).await?.map(|row| Arc::new(row.info(self.root)));
        self.by_id.insert(id, (found.clone(), stamp));
        Ok(found)
    }

    async fn named(&self, key: String, is_domain: bool) -> Result<Option<Arc<TenantInfo>>, Error> {
        let name = if is_domain { format!(".{key}") } else { key.clone() };
        if let Some((found, stamp)) = self.by_name.get(&name)
            && self.fresh.is_good(stamp, None)
        {
            return Ok(found);
        }
        let stamp = self.fresh.stamp(None);
        let question = if is_domain { find_by_domain(key) } else { find_by_slug(key) };
        let found = self.directory.find(question).await?.map(|row| Arc::new(row.info(self.root)));
        self.by_name.insert(name, (found.clone(), stamp));
        Ok(found)
    }
}

impl TenantDirectory for DirectoryCache {
    fn by_id(&self, id: TenantId) -> BoxFuture<'_, Result<Option<Arc<TenantInfo>>, Problem>> {
        Box::pin(async move { Ok(self.get(id).await?) })
    }

    fn by_slug<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>> {
        Box::pin(async move {
            // Nothing else can be a slug, and the database must not be asked about arbitrary text.
            let is_root = slug == crate::ROOT_SLUG;
            if !is_root && crate::Slug::parse(slug).is_err() {
                return Ok(None);
            }
            Ok(self.named(slug.to_owned(), false).await?)
        })
    }

    fn by_domain<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Option<Arc<TenantInfo>>, Problem>> {
        Box::pin(async move {
            if domain.len() > 253
                || !domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
            {
                return Ok(None);
            }
            Ok(self.named(domain.to_owned(), true).await?)
        })
    }
}
