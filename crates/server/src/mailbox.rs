//! /dev/mailbox: what would have been sent, for whoever develops on this machine.
//!
//! Messages of all tenants are here, with links and codes that open accounts. So the page is there only while mail is captured,
//! and only for requests from this very machine: the peer is a loopback address, no proxy has passed the request on, and `Host`
//! names this machine (a page of another site whose name leads to 127.0.0.1 cannot read it). Everybody else gets the 404 of an
//! address that there is not.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tenantry_messages::{Captured, Kept};

/// How many messages are shown.
const SHOWN: usize = 50;
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
/// What proxies add.
const FORWARDED: [&str; 5] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];
const HEAD: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Mailbox</title><style>\
    body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}article{border:1px solid #ccc;\
    border-radius:6px;padding:0 1rem;margin:1rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere}dt{float:left;\
    width:6rem;color:#555}</style></head><body><h1>Mailbox</h1>\n";

/// The routes; none when mail is sent.
pub(crate) fn routes(captured: Option<Captured>) -> Router {
    match captured {
        Some(captured) => Router::new().route("/dev/mailbox", get(page)).with_state(captured),
        None => Router::new(),
    }
}

async fn page(State(captured): State<Captured>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if !is_here(peer, request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let read = tokio::task::spawn_blocking(move || captured.newest(SHOWN)).await;
    let Ok(Ok(kept)) = read else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = Html(render(&kept)).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::CACHE_CONTROL, "no-store");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// Whether a request comes from this machine, and was meant for it.
fn is_here(peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    let is_direct = !FORWARDED.iter().any(|name| headers.contains_key(*name));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    let is_own_name = name == "localhost"
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    peer.is_some_and(|peer| peer.to_canonical().is_loopback()) && is_direct && is_own_name
}

fn render(kept: &[Kept]) -> String {
    let mut page = HEAD.to_owned();
    if kept.is_empty() {
        page.push_str("<p>Nothing has been sent yet.</p>");
    }
    for Kept { tenant_id, at, message, .. } in kept {
        let (subject, to) = (escape(&message.subject), escape(&message.to));
        let subject = if subject.is_empty() { message.channel.as_str() } else { &subject };
        let _ = writeln!(
            page,
            "<article><h2>{subject}</h2><dl><dt>To</dt><dd>{to}</dd><dt>At</dt><dd>{at}</dd><dt>Kind</dt><dd>{}</dd>\
             <dt>Tenant</dt><dd>{tenant_id}</dd></dl><pre>{}</pre></article>",
            escape(&message.kind),
            linked(&message.text),
        );
    }
    page.push_str("</body></html>\n");
    page
}

/// Text in which lines that are web addresses lead there.
fn linked(text: &str) -> String {
    let line = |line: &str| {
        let is_address = line.starts_with("http://") || line.starts_with("https://");
        let shown = escape(line);
        if is_address { format!("<a href=\"{shown}\">{shown}</a>") } else { shown }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(peer: &str, headers: &[(&'static str, &str)]) -> bool {
        let named = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        is_here(Some(peer.parse().unwrap()), &headers.iter().map(named).collect())
    }

    #[test]
    fn only_this_machine_by_its_own_name_may_look() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"] {
            assert!(
                may("127.0.0.1", &[("host", host)]) && may("::ffff:127.0.0.1", &[("host", host)]),
                "{host}"
            );
            assert!(!may("192.0.2.1", &[("host", host)]), "another machine");
            for header in FORWARDED {
                assert!(!may("127.0.0.1", &[("host", host), (header, "127.0.0.1")]), "{header}");
            }
        }
        for host in
            ["", "evil.example", "acme.localhost:8080", "app.example.com", "localhost.evil.example:80"]
        {
            assert!(!may("127.0.0.1", &[("host", host)]), "{host}");
        }
        assert!(!is_here(None, &HeaderMap::new()));
    }

    #[test]
    fn only_web_addresses_become_links_and_nothing_becomes_markup() {
        assert_eq!(
            linked("a\nhttps://a.example/?x=1&y=\"2\n<b>"),
            "a\n<a href=\"https://a.example/?x=1&amp;y=&quot;2\">https://a.example/?x=1&amp;y=&quot;2</a>\n&lt;b&gt;"
        );
        assert_eq!(linked("javascript:alert(1)"), "javascript:alert(1)");
    }
}
