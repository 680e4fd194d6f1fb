//! Connections: one pool for each database, schema and role. Nothing outside this crate can reach one.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, PoolError, QueueMode, RecycleError, RecycleResult};
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_kernel::{Clock, Rng, TenantId};
use tokio_postgres::config::SslMode;

use crate::error::Error;
use crate::flight::Conn;
use crate::notify::Committed;
use crate::placement::{HOME_CELL, Mode, POOLED_SCHEMA, Placement};
use crate::tls::Tls;
use crate::wire::{self, Connection, PostgresError};

/// The database roles, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Serves requests: owns nothing, and sees one tenant at a time.
    App,
    /// Looks tenants up before anyone is known; writes revocations.
    Directory,
    /// Claims jobs and numbers events.
    Worker,
    /// Operators, on the control schema.
    Platform,
    /// Migrations; owns the tables.
    Owner,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::App, Self::Directory, Self::Worker, Self::Platform, Self::Owner];

    /// The role's name in PostgreSQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "tenantry_app",
            Self::Directory => "tenantry_directory",
            Self::Worker => "tenantry_worker",
            Self::Platform => "tenantry_platform",
            Self::Owner => "tenantry_owner",
        }
    }
}

/// A PostgreSQL cluster.
#[derive(Debug, Clone)]
pub struct CellSettings {
    /// Its name; the first must be [`HOME_CELL`].
    pub name: String,
    /// An administrative connection string (may create roles and databases).
    pub admin_url: SecretString,
}

/// How to reach the database.
#[derive(Clone)]
pub struct Settings {
    /// The clusters.
    pub cells: Vec<CellSettings>,
    /// Makes a role's password from its name (kept by the vault, never stored in the clear).
    pub password: Arc<dyn Fn(&str) -> SecretString + Send + Sync>,
    /// Whom to trust when a URL asks for TLS: certificates in PEM form; the system's when there is no file.
    pub root_certificates: Option<PathBuf>,
    /// Connections for requests, per cell.
    pub max_connections: usize,
    /// Connections for one tenant that has a schema or database of its own.
    pub schema_pool_size: usize,
    /// How long to wait for a connection.
    pub acquire_timeout: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    cell: String,
    database: String,
    schema: String,
    role: Role,
}

/// Makes connections of one role to one database and schema.
pub(crate) struct Door {
    config: tokio_postgres::Config,
    tls: Tls,
}

impl Manager for Door {
    type Type = Connection;
    type Error = PostgresError;

    async fn create(&self) -> Result<Connection, PostgresError> {
        wire::connect(&self.config, &self.tls).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<PostgresError> {
        if connection.is_settled() && !connection.is_closed() {
            return Ok(());
        }
        Err(RecycleError::message("the connection cannot be used again"))
    }
}

/// A pool that can only lend connections inside this crate.
#[derive(Clone)]
pub(crate) struct PoolHandle(Pool);

#[expect(clippy::disallowed_types, reason = "the one place that holds pools")]
type Pool = deadpool::managed::Pool<Door>;

impl PoolHandle {
    pub(crate) async fn get(&self) -> Result<Conn, Error> {
        match self.0.get().await {
            Ok(object) => Ok(Conn::new(object)),
            Err(PoolError::Backend(error)) => Err(match Error::from(error) {
                Error::Postgres(source) => Error::Unavailable(source.to_string()),
                other => other,
            }),
            Err(error) => Err(Error::Unavailable(error.to_string())),
        }
    }
}

struct Shared {
    settings: Settings,
    tls: Tls,
    configs: HashMap<String, tokio_postgres::Config>,
    shared: HashMap<Key, PoolHandle>,
    own: moka::sync::Cache<Key, PoolHandle>,
    clock: Clock,
    rng: Rng,
    committed: Committed,
}

/// Every database that the server can reach. Cheap to clone; useless without an [`Authority`](crate::Authority).
#[derive(Clone)]
pub struct Databases(Arc<Shared>);

impl Databases {
    pub(crate) fn new(settings: Settings, clock: Clock, rng: Rng) -> Result<Self, Error> {
        let mut configs = HashMap::new();
        for cell in &settings.cells {
            let config = parse(&cell.admin_url)?;
            configs.insert(cell.name.clone(), config);
        }
        if !configs.contains_key(HOME_CELL) {
            return Err(Error::Unknown(format!("no cell is named {HOME_CELL}")));
        }
        let tls = Tls::new(configs.values(), settings.root_certificates.as_deref())?;
        let mut shared = HashMap::new();
        for cell in &settings.cells {
            let database = database_of(configs.get(&cell.name), &cell.name)?;
            for role in [Role::App, Role::Worker, Role::Platform, Role::Directory] {
                let is_home_only = matches!(role, Role::Platform | Role::Directory);
                if is_home_only && cell.name != HOME_CELL {
                    continue;
                }
                let size = match role {
                    Role::App => settings.max_connections,
                    Role::Worker | Role::Directory => 6,
                    Role::Platform | Role::Owner => 4,
                };
                let key = Key {
                    cell: cell.name.clone(),
                    database: database.clone(),
                    schema: POOLED_SCHEMA.into(),
                    role,
                };
                let pool = make_pool(&settings, &tls, configs.get(&cell.name), &key, size)?;
                shared.insert(key, pool);
            }
        }
        let most = (settings.max_connections / settings.schema_pool_size.max(1)).max(4);
        let own = moka::sync::Cache::builder()
            .max_capacity(u64::try_from(most).unwrap_or(16))
            .time_to_idle(Duration::from_mins(1))
            .build();
        let committed = Committed::default();
        Ok(Self(Arc::new(Shared { settings, tls, configs, shared, own, clock, rng, committed })))
    }

    /// The clock that the trail is written by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The randomness that ids are made of.
    pub fn rng(&self) -> &Rng {
        &self.0.rng
    }

    /// Tells which tenants have just committed something, on this node.
    pub fn committed(&self) -> &Committed {
        &self.0.committed
    }

    /// The names of the cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.settings.cells.iter().map(|cell| cell.name.as_str())
    }

    /// The database that a cell's pooled tenants share.
    pub fn cell_database(&self, cell: &str) -> Result<String, Error> {
        database_of(self.0.configs.get(cell), cell)
    }

    /// The shared schema of a cell, as the place of `tenant`.
    ///
    /// # Errors
    /// A cell that is not configured.
    pub fn shared(&self, cell: &str, tenant: TenantId) -> Result<Placement, Error> {
        Ok(Placement {
            tenant,
            cell: cell.to_owned(),
            mode: Mode::Pooled,
            database: self.cell_database(cell)?,
            schema: POOLED_SCHEMA.to_owned(),
            region: String::new(),
        })
    }

    /// Close every pool: whoever waits for a connection is refused.
    pub fn close(&self) {
        self.0.shared.values().for_each(|pool| pool.0.close());
        self.0.own.iter().for_each(|(_, pool)| pool.0.close());
    }

    /// How many connections for requests are open, and how many of them are idle.
    pub fn connections(&self) -> (usize, usize) {
        self.0.shared.iter().filter(|(key, _)| key.role == Role::App).fold(
            (0, 0),
            |(size, idle), (_, pool)| {
                let status = pool.0.status();
                (size + status.size, idle + status.available)
            },
        )
    }

    pub(crate) fn tls(&self) -> &Tls {
        &self.0.tls
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn config(&self, cell: &str) -> Result<&tokio_postgres::Config, Error> {
        self.0.configs.get(cell).ok_or_else(|| Error::Unknown(format!("no cell is named {cell}")))
    }

    pub(crate) fn home_pool(&self, role: Role) -> Result<PoolHandle, Error> {
        let database = self.cell_database(HOME_CELL)?;
        self.pool_at(&Key { cell: HOME_CELL.into(), database, schema: POOLED_SCHEMA.into(), role })
    }

    pub(crate) fn pool(&self, placement: &Placement, role: Role) -> Result<PoolHandle, Error> {
        self.pool_at(&Key {
            cell: placement.cell.clone(),
            database: placement.database.clone(),
            schema: placement.schema.clone(),
            role,
        })
    }

    fn pool_at(&self, key: &Key) -> Result<PoolHandle, Error> {
        if let Some(pool) = self.0.shared.get(key) {
            return Ok(pool.clone());
        }
        if let Some(pool) = self.0.own.get(key) {
            return Ok(pool);
        }
        let pool = make_pool(
            &self.0.settings,
            &self.0.tls,
            self.0.configs.get(&key.cell),
            key,
            self.0.settings.schema_pool_size,
        )?;
        Ok(self.0.own.get_with(key.clone(), || pool))
    }

    /// Forget the connections of a placement that is going away.
    pub fn forget(&self, placement: &Placement) {
        if placement.mode == Mode::Pooled {
            return;
        }
        for role in [Role::App, Role::Worker] {
            let key = Key {
                cell: placement.cell.clone(),
                database: placement.database.clone(),
                schema: placement.schema.clone(),
                role,
            };
            if let Some(pool) = self.0.own.remove(&key) {
                pool.0.close();
            }
        }
    }
}

/// Read a connection string. There is TLS or there is not: nothing that a third party on the line could talk us out of.
pub(crate) fn parse(url: &SecretString) -> Result<tokio_postgres::Config, Error> {
    let mut config: tokio_postgres::Config = url.expose_secret().parse().map_err(|_| {
        Error::Unknown("the database URL cannot be read (postgres://user:password@host/database)".into())
    })?;
    if config.get_ssl_mode() != SslMode::Require {
        config.ssl_mode(SslMode::Disable);
    }
    Ok(config)
}

fn database_of(config: Option<&tokio_postgres::Config>, cell: &str) -> Result<String, Error> {
    config
        .and_then(|config| config.get_dbname())
        .map(str::to_owned)
        .ok_or_else(|| Error::Unknown(format!("the URL of the cell {cell} names no database")))
}

fn make_pool(
    settings: &Settings,
    tls: &Tls,
    config: Option<&tokio_postgres::Config>,
    key: &Key,
    size: usize,
) -> Result<PoolHandle, Error> {
    let mut config =
        config.cloned().ok_or_else(|| Error::Unknown(format!("no cell is named {}", key.cell)))?;
    let password = (settings.password)(key.role.name());
    let path = if matches!(key.role, Role::Platform | Role::Directory) {
        format!("control,{}", key.schema)
    } else {
        key.schema.clone()
    };
    config
        .user(key.role.name())
        .password(password.expose_secret())
        .dbname(&key.database)
        .application_name("tenantry")
        .options(format!(
            "-c search_path={path} -c timezone=UTC -c jit=off -c statement_timeout=30s -c lock_timeout=10s \
             -c idle_in_transaction_session_timeout=60s"
        ));
    let pool = Pool::builder(Door { config, tls: tls.clone() })
        .max_size(size)
        // The connection that came back last: its plans and caches are warm, which takes PostgreSQL a few milliseconds for each.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(settings.acquire_timeout))
        .create_timeout(Some(settings.acquire_timeout))
        .build()
        .map_err(|error| Error::Unknown(error.to_string()))?;
    Ok(PoolHandle(pool))
}
