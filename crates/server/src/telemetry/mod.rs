//! Logs, metrics, traces and error reports.

mod outgoing;
mod reports;
mod scrub;
mod traces;

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt};

use crate::config::{Config, Log};

/// Why telemetry does not start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The HTTP client.
    #[error("telemetry cannot be sent: {0}")]
    Client(#[from] reqwest::Error),
    /// Traces.
    #[error("traces cannot be exported: {0}")]
    Traces(String),
    /// Error reports.
    #[error("telemetry.sentry_dsn cannot be read")]
    Dsn,
}

/// What must be sent before the process ends.
#[must_use = "traces are sent in batches; `end` sends the last one"]
pub struct Exports(Option<SdkTracerProvider>);

impl Exports {
    /// Send what is left. Blocks for five seconds at most.
    pub fn end(self) {
        if let Some(Err(error)) =
            self.0.map(|provider| provider.shutdown_with_timeout(Duration::from_secs(5)))
        {
            tracing::warn!(error = %error, "the last traces could not be sent");
        }
    }

    /// Send what there is now.
    pub fn flush(&self) {
        if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::force_flush) {
            tracing::warn!(error = %error, "traces could not be sent");
        }
    }
}

/// Write logs to standard error, export traces and report errors, as configured. Only the first call counts; it must be
/// made in the server's runtime.
///
/// A command that is not the server says what it has to say itself, logs what went wrong only, and exports nothing.
pub fn start(config: &Config, is_server: bool) -> Result<Exports, TelemetryError> {
    let settings = &config.telemetry;
    let wants = is_server && (settings.otlp_endpoint.is_some() || settings.sentry_dsn.is_some());
    let outgoing = if wants { Some(outgoing::Outgoing::new()?) } else { None };
    let provider = traces::provider(settings, outgoing.as_ref())?;
    let reports = match (&settings.sentry_dsn, outgoing) {
        (Some(dsn), Some(outgoing)) => Some(reports::Reports::new(dsn, outgoing)?),
        _ => None,
    };
    let subscriber = Registry::default().with(logs(&config.log, is_server));
    let subscriber = subscriber.with(traces::layer(provider.as_ref()));
    let _ = subscriber
        .with(reports.map(|reports| reports.with_filter(tracing_subscriber::filter::LevelFilter::ERROR)))
        .try_init();
    Ok(Exports(provider))
}

fn logs(log: &Log, is_server: bool) -> impl tracing_subscriber::Layer<Registry> + use<> {
    let level = if is_server || log.level != "info" { log.level.as_str() } else { "error" };
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(true);
    let is_json = log.format.is_json(std::io::stderr().is_terminal());
    if is_json { layer.json().flatten_event(true).boxed() } else { layer.boxed() }.with_filter(filter)
}

/// The recorder of metrics: one for the process.
pub fn metrics_handle() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0];
            let builder = builder
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &buckets)
                .unwrap_or_else(|_| PrometheusBuilder::new());
            let recorder = builder.build_recorder();
            let handle = recorder.handle();
            let _ = metrics::set_global_recorder(recorder);
            describe();
            handle
        })
        .clone()
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_histogram!(
        "tenantry_http_request_duration_seconds",
        "Time to answer, by method, route and status"
    );
    describe_gauge!("tenantry_db_connections", "Open connections for requests");
    describe_gauge!("tenantry_db_connections_idle", "Idle connections for requests");
    describe_gauge!("tenantry_notifications_connected", "1 while the line of notifications is up");
    // Counted from the first scrape on, so that an increase from nothing is seen.
    for name in [
        "tenantry_decision_log_dropped_total",
        "tenantry_jobs_dead_total",
        "tenantry_password_queue_refused_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    describe_counter!(
        "tenantry_decision_log_dropped_total",
        "Decisions that were not logged because the queue was full"
    );
}
