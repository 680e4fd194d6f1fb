//! Tokens that others made up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};
use tenantry_vault::{Error, SigningKey};

use crate::token_verify::{claims, expect, key};

fn verify(key: &SigningKey, token: &str) -> Result<Value, Error> {
    key.public().verify(token, &expect())
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A good token's header, payload and signature.
fn parts(key: &SigningKey) -> [String; 3] {
    let token = key.sign("at+jwt", &claims()).expect("signed");
    let parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

fn with_header(key: &SigningKey, header: &Value) -> Result<Value, Error> {
    let [_, payload, signature] = parts(key);
    verify(key, &format!("{}.{payload}.{signature}", encode(header)))
}

#[test]
fn no_other_algorithm_is_accepted() {
    let key = key();
    for alg in
        ["none", "None", "NONE", "", "HS256", "RS256", "PS256", "ES384", "ES512", "ES256K", "EdDSA", "es256"]
    {
        let header = json!({ "alg": alg, "kid": key.id(), "typ": "at+jwt" });
        assert!(matches!(with_header(&key, &header), Err(Error::TokenAlgorithm)), "{alg}");
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    let key = key();
    let [header, payload, _] = parts(&key);
    assert!(matches!(verify(&key, &format!("{header}.{payload}.")), Err(Error::TokenSignature)));
    let none = encode(&json!({ "alg": "none", "kid": key.id(), "typ": "at+jwt" }));
    assert!(matches!(verify(&key, &format!("{none}.{payload}.")), Err(Error::TokenAlgorithm)));
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let key = key();
    let header = jsonwebtoken::Header {
        kid: Some(key.id().to_string()),
        typ: Some("at+jwt".into()),
        ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256)
    };
    let secret = jsonwebtoken::EncodingKey::from_secret(&key.public().to_bytes());
    let token = jsonwebtoken::encode(&header, &claims(), &secret).expect("signed");
    assert!(matches!(verify(&key, &token), Err(Error::TokenAlgorithm)));
}

#[test]
fn the_key_must_be_named_exactly() {
    let key = key();
    let other = self::key();
    let kids = [
        json!(other.id()),
        json!(key.id().to_string().to_uppercase()),
        json!(format!("{} ", key.id())),
        json!(key.id().as_uuid().simple().to_string()),
        json!(""),
        Value::Null,
    ];
    for kid in kids {
        let header = json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt" });
        assert!(matches!(with_header(&key, &header), Err(Error::TokenKey)), "{kid}");
    }
    assert!(matches!(with_header(&key, &json!({ "alg": "ES256", "typ": "at+jwt" })), Err(Error::TokenKey)));
}

#[test]
fn another_key_under_the_same_name_does_not_sign_for_it() {
    let key = key();
    let twin = SigningKey::from_pkcs8(key.id(), &self::key().to_pkcs8()).expect("a key");
    let token = twin.sign("at+jwt", &claims()).expect("signed");
    assert!(matches!(verify(&key, &token), Err(Error::TokenSignature)));
}

#[test]
fn a_key_that_the_token_brings_along_is_not_used() {
    let (key, thief) = (key(), self::key());
    let header = json!({ "alg": "ES256", "kid": key.id(), "typ": "at+jwt", "jwk": thief.public().jwk() });
    assert!(matches!(with_header(&key, &header), Err(Error::TokenSignature)));
}

#[test]
fn extensions_are_refused() {
    let key = key();
    let header = json!({ "alg": "ES256", "kid": key.id(), "typ": "at+jwt", "crit": ["b64"], "b64": false });
    assert!(matches!(with_header(&key, &header), Err(Error::TokenAlgorithm)));
}

#[test]
fn other_forms_of_a_good_token_are_refused() {
    let key = key();
    let [header, payload, signature] = parts(&key);
    let good = format!("{header}.{payload}.{signature}");
    assert!(verify(&key, &good).is_ok());
    let others = [
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{payload}"),
        format!("{good}="),
        format!("{good} "),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{signature}AA"),
        format!("Bearer {good}"),
    ];
    for token in others {
        assert!(verify(&key, &token).is_err(), "{token}");
    }
}

#[test]
fn a_signature_in_der_or_of_zeros_is_refused() {
    let key = key();
    let [header, payload, _] = parts(&key);
    for signature in [vec![0; 64], vec![0xff; 64], vec![0x30, 0x44], vec![0; 63], vec![0; 65], vec![0; 72]] {
        let token = format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(&signature));
        assert!(matches!(verify(&key, &token), Err(Error::TokenSignature)), "{signature:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_changed_character_is_noticed(at: prop::sample::Index, to in "[A-Za-z0-9_.=+/-]") {
        let key = key();
        let token = key.sign("at+jwt", &claims()).expect("signed");
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != to);
        let changed = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assert!(verify(&key, &changed).is_err(), "{}", changed);
    }

    #[test]
    fn parts_of_two_tokens_do_not_mix(other in "[a-z]{1,8}") {
        let key = key();
        let [header, _, signature] = parts(&key);
        let mut claims = claims();
        claims["sub"] = other.into();
        let token = format!("{header}.{}.{signature}", encode(&claims));
        prop_assert!(matches!(verify(&key, &token), Err(Error::TokenSignature)));
    }
}
