//! /openapi.json and /docs: the API browser, served without any other host; and where AuthZEN is.

use axum::Router;
use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};

const PAGE: &str = include_str!("../assets/docs.html");
const SCRIPT: &[u8] = include_bytes!("../assets/rapidoc.js.gz");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The routes.
pub(crate) fn routes(public_url: &str) -> Router {
    let document = bytes::Bytes::from(crate::modules::openapi().to_string());
    let authzen = bytes::Bytes::from(tenantry_access::authzen_metadata(public_url).to_string());
    Router::new()
        .route("/.well-known/authzen-configuration", get(move || std::future::ready(json(authzen.clone()))))
        .route("/openapi.json", get(move || std::future::ready(json(document.clone()))))
        .route("/docs", get(page))
        .route("/docs/rapidoc.js", get(script))
}

fn json(document: bytes::Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], Body::from(document)).into_response()
}

async fn page() -> Response {
    let mut response = Html(PAGE).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

async fn script() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript"),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, Body::from(SCRIPT)).into_response()
}
