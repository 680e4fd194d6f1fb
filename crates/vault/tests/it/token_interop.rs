//! A second opinion: the `jsonwebtoken` library reads what we sign, and we read what it signs.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::Value;
use tenantry_vault::Jwks;

use crate::token_verify::{claims, expect, key};

#[test]
fn a_library_verifies_our_token_with_our_key_set() {
    let key = key();
    let token = key.sign("at+jwt", &claims()).expect("signed");
    let set = serde_json::to_string(&[key.public()].into_iter().collect::<Jwks>()).expect("JSON");

    let set: JwkSet = serde_json::from_str(&set).expect("a key set");
    let jwk = set.find(&key.id().to_string()).expect("our key");
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&["https://acme.example"]);
    validation.set_audience(&["api"]);
    // The library would ask the machine's clock, and the token lives in the tests' time.
    validation.validate_exp = false;
    let decoded = decode::<Value>(&token, &DecodingKey::from_jwk(jwk).expect("a key"), &validation);
    let decoded = decoded.expect("verified");
    assert_eq!(decoded.claims, claims());
    assert_eq!(decoded.header.typ.as_deref(), Some("at+jwt"));
}

#[test]
fn we_verify_a_token_that_a_library_signed_with_our_key() {
    let key = key();
    let header = Header {
        typ: Some("at+jwt".into()),
        kid: Some(key.id().to_string()),
        ..Header::new(Algorithm::ES256)
    };
    let token = encode(&header, &claims(), &EncodingKey::from_ec_der(&key.to_pkcs8())).expect("signed");
    assert_eq!(key.public().verify::<Value>(&token, &expect()).expect("verified"), claims());
}
