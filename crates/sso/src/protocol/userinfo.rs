//! GET and POST {issuer}/oauth2/userinfo (OpenID Connect Core, 5.3)

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::access_token;
use super::claims::Wanted;
use super::fields::Fields;
use super::refusal::{Answer, OAuthError, Refusal};
use crate::service::{Desk, Sso};

/// An access token in a form (RFC 6750, 2.2), for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct TokenInForm {
    access_token: Option<String>,
}

/// Get what the access token's scopes let its client know of the person.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::of(answer(&desk, &asker, None).await)
}

/// The same, with the access token in the header or in the form.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<TokenInForm>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::of(answer(&desk, &asker, form).await)
}

async fn answer(desk: &Desk<'_>, asker: &Asker, form: Option<Pairs>) -> Result<Value, Refusal> {
    let form = Fields::read(form.unwrap_or_default())?;
    let of_header = asker.authorization().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = match (of_header, form.get("access_token")) {
        (Some(token), None) | (None, Some(token)) => token,
        (Some(_), Some(_)) => {
            return Err(OAuthError::request("send the access token in one way, not in two").into());
        }
        // Nothing was wrong, so nothing is said of it (RFC 6750, 3.1).
        (None, None) => return Err(OAuthError { challenge: Some("Bearer"), ..OAuthError::token() }.into()),
    };
    let verified = access_token::verify(desk, token).await?.ok_or(OAuthError::token())?;
    let granted = &verified.claims;
    let user: UserId = granted.sub.parse().map_err(|_| OAuthError::token())?;
    if granted.sid.is_none() || !granted.has_scope("openid") {
        let challenge = Some("Bearer error=\"insufficient_scope\", scope=\"openid\"");
        let error = OAuthError::new("insufficient_scope", "the access token does not have the scope openid");
        return Err(OAuthError { status: StatusCode::FORBIDDEN, challenge, ..error }.into());
    }
    let own = desk.sso.scopes.of(&desk.tenant).await?;
    let wanted = Wanted::single(&granted.uic)
        .with_scopes(granted.scope.split(' '))
        .with_own(own.iter().filter(|scope| granted.has_scope(&scope.name)));
    let mut answer = Map::from_iter([("sub".to_owned(), json!(user))]);
    answer.extend(person(desk, user, &wanted).await?);
    Ok(Value::Object(answer))
}

async fn person(desk: &Desk<'_>, user: UserId, wanted: &Wanted<'_>) -> Result<Map<String, Value>, Refusal> {
    let grants = desk.guard.grants_of(user).await?;
    if grants.person.status.as_deref() != Some("active") {
        return Err(OAuthError::token().into());
    }
    let profile =
        if wanted.needs_profile() { desk.sso.identity.profile(&desk.tenant, user).await? } else { None };
    Ok(wanted.of(profile.as_ref(), &grants, desk.guard.tenant_info()))
}
