//! Who asks: a bearer token, or else the cookie of the tenant that the request names.

use std::sync::Arc;

use http::header;
use tenantry_db::{Actor, Change, Origin};
use tenantry_kernel::RequestId;

use crate::Problem;
use crate::cookies::Jar;
use crate::dispatch::{Call, client_ip, user_agent};
use crate::ports::{Identity, Means, TenantInfo};
use crate::resolve::{self, Agreement};
use crate::same_origin;
use crate::services::Services;

/// The tenant and the identity that a request's credentials stand for.
///
/// Credentials in `Authorization` count alone: when they are bad, no cookie takes their place.
pub(crate) async fn signed_in(
    call: &Call,
    services: &Services,
    id: RequestId,
) -> Result<(Arc<TenantInfo>, Identity), Problem> {
    let (tenant, identity) = if call.parts.headers.contains_key(header::AUTHORIZATION) {
        by_token(call, services).await?
    } else {
        by_cookie(call, services).await?
    };
    match resolve::agree(services, &resolve::names(call, services)?, &tenant).await? {
        Agreement::Agreed => Ok((tenant, identity)),
        Agreement::Unknown => Err(Problem::tenant_unknown()),
        Agreement::Mismatch => {
            note_mismatch(services, &tenant, &identity, call, id).await;
            Err(resolve::mismatch())
        }
    }
}

/// The token says which tenant; what the request names is compared later.
async fn by_token(call: &Call, services: &Services) -> Result<(Arc<TenantInfo>, Identity), Problem> {
    let token = call.bearer().ok_or_else(Problem::unauthenticated)?;
    let claimed = services.sessions.claimed_tenant(token).ok_or_else(Problem::unauthenticated)?;
    let tenant = services.directory.by_id(claimed).await?.ok_or_else(Problem::unauthenticated)?;
    let identity = services.sessions.authenticate(&tenant, token).await?;
    Ok((tenant, identity))
}

/// The request says which tenant, and so which cookie; whose token is not of that very tenant is nobody.
async fn by_cookie(call: &Call, services: &Services) -> Result<(Arc<TenantInfo>, Identity), Problem> {
    let jar = Jar::of(call);
    if jar.is_empty() {
        return Err(Problem::unauthenticated());
    }
    let names = resolve::names(call, services)?;
    let name = names.first().ok_or_else(Problem::unauthenticated)?;
    let tenant = resolve::find(services, name).await?.ok_or_else(Problem::unauthenticated)?;
    let token = jar.access_token(&tenant.slug).ok_or_else(Problem::unauthenticated)?;
    same_origin::check(call)?;
    if services.sessions.claimed_tenant(token) != Some(tenant.id) {
        return Err(Problem::unauthenticated());
    }
    let identity = services.sessions.authenticate(&tenant, token).await?;
    // A page has a session; a key in a cookie is a mistake.
    if matches!(identity.means, Means::Key(_)) {
        return Err(Problem::unauthenticated());
    }
    Ok((tenant, identity))
}

/// Credentials of one tenant used while naming another are worth a line in the credentials' tenant.
async fn note_mismatch(services: &Services, tenant: &TenantInfo, who: &Identity, call: &Call, id: RequestId) {
    let mut origin = Origin::system(id, services.clock.now(), "security:tenant_mismatch");
    origin.actor = Actor::User { id: who.user, session: who.session, impersonator: who.means.operator() };
    origin.ip = client_ip(&call.parts, services).map(|ip| ip.to_string());
    origin.user_agent = user_agent(call);
    let change = Change::named("session", Some(who.session.as_uuid()), "misused", serde_json::Value::Null)
        .reason("the request named another tenant than the token");
    let scope = services.authority.tenant(&tenant.placement, Arc::new(origin));
    let noted = match scope.begin() {
        Ok(tx) => tx.refuse(change).await,
        Err(error) => Err(error),
    };
    if let Err(error) = noted {
        tracing::warn!(tenant.id = %tenant.id, error = %error, "a security event could not be written");
    }
}
