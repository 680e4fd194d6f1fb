//! Where keys come from: a port, so that whoever needs a tenant's keys need not know how they are stored.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tenantry_kernel::TenantId;

use crate::{Error, Keyring, PublicKey, SigningKey};

/// The token keys of one tenant.
#[derive(Clone)]
pub struct SigningSet {
    /// Signs new tokens.
    pub current: Arc<SigningKey>,
    /// Verify tokens: the current key, the next one, and older ones whose tokens have not all expired.
    pub published: Vec<PublicKey>,
}

impl SigningSet {
    /// The key with this id.
    pub fn find(&self, id: tenantry_kernel::KeyId) -> Option<&PublicKey> {
        self.published.iter().find(|key| key.id() == id)
    }
}

/// An answer that may need the database.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Gives a tenant's keys.
pub trait KeySource: Send + Sync {
    /// The keys that the tenant's columns are sealed under.
    fn keyring(&self, tenant: TenantId) -> Pending<'_, Arc<Keyring>>;

    /// The keys that the tenant's tokens are signed with.
    fn signing(&self, tenant: TenantId) -> Pending<'_, Arc<SigningSet>>;
}
