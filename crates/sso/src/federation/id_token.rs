//! What a provider's ID token must say (OpenID Connect Core, 3.1.3.7), and what Entra and Google say besides.

use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;
use tenantry_vault::constant_time_eq;

use super::fault::Fault;
use super::issuer::is_same_issuer;
use super::model::{IdentityProvider, ProviderKind};

/// The algorithms that count: signatures with a key that only the issuer has. Never `none`, nor one whose key is shared.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
/// How far the issuer's clock may be off, in seconds.
pub(super) const LEEWAY: i64 = 60;
/// How old a token may be that was made for this very request, in seconds.
const OLDEST: i64 = 600;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 65_536;

/// What a token says, as far as it matters.
#[derive(Debug, Clone)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    pub(crate) is_email_verified: bool,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) groups: Vec<String>,
    /// When the person signed in there, if the issuer says so; never later than now.
    pub(crate) authenticated_at: Option<Timestamp>,
    pub(crate) all: Value,
}

/// The id of the key that a token names.
pub(crate) fn key_id(token: &str) -> Result<Option<String>, Fault> {
    if token.len() > LONGEST {
        return Err(Fault::Token("it is too long"));
    }
    let header = decode_header(token).map_err(|_| Fault::Token("its header cannot be read"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Fault::Token("it is not signed as it should be"));
    }
    Ok(header.kid.filter(|kid| kid.len() <= 300))
}

/// Verify the signature by one of the issuer's keys. Time is checked by the given clock, later.
pub(crate) fn verify(token: &str, keys: &[Jwk]) -> Result<Value, Fault> {
    let header = decode_header(token).map_err(|_| Fault::Token("its header cannot be read"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Fault::Token("it is not signed as it should be"));
    }
    let mut validation = Validation::new(header.alg);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let is_for_this = |key: &&Jwk| {
        let is_signing =
            key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
        let algorithm = key.common.key_algorithm.map(|named| named.to_string());
        is_signing && algorithm.is_none_or(|named| named == format!("{:?}", header.alg))
    };
    let verified = keys.iter().filter(is_for_this).find_map(|key| {
        // A key of another kind than the algorithm's never verifies.
        let key = DecodingKey::from_jwk(key).ok()?;
        decode::<Value>(token, &key, &validation).ok().map(|token| token.claims)
    });
    verified.ok_or(Fault::Token("no key of the issuer has signed it"))
}

/// Check what a verified token says.
pub(crate) fn check(
    provider: &IdentityProvider,
    claims: Value,
    nonce: &str,
    now: Timestamp,
) -> Result<Claims, Fault> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if !text("iss").is_some_and(|issuer| issuer == provider.issuer && is_same_issuer(provider, issuer)) {
        return Err(Fault::Token("it is another issuer's"));
    }
    let own = provider.client_id.as_str();
    let (is_ours, is_alone) = match claims.get("aud") {
        Some(Value::String(one)) => (one == own, true),
        Some(Value::Array(many)) => (many.iter().any(|one| one == own), many.len() == 1),
        _ => (false, true),
    };
    let party = text("azp");
    if !is_ours || party.is_some_and(|party| party != own) || (!is_alone && party.is_none()) {
        return Err(Fault::Token("it is for another client"));
    }
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (now, issued, expires) = (now.as_second(), number("iat"), number("exp"));
    let (Some(issued), Some(expires)) = (issued, expires) else {
        return Err(Fault::Token("it does not say from when and until when it counts"));
    };
    let from = number("nbf").unwrap_or(issued).max(issued);
    if now >= expires.saturating_add(LEEWAY)
        || now < from.saturating_sub(LEEWAY)
        || now > issued.saturating_add(OLDEST + LEEWAY)
    {
        return Err(Fault::Token("it is out of its time"));
    }
    if !text("nonce").is_some_and(|given| constant_time_eq(given.as_bytes(), nonce.as_bytes())) {
        return Err(Fault::Token("it belongs to another request"));
    }
    let subject = text("sub").filter(|subject| (1..=255).contains(&subject.len()));
    let subject = subject.ok_or(Fault::Token("it does not say who it is"))?.to_owned();
    of_kind(provider, &claims)?;
    let short = |name: &str| text(name).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let is_true = |name: &str| match claims.get(name) {
        Some(Value::Bool(is)) => *is,
        Some(Value::Number(one)) => one.as_i64() == Some(1),
        Some(Value::String(text)) => text == "true" || text == "1",
        _ => false,
    };
    Ok(Claims {
        subject,
        email: short("email"),
        // Entra says it in its own words.
        is_email_verified: is_true("email_verified")
            || (provider.kind == ProviderKind::Microsoft && is_true("xms_edov")),
        first_name: short("given_name"),
        last_name: short("family_name"),
        groups: groups(&claims, &provider.settings.groups_claim),
        authenticated_at: number("auth_time")
            .and_then(|seconds| Timestamp::from_second(seconds.min(now)).ok()),
        all: claims,
    })
}

/// What a kind of provider says of the organisation: the directory of Entra, the domain of Google Workspace.
fn of_kind(provider: &IdentityProvider, claims: &Value) -> Result<(), Fault> {
    let is = |name: &str, expected: &str| {
        claims.get(name).and_then(Value::as_str).is_some_and(|given| given.eq_ignore_ascii_case(expected))
    };
    if let Some(directory) = &provider.settings.directory_id
        && !is("tid", directory)
    {
        return Err(Fault::Token("it is of another directory"));
    }
    if let Some(domain) = &provider.settings.hosted_domain
        && !is("hd", domain)
    {
        return Err(Fault::Token("it is of another organisation"));
    }
    Ok(())
}

fn groups(claims: &Value, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::Array(many)) => {
            many.iter().take(1000).filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}
