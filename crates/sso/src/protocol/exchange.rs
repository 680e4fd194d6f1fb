//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693): a server goes on with what a person has let
//! another client have, as itself on the person's behalf.

use serde_json::{Value, json};

use super::access_token::{self, Claims};
use super::fields::{Fields, words};
use super::refusal::{OAuthError, Refusal};
use crate::client::Client;
use crate::service::Desk;

/// The only type of token that is taken and given.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// How many may act for each other in a row.
const MOST_ACTORS: usize = 4;

pub(super) async fn exchange(desk: &Desk<'_>, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    let subject = form.need("subject_token", "subject_token is missing")?;
    if form.get("subject_token_type") != Some(ACCESS_TOKEN) {
        return Err(OAuthError::request("subject_token_type is that of an access token").into());
    }
    if form.get("requested_token_type").is_some_and(|asked| asked != ACCESS_TOKEN) {
        return Err(OAuthError::request("requested_token_type is that of an access token").into());
    }
    if form.get("actor_token").is_some() || form.get("actor_token_type").is_some() {
        return Err(OAuthError::request("the actor is the client itself").into());
    }
    if form.get("audience").is_some() || form.get("resource").is_some() {
        return Err(OAuthError::new("invalid_target", "tokens are for the issuer").into());
    }
    let verified = access_token::verify(desk, subject).await?;
    let verified = verified.ok_or(OAuthError::request("subject_token is not valid"))?;
    let claims = delegated(desk, client, &verified.claims, form.get("scope"))?;
    let token = claims.sign(desk).await?;
    Ok(json!({
        "access_token": token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer",
        "expires_in": claims.exp - claims.iat, "scope": claims.scope,
    }))
}

/// The subject's claims in the client's hands: no more scopes than both have, no longer than the subject's, refused with
/// the same grant and session.
fn delegated(
    desk: &Desk<'_>,
    client: &Client,
    subject: &Claims,
    asked: Option<&str>,
) -> Result<Claims, OAuthError> {
    let mut scopes = words(&subject.scope);
    scopes.retain(|scope| client.scopes.contains(scope));
    if let Some(asked) = asked {
        let asked = words(asked);
        if !asked.iter().all(|scope| scopes.contains(scope)) {
            return Err(OAuthError::new("invalid_scope", "client and subject do not both have this scope"));
        }
        scopes = asked;
    }
    let mut actors = 1;
    let mut before = subject.act.as_ref();
    while let Some(act) = before {
        (actors, before) = (actors + 1, act.get("act"));
    }
    if actors > MOST_ACTORS {
        return Err(OAuthError::request("too many have acted for each other already"));
    }
    let act = match &subject.act {
        None => json!({"sub": client.id}),
        Some(before) => json!({"sub": client.id, "act": before}),
    };
    let own = Claims::new(desk, client, subject.sub.clone(), &scopes);
    Ok(Claims {
        exp: own.exp.min(subject.exp),
        sid: subject.sid,
        gid: subject.gid,
        auth_time: subject.auth_time,
        acr: subject.acr.clone(),
        amr: subject.amr.clone(),
        roles: if scopes.iter().any(|scope| scope == "roles") { subject.roles.clone() } else { Vec::new() },
        act: Some(act),
        ..own
    })
}
