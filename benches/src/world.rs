//! A PostgreSQL, the server, and tenants that the product's own code made.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use tenantry_embedded_postgres as embedded;
use tenantry_kernel::{SessionId, TenantId, UserId};
use tenantry_server::config::{Config, Sources};
use tenantry_server::{MasterKey, Running, Tools, serve, socket_url};
use tenantry_tenancy::NewTenant;
use tenantry_web::ports::{TenantDirectory as _, TenantInfo};

use crate::pgbench::{self, Pgbench};

const MASTER_KEY: &str = "dGVuYW50cnkgYmVuY2ggbWFzdGVyIGtleSAzMiBieXQ=";
/// The password of the first tenant's administrator.
pub(crate) const PASSWORD: &str = "correct-Horse-42-battery";

/// A tenant with a signed-in administrator and a project.
#[derive(Debug, Clone)]
pub(crate) struct Seeded {
    pub(crate) id: TenantId,
    pub(crate) token: String,
    pub(crate) project: String,
}

/// Everything that is measured.
pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) pgbench: Pgbench,
    pub(crate) base: String,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) ready_in: Duration,
    pub(crate) http: reqwest::Client,
    config: Config,
    _postgres: embedded::Server,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir()?;
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let settings = embedded::Settings {
            data_dir: folder.path().to_owned(),
            superuser_password: "bench".to_owned(),
            bin_dir: None,
            parameters: Vec::new(),
        };
        let postgres = embedded::Server::start(&settings)?;
        let url =
            socket_url(postgres.socket_dir(), postgres.port(), postgres.superuser(), "bench", "tenantry");
        tenantry_db::migrate::create_database(&url, None).await?;
        let config = config(&folder, url.expose_secret())?;
        let running = serve(&config, Tools::default()).await?;
        let base = format!("http://{}", running.address);
        let master = MasterKey::from_base64(&MASTER_KEY.to_owned().into())?;
        let pgbench = Pgbench {
            program: pgbench::program(&embedded::find_bin_dir(None)?),
            socket: postgres.socket_dir().to_owned(),
            port: postgres.port(),
            database: "tenantry".to_owned(),
            password: master.derive("postgres:tenantry_app").expose_secret().to_owned(),
            folder: folder.path().to_owned(),
        };
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self {
            running,
            pgbench,
            base,
            folder,
            ready_in: Duration::ZERO,
            http,
            config,
            _postgres: postgres,
        })
    }

    /// End the server and start it again on the same database; notes how long it took to be ready.
    pub(crate) async fn restart(mut self) -> anyhow::Result<Self> {
        let Self { running, .. } = self;
        running.shut_down().await;
        let started = Instant::now();
        self.running = serve(&self.config, Tools::default()).await?;
        self.ready_in = started.elapsed();
        self.base = format!("http://{}", self.running.address);
        Ok(self)
    }

    /// Create tenants number `from..to` with an administrator and a project each.
    pub(crate) async fn seed(&self, from: usize, to: usize) -> anyhow::Result<Vec<Seeded>> {
        let mut seeded = Vec::with_capacity(to - from);
        let numbers: Vec<usize> = (from..to).collect();
        for chunk in numbers.chunks(4) {
            let made = chunk.iter().map(|number| self.seed_one(*number));
            for one in futures_join(made).await {
                seeded.push(one?);
            }
        }
        Ok(seeded)
    }

    async fn seed_one(&self, number: usize) -> anyhow::Result<Seeded> {
        let slug = format!("tenant-{number}");
        let tenant = NewTenant {
            name: format!("Tenant {number}"),
            slug: Some(slug.clone()),
            admin_email: format!("admin@{slug}.example"),
            admin_password: (number == 0).then(|| PASSWORD.to_owned().into()),
            ..NewTenant::default()
        };
        let tenant = self.running.parts.tenancy.create_as_system(tenant).await;
        let tenant = tenant.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        let info = self.running.parts.directory.by_id(tenant.id).await;
        let info = info
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?
            .ok_or_else(|| anyhow::anyhow!("no tenant"))?;
        let token = self.token(&info).await?;
        let answer = self.http.post(format!("{}/api/v1/projects", self.base)).bearer_auth(&token);
        let body = r#"{"name":"Harbour extension","description":"North quay, second berth"}"#;
        let answer = answer.header("content-type", "application/json").body(body).send().await?;
        let body: serde_json::Value = serde_json::from_str(&answer.text().await?)?;
        let project = body.pointer("/data/id").and_then(serde_json::Value::as_str);
        let project = project.ok_or_else(|| anyhow::anyhow!("{body}"))?.to_owned();
        Ok(Seeded { id: tenant.id, token, project })
    }

    async fn token(&self, info: &Arc<TenantInfo>) -> anyhow::Result<String> {
        let admin = self.administrator(info.id).await?;
        let tools = &self.running.parts.tools;
        let session = SessionId::new(&tools.clock, &tools.rng);
        let token =
            self.running.parts.tokens.access_token(info, admin, session, vec!["tenant_admin".into()]).await;
        Ok(token?)
    }

    /// The tenant's administrator.
    pub(crate) async fn administrator(&self, tenant: TenantId) -> anyhow::Result<UserId> {
        let url =
            self.config.database.url.as_ref().map(|url| url.expose_secret().to_owned()).unwrap_or_default();
        let config: tokio_postgres::Config = url.parse()?;
        let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        let row =
            client.query_one("SELECT id FROM app.users WHERE tenant_id = $1 LIMIT 1", &[&tenant]).await?;
        Ok(row.try_get(0)?)
    }

    /// Let PostgreSQL know what it holds.
    pub(crate) async fn analyze(&self) -> anyhow::Result<()> {
        let url =
            self.config.database.url.as_ref().map(|url| url.expose_secret().to_owned()).unwrap_or_default();
        let config: tokio_postgres::Config = url.parse()?;
        let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        Ok(client.batch_execute("VACUUM ANALYZE").await?)
    }
}

/// Wait for a handful of futures at once.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut waiting = false;
        for (future, output) in &mut pinned {
            if output.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    pinned.into_iter().filter_map(|(_, output)| output).collect()
}

fn config(folder: &tempfile::TempDir, url: &str) -> anyhow::Result<Config> {
    let overrides = [
        ("data_dir", folder.path().display().to_string()),
        ("http.listen", "127.0.0.1:0".to_owned()),
        ("database.url", url.to_owned()),
        ("keys.master_key", MASTER_KEY.to_owned()),
        ("limits.enabled", "false".to_owned()),
        ("lockout.ip_threshold", "1000".to_owned()),
        ("tokens.access_minutes", "60".to_owned()),
        ("http.public_url", "https://bench.example".to_owned()),
        ("log.level", "warn".to_owned()),
    ];
    let overrides = overrides.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let sources = Sources { file: None, env: Vec::new(), overrides, working_dir: folder.path().to_owned() };
    Config::load(sources).map_err(|errors| anyhow::anyhow!("{errors}"))
}
