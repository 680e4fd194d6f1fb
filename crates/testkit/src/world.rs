//! Nodes with a given clock, and two tenants.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_db::{Authority, CellSettings, HOME_CELL, Settings};
use tenantry_kernel::{Clock, GivenClock, Rng, TenantId, UserId};
use tenantry_messages::{Captured, Kept};
use tenantry_server::config::{Config, Sources};
use tenantry_server::{Running, Tools, serve};
use tenantry_tenancy::{Isolation, NewTenant, root_tenant_id};

use crate::client::Client;
use crate::cluster::{Cluster, Database, MASTER_KEY};

/// Every user's password.
pub const PASSWORD: &str = "correct-Horse-42-battery";
/// A text in everything that tenant A has.
pub const MARKER_A: &str = "amaranth";
/// A text in everything that tenant B has.
pub const MARKER_B: &str = "borogove";

/// How the nodes are to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many nodes share the database.
    pub nodes: usize,
    /// Settings, as the command line's `--set`.
    pub settings: Vec<(String, String)>,
    /// When time stands still; `None` lets it run.
    pub clock: Option<Timestamp>,
    /// How the two tenants are kept apart.
    pub isolation: Isolation,
}

impl Default for Options {
    fn default() -> Self {
        let isolation = match std::env::var("TENANTRY_TEST_ISOLATION").as_deref() {
            Ok("schema") => Isolation::Schema,
            Ok("dedicated") => Isolation::Dedicated,
            _ => Isolation::Pooled,
        };
        Self { nodes: 1, settings: Vec::new(), clock: None, isolation }
    }
}

/// A tenant with an administrator.
#[derive(Debug, Clone)]
pub struct SeededTenant {
    /// The tenant.
    pub id: TenantId,
    /// Its slug.
    pub slug: String,
    /// Its administrator's address.
    pub admin_email: String,
    /// Its administrator.
    pub admin: UserId,
}

/// Nodes, a database, two tenants.
pub struct World {
    /// The database.
    pub database: Database,
    /// The nodes.
    pub nodes: Vec<Running>,
    /// The hand on the clock, when time is given.
    pub clock: Option<GivenClock>,
    /// The first tenant; everything in it holds [`MARKER_A`].
    pub a: SeededTenant,
    /// The second tenant; everything in it holds [`MARKER_B`].
    pub b: SeededTenant,
    data: tempfile::TempDir,
}

fn master() -> tenantry_server::MasterKey {
    tenantry_server::MasterKey::from_base64(&SecretString::from(MASTER_KEY)).expect("a master key")
}

pub(crate) fn role_password(role: &str) -> String {
    master().derive(&format!("postgres:{role}")).expose_secret().to_owned()
}

/// Mint scopes on a database of one's own.
pub(crate) fn authority(url: &str, clock: Clock) -> Authority {
    open(url, clock, None)
}

/// The same, by a URL of one's own that trusts the certificates in a file.
pub fn authority_through(url: &str, root_certificates: Option<PathBuf>) -> Authority {
    open(url, Clock::system(), root_certificates)
}

fn open(url: &str, clock: Clock, root_certificates: Option<PathBuf>) -> Authority {
    let settings = Settings {
        cells: vec![CellSettings { name: HOME_CELL.to_owned(), admin_url: url.to_owned().into() }],
        password: Arc::new(|role| role_password(role).into()),
        max_connections: 8,
        schema_pool_size: 4,
        acquire_timeout: Duration::from_secs(10),
        root_certificates,
    };
    Authority::open(settings, root_tenant_id(), clock, Rng::system()).expect("an authority")
}

impl Database {
    /// The capability to enter any tenant of this database, as the server has it.
    pub fn authority(&self) -> Authority {
        authority(&self.url(), Clock::system())
    }
}

impl World {
    /// One node, two tenants.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// As the options say.
    pub async fn with(options: Options) -> Self {
        let database = Cluster::get().database().await;
        let data = tempfile::tempdir().expect("a folder");
        let clock = options.clock.map(GivenClock::new);
        let tools =
            Tools { clock: clock.as_ref().map_or_else(Clock::system, GivenClock::clock), rng: Rng::system() };
        let mut nodes = Vec::new();
        for _ in 0..options.nodes {
            let config = config(&database, data.path(), &options.settings);
            nodes.push(serve(&config, tools.clone()).await.expect("the server starts"));
        }
        let a = seed(&nodes[0], "alpha", MARKER_A, options.isolation).await;
        let b = seed(&nodes[0], "beta", MARKER_B, options.isolation).await;
        Self { database, nodes, clock, a, b, data }
    }

    /// Nobody, at the first node.
    pub fn client(&self) -> Client {
        self.client_at(0)
    }

    /// Nobody, at a node.
    pub fn client_at(&self, node: usize) -> Client {
        Client::new(format!("http://{}", self.nodes[node].address))
    }

    /// The administrator of tenant A, signed in.
    pub async fn admin_a(&self) -> Client {
        self.client().sign_in(&self.a.slug, &self.a.admin_email, PASSWORD).await
    }

    /// The administrator of tenant B, signed in.
    pub async fn admin_b(&self) -> Client {
        self.client().sign_in(&self.b.slug, &self.b.admin_email, PASSWORD).await
    }

    /// The operator, signed in.
    pub async fn operator(&self) -> Client {
        self.client().sign_in("platform", OPERATOR, PASSWORD).await
    }

    /// A user of tenant A with one role, signed in.
    pub async fn user_a(&self, name: &str, role: &str) -> Client {
        let (email, _) = self.create_user_a(name, role).await;
        self.client().sign_in(&self.a.slug, &email, PASSWORD).await
    }

    /// A user of tenant A with one role: address and id.
    pub async fn create_user_a(&self, name: &str, role: &str) -> (String, String) {
        let admin = self.admin_a().await;
        let email = format!("{name}@{MARKER_A}.example");
        let body = serde_json::json!({"email": email, "password": PASSWORD, "email_verified": true, "first_name": MARKER_A});
        let user = admin.post("/api/v1/users", &body).await.expect(201).id();
        let roles = admin.get("/api/v1/roles").await.expect(200);
        let find = |name: &str| {
            let roles = roles.body["data"].as_array().unwrap();
            roles
                .iter()
                .find(|one| one["name"] == name)
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .unwrap()
        };
        if role != "user" {
            let body = serde_json::json!({"role_id": find(role)});
            admin.post(&format!("/api/v1/users/{user}/roles"), &body).await.expect(200);
            admin.delete(&format!("/api/v1/users/{user}/roles/{}", find("user"))).await.expect(200);
        }
        (email, user)
    }

    /// The captured messages, newest first.
    pub fn messages(&self) -> Vec<Kept> {
        let folder = self.data.path().join("mail");
        Captured::in_folder(folder, 1000).newest(1000).expect("readable")
    }

    /// The newest message of a kind to somebody, as soon as it comes; the test fails when none comes.
    pub async fn message_to(&self, to: &str, kind: &str) -> Kept {
        self.nth_message_to(to, kind, 1).await
    }

    /// The same, when the `nth` message of the kind has come.
    pub async fn nth_message_to(&self, to: &str, kind: &str, nth: usize) -> Kept {
        for _ in 0..600 {
            let mut found = self.messages();
            found.retain(|kept| kept.message.to == to && kept.message.kind == kind);
            if found.len() >= nth {
                return found.swap_remove(0);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "no message {kind} number {nth} to {to}: {:?}",
            self.messages().iter().map(|kept| (&kept.message.to, &kept.message.kind)).collect::<Vec<_>>()
        );
    }

    /// End the nodes gracefully.
    pub async fn end(self) {
        for node in self.nodes {
            node.shut_down().await;
        }
    }
}

/// The operator's address.
pub(crate) const OPERATOR: &str = "operator@platform.example";

fn config(database: &Database, data: &std::path::Path, settings: &[(String, String)]) -> Config {
    let mut overrides: Vec<(String, String)> = [
        ("data_dir", data.display().to_string()),
        ("http.listen", "127.0.0.1:0".to_owned()),
        ("database.url", database.url()),
        ("database.max_connections", "8".to_owned()),
        ("keys.master_key", MASTER_KEY.to_owned()),
        ("bootstrap.super_admin_email", OPERATOR.to_owned()),
        ("bootstrap.super_admin_password", PASSWORD.to_owned()),
        ("http.operations_token", "operations-token-of-the-tests".to_owned()),
        ("limits.enabled", "false".to_owned()),
        ("http.drain_seconds", "1".to_owned()),
        ("lockout.base_delay_ms", "0".to_owned()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    overrides.extend(settings.iter().cloned());
    let sources = Sources { file: None, env: Vec::new(), overrides, working_dir: data.to_owned() };
    Config::load(sources).unwrap_or_else(|errors| panic!("{errors}"))
}

async fn seed(node: &Running, slug: &str, marker: &str, isolation: Isolation) -> SeededTenant {
    let admin_email = format!("admin@{marker}.example");
    let new = NewTenant {
        name: format!("{marker} Limited"),
        slug: Some(slug.to_owned()),
        admin_email: admin_email.clone(),
        admin_password: Some(PASSWORD.into()),
        admin_first_name: Some(marker.to_owned()),
        tier: Some(tenantry_tenancy::Tier::Enterprise),
        isolation: Some(isolation),
        ..NewTenant::default()
    };
    let tenant =
        node.parts.tenancy.create_as_system(new).await.unwrap_or_else(|problem| panic!("{problem:?}"));
    let client = Client::new(format!("http://{}", node.address)).sign_in(slug, &admin_email, PASSWORD).await;
    let admin = client.get("/api/v1/auth/me").await.expect(200).id().parse().unwrap();
    SeededTenant { id: tenant.id, slug: slug.to_owned(), admin_email, admin }
}
