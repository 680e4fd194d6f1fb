//! `grant_type=client_credentials` (RFC 6749, 4.4): counted, signed, and nothing is written.

use serde_json::{Value, json};

use super::access_token::Claims;
use super::fields::Fields;
use super::refusal::Refusal;
use super::token::narrowed;
use crate::client::Client;
use crate::service::Desk;

pub(super) async fn exchange(desk: &Desk<'_>, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    // What is said of people is nothing for a client that acts for itself.
    let own: Vec<String> = client
        .scopes
        .iter()
        .filter(|scope| !super::claims::SCOPES.iter().any(|(known, _)| known == scope))
        .cloned()
        .collect();
    let scopes = narrowed(form.get("scope"), &own)?;
    let claims = Claims::new(desk, client, client.id.to_string(), &scopes);
    let token = claims.sign(desk).await?;
    Ok(json!({
        "access_token": token, "token_type": "Bearer", "expires_in": client.access_token_seconds,
        "scope": claims.scope,
    }))
}
