//! One PostgreSQL for many tests, and a database of its own for each.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use secrecy::ExposeSecret as _;
use tenantry_embedded_postgres as embedded;
use tenantry_server::config::History;
use tenantry_server::modules;
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

/// A PostgreSQL cluster.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    user: String,
    password: String,
    _private: Option<(embedded::Server, tempfile::TempDir)>,
}

/// One test's database. It is dropped with the cluster, or by the next run.
pub struct Database {
    name: String,
    cluster: &'static Cluster,
}

/// The master key of all test databases: roles, and so their passwords, are the cluster's.
pub(crate) const MASTER_KEY: &str = "dGVuYW50cnkgdGVzdCBtYXN0ZXIga2V5IDMyIGJ5dGU=";

/// Long enough for every test.
const HISTORY: History = History { sign_ins_days: 400, decisions_days: 90 };

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl Cluster {
    /// The cluster of this test run.
    pub fn get() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| {
            std::env::var("TENANTRY_TEST_POSTGRES").map_or_else(|_| Self::start(), |text| Self::read(&text))
        })
    }

    fn read(text: &str) -> Self {
        let parts: Vec<&str> = text.split('|').collect();
        let [folder, port, user, password] = parts.as_slice() else {
            panic!("TENANTRY_TEST_POSTGRES is folder|port|user|password");
        };
        Self {
            folder: folder.into(),
            port: port.parse().expect("a port"),
            user: (*user).to_owned(),
            password: (*password).to_owned(),
            _private: None,
        }
    }

    fn start() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o711)).expect("permissions");
        let off = |name: &str| (name.to_owned(), "off".to_owned());
        let settings = embedded::Settings {
            data_dir: dir.path().to_owned(),
            superuser_password: "test".to_owned(),
            bin_dir: None,
            parameters: vec![
                off("fsync"),
                off("synchronous_commit"),
                off("full_page_writes"),
                ("max_connections".to_owned(), "400".to_owned()),
            ],
        };
        let server = embedded::Server::start(&settings).expect("PostgreSQL starts");
        Self {
            folder: server.socket_dir().to_owned(),
            port: server.port(),
            user: server.superuser().to_owned(),
            password: "test".to_owned(),
            _private: Some((server, dir)),
        }
    }

    fn url(&self, database: &str) -> String {
        let Self { folder, port, user, password, .. } = self;
        tenantry_server::socket_url(folder, *port, user, password, database).expose_secret().to_owned()
    }

    /// The cluster's Unix socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// A connection as superuser: sees everything.
    pub async fn admin(&self, database: &str) -> tokio_postgres::Client {
        let (client, connection) =
            tokio_postgres::Config::connect(&self.url(database).parse().unwrap(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A new, migrated database.
    pub async fn database(&'static self) -> Database {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = TEMPLATE.get_or_init(|| self.make_template()).await;
        let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let admin = self.admin("postgres").await;
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
        // Rights on a database are not copied with it.
        let roles = "tenantry_app, tenantry_directory, tenantry_worker, tenantry_platform";
        admin
            .batch_execute(&format!(
                "REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {roles}; \
                 GRANT CREATE, CONNECT ON DATABASE {name} TO tenantry_owner"
            ))
            .await
            .unwrap();
        Database { name, cluster: self }
    }

    async fn make_template(&self) -> String {
        let name = format!("template{}", std::process::id());
        let admin = self.admin("postgres").await;
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        admin
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            .await
            .unwrap();
        let authority = crate::world::authority(&self.url(&name), tenantry_kernel::Clock::system());
        let (databases, home) = (authority.databases(), tenantry_db::HOME_CELL);
        tenantry_db::migrate::migrate_cell(databases, home).await.unwrap();
        let shared = databases.shared(home, authority.root()).unwrap();
        tenantry_db::tidy(databases, &shared, &modules::cuts(&HISTORY)).await.unwrap();
        name
    }
}

impl Database {
    /// The administrative connection string.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// A connection as superuser.
    pub async fn admin(&self) -> tokio_postgres::Client {
        self.cluster.admin(&self.name).await
    }

    /// A connection as one of the server's roles, with the pooled schema in its path.
    pub async fn as_role(&self, role: tenantry_db::Role) -> tokio_postgres::Client {
        let password = crate::world::role_password(role.name());
        let mut config: tokio_postgres::Config = self.url().parse().unwrap();
        config.user(role.name()).password(&password).options("-c search_path=app");
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}
