//! Which tenant a request is for.
//!
//! Sources, in this order: the path (`/v1/{tenant}`), a verified custom domain or subdomain in `Host`, `X-Tenant-ID` and
//! `X-Tenant-Slug`, the token's `tid`, `?tenant=`. Every source that is present must name the same tenant. A cookie is no
//! source: the first source says whose cookie counts.

use std::sync::Arc;

use http::header;
use tenantry_kernel::{ErrorKind, TenantId};

use crate::Problem;
use crate::dispatch::Call;
use crate::ports::TenantInfo;
use crate::services::Services;

/// How one source names a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    Id(TenantId),
    Slug(String),
    Domain(String),
}

impl Name {
    /// An id where the text is one, else a slug.
    fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Slug(text.to_ascii_lowercase()), Self::Id)
    }

    fn names(&self, tenant: &TenantInfo) -> Option<bool> {
        match self {
            Self::Id(id) => Some(*id == tenant.id),
            Self::Slug(slug) => Some(*slug == tenant.slug),
            Self::Domain(_) => None,
        }
    }
}

/// The tenant that `Host` names; `None` when the host is the platform's own.
pub(crate) fn name_in_host(host: &str, base_domain: &str, public_url: &str) -> Option<Name> {
    let host = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let own = public_url.split("://").nth(1).unwrap_or_default();
    let own = own.split(['/', ':']).next().unwrap_or_default();
    let is_address = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    if host.is_empty() || is_address || host == own || host == base_domain || host == "localhost" {
        return None;
    }
    for base in [base_domain, "localhost"] {
        if let Some(slug) = host.strip_suffix(base).and_then(|rest| rest.strip_suffix('.')) {
            return Some(Name::Slug(slug.to_owned()));
        }
    }
    Some(Name::Domain(host))
}

fn host(call: &Call) -> &str {
    call.header(&header::HOST).or_else(|| call.parts.uri.host()).unwrap_or_default()
}

/// Whether the request came to the domain that the tenant's issuer lives at.
pub(crate) fn is_at_issuer(call: &Call, services: &Services, tenant: &TenantInfo) -> bool {
    // Few tenants have one, and every request asks.
    let Some(own) = &tenant.issuer_domain else { return false };
    let name = name_in_host(host(call), &services.http.base_domain, &services.http.public_url);
    matches!(name, Some(Name::Domain(asked)) if asked == *own)
}

/// Every source of the request but the token.
pub(crate) fn names(call: &Call, services: &Services) -> Result<Vec<Name>, Problem> {
    let mut names = Vec::new();
    if let Some(text) = &call.path_tenant {
        names.push(Name::of(text));
    }
    if call.parts.headers.get_all(header::HOST).iter().count() > 1 {
        // RFC 9112, 3.2: two hosts are no host.
        return Err(Problem::malformed("invalid_header", "header/host", "send one Host"));
    }
    names.extend(name_in_host(host(call), &services.http.base_domain, &services.http.public_url));
    for value in call.parts.headers.get_all("x-tenant-id") {
        let id = value.to_str().ok().and_then(|text| text.parse().ok());
        let id = id.ok_or_else(|| {
            Problem::malformed("invalid_header", "header/x-tenant-id", "this is not a UUID")
        })?;
        names.push(Name::Id(id));
    }
    for value in call.parts.headers.get_all("x-tenant-slug") {
        names.push(Name::Slug(String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase()));
    }
    let query = form_urlencoded::parse(call.query().as_bytes());
    names.extend(query.filter(|(name, _)| name == "tenant").map(|(_, value)| Name::of(&value)));
    Ok(names)
}

pub(crate) async fn find(services: &Services, name: &Name) -> Result<Option<Arc<TenantInfo>>, Problem> {
    match name {
        Name::Id(id) => services.directory.by_id(*id).await,
        Name::Slug(slug) => services.directory.by_slug(slug).await,
        Name::Domain(domain) => services.directory.by_domain(domain).await,
    }
}

/// What a request to the tenant finder asks for: `?slug=`.
pub(crate) fn asked_for(call: &Call) -> Option<Name> {
    let mut query = form_urlencoded::parse(call.query().as_bytes());
    let (_, slug) = query.find(|(name, value)| name == "slug" && !value.is_empty())?;
    Some(Name::Slug(slug.to_ascii_lowercase()))
}

/// What became of comparing the sources.
pub(crate) enum Agreement {
    /// All name the token's tenant, or there is none.
    Agreed,
    /// One names the token's tenant and another does not: refused, and worth a security event.
    Mismatch,
    /// None names the token's tenant: as if there were no such tenant.
    Unknown,
}

/// Compare the sources with the tenant of a verified token.
///
/// The answer never depends on whether a source that is not the token's tenant exists.
pub(crate) async fn agree(
    services: &Services,
    names: &[Name],
    tenant: &TenantInfo,
) -> Result<Agreement, Problem> {
    let mut same = 0;
    for name in names {
        let is_same = match name.names(tenant) {
            Some(answer) => answer,
            None => find(services, name).await?.is_some_and(|found| found.id == tenant.id),
        };
        same += usize::from(is_same);
    }
    Ok(match same {
        all if all == names.len() => Agreement::Agreed,
        0 => Agreement::Unknown,
        _ => Agreement::Mismatch,
    })
}

/// The tenant of a request without a token.
///
/// # Errors
/// 404 `tenant_unknown` when no source names one, one names an unknown one, or they disagree.
pub(crate) async fn of_anonymous(services: &Services, names: &[Name]) -> Result<Arc<TenantInfo>, Problem> {
    let mut found: Option<Arc<TenantInfo>> = None;
    for name in names {
        let tenant = find(services, name).await?.ok_or_else(Problem::tenant_unknown)?;
        if found.as_ref().is_some_and(|other| other.id != tenant.id) {
            return Err(Problem::tenant_unknown());
        }
        found = Some(tenant);
    }
    found.ok_or_else(Problem::tenant_unknown)
}

pub(crate) fn mismatch() -> Problem {
    Problem::new(
        ErrorKind::Forbidden,
        "tenant_mismatch",
        "The tenants named by path, host, headers, query and token are not the same.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_host(host: &str) -> Option<Name> {
        name_in_host(host, "tenantry.example", "https://api.tenantry.example:8443")
    }

    #[test]
    fn the_platforms_own_hosts_name_no_tenant() {
        for host in [
            "",
            "localhost",
            "localhost:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "tenantry.example",
            "API.tenantry.example",
        ] {
            assert_eq!(in_host(host), None, "{host}");
        }
    }

    #[test]
    fn subdomains_name_a_slug_and_others_a_domain() {
        assert_eq!(in_host("acme.tenantry.example"), Some(Name::Slug("acme".into())));
        assert_eq!(in_host("ACME.localhost:8080"), Some(Name::Slug("acme".into())));
        assert_eq!(in_host("login.acme.com."), Some(Name::Domain("login.acme.com".into())));
        assert_eq!(in_host("eviltenantry.example"), Some(Name::Domain("eviltenantry.example".into())));
    }

    proptest::proptest! {
        #[test]
        fn reading_a_host_never_panics(host: String) {
            let _ = in_host(&host);
        }
    }
}
