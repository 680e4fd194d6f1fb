//! Requests of protocols that say by themselves how they are read: forms, raw queries, credentials that are no bearer
//! tokens, and the cookies of a tenant's issuer.

use std::marker::PhantomData;

use http::{HeaderValue, header};
use schemars::JsonSchema;

use crate::Problem;
use crate::cookies::{Jar, issuer_name};
use crate::describe::OperationDoc;
use crate::dispatch::Call;
use crate::extract::Extract;
use crate::ports::TenantInfo;
use crate::same_origin;

/// Names and values, in the order in which they came.
pub type Pairs = Vec<(String, String)>;

/// The fields of a form, unread. `None` when the body is no `application/x-www-form-urlencoded`. `T` describes it.
pub struct RawForm<T>(pub Option<Pairs>, pub PhantomData<fn() -> T>);

/// The parameters of the query, unread. `T` describes them.
pub struct RawQuery<T>(pub Pairs, pub PhantomData<fn() -> T>);

/// Read `a=b&c=d`. NUL, which PostgreSQL cannot store, is refused.
fn pairs(text: &[u8]) -> Result<Pairs, Problem> {
    let read = form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()));
    let read: Pairs = read.collect();
    match read.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        None => Ok(read),
        Some(_) => Err(Problem::malformed("invalid_request", "#", "NUL is not allowed")),
    }
}

impl<T: JsonSchema + Send + 'static> Extract for RawForm<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        let media = call.header(&header::CONTENT_TYPE).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Ok(Self(None, PhantomData));
        }
        Ok(Self(Some(pairs(&call.body)?), PhantomData))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.request_form::<T>();
    }
}

impl<T: JsonSchema + Send + 'static> Extract for RawQuery<T> {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(Self(pairs(call.query().as_bytes())?, PhantomData))
    }

    fn describe(operation: &mut OperationDoc) {
        operation.query_parameters::<T>();
    }
}

/// Who asks a tenant's issuer: credentials in `Authorization`, cookies, languages.
#[derive(Debug, Clone)]
pub struct Asker {
    authorization: Option<String>,
    languages: String,
    cookies: Jar,
    is_own_page: bool,
}

impl Asker {
    /// The header `Authorization`.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The header `Accept-Language`.
    pub fn languages(&self) -> &str {
        &self.languages
    }

    /// Whether a page of this origin has sent the request, as far as the browser says.
    pub const fn is_own_page(&self) -> bool {
        self.is_own_page
    }

    /// A cookie of the tenant's issuer. Two of one name are none.
    pub fn cookie(&self, tenant: &TenantInfo, what: &str) -> Option<&str> {
        self.cookies.of_issuer(&tenant.slug, what)
    }
}

impl Extract for Asker {
    fn extract(call: &mut Call) -> Result<Self, Problem> {
        Ok(Self {
            authorization: call.header(&header::AUTHORIZATION).map(str::to_owned),
            languages: call.header(&header::ACCEPT_LANGUAGE).unwrap_or_default().to_owned(),
            cookies: Jar::of(call),
            is_own_page: same_origin::check_sender(call).is_ok(),
        })
    }

    fn describe(_: &mut OperationDoc) {}
}

/// A `Set-Cookie` of a tenant's issuer: `SameSite=Lax`, because sign-in begins on other sites. It lives as long as the
/// browser runs; an empty value removes it.
pub fn issuer_cookie(tenant: &TenantInfo, what: &str, value: &str) -> Option<HeaderValue> {
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    let name = issuer_name(&tenant.slug, what);
    let text = format!("{name}={value}; Path=/{end}; Secure; HttpOnly; SameSite=Lax");
    let mut cookie = HeaderValue::try_from(text).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}

/// What pages of every origin may call: endpoints of issuers that look at no cookie.
pub(crate) fn is_for_every_origin(path: &str) -> bool {
    const ENDS: [&str; 6] = [
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/revoke",
        "/oauth2/jwks",
        "/oauth2/device_authorization",
        "/.well-known/openid-configuration",
    ];
    let path = path.trim_end_matches('/');
    let is_metadata = path == "/.well-known/oauth-authorization-server"
        || path.starts_with("/.well-known/oauth-authorization-server/t/");
    // Below a tenant's path, or at a domain of its own.
    is_metadata || ENDS.iter().any(|end| path == *end || (path.starts_with("/t/") && path.ends_with(end)))
}
