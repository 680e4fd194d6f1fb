//! Putting the parts together.

use std::num::NonZeroUsize;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use tenantry_access::Access;
use tenantry_db::{Authority, Listener, Placement, Settings as DbSettings, migrate};
use tenantry_identity::lockout::{IpDelays, IpSettings};
use tenantry_identity::password::{Hasher, PoolSettings};
use tenantry_identity::{
    Addresses, Identity, Keys as ApiKeys, Lifetimes, Places, Revocations, Settings as IdentitySettings,
    Tokens,
};
use tenantry_kernel::{Clock, Rng, TenantId};
use tenantry_messages::Messages;
use tenantry_tenancy::{
    AllPlacements, Brands, DirectoryCache, Isolation, KeyStore, Settings as TenancySettings, Tenancy,
    root_tenant_id,
};
use tenantry_vault::MasterKey;

use crate::config::{Config, TenantMode};
use crate::database::Databases;
use crate::wiring::{FiguresOf, IssuersOf, PeopleOf};

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder of the server cannot be made.
    #[error("the data folder {0} cannot be made: {1}")]
    DataDir(std::path::PathBuf, std::io::Error),
    /// Keys.
    #[error("{0}")]
    Vault(#[from] tenantry_vault::Error),
    /// The data are there, and the key that opens them is not.
    #[error(
        "the master key file {0} is missing, but there are data that only it opens: put it back from your backup"
    )]
    KeyLost(std::path::PathBuf),
    /// The private PostgreSQL.
    #[error("{0}")]
    Postgres(#[from] tenantry_embedded_postgres::Error),
    /// The database.
    #[error("the database: {0}")]
    Db(#[from] tenantry_db::Error),
    /// Tenants.
    #[error("tenants: {0}")]
    Tenancy(#[from] tenantry_tenancy::Error),
    /// Roles.
    #[error("access control: {0}")]
    Access(#[from] tenantry_access::Error),
    /// Outgoing requests.
    #[error("{0}")]
    Outgoing(#[from] tenantry_fetch::Error),
    /// Where addresses lie.
    #[error("geoip: {0}")]
    Places(#[from] tenantry_identity::PlacesError),
    /// The mail server.
    #[error("mail.smtp_url: {0}")]
    Mail(&'static str),
    /// Routes.
    #[error("{0}")]
    Wiring(#[from] tenantry_web::WiringError),
    /// The address is in use, or may not be used.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// The operating system.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// The first operator could not be made.
    #[error("the platform's own tenant could not be made: {0}")]
    Bootstrap(String),
}

/// Time and randomness, so that tests can give theirs.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

impl Default for Tools {
    fn default() -> Self {
        Self { clock: Clock::system(), rng: Rng::system() }
    }
}

/// The parts that serving and the command line share.
pub struct Parts {
    /// Mints scopes.
    pub authority: Arc<Authority>,
    /// Hears what other nodes do.
    pub listener: Listener,
    /// Finds tenants.
    pub directory: Arc<DirectoryCache>,
    /// Finds placements.
    pub placements: Arc<AllPlacements>,
    /// Tenants.
    pub tenancy: Tenancy,
    /// How tenants' pages look.
    pub brands: Brands,
    /// People.
    pub identity: Identity,
    /// Tokens.
    pub tokens: Arc<Tokens>,
    /// API keys, and what is not one.
    pub credentials: Arc<ApiKeys>,
    /// Revocations.
    pub revocations: Arc<Revocations>,
    /// Keys.
    pub keys: Arc<KeyStore>,
    /// Takes messages to people.
    pub messages: Messages,
    /// Decisions.
    pub access: Arc<Access>,
    /// Recognises repeated requests.
    pub fingerprint_key: SecretString,
    /// Time and randomness.
    pub tools: Tools,
    /// The private PostgreSQL, if there is one; the last to go.
    pub embedded: Option<crate::Private>,
}

impl Parts {
    /// End: the line of announcements, the connections, and last the private PostgreSQL.
    pub async fn end(mut self) {
        self.listener.stop();
        self.authority.databases().close();
        if let Some(embedded) = self.embedded.take() {
            let stopped = tokio::task::spawn_blocking(move || embedded.stop()).await;
            if let Ok(Err(error)) = stopped {
                tracing::warn!(error = %error, "the private PostgreSQL did not stop well");
            }
        }
    }
}

/// The master key: from the configuration, or a file that is made on the first start.
pub(crate) fn master_key(config: &Config, rng: &Rng) -> Result<MasterKey, StartError> {
    make_data_dir(config)?;
    let file = &config.keys.master_key_file;
    Ok(match &config.keys.master_key {
        Some(key) => MasterKey::from_base64(key)?,
        // A new key would open nothing of what is there.
        None if !file.exists()
            && config.database.url.is_none()
            && config.data_dir.join("postgres").exists() =>
        {
            return Err(StartError::KeyLost(file.clone()));
        }
        None => MasterKey::load_or_create(&config.keys.master_key_file, rng)?,
    })
}

/// Make the data folder. As root it must let PostgreSQL's own user pass; what is secret in it is protected by itself.
fn make_data_dir(config: &Config) -> Result<(), StartError> {
    let folder = &config.data_dir;
    if folder.exists() {
        return Ok(());
    }
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let mode = if is_root { 0o711 } else { 0o700 };
    let created = std::fs::DirBuilder::new().recursive(true).mode(mode).create(folder);
    created.map_err(|error| StartError::DataDir(folder.clone(), error))
}

/// Put the parts together, and bring the database up to date.
pub async fn start(config: &Config, public_url: String, tools: Tools) -> Result<Parts, StartError> {
    let master = Arc::new(master_key(config, &tools.rng)?);
    let databases = Databases::open(config, &master).await?;
    let passwords = Arc::clone(&master);
    let settings = DbSettings {
        cells: databases.cells,
        password: Arc::new(move |role| passwords.derive(&format!("postgres:{role}"))),
        max_connections: config.database.max_connections,
        root_certificates: config.database.root_certificates.clone(),
        schema_pool_size: config.database.schema_pool_size,
        acquire_timeout: Duration::from_millis(config.database.acquire_timeout_ms),
    };
    let root = root_tenant_id();
    let authority = Arc::new(Authority::open(settings, root, tools.clock.clone(), tools.rng.clone())?);
    let cells: Vec<String> = authority.databases().cells().map(str::to_owned).collect();
    // Before anything is changed: with another key even the roles' passwords would be others.
    if let Some(id) = migrate::sealed_by(authority.databases()).await?.filter(|id| id != master.id()) {
        let (wrapped_by, loaded) = (id, master.id().to_owned());
        return Err(tenantry_vault::Error::OtherMasterKey { wrapped_by, loaded }.into());
    }
    for cell in cells {
        migrate::migrate_cell(authority.databases(), &cell).await?;
    }

    let listener = Listener::start(authority.databases());
    let directory = authority.directory()?;
    let keys =
        Arc::new(KeyStore::start(Arc::clone(&master), directory.clone(), tools.clock.clone(), &listener));
    let cache = Arc::new(DirectoryCache::start(directory.clone(), root, &listener));
    let placements = Arc::new(AllPlacements::new(directory.clone(), Arc::clone(&cache), &listener));
    migrate_own(&authority, &placements).await?;

    let revocations = Revocations::start(directory, &listener, tools.clock.clone());
    let own_hosts = own_hosts(config, &public_url);
    let tokens = Arc::new(Tokens::new(
        keys.clone(),
        Arc::clone(&revocations),
        root,
        tools.clock.clone(),
        tools.rng.clone(),
        public_url,
        &master.derive("refresh tokens"),
        lifetimes(config),
    ));
    let credentials = ApiKeys::start(tokens.clone(), revocations.clone(), authority.clone(), &listener);
    let one_time = master.derive("links and codes");
    let messages = Messages::new(keys.clone(), tools.clock.clone(), tools.rng.clone());
    let identity = identity(config, &tokens, &revocations, &keys, &messages, &one_time, &tools)?;
    let standard = match config.database.default_mode {
        TenantMode::Pooled => Isolation::Pooled,
        TenantMode::Schema => Isolation::Schema,
    };
    // An operator's token in a user's name lives for an hour at most.
    let access_token_life = Duration::from_secs(u64::from(config.tokens.access_minutes).max(60) * 60);
    let people = PeopleOf::new(identity.clone(), tools.clone());
    let settings = TenancySettings { standard, cells: databases.regions, access_token_life, own_hosts };
    let tenancy = Tenancy::new(
        Arc::clone(&authority),
        Arc::clone(&keys),
        Arc::new(people),
        Arc::new(FiguresOf),
        settings,
    );
    let access = Arc::new(Access::start(&authority, &listener, crate::modules::catalogue())?);
    Ok(Parts {
        authority,
        brands: Brands::start(&listener, Arc::new(IssuersOf(Arc::clone(&tokens)))),
        listener,
        directory: cache,
        placements,
        tenancy,
        identity,
        tokens,
        credentials: Arc::new(credentials),
        revocations,
        keys,
        messages,
        access,
        fingerprint_key: master.derive("request fingerprints"),
        tools,
        embedded: databases.embedded,
    })
}

/// The platform's own hosts, which are no tenant's.
fn own_hosts(config: &Config, public_url: &str) -> Vec<String> {
    let public = public_url.split("://").nth(1).and_then(|rest| rest.split(['/', ':']).next());
    vec![public.unwrap_or_default().to_owned(), config.http.base_domain.clone(), "localhost".to_owned()]
}

fn lifetimes(config: &Config) -> Lifetimes {
    let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
    Lifetimes {
        access: SignedDuration::from_mins(i64::from(config.tokens.access_minutes)),
        idle: days(config.tokens.session_idle_days.min(config.tokens.refresh_days)),
        absolute: days(config.tokens.session_absolute_days),
        grace: SignedDuration::from_secs(i64::from(config.tokens.refresh_grace_seconds)),
    }
}

fn identity(
    config: &Config,
    tokens: &Arc<Tokens>,
    revocations: &Arc<Revocations>,
    keys: &Arc<KeyStore>,
    messages: &Messages,
    one_time: &SecretString,
    tools: &Tools,
) -> Result<Identity, StartError> {
    let pool = PoolSettings {
        threads: NonZeroUsize::new(config.passwords.hash_threads),
        queue_per_tenant: NonZeroUsize::new(config.passwords.queue_per_tenant).unwrap_or(NonZeroUsize::MIN),
    };
    let hasher =
        Hasher::start(&pool, tools.rng.clone()).map_err(|error| StartError::Io("password hashing", error))?;
    let narrow = |number: u64| u16::try_from(number).unwrap_or(u16::MAX);
    let lockout = tenantry_identity::lockout::Settings {
        threshold: narrow(u64::from(config.lockout.threshold)),
        lock_minutes: narrow(u64::from(config.lockout.lock_minutes)),
        base_delay_ms: u32::try_from(config.lockout.base_delay_ms).unwrap_or(u32::MAX),
    };
    let password = tenantry_identity::password::Policy {
        min_length: narrow(u64::try_from(config.passwords.min_length).unwrap_or(u64::MAX)),
        history: u8::try_from(config.passwords.history).unwrap_or(u8::MAX),
        ..Default::default()
    };
    let failures = IpDelays::new(IpSettings {
        threshold: config.lockout.ip_threshold.try_into().unwrap_or(u16::MAX),
        ..Default::default()
    });
    let asking = config.limits.enabled.then(|| {
        IpDelays::new(IpSettings {
            threshold: narrow(u64::from(config.limits.account_requests_per_hour_per_ip)),
            window_minutes: 60,
            base_delay_ms: 60_000,
            max_delay_seconds: 3600,
            ..Default::default()
        })
    });
    let places = Places::open(config.geoip.database.as_deref(), config.geoip.asn_database.as_deref())?;
    let addresses = Addresses { failures, asking, places };
    let settings = IdentitySettings { lockout, password };
    let (tokens, revocations, messages) = (Arc::clone(tokens), Arc::clone(revocations), messages.clone());
    let keys = keys.clone();
    Ok(Identity::new(hasher, tokens, revocations, keys, messages, addresses, one_time, settings))
}

/// Bring the schemas and databases of single tenants up to date.
async fn migrate_own(authority: &Authority, placements: &AllPlacements) -> Result<(), StartError> {
    let mut after = TenantId::from_uuid(uuid::Uuid::nil());
    loop {
        let page = placements.page(after).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.tenant;
        for placement in page.iter().filter(|placement| placement.mode != tenantry_db::Mode::Pooled) {
            let Placement { cell, database, schema, .. } = &**placement;
            migrate::migrate_schema(authority.databases(), cell, database, schema).await?;
        }
    }
}
