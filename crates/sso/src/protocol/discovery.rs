//! What an issuer says of itself: OpenID Connect Discovery, RFC 8414, and its keys.

use serde_json::{Value, json};
use tenantry_identity::{ACR_ONE, ACR_TWO};
use tenantry_kernel::{Clock, Rng};
use tenantry_vault::Jwks;
use tenantry_web::{Guard, Plain, Problem, Public, Use};

use super::claims;
use crate::client::GrantType;
use crate::scope::Scope;
use crate::service::{Desk, Sso};

/// The metadata; where both standards have a member, it is the same.
fn metadata(issuer: &str, own: &[Scope]) -> Value {
    let at = |end: &str| format!("{issuer}/oauth2/{end}");
    let known = claims::SCOPES.iter().map(|(scope, _)| *scope);
    let scopes: Vec<&str> = known.chain(own.iter().map(|scope| scope.name.as_str())).collect();
    let mut claims = claims::supported();
    claims.extend(own.iter().flat_map(|scope| scope.claims.keys()).map(String::as_str));
    claims.sort_unstable();
    claims.dedup();
    let methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    let algorithms = ["ES256", "ES384", "EdDSA", "PS256", "RS256"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("jwks"),
        "pushed_authorization_request_endpoint": at("par"),
        "require_pushed_authorization_requests": false,
        "device_authorization_endpoint": at("device_authorization"),
        "introspection_endpoint": at("introspect"),
        "revocation_endpoint": at("revoke"),
        "end_session_endpoint": at("logout"),
        "scopes_supported": scopes,
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": GrantType::ALL,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "acr_values_supported": [ACR_ONE, ACR_TWO],
        "ui_locales_supported": ["en", "de", "hi"],
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}

/// Get the metadata of the tenant's issuer.
pub(crate) async fn discover(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
) -> Result<Plain, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let own = sso.scopes.of(&desk.tenant).await?;
    Ok(Plain(metadata(&desk.issuer, &own)))
}

/// Get the keys that the issuer's tokens are verified with.
pub(crate) async fn jwks(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
) -> Result<Plain, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let keys = desk.sso.keys.signing(desk.tenant_id()).await.map_err(crate::Error::from)?;
    let keys: Jwks = keys.published.iter().collect();
    Ok(Plain(json!(keys)))
}
