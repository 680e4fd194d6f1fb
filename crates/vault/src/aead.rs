//! AES-256-GCM (NIST SP 800-38D) and the one encoding of what is authenticated beside the ciphertext.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};

/// The length of an AES-256 key in bytes.
pub(crate) const KEY_LEN: usize = 32;
/// The length of a GCM nonce in bytes.
pub(crate) const NONCE_LEN: usize = 12;
/// The length of a GCM tag in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// AES-256-GCM under this key, with its key schedule computed once.
#[expect(clippy::expect_used, reason = "the only error is a wrong length, and the type has the right one")]
pub(crate) fn cipher(key: &[u8; KEY_LEN]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes"))
}

/// Join fields so that no two different lists give the same bytes: each is preceded by its length (4 bytes,
/// big-endian).
pub(crate) fn join(fields: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(fields.iter().map(|field| 4 + field.len()).sum());
    for field in fields {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        joined.extend_from_slice(&length.to_be_bytes());
        joined.extend_from_slice(field);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_preceded_by_their_lengths() {
        assert_eq!(join(&[b"ab", b"", b"c"]), b"\0\0\0\x02ab\0\0\0\0\0\0\0\x01c");
    }

    proptest::proptest! {
        #[test]
        fn different_fields_join_differently(a: Vec<Vec<u8>>, b: Vec<Vec<u8>>) {
            let joined = |fields: &[Vec<u8>]| join(&fields.iter().map(Vec::as_slice).collect::<Vec<_>>());
            proptest::prop_assert_eq!(a == b, joined(&a) == joined(&b));
        }

        #[test]
        fn moving_a_boundary_is_seen(text: Vec<u8>, a: usize, b: usize) {
            let cut = |at: usize| {
                let (left, right) = text.split_at(at % (text.len() + 1));
                join(&[left, right])
            };
            let same = a % (text.len() + 1) == b % (text.len() + 1);
            proptest::prop_assert_eq!(same, cut(a) == cut(b));
        }
    }
}
