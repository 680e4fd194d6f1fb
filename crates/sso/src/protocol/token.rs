//! POST {issuer}/oauth2/token (RFC 6749, 3.2)

use schemars::JsonSchema;
use serde_json::Value;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, Use};

use super::authenticate;
use super::fields::{Fields, words};
use super::refusal::{Answer, OAuthError, Refusal};
use super::{code, credentials, exchange, refresh};
use crate::client::{Client, GrantType, Known};
use crate::device;
use crate::service::{Desk, Sso};

/// What a client asks the token endpoint for, for the API's description.
#[derive(Debug, JsonSchema)]
#[schemars(rename = "OAuthTokenRequest")]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct TokenRequest {
    grant_type: GrantType,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    device_code: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
    subject_token: Option<String>,
    subject_token_type: Option<String>,
    requested_token_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// Exchange a grant for tokens.
pub(crate) async fn token(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<TokenRequest>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let outcome = answer(&desk, &asker, form).await;
    let name = match &outcome {
        Ok((grant, _)) => grant.as_str(),
        Err(_) => "refused",
    };
    metrics::counter!("tenantry_oauth_tokens_total", "grant" => name).increment(1);
    Answer::of(outcome.map(|(_, answer)| answer))
}

async fn answer(
    desk: &Desk<'_>,
    asker: &Asker,
    form: Option<tenantry_web::Pairs>,
) -> Result<(GrantType, Value), Refusal> {
    let form = Fields::of_form(form)?;
    let known = authenticate::client(desk, asker, &form).await?;
    let grant = form.need("grant_type", "grant_type is missing")?;
    let unsupported = OAuthError::new("unsupported_grant_type", "there is no such grant here");
    let grant: GrantType = grant.parse().map_err(|_| unsupported)?;
    if !known.client.may_use(grant) {
        return Err(OAuthError::new("unauthorized_client", "the client may not use this grant").into());
    }
    let Known { client, .. } = &*known;
    let answer = match grant {
        GrantType::AuthorizationCode => code::exchange(desk, client, &form).await?,
        GrantType::RefreshToken => refresh::exchange(desk, client, &form).await?,
        GrantType::ClientCredentials => credentials::exchange(desk, client, &form).await?,
        GrantType::TokenExchange => exchange::exchange(desk, client, &form).await?,
        GrantType::DeviceCode => device::poll::exchange(desk, client, &form).await?,
    };
    Ok((grant, answer))
}

/// The scopes that a client gets of those it may have: all of them when it asks for none.
///
/// # Errors
/// `invalid_scope` when it asks for one that it may not have.
pub(crate) fn narrowed(asked: Option<&str>, allowed: &[String]) -> Result<Vec<String>, OAuthError> {
    let Some(asked) = asked else { return Ok(allowed.to_vec()) };
    let asked = words(asked);
    if asked.iter().all(|scope| allowed.contains(scope)) {
        Ok(asked)
    } else {
        Err(OAuthError::new("invalid_scope", "the client may not have this scope"))
    }
}

/// Who is asked about, in the trail.
pub(crate) fn trail(client: &Client, user: tenantry_kernel::UserId, scopes: &[String]) -> Value {
    serde_json::json!({"client_id": client.id, "client": client.name, "user_id": user, "scope": scopes.join(" ")})
}
