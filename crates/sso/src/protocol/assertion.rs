//! Assertions that clients sign with their own keys: `private_key_jwt` (RFC 7523, 3; OpenID Connect Core, 9).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use tenantry_vault::hash_token;

use super::refusal::Refusal;
use crate::client::Client;
use crate::grant::store;
use crate::service::Desk;

/// The only type of assertion.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The algorithms that are accepted; a key of another kind than the algorithm's never verifies.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256];
/// The longest that an assertion may live on, in seconds: its id is kept for so long.
const LONGEST: i64 = 600;
/// How far the client's clock may be off, in seconds.
const LEEWAY: i64 = 30;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    jti: String,
    nbf: Option<i64>,
    iat: Option<i64>,
}

/// The client that an assertion is about, unverified; only to choose the keys it is verified with.
pub(crate) fn claimed_client(jwt: &str) -> Option<String> {
    let payload = jwt.split('.').nth(1).filter(|_| jwt.len() <= 8192)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Whether an assertion is the client's, meant for this issuer, in time, and new.
pub(crate) async fn check(desk: &Desk<'_>, client: &Client, jwt: &str) -> Result<bool, Refusal> {
    let Some(claims) = verified(client, jwt) else { return Ok(false) };
    let id = client.id.to_string();
    let now = desk.now.as_second();
    // The issuer is what new clients send; the token endpoint what OpenID Connect Core asks for.
    let token_endpoint = format!("{}/oauth2/token", desk.issuer);
    let is_for_us = |aud: &Value| aud.as_str().is_some_and(|aud| aud == desk.issuer || aud == token_endpoint);
    let is_meant = match &claims.aud {
        Value::Array(many) => many.iter().any(is_for_us),
        one => is_for_us(one),
    };
    let in_time = now < claims.exp + LEEWAY
        && claims.exp <= now + LONGEST + LEEWAY
        && claims.nbf.max(claims.iat).is_none_or(|from| from <= now + LEEWAY);
    if claims.iss != id || claims.sub != id || !is_meant || !in_time || claims.jti.len() > 300 {
        return Ok(false);
    }
    let expires_at = desk.now + jiff::SignedDuration::from_secs(LONGEST + 2 * LEEWAY);
    let note = store::note_assertion(client.id, hash_token(&claims.jti).to_vec(), expires_at);
    let old = store::delete_expired_assertions(desk.now);
    match desk.tenant.log(vec![old, note]).await {
        Ok(()) => Ok(true),
        Err(error) if error.constraint() == Some("oauth_assertions_pkey") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The claims, when one of the client's keys has signed them. Time is checked by the given clock, not here.
fn verified(client: &Client, jwt: &str) -> Option<Claims> {
    let keys: JwkSet = serde_json::from_value(client.jwks.clone()?).ok()?;
    let header = decode_header(jwt).ok().filter(|header| ALGORITHMS.contains(&header.alg))?;
    let fits = |key: &&jsonwebtoken::jwk::Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    keys.keys.iter().filter(fits).find_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        decode::<Claims>(jwt, &key, &validation).ok().map(|token| token.claims)
    })
}
