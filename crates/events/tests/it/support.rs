//! A migrated database, tenants, writers, and handlers that remember.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenantry_db::{
    Audited, Authority, CellSettings, Change, Error, HOME_CELL, Mode, Origin, POOLED_SCHEMA, Placement,
    Settings as Db, TenantDb, migrate,
};
use tenantry_events::ports::Placements;
use tenantry_events::{Handler, Job, JobError, JobRow, Runtime, Settings, Subscriber, queue};
use tenantry_kernel::{Clock, GivenClock, RequestId, Rng, TenantId};
use tokio_postgres::NoTls;
use uuid::Uuid;

/// A migrated database, with an administrator's connection beside the product's.
pub(crate) struct Database {
    pub(crate) authority: Arc<Authority>,
    #[expect(clippy::disallowed_types, reason = "the test looks at everything")]
    pub(crate) admin: tokio_postgres::Client,
    pub(crate) homes: Arc<Homes>,
    pub(crate) clock: Clock,
    settings: Db,
}

/// Where the test's tenants live.
#[derive(Default)]
pub(crate) struct Homes(Mutex<HashMap<TenantId, Arc<Placement>>>);

impl Placements for Homes {
    fn own(&self) -> BoxFuture<'_, Result<Vec<Arc<Placement>>, Error>> {
        let own = self.0.lock().unwrap().values().filter(|at| at.mode != Mode::Pooled).cloned().collect();
        async { Ok(own) }.boxed()
    }

    fn of(&self, tenant: TenantId) -> BoxFuture<'_, Result<Option<Arc<Placement>>, Error>> {
        let placement = self.0.lock().unwrap().get(&tenant).cloned();
        async { Ok(placement) }.boxed()
    }
}

pub(crate) fn root() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

impl Database {
    /// A database whose server lives by the machine's clock.
    pub(crate) async fn new() -> Self {
        Self::at(Clock::system()).await
    }

    /// A database whose server lives by a given clock.
    pub(crate) async fn given() -> (Self, GivenClock) {
        let hand = GivenClock::new("2026-11-04T12:00:30Z".parse().unwrap());
        (Self::at(hand.clock()).await, hand)
    }

    async fn at(clock: Clock) -> Self {
        let url = crate::postgres::new_database();
        let settings = Db {
            cells: vec![CellSettings { name: HOME_CELL.to_owned(), admin_url: url.clone() }],
            password: Arc::new(|role| format!("{role}-in-tests").into()),
            max_connections: 16,
            schema_pool_size: 3,
            acquire_timeout: Duration::from_secs(10),
            root_certificates: None,
        };
        let authority = Authority::open(settings.clone(), root(), clock.clone(), Rng::system()).unwrap();
        migrate::create_database(&url, None).await.unwrap();
        migrate::migrate_cell(authority.databases(), HOME_CELL).await.unwrap();
        let config: tokio_postgres::Config = url.expose_secret().parse().unwrap();
        let (admin, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        admin.batch_execute("SET search_path = app").await.unwrap();
        Self { authority: Arc::new(authority), admin, homes: Arc::default(), clock, settings }
    }

    /// A second server on the same database.
    pub(crate) fn other_node(&self) -> Arc<Authority> {
        Arc::new(Authority::open(self.settings.clone(), root(), self.clock.clone(), Rng::system()).unwrap())
    }

    /// A tenant in the shared schema.
    pub(crate) fn tenant(&self) -> Tenant {
        self.settle(Mode::Pooled, |_| POOLED_SCHEMA.to_owned())
    }

    /// A tenant with a schema of its own.
    pub(crate) async fn tenant_in_schema(&self) -> Tenant {
        let tenant = self.settle(Mode::Schema, Placement::schema_of);
        let databases = self.authority.databases();
        let (database, schema) = (&tenant.placement.database, &tenant.placement.schema);
        migrate::migrate_schema(databases, HOME_CELL, database, schema).await.unwrap();
        tenant
    }

    fn settle(&self, mode: Mode, schema: impl Fn(TenantId) -> String) -> Tenant {
        let tenant = TenantId::new(&Clock::system(), &Rng::system());
        let placement = Arc::new(Placement {
            tenant,
            cell: HOME_CELL.to_owned(),
            mode,
            database: self.authority.databases().cell_database(HOME_CELL).unwrap(),
            schema: schema(tenant),
            region: "test".to_owned(),
        });
        self.homes.0.lock().unwrap().insert(tenant, Arc::clone(&placement));
        Tenant { id: tenant, placement, authority: Arc::clone(&self.authority), clock: self.clock.clone() }
    }

    /// Start this node's background work.
    pub(crate) fn start(&self, handlers: Vec<Arc<dyn Handler>>, subscribers: Vec<Subscriber>) -> Runtime {
        self.start_with(handlers, subscribers, quick())
    }

    /// The same, with settings.
    pub(crate) fn start_with(
        &self,
        handlers: Vec<Arc<dyn Handler>>,
        subscribers: Vec<Subscriber>,
        settings: Settings,
    ) -> Runtime {
        let homes: Arc<dyn Placements> = Arc::clone(&self.homes) as Arc<dyn Placements>;
        Runtime::start(Arc::clone(&self.authority), homes, handlers, subscribers, settings).unwrap()
    }

    /// One number.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.admin.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Wait until the question is answered with this number.
    pub(crate) async fn until(&self, sql: &str, expected: i64) {
        eventually(sql, async || self.count(sql).await == expected).await;
    }
}

/// Looks often.
pub(crate) fn quick() -> Settings {
    Settings { poll: Duration::from_millis(30), ..Settings::default() }
}

/// Ask again and again, for two minutes at most: machines are shared.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_mins(2), "it never came to this: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// One tenant, written to as the product would.
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) id: TenantId,
    pub(crate) placement: Arc<Placement>,
    authority: Arc<Authority>,
    clock: Clock,
}

/// A resource with versions.
pub(crate) struct Thing {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
}

impl Audited for Thing {
    const RESOURCE: &'static str = "thing";

    fn resource_id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn snapshot(&self) -> Value {
        json!({"version": self.version})
    }
}

impl Tenant {
    pub(crate) fn db(&self) -> TenantDb {
        let rng = Rng::system();
        let origin = Origin::system(RequestId::new(&self.clock, &rng), self.clock.now(), "things:update");
        self.authority.tenant(&self.placement, Arc::new(origin))
    }

    /// Commit the next version of a thing.
    pub(crate) async fn change(&self, id: Uuid, version: i64) {
        let tx = self.db().begin().unwrap();
        tx.commit(Change::created(&Thing { id, version }), ()).await.unwrap();
    }

    /// Queue jobs, in one transaction; answers how many were written.
    pub(crate) async fn queue(&self, jobs: impl IntoIterator<Item = Job>) -> usize {
        let mut tx = self.db().begin().unwrap();
        let mut written = 0;
        for job in jobs {
            written += usize::from(queue(&mut tx, &self.clock, &Rng::system(), job).await.unwrap().is_some());
        }
        tx.commit(Change::named("thing", None, "queued", Value::Null), ()).await.unwrap();
        written
    }
}

type Behaviour = dyn Fn(TenantDb, JobRow) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync;

/// A handler that remembers what it was called with.
pub(crate) struct Recorder {
    kind: &'static str,
    is_once: bool,
    behaviour: Box<Behaviour>,
    seen: Mutex<Vec<(TenantId, JobRow)>>,
}

impl Recorder {
    /// It succeeds.
    pub(crate) fn new(kind: &'static str) -> Arc<Self> {
        Self::with(kind, |_, _| async { Ok(()) }.boxed())
    }

    /// It does this.
    pub(crate) fn with(
        kind: &'static str,
        behaviour: impl Fn(TenantDb, JobRow) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { kind, is_once: false, behaviour: Box::new(behaviour), seen: Mutex::default() })
    }

    /// It does this in one transaction.
    pub(crate) fn once(
        kind: &'static str,
        behaviour: impl Fn(TenantDb, JobRow) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { kind, is_once: true, behaviour: Box::new(behaviour), seen: Mutex::default() })
    }

    /// What it was called with, in order.
    pub(crate) fn seen(&self) -> Vec<(TenantId, JobRow)> {
        self.seen.lock().unwrap().clone()
    }

    /// How often it was called.
    pub(crate) fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Wait until it was called so often.
    pub(crate) async fn until(&self, calls: usize) {
        eventually(&format!("{calls} calls of {}", self.kind), async || self.calls() >= calls).await;
    }
}

impl Handler for Recorder {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        self.seen.lock().unwrap().push((tenant.tenant_id(), job.clone()));
        (self.behaviour)(tenant, job.clone())
    }

    fn is_once(&self) -> bool {
        self.is_once
    }
}

/// An instant a while from now on the given clock.
pub(crate) fn in_seconds(clock: &Clock, seconds: i64) -> Timestamp {
    clock.now() + jiff::SignedDuration::from_secs(seconds)
}
