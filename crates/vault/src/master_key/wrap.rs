//! Data keys as they are stored: wrapped by the master key.
//!
//! Each data key has a wrapping key of its own, derived from the master key, the tenant and the data key's id.
//! A wrapping key therefore only ever encrypts one plaintext, and its nonce is a constant: wrapping twice gives
//! the same bytes, and no number of wrapped keys wears the master key out.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use secrecy::ExposeSecret;
use tenantry_kernel::{KeyId, TenantId};

use super::{MasterKey, hexadecimal};
use crate::aead::{KEY_LEN, NONCE_LEN, TAG_LEN, cipher, join};
use crate::{DataKey, Error};

const VERSION: u8 = 1;
const MASTER_ID_LEN: usize = 8;
const WRAPPED_LEN: usize = 1 + MASTER_ID_LEN + KEY_LEN + TAG_LEN;
const HEADER_LEN: usize = 1 + MASTER_ID_LEN;

impl MasterKey {
    /// Encrypt a tenant's data key for storage.
    pub fn wrap(&self, tenant: TenantId, key: &DataKey) -> Result<Vec<u8>, Error> {
        let mut wrapped = Vec::with_capacity(WRAPPED_LEN);
        wrapped.push(VERSION);
        wrapped.extend_from_slice(&self.id_bytes);
        wrapped.extend_from_slice(key.bytes().expose_secret());

        let in_out = wrapped.get_mut(HEADER_LEN..).ok_or(Error::Crypto)?;
        let tag = self
            .wrapping_key(tenant, key.id())
            .seal_in_place_separate_tag(nonce(), associated_data(tenant, key.id()), in_out)
            .map_err(|_| Error::Crypto)?;
        wrapped.extend_from_slice(tag.as_ref());
        Ok(wrapped)
    }

    /// Decrypt the data key that was wrapped for this tenant under this id.
    pub fn unwrap(&self, tenant: TenantId, id: KeyId, wrapped: &[u8]) -> Result<DataKey, Error> {
        let (master, ciphertext, tag) = split(wrapped).ok_or(Error::Malformed("a wrapped data key"))?;
        if *master != self.id_bytes {
            return Err(Error::OtherMasterKey { wrapped_by: hexadecimal(*master), loaded: self.id.clone() });
        }
        let cipher = self.wrapping_key(tenant, id);
        let aad = associated_data(tenant, id);
        DataKey::filled(id, |key| cipher.open_separate_gather(nonce(), aad, ciphertext, tag, key))
            .map_err(|_| Error::NotAuthentic)
    }

    fn wrapping_key(&self, tenant: TenantId, id: KeyId) -> LessSafeKey {
        let (tenant, id) = (tenant.as_uuid(), id.as_uuid());
        cipher(&self.expand(&[b"tenantry wrapping key", &[0], tenant.as_bytes(), id.as_bytes()]))
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn associated_data(tenant: TenantId, id: KeyId) -> Aad<Vec<u8>> {
    Aad::from(join(&[tenant.as_uuid().as_bytes(), id.as_uuid().as_bytes(), b"data key"]))
}

type Split<'a> = (&'a [u8; MASTER_ID_LEN], &'a [u8], &'a [u8; TAG_LEN]);

fn split(wrapped: &[u8]) -> Option<Split<'_>> {
    let (version, rest) = wrapped.split_first()?;
    let (master, rest) = rest.split_first_chunk::<MASTER_ID_LEN>()?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    (*version == VERSION && wrapped.len() == WRAPPED_LEN).then_some((master, ciphertext, tag))
}
