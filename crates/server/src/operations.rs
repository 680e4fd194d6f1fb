//! /health, /ready, /health/detailed and /metrics.
//!
//! The first two are public and say no details. The others answer only with the operations token, or on a listen address
//! of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tenantry_db::{Authority, Listener};

/// What the operations endpoints look at.
#[derive(Clone)]
pub(crate) struct Operations {
    pub(crate) authority: Arc<Authority>,
    pub(crate) listener: Listener,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) token: Option<Arc<SecretString>>,
    pub(crate) draining: Arc<AtomicBool>,
    pub(crate) started: std::time::Instant,
}

/// The routes on the main address.
pub(crate) fn routes(operations: Operations) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/health/detailed", get(guarded_detailed))
        .route("/metrics", get(guarded_metrics))
        .with_state(operations)
}

/// The routes on the operations address: no token is asked for.
pub(crate) fn private_routes(operations: Operations) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/health/detailed", get(detailed))
        .route("/metrics", get(metrics))
        .with_state(operations)
}

async fn health() -> Json<serde_json::Value> {
    Json(json!({"status": "ok"}))
}

async fn ready(State(operations): State<Operations>) -> Response {
    let is_ready = !operations.draining.load(Ordering::SeqCst) && operations.database_answers().await;
    let (status, word) =
        if is_ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (status, Json(json!({"status": word}))).into_response()
}

async fn guarded_detailed(state: State<Operations>, request: Request) -> Response {
    if state.0.may(&request) { detailed(state).await } else { StatusCode::NOT_FOUND.into_response() }
}

async fn guarded_metrics(state: State<Operations>, request: Request) -> Response {
    if state.0.may(&request) { metrics(state).await } else { StatusCode::NOT_FOUND.into_response() }
}

async fn detailed(State(operations): State<Operations>) -> Response {
    let database = operations.database_answers().await;
    let line = operations.listener.is_connected();
    let (connections, idle) = operations.authority.databases().connections();
    let is_well = database && line;
    let body = json!({
        "status": if is_well { "ok" } else { "degraded" },
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_seconds": operations.started.elapsed().as_secs(),
        "checks": {
            "database": if database { "ok" } else { "unreachable" },
            "notifications": if line { "ok" } else { "down; caches ask the database" },
            "draining": operations.draining.load(Ordering::SeqCst),
        },
        "connections": {"open": connections, "idle": idle},
    });
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(body)).into_response()
}

async fn metrics(State(operations): State<Operations>) -> Response {
    let (connections, idle) = operations.authority.databases().connections();
    #[expect(clippy::cast_precision_loss, reason = "there are never that many connections")]
    {
        metrics::gauge!("tenantry_db_connections").set(connections as f64);
        metrics::gauge!("tenantry_db_connections_idle").set(idle as f64);
    }
    metrics::gauge!("tenantry_notifications_connected")
        .set(f64::from(u8::from(operations.listener.is_connected())));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], operations.metrics.render()).into_response()
}

impl Operations {
    async fn database_answers(&self) -> bool {
        let Ok(directory) = self.authority.directory() else { return false };
        let asked = directory.find(tenantry_tenancy::ping());
        matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Ok(_)))
    }

    fn may(&self, request: &Request) -> bool {
        let Some(token) = &self.token else { return false };
        let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        tenantry_vault::constant_time_eq(
            &tenantry_vault::hash_token(given),
            &tenantry_vault::hash_token(token.expose_secret()),
        )
    }
}
