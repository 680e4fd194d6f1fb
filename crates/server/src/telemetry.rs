//! Logs and metrics.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Write logs to standard error, as configured. Only the first call counts.
///
/// A command that is not the server says what it has to say itself, and logs what went wrong only.
pub fn start_logs(log: &Log, is_server: bool) {
    let level = if is_server || log.level != "info" { log.level.as_str() } else { "error" };
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    let is_json = log.format.is_json(std::io::stderr().is_terminal());
    let _ = if is_json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
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
    describe_counter!(
        "tenantry_decision_log_dropped_total",
        "Decisions that were not logged because the queue was full"
    );
}
