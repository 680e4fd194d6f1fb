//! The door to hashing: async, bounded, fair between tenants, and equally slow for users that do not exist.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tenantry_kernel::{Rng, TenantId};

use super::pool::{Pool, PoolSettings, Stats};
use super::{Error, hash};

/// The longest password that is hashed or checked, in bytes: 1024 characters of any script. It bounds what a full
/// queue holds; a policy sets the limit that people see.
pub const MAX_PASSWORD_BYTES: usize = 4096;

/// Hashes and checks passwords off the async threads; cheap to clone, the clones share their threads.
///
/// Dropping a future takes its request back unless its work is begun. Dropping the last clone waits for the hashes
/// that are being made, 20 to 50 ms.
#[derive(Debug, Clone)]
pub struct Hasher {
    pool: Arc<Pool>,
    rng: Rng,
}

impl Hasher {
    /// Start the threads. Salts come from `rng`.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(settings: &PoolSettings, rng: Rng) -> std::io::Result<Self> {
        Ok(Self { pool: Arc::new(Pool::start(settings, hash::release_memory)?), rng })
    }

    /// Hash a password with a new salt, as a PHC string.
    ///
    /// # Errors
    /// [`Error::TooLong`] beyond [`MAX_PASSWORD_BYTES`], [`Error::Busy`] when too many of the tenant's requests wait.
    pub async fn hash(&self, tenant: TenantId, password: SecretString) -> Result<String, Error> {
        if is_too_long(&password) {
            return Err(Error::TooLong);
        }
        let rng = self.rng.clone();
        self.pool.run(tenant, move || hash::hash(&password, &rng)).await?
    }

    /// Whether the password is the one that was hashed. `None` stands for a user that does not exist, or that has no
    /// password: the answer is `false` and takes the same time.
    ///
    /// # Errors
    /// [`Error::UnreadableHash`] when `stored` is not an argon2id hash, after the same time: log it and answer as for
    /// a wrong password, or the answer tells that the user exists. [`Error::Busy`] when too many of the tenant's
    /// requests wait, whoever the user is.
    pub async fn verify(
        &self,
        tenant: TenantId,
        password: SecretString,
        stored: Option<String>,
    ) -> Result<bool, Error> {
        // Nobody can have set such a password, and it need not wait in the queue at its full length.
        let (password, stored) =
            if is_too_long(&password) { (SecretString::default(), None) } else { (password, stored) };
        self.pool.run(tenant, move || verify(&password, stored.as_deref())).await?
    }

    /// What the threads are doing and have done.
    pub fn stats(&self) -> Stats {
        self.pool.stats()
    }
}

fn is_too_long(password: &SecretString) -> bool {
    password.expose_secret().len() > MAX_PASSWORD_BYTES
}

fn verify(password: &SecretString, stored: Option<&str>) -> Result<bool, Error> {
    match stored.map(|stored| hash::verify(password, stored)) {
        None => hash::pretend(password).map(|()| false),
        Some(Err(Error::UnreadableHash)) => hash::pretend(password).and(Err(Error::UnreadableHash)),
        Some(answer) => answer,
    }
}

#[cfg(test)]
mod tests {
    use tenantry_kernel::Clock;

    use super::*;

    fn hasher() -> (Hasher, TenantId) {
        let hasher = Hasher::start(&PoolSettings::default(), Rng::seeded(1)).expect("threads");
        (hasher, TenantId::new(&Clock::system(), &Rng::system()))
    }

    #[tokio::test]
    async fn a_password_fits_its_hash_and_no_other_does() {
        let (hasher, tenant) = hasher();
        let stored = hasher.hash(tenant, "securePassword123".into()).await.expect("hashed");
        for (password, fits) in [("securePassword123", true), ("securepassword123", false)] {
            let answer = hasher.verify(tenant, password.into(), Some(stored.clone())).await;
            assert_eq!(answer.expect("readable"), fits);
        }
    }

    #[tokio::test]
    async fn an_unknown_user_is_answered_false_and_takes_a_hash() {
        let (hasher, tenant) = hasher();
        assert!(!hasher.verify(tenant, "securePassword123".into(), None).await.expect("answered"));
        let stats = hasher.stats();
        assert_eq!(stats.running as u64 + stats.finished, 1);
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_is_an_error() {
        let (hasher, tenant) = hasher();
        let answer = hasher.verify(tenant, "securePassword123".into(), Some("plain".to_owned())).await;
        assert!(matches!(answer, Err(Error::UnreadableHash)), "{answer:?}");
    }

    #[tokio::test]
    async fn an_endless_password_is_not_hashed_and_never_fits() {
        let (hasher, tenant) = hasher();
        let endless = || SecretString::from("x".repeat(MAX_PASSWORD_BYTES + 1));
        assert!(matches!(hasher.hash(tenant, endless()).await, Err(Error::TooLong)));
        let stored = hasher.hash(tenant, SecretString::default()).await.expect("hashed");
        assert!(!hasher.verify(tenant, endless(), Some(stored)).await.expect("answered"));
    }
}
