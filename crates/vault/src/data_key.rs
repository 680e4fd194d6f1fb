use std::fmt;

use secrecy::{ExposeSecretMut, SecretBox};
use tenantry_kernel::{Clock, KeyId, Rng};

use crate::aead::KEY_LEN;

/// A key that encrypts the data of one tenant; stored only wrapped by a [`MasterKey`](crate::MasterKey).
///
/// Its bytes are wiped from memory when it is dropped, and `Debug` does not show them.
pub struct DataKey {
    id: KeyId,
    bytes: SecretBox<[u8; KEY_LEN]>,
}

impl DataKey {
    /// A new key.
    pub fn generate(clock: &Clock, rng: &Rng) -> Self {
        Self {
            id: KeyId::new(clock, rng),
            bytes: SecretBox::init_with_mut(|bytes: &mut [u8; KEY_LEN]| rng.fill(bytes)),
        }
    }

    /// The id by which sealed values name this key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key with this id, its bytes written by `fill`.
    pub(crate) fn filled<E>(
        id: KeyId,
        fill: impl FnOnce(&mut [u8; KEY_LEN]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut bytes = SecretBox::<[u8; KEY_LEN]>::default();
        fill(bytes.expose_secret_mut())?;
        Ok(Self { id, bytes })
    }

    /// The bytes themselves.
    pub(crate) const fn bytes(&self) -> &SecretBox<[u8; KEY_LEN]> {
        &self.bytes
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKey").field("id", &self.id).finish_non_exhaustive()
    }
}
