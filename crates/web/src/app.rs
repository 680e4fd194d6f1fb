//! The router: the route table under both API bases, and what surrounds every request.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, on};
use http::{HeaderValue, Method, StatusCode, header};
use tenantry_kernel::ErrorKind;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Instrument as _;

use crate::Problem;
use crate::describe::OperationDoc;
use crate::dispatch::{self, Call};
use crate::protocol;
use crate::route::{Route, Routes};
use crate::services::Services;

/// The bases that every route is served under: documents A–D's, and E's with the tenant in the path.
pub const BASES: [&str; 2] = ["/api/v1", "/v1/{tenant}"];

/// What is wrong with a route table.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// A handler takes a value that nobody offers.
    #[error("{path} needs a {needed}, and no such value was wired")]
    Missing {
        /// The route.
        path: &'static str,
        /// The type.
        needed: &'static str,
    },
}

/// Build the router. `extra` holds routes outside the API (health, metrics, documentation).
pub fn app(services: Services, modules: Vec<Routes>, extra: Router) -> Result<Router, WiringError> {
    let services = Arc::new(services);
    let mut router = Router::new();
    for route in modules.into_iter().flat_map(|module| module.routes) {
        check(&route, &services)?;
        let route = Arc::new(route);
        for base in route.bases() {
            for path in [format!("{base}{}", route.path), format!("{base}{}/", route.path)] {
                router = router.route(&path, handler(&route, &services, false));
            }
        }
        if let Some(path) = route.at_domain() {
            for path in [format!("{path}/"), path] {
                router = router.route(&path, handler(&route, &services, true));
            }
        }
    }
    let known = Arc::clone(&services);
    let no_route = {
        let services = Arc::clone(&services);
        move |request: Request| std::future::ready(refuse(&services, request, Problem::not_found()))
    };
    let no_method = {
        let services = Arc::clone(&services);
        move |request: Request| {
            let problem = Problem::new(
                ErrorKind::MethodNotAllowed,
                "method_not_allowed",
                "The resource has no such method.",
            );
            std::future::ready(refuse(&services, request, problem))
        }
    };
    // The first one is the outermost. One stack, because every `layer` of its own boxes each request once more.
    let surroundings = ServiceBuilder::new()
        .layer(middleware::from_fn(move |request, next| surround(Arc::clone(&known), request, next)))
        .layer(CompressionLayer::new().gzip(true))
        .layer(cors(&services));
    Ok(router.merge(extra).fallback(no_route).method_not_allowed_fallback(no_method).layer(surroundings))
}

fn check(route: &Route, services: &Services) -> Result<(), WiringError> {
    let mut operation = OperationDoc::new(OperationDoc::generator());
    (route.describe)(&mut operation);
    match operation.needs.iter().find(|(id, _)| !services.has(*id)) {
        Some((_, needed)) => Err(WiringError::Missing { path: route.path, needed }),
        None => Ok(()),
    }
}

fn handler(route: &Arc<Route>, services: &Arc<Services>, is_at_domain: bool) -> axum::routing::MethodRouter {
    let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
    let (route, services) = (Arc::clone(route), Arc::clone(services));
    let durations = Arc::new(Durations::of(&route));
    on(filter, move |params: RawPathParams, request: Request| {
        let (route, services, durations) =
            (Arc::clone(&route), Arc::clone(&services), Arc::clone(&durations));
        async move {
            let started = Instant::now();
            let (parts, body) = request.into_parts();
            let mut path_tenant = None;
            let mut values = Vec::new();
            for (name, value) in &params {
                if name == "tenant" {
                    path_tenant = Some(value.to_owned());
                } else {
                    values.push((name.to_owned(), value.to_owned()));
                }
            }
            let body_to_come = bytes::Bytes::new();
            let call =
                Call { parts, params: values, path_tenant, is_at_domain, body: body_to_come, services };
            let mut response = dispatch::serve(&route, call, body).await;
            response.extensions_mut().insert(RouteOfRequest(route.path));
            durations.record(response.status(), started);
            response
        }
    })
}

/// How long the requests of one route take, by status. A histogram is looked up once, not for every request.
struct Durations {
    method: String,
    path: &'static str,
    by_status: RwLock<Vec<(StatusCode, metrics::Histogram)>>,
}

impl Durations {
    fn of(route: &Route) -> Self {
        Self { method: route.method.to_string(), path: route.path, by_status: RwLock::default() }
    }

    fn record(&self, status: StatusCode, started: Instant) {
        let seconds = started.elapsed().as_secs_f64();
        let known = self.by_status.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, histogram)) = known.iter().find(|(other, _)| *other == status) {
            return histogram.record(seconds);
        }
        drop(known);
        let labels = [
            ("method", self.method.clone()),
            ("route", self.path.to_owned()),
            ("status", status.as_u16().to_string()),
        ];
        let histogram = metrics::histogram!("tenantry_http_request_duration_seconds", &labels);
        histogram.record(seconds);
        self.by_status.write().unwrap_or_else(PoisonError::into_inner).push((status, histogram));
    }
}

fn refuse(services: &Services, request: Request, problem: Problem) -> Response {
    let (parts, _) = request.into_parts();
    let id = dispatch::request_id(&parts, services);
    let mut response = problem.into_response(id);
    dispatch::stamp(&mut response, id);
    response
}

/// Headers that every response has, and the log line of every request.
async fn surround(services: Arc<Services>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let started = Instant::now();
    let mut response = if has_encoded_nul(&path) {
        let problem = Problem::malformed("invalid_path", "path", "NUL is not allowed");
        refuse(&services, request, problem)
    } else {
        traced(request, next).await
    };
    let secure = services.http.public_url.starts_with("https://");
    let headers = response.headers_mut();
    for (name, value) in [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::X_FRAME_OPTIONS, "DENY")] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // With `no-referrer`, browsers say `Origin: null` of forms: pages with forms choose `same-origin`.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    let id = response.headers().get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tenant = response.extensions().get::<dispatch::TenantOfRequest>().map(|tenant| tenant.0.to_string());
    tracing::info!(
        tenant.id = tenant, request.id = id, http.method = %method, http.path = %path, http.status = response.status().as_u16(),
        duration_ms = started.elapsed().as_secs_f64() * 1000.0, "request"
    );
    response
}

/// Serve a request, as a span of the trace when traces are exported: the client's trace, if it names one.
async fn traced(request: Request, next: Next) -> Response {
    let span = tracing::trace_span!(
        target: tenantry_kernel::trace::TARGET, "request", otel.kind = "server",
        http.request.method = %request.method(), url.path = request.uri().path(), http.route = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty, tenant.id = tracing::field::Empty,
        request.id = tracing::field::Empty
    );
    if span.is_disabled() {
        return next.run(request).await;
    }
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    if let Some(parent) = parent {
        tenantry_kernel::trace::follow(&span, parent);
    }
    let method = request.method().clone();
    let response = next.run(request).instrument(span.clone()).await;
    let extensions = response.extensions();
    if let Some(route) = extensions.get::<RouteOfRequest>() {
        span.record("http.route", route.0);
        tenantry_kernel::trace::rename(&span, format!("{method} {}", route.0));
    }
    if let Some(tenant) = extensions.get::<dispatch::TenantOfRequest>() {
        span.record("tenant.id", tracing::field::display(tenant.0));
    }
    let id = response.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    span.record("request.id", id.unwrap_or_default());
    span.record("http.response.status_code", response.status().as_u16());
    response
}

/// Which route has answered, on its way to the trace.
#[derive(Clone, Copy)]
struct RouteOfRequest(&'static str);

/// Whether a path holds an encoded NUL, which no identifier of ours has.
fn has_encoded_nul(path: &str) -> bool {
    path.contains("%00")
}

fn cors(services: &Services) -> CorsLayer {
    let origins: Vec<HeaderValue> = services
        .http
        .allowed_origins
        .iter()
        .filter_map(|origin| HeaderValue::try_from(origin).ok())
        .collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, parts| {
            origins.contains(origin) || protocol::is_for_every_origin(parts.uri.path())
        }))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::HeaderName::from_static("idempotency-key"),
            header::HeaderName::from_static("last-event-id"),
            header::HeaderName::from_static("x-request-id"),
            header::HeaderName::from_static("x-tenant-id"),
            header::HeaderName::from_static("x-tenant-slug"),
        ])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::HeaderName::from_static("idempotency-replayed"),
            header::HeaderName::from_static("x-request-id"),
        ])
}

/// A problem as a response, for routes outside the table.
pub fn problem_response(services: &Services, problem: Problem) -> Response {
    let id = tenantry_kernel::RequestId::new(&services.clock, &services.rng);
    problem.into_response(id).into_response()
}
