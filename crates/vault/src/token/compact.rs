//! The compact form of a JWS (RFC 7515, section 7.1) and its header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use tenantry_kernel::KeyId;

use crate::Error;

/// The longest token that is signed or looked at.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// The longest header, decoded, that is looked at.
const MAX_HEADER_BYTES: usize = 512;
/// An ES256 signature: R and S of 32 bytes each (RFC 7518, section 3.4).
pub(crate) const SIGNATURE_LEN: usize = 64;

/// The one algorithm that is signed with and accepted.
pub(crate) const ALGORITHM: &str = "ES256";

/// A token cut at its two dots.
pub(crate) struct Compact<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    signed: &'a str,
}

/// Room for a decoded header.
pub(crate) struct HeaderBuffer([u8; MAX_HEADER_BYTES]);

/// The header's parameters that matter here. Others are ignored, as RFC 7515 demands; keys that a header brings
/// along (`jwk`, `x5c`) or points to (`jku`, `x5u`) are among them.
#[derive(Deserialize)]
pub(crate) struct Header<'a> {
    alg: &'a str,
    typ: Option<&'a str>,
    kid: Option<&'a str>,
    #[serde(default)]
    crit: Present,
}

/// The header as it is written.
#[derive(Serialize)]
pub(crate) struct NewHeader<'a> {
    pub(crate) typ: &'a str,
    pub(crate) alg: &'static str,
    pub(crate) kid: KeyId,
}

/// Whether a member is there at all, `null` included.
#[derive(Default)]
struct Present(bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl<'a> Compact<'a> {
    /// Cut a token; `None` when it is too long or has not exactly two dots.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let well_formed = token.len() <= MAX_TOKEN_BYTES && !payload.contains('.');
        well_formed.then_some(Self { header, payload, signature, signed })
    }

    /// The header, decoded into `buffer`.
    pub(crate) fn header<'b>(&self, HeaderBuffer(buffer): &'b mut HeaderBuffer) -> Option<Header<'b>> {
        let length = URL_SAFE_NO_PAD.decode_slice(self.header, buffer).ok()?;
        serde_json::from_slice(object(buffer.get(..length)?)?).ok()
    }

    /// The payload's JSON.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        let payload = URL_SAFE_NO_PAD.decode(self.payload).ok()?;
        object(&payload)?;
        Some(payload)
    }

    /// The signature, when it has the length of one.
    pub(crate) fn signature(&self) -> Option<[u8; SIGNATURE_LEN]> {
        let mut decoded = [0; SIGNATURE_LEN + 2];
        let length = URL_SAFE_NO_PAD.decode_slice(self.signature, &mut decoded).ok()?;
        let (signature, _) = decoded.split_first_chunk::<SIGNATURE_LEN>()?;
        (length == SIGNATURE_LEN).then_some(*signature)
    }

    /// The bytes that are signed.
    pub(crate) const fn signed(&self) -> &'a [u8] {
        self.signed.as_bytes()
    }
}

/// These bytes, when they can only be a JSON object: serde would read a struct from an array as well.
fn object(json: &[u8]) -> Option<&[u8]> {
    json.starts_with(b"{").then_some(json)
}

impl HeaderBuffer {
    pub(crate) const fn new() -> Self {
        Self([0; MAX_HEADER_BYTES])
    }
}

impl Header<'_> {
    /// Refuse a token of another algorithm or type, or of another key.
    pub(crate) fn check(&self, key: KeyId, typ: &str) -> Result<(), Error> {
        if self.alg != ALGORITHM || self.crit.0 {
            return Err(Error::TokenAlgorithm);
        }
        if self.kid != Some(key.as_uuid().hyphenated().encode_lower(&mut [0; 36])) {
            return Err(Error::TokenKey);
        }
        if self.typ != Some(typ) {
            return Err(Error::TokenType);
        }
        Ok(())
    }

    /// The key's id, when it is one of ours.
    pub(crate) fn key_id(&self) -> Option<KeyId> {
        self.kid?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(json: &str) -> String {
        format!("{}.e30.", URL_SAFE_NO_PAD.encode(json))
    }

    #[test]
    fn a_token_has_exactly_two_dots() {
        for text in ["", ".", "a.b", "a.b.c.d", "a..b.c", "...."] {
            assert!(Compact::parse(text).is_none(), "{text}");
        }
        assert!(Compact::parse("a.b.c").is_some());
    }

    #[test]
    fn a_token_over_8_kib_is_not_looked_at() {
        assert!(Compact::parse(&format!("a.b.{}", "c".repeat(MAX_TOKEN_BYTES - 4))).is_some());
        assert!(Compact::parse(&format!("a.b.{}", "c".repeat(MAX_TOKEN_BYTES - 3))).is_none());
    }

    #[test]
    fn a_header_is_a_small_object_without_repeated_members() {
        let long = format!(r#"{{"alg":"ES256","x":"{}"}}"#, "x".repeat(MAX_HEADER_BYTES));
        let refused =
            [r#"["ES256",null,null]"#, r#"{"alg":"ES256","alg":"none"}"#, r#"{"alg":1}"#, "{}", &long];
        for json in refused {
            let token = header(json);
            let compact = Compact::parse(&token).expect("two dots");
            assert!(compact.header(&mut HeaderBuffer::new()).is_none(), "{json}");
        }
    }

    #[test]
    fn a_crit_member_is_refused_even_when_it_is_null() {
        let key = KeyId::from_uuid(uuid::Uuid::nil());
        for crit in ["null", "[]", r#"["b64"]"#] {
            let token = header(&format!(r#"{{"alg":"ES256","kid":"{key}","typ":"t","crit":{crit}}}"#));
            let mut buffer = HeaderBuffer::new();
            let header = Compact::parse(&token).and_then(|c| c.header(&mut buffer)).expect("readable");
            assert!(matches!(header.check(key, "t"), Err(Error::TokenAlgorithm)), "{crit}");
        }
    }
}
