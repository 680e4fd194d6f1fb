//! The cookies of a browser's session: two for each tenant, so that one browser can be signed in to several.
//!
//! `__Host-` makes the browser refuse them from other hosts and without TLS (loopback addresses count as safe). A slug has
//! no dot, so the refresh cookie of `acme` and the access cookie of another tenant never have the same name.

use axum::response::Response;
use http::{HeaderValue, header};

use crate::Problem;
use crate::describe::OperationDoc;
use crate::dispatch::Call;
use crate::envelope::Output;
use crate::extract::Extract;
use crate::ports::TenantInfo;
use crate::same_origin;

/// What the names of all our cookies begin with.
const PREFIX: &str = "__Host-tenantry-";

fn access_name(slug: &str) -> String {
    format!("{PREFIX}{slug}")
}

fn refresh_name(slug: &str) -> String {
    format!("{PREFIX}{slug}.refresh")
}

/// The cookie by which a browser is known again, whoever of the tenant signs in from it.
pub const DEVICE_COOKIE: &str = "device";

/// The most that browsers keep a cookie for: 400 days (RFC 6265bis, 5.5).
const DEVICE_SECONDS: i64 = 400 * 24 * 3600;

/// The name of a cookie of a tenant's issuer.
pub(crate) fn issuer_name(slug: &str, what: &str) -> String {
    format!("{PREFIX}{slug}.{what}")
}

/// Our cookies of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Jar(Vec<(String, String)>);

impl Jar {
    pub(crate) fn of(call: &Call) -> Self {
        let headers = call.parts.headers.get_all(header::COOKIE).iter();
        Self::read(headers.filter_map(|value| value.to_str().ok()))
    }

    fn read<'a>(headers: impl Iterator<Item = &'a str>) -> Self {
        let pairs = headers.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
        let own = pairs.filter_map(|(name, value)| Some((name.trim().strip_prefix(PREFIX)?, value.trim())));
        Self(own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The access token for a tenant.
    pub(crate) fn access_token(&self, slug: &str) -> Option<&str> {
        self.find(&access_name(slug))
    }

    /// A cookie of a tenant's issuer.
    pub(crate) fn of_issuer(&self, slug: &str, what: &str) -> Option<&str> {
        self.find(&issuer_name(slug, what))
    }

    /// The value of a cookie. Two of one name are none: somebody has planted one of them.
    fn find(&self, name: &str) -> Option<&str> {
        let name = name.strip_prefix(PREFIX)?;
        let mut found = self.0.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        found.next().filter(|_| found.next().is_none())
    }
}

/// The refresh tokens that a page of this very origin has sent as cookies.
///
/// Taking it refuses requests that another site has caused: 403 `csrf_refused`.
#[derive(Debug)]
pub struct RefreshCookies(Jar);

impl RefreshCookies {
    /// The refresh token for a tenant.
    pub fn of(&self, tenant: &TenantInfo) -> Option<&str> {
        self.0.find(&refresh_name(&tenant.slug))
    }
}

impl Extract for RefreshCookies {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        same_origin::check(call)?;
        Ok(Self(Jar::of(call)))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.header(same_origin::HEADER, "`1`: a page of this origin sends the request.");
    }
}

/// A token in a cookie, and how many seconds the browser keeps it.
#[derive(Debug, Clone, Copy)]
pub struct CookieToken<'a> {
    /// The token.
    pub token: &'a str,
    /// Seconds; not more than the token is good for.
    pub max_age: i64,
}

/// An answer that starts or ends a browser's session at one tenant, or lets the browser be known again.
pub struct WithCookies<T> {
    answer: T,
    cookies: Vec<String>,
}

impl<T> WithCookies<T> {
    /// Set both cookies.
    pub fn set(answer: T, tenant: &TenantInfo, access: CookieToken<'_>, refresh: CookieToken<'_>) -> Self {
        let slug = &tenant.slug;
        let cookies = vec![cookie(&access_name(slug), access), cookie(&refresh_name(slug), refresh)];
        Self { answer, cookies }
    }

    /// Set the cookie by which the browser is known again as well.
    #[must_use]
    pub fn with_device(mut self, tenant: &TenantInfo, value: &str) -> Self {
        self.cookies.push(device_text(tenant, value));
        self
    }

    /// Set neither.
    pub const fn none(answer: T) -> Self {
        Self { answer, cookies: Vec::new() }
    }

    /// Make the browser forget both cookies.
    pub fn clear(answer: T, tenant: &TenantInfo) -> Self {
        let nothing = CookieToken { token: "", max_age: 0 };
        Self::set(answer, tenant, nothing, nothing)
    }
}

fn cookie(name: &str, CookieToken { token, max_age }: CookieToken<'_>) -> String {
    format!("{name}={token}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict", max_age.max(0))
}

/// `SameSite=Lax`, because signing in may begin on other sites. By itself it lets nobody in.
fn device_text(tenant: &TenantInfo, value: &str) -> String {
    let name = issuer_name(&tenant.slug, DEVICE_COOKIE);
    format!("{name}={value}; Path=/; Max-Age={DEVICE_SECONDS}; Secure; HttpOnly; SameSite=Lax")
}

/// A `Set-Cookie` by which a tenant knows the browser again.
pub fn device_cookie(tenant: &TenantInfo, value: &str) -> Option<HeaderValue> {
    let mut cookie = HeaderValue::try_from(device_text(tenant, value)).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

impl<T: Output> Output for WithCookies<T> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        for cookie in self.cookies {
            if let Ok(mut value) = HeaderValue::try_from(cookie) {
                value.set_sensitive(true);
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        response
    }

    fn describe(operation: &mut OperationDoc) {
        T::describe(operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jar(headers: &[&str]) -> Jar {
        Jar::read(headers.iter().copied())
    }

    #[test]
    fn cookies_are_found_by_the_tenants_name() {
        let jar = jar(&["theme=dark; __Host-tenantry-acme=a.b.c", "__Host-tenantry-acme.refresh=rt_1"]);
        assert_eq!(jar.access_token("acme"), Some("a.b.c"));
        assert_eq!(jar.find(&refresh_name("acme")), Some("rt_1"));
        assert_eq!(jar.access_token("globex"), None);
        assert_eq!(jar.access_token("acme-refresh"), None);
    }

    #[test]
    fn two_cookies_of_one_name_are_none() {
        let jar = jar(&["__Host-tenantry-acme=one; __Host-tenantry-acme=two"]);
        assert_eq!(jar.access_token("acme"), None);
    }

    #[test]
    fn cookies_of_others_are_not_kept() {
        assert!(jar(&["tenantry-acme=x; theme=dark; =; ;;", ""]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn reading_cookies_never_panics(text in ".{0,80}") {
            let _ = jar(&[&text]);
        }
    }
}
