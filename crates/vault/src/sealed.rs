//! The form in which a sealed value is stored: the README has it byte by byte.

use std::error::Error as StdError;
use std::fmt;

use tenantry_kernel::postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tenantry_kernel::{BytesMut, KeyId};
use uuid::Uuid;

use crate::Error;
use crate::aead::{NONCE_LEN, TAG_LEN};

const VERSION: u8 = 1;
const KEY_ID_LEN: usize = 16;
/// Everything before the ciphertext.
pub(crate) const HEADER_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// An encrypted value; opened by the [`Keyring`](crate::Keyring) of the tenant it was sealed for.
///
/// A `bytea` in PostgreSQL. `Debug` shows which key and how many bytes, not which bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key: KeyId,
    bytes: Vec<u8>,
}

/// What [`Sealed`] is made of, beside the key's id.
pub(crate) struct Parts<'a> {
    pub(crate) nonce: [u8; NONCE_LEN],
    pub(crate) ciphertext: &'a [u8],
    pub(crate) tag: &'a [u8; TAG_LEN],
}

impl Sealed {
    /// The sealed value with these bytes, as [`Sealed::as_bytes`] gave them.
    ///
    /// Whether they are authentic shows only when they are opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        match split(&bytes) {
            Some((key, _)) => Ok(Self { key, bytes }),
            None => Err(Error::Malformed("a sealed value")),
        }
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key that sealed it.
    pub const fn key_id(&self) -> KeyId {
        self.key
    }

    /// The header of a value that `key` is about to seal, with room for `plaintext_len` bytes and the tag.
    pub(crate) fn header(key: KeyId, nonce: [u8; NONCE_LEN], plaintext_len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_LEN + plaintext_len + TAG_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(key.as_uuid().as_bytes());
        bytes.extend_from_slice(&nonce);
        bytes
    }

    /// The parts to be opened.
    pub(crate) fn parts(&self) -> Result<Parts<'_>, Error> {
        split(&self.bytes).map(|(_, parts)| parts).ok_or(Error::Malformed("a sealed value"))
    }
}

fn split(bytes: &[u8]) -> Option<(KeyId, Parts<'_>)> {
    let (version, rest) = bytes.split_first()?;
    let (key, rest) = rest.split_first_chunk::<KEY_ID_LEN>()?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    let key = KeyId::from_uuid(Uuid::from_bytes(*key));
    (*version == VERSION).then_some((key, Parts { nonce: *nonce, ciphertext, tag }))
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("key", &self.key)
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl ToSql for Sealed {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        self.bytes.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Sealed {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::from_bytes(Vec::from_sql(ty, raw)?)?)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> Vec<u8> {
        let key = KeyId::from_uuid(Uuid::from_u128(7));
        let mut bytes = Sealed::header(key, [9; NONCE_LEN], 2);
        bytes.extend_from_slice(&[0xAA, 0xBB]);
        bytes.extend_from_slice(&[5; TAG_LEN]);
        bytes
    }

    #[test]
    fn a_sealed_value_is_version_key_nonce_ciphertext_tag() {
        let sealed = Sealed::from_bytes(bytes()).expect("well formed");
        let parts = sealed.parts().expect("well formed");
        assert_eq!(sealed.key_id().as_uuid(), Uuid::from_u128(7));
        assert_eq!((parts.nonce, parts.ciphertext), ([9; NONCE_LEN], [0xAA, 0xBB].as_slice()));
        assert_eq!(parts.tag, &[5; TAG_LEN]);
    }

    #[test]
    fn another_version_and_too_few_bytes_are_refused() {
        let mut newer = bytes();
        newer[0] = 2;
        assert!(matches!(Sealed::from_bytes(newer), Err(Error::Malformed(_))));
        assert!(Sealed::from_bytes(bytes()[..45].to_vec()).is_ok(), "an empty plaintext");
        assert!(matches!(Sealed::from_bytes(bytes()[..44].to_vec()), Err(Error::Malformed(_))));
    }

    #[test]
    fn debug_hides_the_content() {
        let text = format!("{:?}", Sealed::from_bytes(bytes()).expect("well formed"));
        assert!(text.contains("len: 47") && !text.contains("170") && !text.contains("187"), "{text}");
    }

    #[test]
    fn it_is_a_bytea() {
        let sealed = Sealed::from_bytes(bytes()).expect("well formed");
        let mut out = BytesMut::new();
        sealed.to_sql_checked(&Type::BYTEA, &mut out).expect("written");
        assert_eq!(Sealed::from_sql(&Type::BYTEA, &out).expect("read"), sealed);
        assert!(sealed.to_sql_checked(&Type::TEXT, &mut out).is_err());
        assert!(
            Sealed::from_sql(&Type::BYTEA, b"plain text that was never sealed, but is long enough").is_err()
        );
    }
}
