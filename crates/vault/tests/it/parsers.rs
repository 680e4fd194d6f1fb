//! Whatever comes in, reading it gives an answer and never a panic.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::Value;
use tenantry_kernel::uuid::Uuid;
use tenantry_kernel::{KeyId, Rng};
use tenantry_vault::{MasterKey, Place, PublicKey, Sealed, SigningKey, unverified_kid_and_tid};

use crate::token_verify::{expect, key};
use crate::{keyring, tenant};

const ID: KeyId = KeyId::from_uuid(Uuid::nil());
const PLACE: Place = Place { table: "t", column: "c", row: Uuid::nil() };

proptest! {
    #[test]
    fn bytes_that_are_nothing_of_ours(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(SigningKey::from_pkcs8(ID, &bytes).is_err());
        prop_assert!(PublicKey::from_bytes(ID, &bytes).is_err());
        prop_assert!(MasterKey::generate(&Rng::system()).unwrap(tenant(), ID, &bytes).is_err());
        if let Some(version) = bytes.first_mut() {
            *version = 1;
        }
        if let Ok(sealed) = Sealed::from_bytes(bytes) {
            prop_assert!(keyring(tenant()).open(PLACE, &sealed).is_err());
        }
    }

    #[test]
    fn texts_that_are_nothing_of_ours(text: String) {
        prop_assert!(MasterKey::from_base64(&SecretString::from(text.as_str())).is_err());
        prop_assert!(key().public().verify::<Value>(&text, &expect()).is_err());
        prop_assert_eq!(unverified_kid_and_tid(&text), None);
    }

    #[test]
    fn texts_in_the_form_of_a_token(header: String, payload: String, signature: Vec<u8>, kid: bool) {
        let key = key();
        let header = if kid {
            format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}","x":{header:?}}}"#, key.id())
        } else {
            header
        };
        let [header, payload, signature] =
            [header.as_bytes(), payload.as_bytes(), &signature].map(|part| URL_SAFE_NO_PAD.encode(part));
        let token = format!("{header}.{payload}.{signature}");
        prop_assert!(key.public().verify::<Value>(&token, &expect()).is_err());
        prop_assert_eq!(unverified_kid_and_tid(&token), None);
    }
}

#[test]
fn deeply_nested_claims_end_in_an_error() {
    let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"tid":{}"#, "[".repeat(5_000)));
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","kid":"{ID}"}}"#));
    assert_eq!(unverified_kid_and_tid(&format!("{header}.{payload}.")), None);
}
