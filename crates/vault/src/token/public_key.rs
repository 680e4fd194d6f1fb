//! The half of a signing key that everybody may know.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use serde::de::DeserializeOwned;
use tenantry_kernel::KeyId;

use super::claims::Registered;
use super::compact::{Compact, HeaderBuffer, SIGNATURE_LEN};
use super::{Expect, Jwk};
use crate::Error;

/// The length of an uncompressed P-256 point (SEC 1, section 2.3.3): `04`, x, y.
const POINT_LEN: usize = 65;
const COORDINATE_LEN: usize = 32;

/// A public key on P-256 that verifies ES256 tokens; parsed once, cheap to clone.
#[derive(Clone)]
pub struct PublicKey {
    id: KeyId,
    point: [u8; POINT_LEN],
    key: Arc<ParsedPublicKey>,
}

impl PublicKey {
    /// The key with this id and this uncompressed SEC 1 point (65 bytes), which must lie on the curve.
    pub fn from_bytes(id: KeyId, point: &[u8]) -> Result<Self, Error> {
        let malformed = Error::Malformed("an uncompressed point on P-256");
        let Ok(point) = <[u8; POINT_LEN]>::try_from(point) else { return Err(malformed) };
        match ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point) {
            Ok(key) if point.starts_with(&[4]) => Ok(Self { id, point, key: Arc::new(key) }),
            _ => Err(malformed),
        }
    }

    /// The uncompressed SEC 1 point, for storage.
    pub const fn to_bytes(&self) -> [u8; POINT_LEN] {
        self.point
    }

    /// The key's id; its text is the `kid` of tokens.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key as others read it.
    pub fn jwk(&self) -> Jwk {
        let (_, coordinates) = self.point.split_at(1);
        let (x, y) = coordinates.split_at(COORDINATE_LEN);
        Jwk::es256(self.id, x, y)
    }

    /// The claims of a token that this key signed and that is what `expect` says.
    ///
    /// Everything is held against the given time; nothing in the token chooses a key or an algorithm.
    pub fn verify<C: DeserializeOwned>(&self, token: &str, expect: &Expect<'_>) -> Result<C, Error> {
        let compact = Compact::parse(token).ok_or(Error::TokenMalformed)?;
        let mut buffer = HeaderBuffer::new();
        compact.header(&mut buffer).ok_or(Error::TokenMalformed)?.check(self.id, expect.typ)?;
        let signature = compact.signature().ok_or(Error::TokenSignature)?;
        self.check_signature(compact.signed(), &signature)?;

        let payload = compact.payload().ok_or(Error::TokenClaims)?;
        Registered::parse(&payload)?.check(expect)?;
        serde_json::from_slice(&payload).map_err(|_| Error::TokenClaims)
    }

    fn check_signature(&self, signed: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Result<(), Error> {
        self.key.verify_sig(signed, signature).map_err(|_| Error::TokenSignature)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.point) == (other.id, other.point)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn rfc_7515_key() -> PublicKey {
        let decode = |text| URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let point = [vec![4], decode(X), decode(Y)].concat();
        PublicKey::from_bytes(KeyId::from_uuid(uuid::Uuid::nil()), &point).expect("on the curve")
    }

    #[test]
    fn the_signature_of_rfc_7515_appendix_a_3_is_good() {
        let token = "eyJhbGciOiJFUzI1NiJ9\
            .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
            .DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let compact = Compact::parse(token).expect("two dots");
        let mut signature = compact.signature().expect("64 bytes");
        assert!(rfc_7515_key().check_signature(compact.signed(), &signature).is_ok());
        signature[63] ^= 1;
        assert!(rfc_7515_key().check_signature(compact.signed(), &signature).is_err());
    }

    #[test]
    fn a_jwk_has_the_coordinates_of_the_point() {
        let jwk = serde_json::to_value(rfc_7515_key().jwk()).expect("JSON");
        let kid = "00000000-0000-0000-0000-000000000000";
        let expected = serde_json::json!({
            "kty": "EC", "use": "sig", "alg": "ES256", "kid": kid, "crv": "P-256", "x": X, "y": Y,
        });
        assert_eq!(jwk, expected);
    }

    #[test]
    fn only_uncompressed_points_on_the_curve_are_keys() {
        let point = rfc_7515_key().to_bytes();
        let mut compressed = point[..33].to_vec();
        compressed[0] = 3;
        let mut hybrid = point.to_vec();
        hybrid[0] = 7;
        let mut off_the_curve = point.to_vec();
        off_the_curve[64] ^= 1;
        for bytes in [compressed, hybrid, off_the_curve, vec![0], vec![], [4; 65].to_vec()] {
            let key = PublicKey::from_bytes(KeyId::from_uuid(uuid::Uuid::nil()), &bytes);
            assert!(matches!(key, Err(Error::Malformed(_))), "{bytes:?}");
        }
    }
}
