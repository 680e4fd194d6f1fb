//! The keys of one tenant, and what they seal and open.

use std::fmt;

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use secrecy::ExposeSecret;
use tenantry_kernel::{KeyId, Rng, TenantId};
use zeroize::Zeroizing;

use crate::aead::{NONCE_LEN, cipher};
use crate::sealed::HEADER_LEN;
use crate::{DataKey, Error, Place, Sealed};

/// The data keys of one tenant: the current one seals, all of them open.
///
/// Made once when the tenant's keys are loaded and then kept: the key schedules are computed here.
pub struct Keyring {
    tenant: TenantId,
    current: Key,
    older: Vec<Key>,
}

struct Key {
    id: KeyId,
    cipher: LessSafeKey,
}

impl Keyring {
    /// The keyring of `tenant`.
    pub fn new(tenant: TenantId, current: DataKey, older: Vec<DataKey>) -> Self {
        let older = older.into_iter().map(Key::from).collect();
        Self { tenant, current: current.into(), older }
    }

    /// The key that seals.
    pub const fn current_id(&self) -> KeyId {
        self.current.id
    }

    /// Encrypt `plaintext` so that it opens only with this tenant's keys and at this place.
    ///
    /// Nonces are random, so one key should seal at most 2³² values (NIST SP 800-38D, section 8.3).
    pub fn seal(&self, place: Place, plaintext: &[u8], rng: &Rng) -> Result<Sealed, Error> {
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut bytes = Sealed::header(self.current.id, nonce, plaintext.len());
        bytes.extend_from_slice(plaintext);

        let aad = Aad::from(place.associated_data(self.tenant));
        let in_out = bytes.get_mut(HEADER_LEN..).ok_or(Error::Crypto)?;
        let tag = self
            .current
            .cipher
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, in_out)
            .map_err(|_| Error::Crypto)?;
        bytes.extend_from_slice(tag.as_ref());
        Sealed::from_bytes(bytes)
    }

    /// Decrypt what was sealed for this tenant at this place.
    ///
    /// The plaintext is wiped from memory when it is dropped.
    pub fn open(&self, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = self.key(sealed.key_id()).ok_or(Error::UnknownKey(sealed.key_id()))?;
        let parts = sealed.parts()?;

        let nonce = Nonce::assume_unique_for_key(parts.nonce);
        let aad = Aad::from(place.associated_data(self.tenant));
        let mut plaintext = Zeroizing::new(vec![0; parts.ciphertext.len()]);
        key.cipher
            .open_separate_gather(nonce, aad, parts.ciphertext, parts.tag, &mut plaintext)
            .map_err(|_| Error::NotAuthentic)?;
        Ok(plaintext)
    }

    /// Whether the value was sealed by another key than the current one, and should be sealed anew.
    pub fn needs_rotation(&self, sealed: &Sealed) -> bool {
        sealed.key_id() != self.current.id
    }

    fn key(&self, id: KeyId) -> Option<&Key> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.id == id)
    }
}

impl From<DataKey> for Key {
    fn from(key: DataKey) -> Self {
        Self { id: key.id(), cipher: cipher(key.bytes().expose_secret()) }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("tenant", &self.tenant)
            .field("current", &self.current.id)
            .field("older", &self.older.iter().map(|key| key.id).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
