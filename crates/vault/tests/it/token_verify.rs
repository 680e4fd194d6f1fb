//! Tokens that are accepted, and every kind that is not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_kernel::{ErrorKind, Kind, Rng};
use tenantry_vault::{Error, Expect, Jwks, PublicKey, SigningKey, unverified_kid_and_tid};

use crate::{clock, tenant};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    sub: String,
}

pub(crate) fn key() -> SigningKey {
    SigningKey::generate(&clock(), &Rng::system()).expect("a key")
}

pub(crate) fn expect() -> Expect<'static> {
    Expect {
        issuer: "https://acme.example",
        audience: "api",
        typ: "at+jwt",
        now: clock().now(),
        leeway_seconds: 0,
    }
}

/// Claims that `expect()` accepts for a minute.
pub(crate) fn claims() -> Value {
    let now = clock().now().as_second();
    json!({ "iss": "https://acme.example", "aud": "api", "exp": now + 60, "iat": now, "sub": "u1" })
}

fn verify(key: &SigningKey, token: &str, expect: &Expect<'_>) -> Result<Value, Error> {
    key.public().verify(token, expect)
}

#[test]
fn a_signed_token_gives_its_claims_back() {
    let key = key();
    let claims = Claims {
        iss: "https://acme.example".into(),
        aud: "api".into(),
        exp: clock().now().as_second() + 60,
        sub: "u1".into(),
    };
    let token = key.sign("at+jwt", &claims).expect("signed");
    assert_eq!(key.public().verify::<Claims>(&token, &expect()).expect("verified"), claims);
}

#[test]
fn a_stored_key_pair_goes_on_signing_and_verifying() {
    let key = key();
    let stored = SigningKey::from_pkcs8(key.id(), &key.to_pkcs8()).expect("a key");
    let public = PublicKey::from_bytes(key.id(), &key.public().to_bytes()).expect("a key");
    assert_eq!((stored.public(), &public), (key.public(), key.public()));
    let token = stored.sign("at+jwt", &claims()).expect("signed");
    assert!(public.verify::<Value>(&token, &expect()).is_ok());
}

#[test]
fn time_is_the_one_given() {
    let (key, at) = (key(), |seconds| clock().now() + SignedDuration::from_secs(seconds));
    let token = key.sign("at+jwt", &claims()).expect("signed");
    let verify_at =
        |now: Timestamp, leeway_seconds| verify(&key, &token, &Expect { now, leeway_seconds, ..expect() });
    assert!(verify_at(at(59), 0).is_ok());
    assert!(matches!(verify_at(at(60), 0), Err(Error::TokenExpired)));
    assert!(verify_at(at(60), 1).is_ok());
    assert!(matches!(verify_at(at(-1), 0), Err(Error::TokenNotYetValid)));
    assert!(verify_at(at(-1), 1).is_ok());
}

#[test]
fn a_token_for_something_else_is_refused() {
    let key = key();
    let token = key.sign("at+jwt", &claims()).expect("signed");
    let other = |changed: Expect<'static>| verify(&key, &token, &changed).expect_err("refused").code();
    assert_eq!(other(Expect { issuer: "https://acme.example/", ..expect() }), "token_issuer");
    assert_eq!(other(Expect { audience: "ap", ..expect() }), "token_audience");
    assert_eq!(other(Expect { typ: "JWT", ..expect() }), "token_type");
}

#[test]
fn a_future_nbf_is_refused() {
    let (key, mut claims) = (key(), claims());
    claims["nbf"] = (clock().now().as_second() + 1).into();
    let token = key.sign("at+jwt", &claims).expect("signed");
    assert!(matches!(verify(&key, &token, &expect()), Err(Error::TokenNotYetValid)));
}

#[test]
fn one_of_several_audiences_is_enough() {
    let (key, mut claims) = (key(), claims());
    claims["aud"] = json!(["other", "api"]);
    assert!(verify(&key, &key.sign("at+jwt", &claims).expect("signed"), &expect()).is_ok());
    claims["aud"] = json!([]);
    let token = key.sign("at+jwt", &claims).expect("signed");
    assert!(matches!(verify(&key, &token, &expect()), Err(Error::TokenAudience)));
}

#[test]
fn claims_of_another_shape_are_refused() {
    let key = key();
    let token = key.sign("at+jwt", &claims()).expect("signed");
    let read = key.public().verify::<Vec<u8>>(&token, &expect());
    assert!(matches!(read, Err(Error::TokenClaims)));
    let token = key.sign("at+jwt", &["https://acme.example", "api"]).expect("signed");
    assert!(matches!(verify(&key, &token, &expect()), Err(Error::TokenClaims)));
}

#[test]
fn every_refusal_is_the_caller_being_unknown() {
    let error = verify(&key(), "x", &expect()).expect_err("refused");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unauthenticated, "token_malformed"));
}

#[test]
fn a_token_too_long_to_be_verified_is_not_signed() {
    let (key, mut claims) = (key(), claims());
    claims["padding"] = "x".repeat(5_800).into();
    assert!(verify(&key, &key.sign("at+jwt", &claims).expect("signed"), &expect()).is_ok());
    claims["padding"] = "x".repeat(6_200).into();
    assert!(matches!(key.sign("at+jwt", &claims), Err(Error::TokenTooLong)));
}

#[test]
fn a_token_tells_which_key_and_tenant_to_look_up() {
    let (key, tenant, mut claims) = (key(), tenant(), claims());
    claims["tid"] = tenant.to_string().into();
    let token = key.sign("at+jwt", &claims).expect("signed");
    assert_eq!(unverified_kid_and_tid(&token), Some((key.id(), tenant)));
    assert_eq!(unverified_kid_and_tid(&format!("{token}{}", "A".repeat(8_192))), None);
    claims["tid"] = "acme".into();
    assert_eq!(unverified_kid_and_tid(&key.sign("at+jwt", &claims).expect("signed")), None);
}

#[test]
fn a_key_set_lists_the_public_halves() {
    let (one, two) = (key(), key());
    let set = serde_json::to_value([one.public(), two.public()].into_iter().collect::<Jwks>()).expect("JSON");
    assert_eq!(set["keys"][1]["kid"], two.id().to_string());
    assert_eq!(set["keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(set["keys"][0].get("d"), None);
}
