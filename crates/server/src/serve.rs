//! Serving: the router, the job worker, and a graceful end.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use secrecy::SecretString;
use serde_json::json;
use tenantry_db::{Change, Origin, Purpose};
use tenantry_events::{Runtime, Schedule};
use tenantry_identity::AccountJobs;
use tenantry_kernel::RequestId;
use tenantry_tenancy::root_tenant_id;
use tenantry_web::{HttpSettings, LimitSettings, Limits, Services};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::operations::Operations;
use crate::start::{Parts, StartError, Tools, start};
use crate::wiring::{MAINTENANCE, Maintenance, PARTITIONS, Partitions, PlacementsOf};

/// A server that is running.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it calls itself.
    pub public_url: String,
    /// The first operator, when it was made by this start: address and password.
    pub first_operator: Option<(String, SecretString)>,
    /// Its parts.
    pub parts: Parts,
    runtime: Option<Runtime>,
    stop: watch::Sender<bool>,
    draining: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
    drain: Duration,
}

/// Start serving. The listener is bound first, so that a second server on the same address fails at once.
pub async fn serve(config: &Config, tools: Tools) -> Result<Running, StartError> {
    let started = Instant::now();
    let listen = |address: SocketAddr| async move {
        TcpListener::bind(address).await.map_err(|error| StartError::Listen(address, error))
    };
    let socket = listen(config.http.listen).await?;
    let address = socket.local_addr().map_err(|error| StartError::Listen(config.http.listen, error))?;
    let public_url = config.http.public_origin(address);
    let metrics = crate::telemetry::metrics_handle();
    let parts = start(config, public_url.clone(), tools).await?;
    let first_operator = bootstrap(config, &parts).await?;
    let sso = provider(config, &parts)?;
    let runtime = start_jobs(config, &parts, &sso).await?;

    let (stop, stopped) = watch::channel(false);
    let draining = Arc::new(AtomicBool::new(false));
    let operations = Operations {
        authority: Arc::clone(&parts.authority),
        listener: parts.listener.clone(),
        metrics: metrics.clone(),
        token: config.http.operations_token.clone().map(Arc::new),
        draining: Arc::clone(&draining),
        started,
    };
    let mut tasks = vec![tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(10));
        loop {
            tick.tick().await;
            metrics.run_upkeep();
        }
    })];
    if let Some(address) = config.http.operations_listen {
        let router = crate::operations::private_routes(operations.clone());
        tasks.push(spawn_http(listen(address).await?, router, stopped.clone()));
    }
    let extra = crate::operations::routes(operations)
        .merge(crate::docs::routes(&public_url))
        .merge(crate::console::routes())
        .merge(crate::mailbox::routes(crate::wiring::mail::mailbox(config, &public_url)));
    let router =
        tenantry_web::app(services(config, &parts, &public_url, sso), crate::modules::routes(), extra)?;
    tasks.push(spawn_http(socket, router, stopped));
    let drain = Duration::from_secs(config.http.drain_seconds);
    tracing::info!(http.address = %address, duration_ms = started.elapsed().as_secs_f64() * 1000.0, "ready");
    Ok(Running {
        address,
        public_url,
        first_operator,
        parts,
        runtime: Some(runtime),
        stop,
        draining,
        tasks,
        drain,
    })
}

/// The OpenID provider of every tenant.
fn provider(config: &Config, parts: &Parts) -> Result<tenantry_sso::Sso, StartError> {
    let needs = tenantry_sso::Needs {
        identity: parts.identity.clone(),
        tokens: Arc::clone(&parts.tokens),
        revocations: Arc::clone(&parts.revocations),
        keys: parts.keys.clone(),
        directory: parts.directory.clone(),
        brands: parts.brands.clone(),
        fetcher: tenantry_fetch::Fetcher::new(config.outgoing.private_hosts.clone())?,
        clock: parts.tools.clock.clone(),
        rng: parts.tools.rng.clone(),
    };
    Ok(tenantry_sso::Sso::new(needs, &parts.listener, |purpose| parts.keys.master().derive(purpose)))
}

fn services(config: &Config, parts: &Parts, public_url: &str, sso: tenantry_sso::Sso) -> Services {
    let http = HttpSettings {
        public_url: public_url.to_owned(),
        base_domain: config.http.base_domain.clone(),
        body_limit: config.http.body_limit_bytes,
        timeout: Duration::from_secs(config.http.request_timeout_seconds),
        allowed_origins: config.http.allowed_origins.iter().map(ToString::to_string).collect(),
        trusted_proxies: config.http.trusted_proxies.clone(),
    };
    let services = Services::new(
        Arc::clone(&parts.authority),
        parts.directory.clone(),
        parts.credentials.clone(),
        parts.access.clone(),
        http,
        &parts.fingerprint_key,
    );
    let services = services
        .with(sso)
        .with(parts.identity.clone())
        .with(parts.tenancy.clone())
        .with(parts.brands.clone())
        .with(Arc::clone(&parts.access))
        .with(crate::modules::catalogue())
        .with(parts.listener.clone());
    if !config.limits.enabled {
        return services;
    }
    let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    services.limited(Limits::new(LimitSettings {
        per_tenant: at_least_one(config.limits.requests_per_second_per_tenant),
        burst: at_least_one(config.limits.burst),
        per_address: at_least_one(config.limits.requests_per_second_per_ip),
        concurrent: usize::try_from(config.limits.concurrent_requests_per_tenant).unwrap_or(usize::MAX),
    }))
}

/// Make the platform's own tenant and its first operator, on the first start.
async fn bootstrap(config: &Config, parts: &Parts) -> Result<Option<(String, SecretString)>, StartError> {
    let email =
        config.bootstrap.super_admin_email.clone().unwrap_or_else(|| "admin@tenantry.localhost".to_owned());
    let password = config.bootstrap.super_admin_password.clone().unwrap_or_else(|| invent_password(parts));
    let made = tenantry_tenancy::ensure_root(&parts.tenancy, &email, &password).await;
    match made {
        Ok(is_new) => Ok(is_new.then_some((email, password))),
        Err(problem) => {
            let cause = problem.cause().unwrap_or(problem.code()).to_owned();
            Err(StartError::Bootstrap(format!(
                "{cause} {}",
                problem.body(RequestId::from_uuid(uuid::Uuid::nil()))
            )))
        }
    }
}

/// A password of 144 random bits.
fn invent_password(parts: &Parts) -> SecretString {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(parts.tools.rng.bytes::<18>()).into()
}

async fn start_jobs(config: &Config, parts: &Parts, sso: &tenantry_sso::Sso) -> Result<Runtime, StartError> {
    let settings = tenantry_events::Settings {
        workers: config.jobs.workers,
        per_tenant: config.jobs.per_tenant,
        poll: Duration::from_millis(config.jobs.poll_ms),
        lease: Duration::from_secs(config.jobs.lease_seconds),
        max_attempts: config.jobs.max_attempts,
    };
    schedule_upkeep(parts).await?;
    let partitions = Partitions {
        authority: Arc::clone(&parts.authority),
        placements: Arc::clone(&parts.placements),
        cuts: crate::modules::cuts(&config.history),
    };
    if let Err(error) = partitions.tidy_shared().await {
        tracing::warn!(error = %error, "partitions wait for the next hour");
    }
    let maintenance =
        Maintenance { tenancy: parts.tenancy.clone(), revocations: Arc::clone(&parts.revocations) };
    let delivery = crate::wiring::mail::delivery(config, parts)?;
    let Tools { clock, rng } = parts.tools.clone();
    let accounts = AccountJobs::new(parts.identity.clone(), clock, rng);
    let placements = Arc::new(PlacementsOf(Arc::clone(&parts.placements)));
    let authority = Arc::clone(&parts.authority);
    let mut handlers = tenantry_sso::handlers(sso);
    handlers.push(Arc::new(maintenance));
    handlers.push(Arc::new(partitions));
    handlers.push(Arc::new(delivery));
    handlers.push(Arc::new(accounts));
    Runtime::start(authority, placements, handlers, tenantry_sso::subscribers(sso), settings)
        .map_err(|error| StartError::Bootstrap(error.to_string()))
}

/// Put the upkeep on the root tenant's schedule.
async fn schedule_upkeep(parts: &Parts) -> Result<(), StartError> {
    let Some(placement) = parts.placements.of(root_tenant_id()).await? else { return Ok(()) };
    let Tools { clock, rng } = &parts.tools;
    let origin = Origin::system(RequestId::new(clock, rng), clock.now(), "platform:maintain");
    let root = parts.authority.enter(&placement, Purpose::Provision, origin);
    let failed = |error: &dyn std::fmt::Display| StartError::Bootstrap(error.to_string());
    let mut tx = root.begin()?;
    let mut names = Vec::new();
    for (name, cron) in [(MAINTENANCE, "* * * * *"), (PARTITIONS, "7 * * * *")] {
        let schedule = Schedule::new(name, name, cron, "UTC", json!({})).map_err(|error| failed(&error))?;
        schedule.save(&mut tx, clock).await.map_err(|error| failed(&error))?;
        names.push(name);
    }
    let change = Change::named("schedule", None, "saved", json!({"names": names})).reason("start-up");
    tx.commit(change, ()).await?;
    Ok(())
}

fn spawn_http(socket: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let end = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        let listener = axum::serve::ListenerExt::tap_io(socket, |stream| {
            let _ = stream.set_nodelay(true);
        });
        if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(end).await {
            tracing::error!(error = %error, "serving ended");
        }
    })
}

impl Running {
    /// End gracefully: not ready any more, no new requests, running ones finish, jobs are handed back, PostgreSQL stops.
    pub async fn shut_down(mut self) {
        self.draining.store(true, Ordering::SeqCst);
        let _ = self.stop.send(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.drain(self.drain).await;
        }
        let mut tasks = std::mem::take(&mut self.tasks);
        if let Some(upkeep) = tasks.first() {
            upkeep.abort();
        }
        for task in tasks.iter_mut().skip(1) {
            // Streams stay open until the time is up.
            if tokio::time::timeout(self.drain, &mut *task).await.is_err() {
                task.abort();
            }
        }
        self.parts.end().await;
    }
}
