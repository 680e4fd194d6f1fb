//! /console/: the console's files, which the binary carries; and `/`, which leads there.
//!
//! Every address below `/console/` that is not a file is a page of the console, and the browser finds out which.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// A file of the console.
struct File {
    /// Its path below `/console/`.
    name: &'static str,
    bytes: &'static [u8],
    gzip: Option<&'static [u8]>,
    etag: &'static str,
}

/// The files, as `build.rs` has found them.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// No other host is asked for anything, nothing is inlined, nobody may frame the console.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What the console never needs of the browser.
const FEATURES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// The routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(to_console))
        .route("/console", get(to_console))
        .route("/console/", get(serve))
        .route("/console/{*path}", get(serve))
}

async fn to_console() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/console/")]).into_response()
}

async fn serve(request: Request) -> Response {
    let path = request.uri().path().strip_prefix("/console/").unwrap_or_default();
    answer(FILES, path, request.headers())
}

fn answer(files: &[File], path: &str, asked: &HeaderMap) -> Response {
    let exact = files.iter().find(|file| file.name == path && file.name != "index.html");
    if exact.is_none() && path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = || files.iter().find(|file| file.name == "index.html");
    let Some(file) = exact.or_else(page) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = if says(asked, &header::IF_NONE_MATCH, file.etag) && exact.is_some() {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(file, asked)
    };
    let headers = response.headers_mut();
    let mut set =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    // Names of assets hold a hash of what is in them; the page that names them is always asked for anew.
    if path.starts_with("assets/") {
        set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    } else if exact.is_some() {
        set(header::CACHE_CONTROL, "no-cache");
    } else {
        set(header::CACHE_CONTROL, "no-store");
        // Windows that it opens to try an identity provider stay in its sight; nobody who opens it has it in theirs.
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups");
        set(HeaderName::from_static("permissions-policy"), FEATURES);
    }
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::VARY, "accept-encoding");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if exact.is_some() {
        set(header::ETAG, file.etag);
    }
    response
}

fn body(file: &File, asked: &HeaderMap) -> Response {
    let gzip = file.gzip.filter(|_| takes_gzip(asked));
    let mut response = Response::new(Body::from(gzip.unwrap_or(file.bytes)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file.name)));
    if gzip.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn says(asked: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = asked.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|text| text.split(',')).any(|one| one.trim().trim_start_matches("W/") == word)
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|text| text.split(',')).any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32));
        coding.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIST: &[File] = &[
        File { name: "assets/index-1a2b.js", bytes: b"long", gzip: Some(b"short"), etag: "\"1\"" },
        File { name: "icon.svg", bytes: b"<svg/>", gzip: None, etag: "\"2\"" },
        File { name: "index.html", bytes: b"<html>", gzip: Some(b"page"), etag: "\"3\"" },
    ];

    fn ask(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let asked = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        answer(DIST, path, &asked.collect())
    }

    fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn assets_are_kept_for_ever_and_the_page_never() {
        let asset = ask("assets/index-1a2b.js", &[]);
        assert_eq!(header_of(&asset, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header_of(&asset, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header_of(&ask("icon.svg", &[]), "cache-control"), "no-cache");
        for path in ["", "index.html", "acme/projects", "acme/projects/1?x", "../secret"] {
            let page = ask(path, &[]);
            assert_eq!(
                (page.status(), header_of(&page, "cache-control")),
                (StatusCode::OK, "no-store"),
                "{path}"
            );
            assert_eq!(header_of(&page, "content-type"), "text/html; charset=utf-8");
        }
    }

    #[test]
    fn an_asset_that_is_gone_is_not_a_page() {
        assert_eq!(ask("assets/index-old.js", &[]).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let known = [(header::IF_NONE_MATCH, "W/\"9\", \"2\"")];
        assert_eq!(ask("icon.svg", &known).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ask("icon.svg", &[(header::IF_NONE_MATCH, "\"9\"")]).status(), StatusCode::OK);
    }

    #[test]
    fn whoever_takes_gzip_gets_it() {
        let coding = |accept: &str| {
            let response = ask("assets/index-1a2b.js", &[(header::ACCEPT_ENCODING, accept)]);
            header_of(&response, "content-encoding").to_owned()
        };
        assert_eq!(coding("br, gzip;q=0.8"), "gzip");
        assert_eq!(coding("br"), "");
        assert_eq!(coding("gzip;q=0"), "");
    }

    #[test]
    fn the_policy_allows_nothing_inline_and_no_other_host() {
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("http") && !POLICY.contains('*'));
    }
}
