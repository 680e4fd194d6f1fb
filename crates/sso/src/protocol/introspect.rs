//! POST {issuer}/oauth2/introspect (RFC 7662)

use schemars::JsonSchema;
use serde_json::{Value, json};
use tenantry_identity::known_session;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::fields::Fields;
use super::refusal::{Answer, OAuthError, Refusal};
use super::{access_token, authenticate};
use crate::client::{Client, ClientKind};
use crate::grant::{RefreshToken, store};
use crate::service::{Desk, Sso};

/// What a client asks of a token, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct TokenQuestion {
    token: String,
    /// `access_token` or `refresh_token`; not needed.
    token_type_hint: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Ask whether a token is good, and what it says. Whatever is wrong with it, the answer is `{"active": false}`.
pub(crate) async fn introspect(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<TokenQuestion>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::of(answer(&desk, &asker, form).await)
}

async fn answer(desk: &Desk<'_>, asker: &Asker, form: Option<Pairs>) -> Result<Value, Refusal> {
    let form = Fields::of_form(form)?;
    let known = authenticate::client(desk, asker, &form).await?;
    if known.client.kind == ClientKind::Public {
        return Err(OAuthError::client().into());
    }
    let token = form.need("token", "token is missing")?;
    let found = match RefreshToken::parse(token) {
        Some(token) => of_refresh(desk, &known.client, &token).await?,
        None => of_access(desk, token).await?,
    };
    Ok(found.unwrap_or_else(|| json!({"active": false})))
}

async fn of_access(desk: &Desk<'_>, token: &str) -> Result<Option<Value>, Refusal> {
    let Some(verified) = access_token::verify(desk, token).await? else { return Ok(None) };
    let mut answer = serde_json::to_value(&verified.claims).map_err(tenantry_vault::Error::Claims)?;
    if let Some(claims) = answer.as_object_mut() {
        // The provider's own.
        for name in ["iat_ms", "gid", "uic"] {
            claims.remove(name);
        }
        claims.insert("active".into(), json!(true));
        claims.insert("token_type".into(), json!("Bearer"));
    }
    Ok(Some(answer))
}

/// A refresh token is nobody's business but its own client's.
async fn of_refresh(
    desk: &Desk<'_>,
    client: &Client,
    token: &RefreshToken,
) -> Result<Option<Value>, Refusal> {
    if token.tenant != desk.tenant_id() {
        return Ok(None);
    }
    let Some(grant) = desk.tenant.read(store::find_grant(token.grant)).await? else { return Ok(None) };
    let is_theirs =
        grant.client_id == client.id && token.is_genuine(&desk.sso.refresh_key, &grant.refresh_seed);
    let is_good =
        grant.generation == token.generation && grant.revoked_at.is_none() && desk.now < grant.expires_at;
    let session = desk.tenant.read(known_session(grant.session_id)).await?;
    if !is_theirs || !is_good || !session.is_some_and(|session| session.is_not_ended()) {
        return Ok(None);
    }
    Ok(Some(json!({
        "active": true, "client_id": client.id, "sub": grant.user_id, "scope": grant.scopes.join(" "),
        "iss": desk.issuer, "exp": grant.expires_at.as_second(), "iat": grant.rotated_at.as_second(),
        "sid": grant.session_id, "tid": desk.tenant_id(),
    })))
}
