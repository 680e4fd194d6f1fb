//! The code that people type: eight consonants, in two groups.
//!
//! Twenty letters without vowels (RFC 8628, 6.1) make no words, and none of them looks like a digit. 20⁸ codes are 34.5 bits.
//! A code counts for ten minutes, and an address or a person has [ten guesses](super::guesses::MOST) in that time: with
//! a thousand codes waiting in a tenant, the chance of all of them together is below one in two million.

use aws_lc_rs::hmac;
use tenantry_kernel::{Rng, TenantId};

const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// A new code, in its normal form.
pub(super) fn make(rng: &Rng) -> String {
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        // 240 is the largest multiple of 20 in a byte: each letter is as likely as the others.
        for byte in rng.bytes::<16>().into_iter().filter(|byte| *byte < 240).take(LENGTH - code.len()) {
            code.extend(ALPHABET.get(usize::from(byte) % ALPHABET.len()).map(|letter| char::from(*letter)));
        }
    }
    code
}

/// A code as somebody has typed it, in its normal form; `None` when it cannot be one.
pub(super) fn normalise(typed: &str) -> Option<String> {
    if typed.len() > 64 {
        return None;
    }
    let is_separator = |letter: char| letter.is_whitespace() || matches!(letter, '-' | '–' | '_' | '.');
    let code: String = typed
        .chars()
        .filter(|letter| !is_separator(*letter))
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let is_code = code.len() == LENGTH && code.bytes().all(|letter| ALPHABET.contains(&letter));
    is_code.then_some(code)
}

/// A code as people read it: `WDJB-MJHT`.
pub(super) fn shown(code: &str) -> String {
    match code.split_at_checked(LENGTH / 2) {
        Some((first, second)) => format!("{first}-{second}"),
        None => code.to_owned(),
    }
}

/// What is kept of it. With a key, because whoever has the database alone could try them all.
pub(super) fn hash(key: &hmac::Key, tenant: TenantId, code: &str) -> Vec<u8> {
    tag(key, tenant, "user code", code).as_ref().to_vec()
}

/// A proof that the code was looked up here, for the pages that follow.
pub(super) fn tag(key: &hmac::Key, tenant: TenantId, purpose: &str, code: &str) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(tenant.as_uuid().as_bytes());
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(code.as_bytes());
    context.sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        for typed in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-M-J-H-T", "wdjb–mjht"] {
            assert_eq!(normalise(typed).as_deref(), Some("WDJBMJHT"), "{typed}");
        }
        assert_eq!(shown("WDJBMJHT"), "WDJB-MJHT");
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ẞDJBMJHT"] {
            assert_eq!(normalise(typed), None, "{typed}");
        }
        assert_eq!(normalise(&"B".repeat(10_000)), None);
    }

    #[test]
    fn new_codes_are_in_their_normal_form_and_use_every_letter() {
        let rng = Rng::system();
        let codes: Vec<String> = (0..400).map(|_| make(&rng)).collect();
        assert!(codes.iter().all(|code| normalise(code).as_deref() == Some(code)));
        assert!(ALPHABET.iter().all(|letter| codes.iter().any(|code| code.contains(char::from(*letter)))));
    }

    #[test]
    fn a_hash_is_of_one_tenant_and_one_purpose() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"key");
        let [a, b] = [1, 2].map(|number| TenantId::from_uuid(uuid::Uuid::from_u128(number)));
        assert_ne!(hash(&key, a, "WDJBMJHT"), hash(&key, b, "WDJBMJHT"));
        assert_ne!(hash(&key, a, "WDJBMJHT"), tag(&key, a, "looked up", "WDJBMJHT").as_ref());
    }

    proptest::proptest! {
        #[test]
        fn reading_a_code_never_panics(typed in ".{0,80}") {
            if let Some(code) = normalise(&typed) {
                proptest::prop_assert_eq!(normalise(&shown(&code)), Some(code));
            }
        }
    }
}
