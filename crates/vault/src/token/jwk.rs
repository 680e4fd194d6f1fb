use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_kernel::KeyId;

use super::PublicKey;
use super::compact::ALGORITHM;

/// A public key as others read it: a JSON Web Key (RFC 7517) on P-256 (RFC 7518, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Jwk {
    /// The key type: `EC`.
    pub kty: &'static str,
    /// What the key is for: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The algorithm: `ES256`.
    pub alg: &'static str,
    /// The key's id, as tokens name it.
    pub kid: KeyId,
    /// The curve: `P-256`.
    pub crv: &'static str,
    /// The point's first coordinate: 32 bytes in base64url.
    pub x: String,
    /// The point's second coordinate: 32 bytes in base64url.
    pub y: String,
}

/// A set of public keys: what a tenant's `jwks_uri` answers (RFC 7517, section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Jwks {
    /// The keys: the current one, those before it that still have valid tokens, and the next one.
    pub keys: Vec<Jwk>,
}

impl<'a> FromIterator<&'a PublicKey> for Jwks {
    fn from_iter<I: IntoIterator<Item = &'a PublicKey>>(keys: I) -> Self {
        Self { keys: keys.into_iter().map(PublicKey::jwk).collect() }
    }
}

impl Jwk {
    /// The key with this id and these coordinates.
    pub(crate) fn es256(kid: KeyId, x: &[u8], y: &[u8]) -> Self {
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Self { kty: "EC", usage: "sig", alg: ALGORITHM, kid, crv: "P-256", x, y }
    }
}
