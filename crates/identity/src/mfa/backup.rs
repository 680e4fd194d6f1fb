//! Backup codes: ten at a time, each good once.

use tenantry_kernel::{Rng, UserId};
use tenantry_vault::hash_token;

/// How many there are.
pub(crate) const COUNT: usize = 10;

/// Crockford's base 32, without what is easily mistaken: each letter stands for five bits.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new code: 60 random bits as `xxxx-xxxx-xxxx`.
pub(crate) fn new(rng: &Rng) -> String {
    let letters: Vec<u8> =
        rng.bytes::<12>().iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied()).collect();
    let groups: Vec<String> =
        letters.chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
    groups.join("-")
}

/// What is stored of a code; the same code of two people has two hashes.
pub(crate) fn hash(user: UserId, code: &str) -> Option<Vec<u8>> {
    let letters = code.chars().filter(|letter| !matches!(letter, '-' | ' '));
    let plain: String = letters
        .map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let is_code = plain.len() == 12 && plain.bytes().all(|byte| ALPHABET.contains(&byte));
    is_code.then(|| hash_token(&format!("backup code of {user}: {plain}")).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_grouped() {
        let user = UserId::from_uuid(uuid::Uuid::from_u128(1));
        let code = new(&Rng::seeded(7));
        let bare = code.replace('-', "");
        assert_eq!((code.len(), bare.len()), (14, 12));
        assert_eq!(hash(user, &code), hash(user, &bare));
        assert_eq!(hash(user, &code), hash(user, &code.to_uppercase().replace('0', "O").replace('1', "l")));
        assert!(hash(user, &code).is_some());
        assert_ne!(hash(user, &code), hash(UserId::from_uuid(uuid::Uuid::from_u128(2)), &code));
        assert_eq!(hash(user, "123456"), None);
    }

    proptest::proptest! {
        #[test]
        fn reading_a_code_never_panics(code in ".{0,40}") {
            let _ = hash(UserId::from_uuid(uuid::Uuid::nil()), &code);
        }
    }
}
