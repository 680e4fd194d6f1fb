//! The one key that is kept outside the database; every other key is wrapped by it or derived from it.

mod file;
mod wrap;

use std::fmt;

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox, SecretString};
use tenantry_kernel::Rng;
use zeroize::Zeroizing;

use crate::Error;
use crate::aead::KEY_LEN;
use crate::opaque::sha256;

/// The master key: 32 bytes, wiped from memory when dropped.
pub struct MasterKey {
    id: String,
    id_bytes: [u8; 8],
    bytes: SecretBox<[u8; KEY_LEN]>,
}

impl MasterKey {
    /// A new key.
    pub fn generate(rng: &Rng) -> Self {
        Self::new(SecretBox::init_with_mut(|bytes: &mut [u8; KEY_LEN]| rng.fill(bytes)))
    }

    /// The key with these 32 bytes in base64 (RFC 4648, section 4); white space around them is ignored.
    pub fn from_base64(text: &SecretString) -> Result<Self, Error> {
        Self::parse(text.expose_secret().as_bytes()).ok_or(Error::MasterKeyMalformed)
    }

    /// Names the key without telling it: 16 hexadecimal digits.
    ///
    /// Store it beside the data, and refuse to start when another key is loaded.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A secret for one purpose (a database role's password …): 32 bytes in base64url.
    ///
    /// Always the same for the same key and label, and telling nothing about the key or other labels
    /// (HKDF-SHA256, RFC 5869).
    pub fn derive(&self, label: &str) -> SecretString {
        let derived = self.expand(&[b"tenantry derived secret", &[0], label.as_bytes()]);
        SecretString::from(URL_SAFE_NO_PAD.encode(derived.as_slice()))
    }

    fn new(bytes: SecretBox<[u8; KEY_LEN]>) -> Self {
        let named = Zeroizing::new([b"tenantry master key id", bytes.expose_secret().as_slice()].concat());
        let mut id_bytes = [0; 8];
        id_bytes.copy_from_slice(&sha256(&named)[..8]);
        Self { id: hexadecimal(id_bytes), id_bytes, bytes }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        // Three bytes for each four characters: one more than the key has.
        let mut decoded = Zeroizing::new([0; KEY_LEN + 1]);
        let length = STANDARD.decode_slice(text.trim_ascii(), decoded.as_mut_slice()).ok()?;
        let (key, _) = decoded.split_first_chunk::<KEY_LEN>()?;
        let mut bytes = SecretBox::<[u8; KEY_LEN]>::default();
        bytes.expose_secret_mut().copy_from_slice(key);
        (length == KEY_LEN).then(|| Self::new(bytes))
    }

    /// The line a key file holds.
    fn to_line(&self) -> Zeroizing<String> {
        let mut line = Zeroizing::new(String::with_capacity(64));
        STANDARD.encode_string(self.bytes.expose_secret(), &mut line);
        line.push('\n');
        line
    }

    /// HKDF-SHA256 of the key for the purpose that `info` names.
    #[expect(clippy::expect_used, reason = "the only error is an output over 8,160 bytes")]
    fn expand(&self, info: &[&[u8]]) -> Zeroizing<[u8; KEY_LEN]> {
        let mut output = Zeroizing::new([0; KEY_LEN]);
        Salt::new(HKDF_SHA256, b"tenantry master key")
            .extract(self.bytes.expose_secret())
            .expand(info, HKDF_SHA256)
            .and_then(|okm| okm.fill(output.as_mut_slice()))
            .expect("HKDF-SHA256 gives 32 bytes");
        output
    }
}

/// The id's bytes as people see them.
fn hexadecimal(id: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(id))
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("id", &self.id).finish_non_exhaustive()
    }
}
