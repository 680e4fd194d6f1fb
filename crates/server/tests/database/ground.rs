//! Two tenants without a server: their scopes, and what is really in their tables.

use std::sync::Arc;

use tenantry_db::{
    Authority, HOME_CELL, Idempotency, Mode, Origin, POOLED_SCHEMA, Placement, TenantDb, migrate,
};
use tenantry_kernel::{Clock, RequestId, Rng, TenantId};
use tenantry_testkit::{Cluster, Database, Options};
use tokio_postgres::Client;

use crate::support::count;

/// A tenant.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    /// Its id.
    pub(crate) id: TenantId,
    placement: Arc<Placement>,
}

/// A database and two tenants in it.
pub(crate) struct Ground {
    /// The database.
    pub(crate) database: Database,
    /// Mints scopes.
    pub(crate) authority: Authority,
    /// One tenant.
    pub(crate) a: Tenant,
    /// Another.
    pub(crate) b: Tenant,
}

impl Ground {
    /// Tenants kept apart in the way that this run tests.
    pub(crate) async fn new() -> Self {
        Self::with(Mode::from(Options::default().isolation)).await
    }

    /// Tenants that share their tables and their connections.
    pub(crate) async fn shared() -> Self {
        Self::with(Mode::Pooled).await
    }

    async fn with(mode: Mode) -> Self {
        let database = Cluster::get().database().await;
        let authority = database.authority();
        let a = settle(&database, &authority, mode).await;
        let b = settle(&database, &authority, mode).await;
        Self { database, authority, a, b }
    }
}

async fn settle(database: &Database, authority: &Authority, mode: Mode) -> Tenant {
    let id = TenantId::new(&Clock::system(), &Rng::system());
    let schema = if mode == Mode::Schema { Placement::schema_of(id) } else { POOLED_SCHEMA.to_owned() };
    let name = if mode == Mode::Dedicated { Placement::database_of(id) } else { database.name().to_owned() };
    if mode == Mode::Dedicated {
        migrate::create_tenant_database(authority.databases(), HOME_CELL, &name).await.unwrap();
    }
    if mode != Mode::Pooled {
        migrate::migrate_schema(authority.databases(), HOME_CELL, &name, &schema).await.unwrap();
    }
    let cell = HOME_CELL.to_owned();
    let placement = Placement { tenant: id, cell, mode, database: name, schema, region: "test".to_owned() };
    Tenant { id, placement: Arc::new(placement) }
}

impl Tenant {
    /// A tenant in the shared schema.
    pub(crate) async fn pooled(database: &Database, authority: &Authority) -> Self {
        settle(database, authority, Mode::Pooled).await
    }

    /// A tenant with a database of its own.
    pub(crate) async fn dedicated(database: &Database, authority: &Authority) -> Self {
        settle(database, authority, Mode::Dedicated).await
    }

    /// Another tenant in the same place, wherever that is.
    pub(crate) fn beside(other: &Self) -> Self {
        let id = TenantId::new(&Clock::system(), &Rng::system());
        let placement = Placement { tenant: id, ..(*other.placement).clone() };
        Self { id, placement: Arc::new(placement) }
    }

    /// Where its rows are.
    pub(crate) fn placement(&self) -> &Placement {
        &self.placement
    }

    /// The tenant's scope.
    pub(crate) fn scope(&self, authority: &Authority) -> TenantDb {
        authority.tenant(&self.placement, Arc::new(origin()))
    }

    /// The scope of a request that can be repeated.
    pub(crate) fn repeatable(&self, authority: &Authority, key: &str, fingerprint: &[u8]) -> TenantDb {
        let idempotency = Some(Idempotency { key: key.to_owned(), fingerprint: fingerprint.to_vec() });
        authority.tenant(&self.placement, Arc::new(Origin { idempotency, ..origin() }))
    }

    /// A superuser's connection to where its rows are.
    pub(crate) async fn admin(&self) -> Client {
        let client = Cluster::get().admin(&self.placement.database).await;
        client.batch_execute(&format!("SET search_path = {}", self.placement.schema)).await.unwrap();
        client
    }

    /// How many rows it has in notes, trail and outbox.
    pub(crate) async fn rows(&self) -> (i64, i64, i64) {
        let admin = self.admin().await;
        let of = |table: &str| format!("SELECT count(*) FROM {table} WHERE tenant_id = '{}'", self.id);
        (
            count(&admin, &of("permissions")).await,
            count(&admin, &of("audit_log")).await,
            count(&admin, &of("outbox")).await,
        )
    }
}

/// A request of the product's own.
pub(crate) fn origin() -> Origin {
    let clock = Clock::system();
    Origin::system(RequestId::new(&clock, &Rng::system()), clock.now(), "notes:write")
}
