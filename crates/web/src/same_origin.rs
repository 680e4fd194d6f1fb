//! Whether a page of this very origin sends a request that a cookie vouches for.
//!
//! Three defences, each enough by itself in today's browsers: the cookies are `SameSite=Strict`; a request that changes
//! something needs a header that no form and no cross-origin script can send without a preflight, which is never allowed;
//! and what the browser says of the sender (`Origin`, `Sec-Fetch-Site`) must be this origin. The last one also keeps out
//! sibling subdomains, which `SameSite` counts as the same site.

use http::{HeaderName, header};
use tenantry_kernel::ErrorKind;

use crate::Problem;
use crate::describe::OperationDoc;
use crate::dispatch::Call;
use crate::extract::Extract;

/// The header that requests with an unsafe method carry, with the value `1`.
pub(crate) const HEADER: &str = "X-Tenantry-CSRF";

/// Refuse a request in a cookie's name unless a page of this origin, or the address bar, sends it.
///
/// # Errors
/// 403 `csrf_refused`.
pub(crate) fn check(call: &Call) -> Result<(), Problem> {
    check_sender(call)?;
    let has_header = call.header(&HeaderName::from_static("x-tenantry-csrf")) == Some("1");
    if call.parts.method.is_safe() || has_header { Ok(()) } else { Err(refused()) }
}

/// Refuse what the browser says that another origin sends.
pub(crate) fn check_sender(call: &Call) -> Result<(), Problem> {
    let one = |name: HeaderName| {
        let mut values = call.parts.headers.get_all(&name).iter();
        let first = values.next();
        // Two values, or one that cannot be read, are not this origin's.
        first.map(|value| if values.next().is_none() { value.to_str().unwrap_or_default() } else { "" })
    };
    let site_fits = match one(HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin") => true,
        // The address bar and bookmarks; they change nothing.
        Some("none") => call.parts.method.is_safe(),
        Some(_) => false,
    };
    let origin_fits = one(header::ORIGIN).is_none_or(|origin| {
        let host = call
            .header(&header::HOST)
            .or_else(|| call.parts.uri.authority().map(http::uri::Authority::as_str));
        is_own(origin, host.unwrap_or_default(), &call.services().http.public_url)
    });
    if site_fits && origin_fits { Ok(()) } else { Err(refused()) }
}

/// Whether an origin is that of the host that was asked, or the public one (proxies may rewrite `Host`).
fn is_own(origin: &str, host: &str, public_url: &str) -> bool {
    let (Some((scheme, authority)), Some((public_scheme, _))) =
        (origin.split_once("://"), public_url.split_once("://"))
    else {
        return false;
    };
    let is_host = !host.is_empty() && scheme == public_scheme && authority.eq_ignore_ascii_case(host);
    is_host || origin.eq_ignore_ascii_case(public_url.trim_end_matches('/'))
}

fn refused() -> Problem {
    Problem::new(
        ErrorKind::Forbidden,
        "csrf_refused",
        "In a browser's session, requests come from pages of this very origin and carry X-Tenantry-CSRF: 1.",
    )
}

/// Proof that no other origin has sent the request, as far as the browser says. For signing in, which no cookie vouches
/// for: nobody is to be signed in to an attacker's account unknowingly.
#[derive(Debug)]
pub struct OwnPage(());

impl Extract for OwnPage {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        check_sender(call).map(Self)
    }

    fn describe(_: &mut OperationDoc) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_that_was_asked_and_the_public_origin_are_own() {
        let public = "https://tenantry.example";
        for origin in
            ["https://acme.tenantry.example", "https://tenantry.example", "https://ACME.tenantry.example"]
        {
            assert!(is_own(origin, "acme.tenantry.example", public), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://",
            "http://acme.tenantry.example",
            "https://globex.tenantry.example",
            "https://acme.tenantry.example:8443",
            "https://acme.tenantry.example.evil.example",
            "https://tenantry.example.evil.example",
        ] {
            assert!(!is_own(origin, "acme.tenantry.example", public), "{origin}");
        }
    }

    #[test]
    fn a_request_without_a_host_has_only_the_public_origin() {
        assert!(!is_own("http://", "", "http://localhost:8080"));
        assert!(is_own("http://localhost:8080", "", "http://localhost:8080"));
    }
}
