//! The half of a signing key that only its tenant's issuer has.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use tenantry_kernel::{Clock, KeyId, Rng};
use zeroize::Zeroizing;

use super::PublicKey;
use super::compact::{ALGORITHM, MAX_TOKEN_BYTES, NewHeader};
use crate::Error;

/// A key on P-256 that signs tokens with ES256.
///
/// Stored as PKCS #8, sealed by the tenant's [`Keyring`](crate::Keyring).
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// A new key.
    ///
    /// Its id comes from the clock and randomness given. The key itself, like the nonce of every signature, comes
    /// from the cryptographic library's own generator: a predictable one would tell the key.
    pub fn generate(clock: &Clock, rng: &Rng) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| Error::Crypto)?;
        Self::new(KeyId::new(clock, rng), pair)
    }

    /// The key with this id in this PKCS #8 document (RFC 5208), as [`SigningKey::to_pkcs8`] gave it.
    pub fn from_pkcs8(id: KeyId, document: &[u8]) -> Result<Self, Error> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document)
            .map_err(|_| Error::Malformed("a P-256 key in PKCS #8"))?;
        Self::new(id, pair)
    }

    /// The key as a PKCS #8 document, to be sealed and stored.
    ///
    /// # Panics
    /// When memory runs out: writing a key that was made or read has no other way to fail.
    #[expect(clippy::expect_used, reason = "fails only when memory runs out")]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let document = self.pair.to_pkcs8v1().expect("a valid key can be written");
        Zeroizing::new(document.as_ref().to_vec())
    }

    /// The key's id; its text is the `kid` of tokens.
    pub const fn id(&self) -> KeyId {
        self.public.id()
    }

    /// The half that everybody may know.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Sign `claims`, a JSON object, as a token of type `typ` (`at+jwt` for access tokens, RFC 9068).
    pub fn sign<C: Serialize>(&self, typ: &str, claims: &C) -> Result<String, Error> {
        let header = NewHeader { typ, alg: ALGORITHM, kid: self.id() };
        let header = serde_json::to_vec(&header).map_err(Error::Claims)?;
        let claims = serde_json::to_vec(claims).map_err(Error::Claims)?;

        // Base64 of all three parts, and the dots.
        let mut token = String::with_capacity((header.len() + claims.len() + 64).div_ceil(3) * 4 + 6);
        URL_SAFE_NO_PAD.encode_string(header, &mut token);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.sign(&SystemRandom::new(), token.as_bytes()).map_err(|_| Error::Crypto)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        if token.len() > MAX_TOKEN_BYTES { Err(Error::TokenTooLong) } else { Ok(token) }
    }

    fn new(id: KeyId, pair: EcdsaKeyPair) -> Result<Self, Error> {
        let public = PublicKey::from_bytes(id, pair.public_key().as_ref())?;
        Ok(Self { pair, public })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id()).finish_non_exhaustive()
    }
}
