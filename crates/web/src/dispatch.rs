//! The life of a request: tenant → credentials → status → module → guard → handler.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tenantry_db::{Actor, Origin, Purpose};
use tenantry_kernel::{ErrorKind, RequestId, UserId};

use crate::Problem;
use crate::action::Audience;
use crate::authenticate;
use crate::guard::{Admission, Caller, forbidden};
use crate::idempotency;
use crate::means::IMPERSONATE;
use crate::ports::{Facts, Identity, Standing, TenantInfo, TenantStatus};
use crate::resolve;
use crate::route::Route;
use crate::services::Services;

/// A request on its way to a handler.
pub struct Call {
    pub(crate) parts: Parts,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) path_tenant: Option<String>,
    /// The path is one that only an issuer's own domain has.
    pub(crate) is_at_domain: bool,
    pub(crate) body: Bytes,
    pub(crate) services: Arc<Services>,
}

impl Call {
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        let text = self.header(&header::AUTHORIZATION)?;
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

/// The request id: the client's, when it is a UUID, else a new one.
pub(crate) fn request_id(parts: &Parts, services: &Services) -> RequestId {
    parts
        .headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or_else(|| RequestId::new(&services.clock, &services.rng))
}

/// The client's address: the peer's, or what trusted proxies say.
pub(crate) fn client_ip(parts: &Parts, services: &Services) -> Option<IpAddr> {
    let peer = parts.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>().map(|info| info.0.ip())?;
    let trusted = |ip: IpAddr| services.http.trusted_proxies.iter().any(|network| network.contains(ip));
    if !trusted(peer) {
        return Some(peer);
    }
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        forwarded.flat_map(|text| text.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();
    Some(hops.iter().rev().copied().find(|hop| !trusted(*hop)).unwrap_or(peer))
}

/// The client's `User-Agent`, shortened.
pub(crate) fn user_agent(call: &Call) -> Option<String> {
    call.header(&header::USER_AGENT).map(|text| text.chars().take(300).collect())
}

/// Serve one request.
pub(crate) async fn serve(route: &Route, mut call: Call, body: axum::body::Body) -> Response {
    let id = request_id(&call.parts, &call.services);
    let if_none_match = call.header(&header::IF_NONE_MATCH).map(str::to_owned);
    let asked = call.parts.headers.get("x-request-id").filter(|value| value.len() <= 200).cloned();
    let timeout = call.services.http.timeout;
    let path = call.parts.uri.path().to_owned();
    let seen = OnceLock::new();
    let work = async {
        let admission = admit(route, &mut call, body, id).await?;
        let _ = seen.set(admission.tenant.id);
        (route.handler)(call, admission).await
    };
    let work = AssertUnwindSafe(tokio::time::timeout(timeout, work)).catch_unwind();
    let result = match work.await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            Err(Problem::new(ErrorKind::TimedOut, "timeout", "The request took longer than allowed."))
        }
        Err(_) => Err(Problem::new(ErrorKind::Internal, "internal", "Something went wrong on our side.")),
    };
    let mut response = match result {
        Ok(response) => not_modified(route, response, if_none_match.as_deref()),
        Err(problem) => {
            if problem.kind() == ErrorKind::Internal && !problem.is_replay() {
                tracing::error!(request.id = %id, http.method = %route.method, http.path = %path,
                    error = problem.cause().unwrap_or(problem.code()), "a request failed");
            }
            problem.into_response(id)
        }
    };
    stamp(&mut response, id);
    // A standard's caller may have ids of its own kind, and gets the same back.
    if let (true, Some(asked)) = (route.is_standard, asked) {
        response.headers_mut().insert("x-request-id", asked);
    }
    if let Some(tenant) = seen.into_inner() {
        response.extensions_mut().insert(TenantOfRequest(tenant));
    }
    response
}

/// Which tenant a request was for, on its way to the log line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TenantOfRequest(pub(crate) tenantry_kernel::TenantId);

pub(crate) fn stamp(response: &mut Response, id: RequestId) {
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
}

/// 304 when the client already has this version (RFC 9110, 13.1.2).
fn not_modified(route: &Route, response: Response, if_none_match: Option<&str>) -> Response {
    let etag = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
    let (Some(asked), Some(etag), true) = (if_none_match, etag, route.method == Method::GET) else {
        return response;
    };
    let matches =
        asked.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == etag);
    if !matches {
        return response;
    }
    let mut short = Response::new(axum::body::Body::empty());
    *short.status_mut() = http::StatusCode::NOT_MODIFIED;
    // What caches go by comes along (RFC 9110, 15.4.5).
    for name in [header::ETAG, header::CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&name) {
            short.headers_mut().insert(name, value.clone());
        }
    }
    short
}

/// Find out who asks, for which tenant, and whether they may try.
async fn admit(
    route: &Route,
    call: &mut Call,
    body: axum::body::Body,
    id: RequestId,
) -> Result<Admission, Problem> {
    let services = Arc::clone(&call.services);
    let ip = client_ip(&call.parts, &services);
    if let (Some(limits), Some(ip)) = (&services.limits, ip) {
        limits.check_address(ip)?;
    }
    let is_public = route.action.audience == Audience::Public;
    let (tenant, identity) = if call.is_at_domain {
        (at_domain(call, &services).await?, None)
    } else if is_public {
        (anonymous(route, call, &services).await?, None)
    } else {
        let (tenant, identity) = authenticate::signed_in(call, &services, id).await?;
        (tenant, Some(identity))
    };
    if tenant.status != TenantStatus::Active {
        return Err(if is_public { Problem::tenant_unknown() } else { Problem::unauthenticated() });
    }
    let slot = match &services.limits {
        Some(limits) => limits.check_tenant(tenant.id)?,
        None => None,
    };
    let now = services.clock.now();
    let mut origin = Origin {
        request_id: id,
        at: now,
        actor: Actor::Anonymous,
        action: route.action.name,
        ip: ip.map(|ip| ip.to_string()),
        user_agent: user_agent(call),
        idempotency: None,
    };
    let caller = match identity {
        None => None,
        Some(identity) => {
            let scope = || services.authority.enter(&tenant.placement, Purpose::Authorize, origin.clone());
            let Standing { grants, policies } = services.decisions.standing(scope(), identity.user).await?;
            let Identity { user, session, means, expires_at } = identity;
            let device = match &policies {
                Some(policies) => {
                    let of = means.is_session().then_some(session);
                    services.decisions.device(scope(), of, policies).await?
                }
                None => None,
            };
            let impersonator = means.operator();
            if let Some(operator) = impersonator {
                still_operates(&services, operator, &origin).await?;
            }
            origin.actor = Actor::User { id: user, session, impersonator };
            let grants = means.narrow(grants);
            Some(Caller { user, session, impersonator, means, expires_at, grants, policies, device })
        }
    };
    let is_at_issuer = resolve::is_at_issuer(call, &services, &tenant);
    let (origin, action) = (Arc::new(origin), route.action);
    let mut admission = Admission { services, tenant, is_at_issuer, caller, origin, action, _slot: slot };
    may_try(route, &admission)?;
    // Only now is the body worth reading.
    call.body = read_body(body, admission.services.http.body_limit).await?;
    if let Some(key) = idempotency::of(route, call, &admission)? {
        let mut origin = (*admission.origin).clone();
        origin.idempotency = Some(key);
        admission.origin = Arc::new(origin);
    }
    Ok(admission)
}

/// The tenant of a public route; the tenant finder also takes it from `?slug=`.
async fn anonymous(route: &Route, call: &Call, services: &Services) -> Result<Arc<TenantInfo>, Problem> {
    let mut names = resolve::names(call, services)?;
    if route.finds_tenant {
        names.extend(resolve::asked_for(call));
    }
    resolve::of_anonymous(services, &names).await
}

/// The tenant whose issuer lives at the host that was asked. Any other host has no such path, whatever else names a tenant.
async fn at_domain(call: &Call, services: &Services) -> Result<Arc<TenantInfo>, Problem> {
    let names = resolve::names(call, services)?;
    let tenant = resolve::of_anonymous(services, &names).await.map_err(|problem| {
        if problem.kind() == ErrorKind::NotFound { Problem::not_found() } else { problem }
    })?;
    if resolve::is_at_issuer(call, services, &tenant) { Ok(tenant) } else { Err(Problem::not_found()) }
}

/// Who acts in another's name needs the permission for as long as they do.
async fn still_operates(services: &Services, operator: UserId, origin: &Origin) -> Result<(), Problem> {
    let root = services.directory.by_id(services.authority.root()).await?;
    let root = root.ok_or_else(Problem::unauthenticated)?;
    let scope = services.authority.enter(&root.placement, Purpose::Authorize, origin.clone());
    let standing = services.decisions.standing(scope, operator).await?;
    standing.grants.extent(IMPERSONATE).map(|_| ()).ok_or_else(Problem::unauthenticated)
}

/// Refuse at once what the caller's means are not for, and what no grant could allow.
fn may_try(route: &Route, admission: &Admission) -> Result<(), Problem> {
    let Some(caller) = &admission.caller else { return Ok(()) };
    let question = admission.question(caller, "", None, None, &Facts::new);
    if let Err(problem) = caller.means.admit(route) {
        admission.services.decisions.refused(&question, "not with these credentials");
        return Err(problem);
    }
    let granted = admission.services.decisions.could(&question);
    let (may, reason) = match admission.action.audience {
        Audience::Public | Audience::Own => (true, ""),
        Audience::Tenant => (granted, "no role or policy grants the action"),
        Audience::Platform => (granted && admission.tenant.is_root, "only operators may"),
    };
    if may {
        return Ok(());
    }
    admission.services.decisions.refused(&question, reason);
    Err(forbidden())
}

async fn read_body(body: axum::body::Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("the body may have at most {limit} bytes");
            Err(Problem::malformed("body_too_large", "#", detail).of_kind(ErrorKind::TooLarge))
        }
        Err(_) => Err(Problem::malformed("body_unreadable", "#", "the body ended early")),
    }
}
