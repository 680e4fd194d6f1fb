//! The keys of the tenants: data keys wrapped by the master key, and token keys sealed under them.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tenantry_db::{Control, Directory, Freshness, Listener, PlatformTx, Scalar, Stamp, Topic, Written};
use tenantry_kernel::{Clock, KeyId, Rng, TenantId};
use tenantry_vault::{
    DataKey, KeySource, Keyring, MasterKey, Pending, Place, PublicKey, Sealed, SigningKey, SigningSet,
};

use crate::Error;

tenantry_db::row! {
    /// A wrapped data key.
    #[derive(Debug)]
    pub(crate) struct DataKeyRow {
        id: KeyId,
        wrapped: Vec<u8>,
        is_current: bool,
    }
}

tenantry_db::row! {
    /// A sealed token key.
    #[derive(Debug)]
    pub(crate) struct SigningKeyRow {
        id: KeyId,
        public_key: Vec<u8>,
        private_key_sealed: Sealed,
        signs_from: Timestamp,
        retired_at: Option<Timestamp>,
    }
}

tenantry_db::statements! {
    /// Whether the database answers.
    pub control ping() -> Option<Scalar<bool>> = "SELECT true";

    /// The data keys of a tenant.
    control data_keys(tenant: TenantId) -> Vec<DataKeyRow>
        = "SELECT id, wrapped, is_current FROM control.data_keys WHERE tenant_id = $1 ORDER BY created_at DESC";

    /// The token keys of a tenant that are still published.
    control signing_keys(tenant: TenantId, now: Timestamp) -> Vec<SigningKeyRow>
        = "SELECT id, public_key, private_key_sealed, signs_from, retired_at FROM control.signing_keys \
           WHERE tenant_id = $1 AND (retired_at IS NULL OR retired_at > $2) ORDER BY signs_from DESC, id DESC";

    /// A new data key.
    control insert_data_key(tenant: TenantId, id: KeyId, wrapped: Vec<u8>, master: String, is_current: bool, at: Timestamp) -> Written
        = "INSERT INTO control.data_keys (tenant_id, id, wrapped, master_key_id, is_current, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6)";

    /// Older data keys only open.
    control retire_data_keys(tenant: TenantId) -> Written
        = "UPDATE control.data_keys SET is_current = false WHERE tenant_id = $1 AND is_current";

    /// A new token key.
    control insert_signing_key(
        tenant: TenantId, id: KeyId, public: Vec<u8>, private: Sealed, at: Timestamp, signs_from: Timestamp
    ) -> Written = "INSERT INTO control.signing_keys (tenant_id, id, algorithm, public_key, private_key_sealed, \
        created_at, signs_from) VALUES ($1, $2, 'ES256', $3, $4, $5, $6)";

    /// Older token keys are published until the last token they signed has expired.
    control retire_signing_keys(tenant: TenantId, keep: KeyId, at: Timestamp) -> Written
        = "UPDATE control.signing_keys SET retired_at = $3 WHERE tenant_id = $1 AND id <> $2 AND retired_at IS NULL";

    /// Seal a token key anew.
    control reseal_signing_key(tenant: TenantId, id: KeyId, private: Sealed) -> Written
        = "UPDATE control.signing_keys SET private_key_sealed = $3 WHERE tenant_id = $1 AND id = $2";
}

/// Gives the keys of tenants, from memory while nothing has changed.
pub struct KeyStore {
    master: Arc<MasterKey>,
    directory: Directory,
    clock: Clock,
    fresh: Arc<Freshness>,
    keyrings: moka::sync::Cache<TenantId, (Arc<Keyring>, Stamp)>,
    signing: moka::sync::Cache<TenantId, (Arc<SigningSet>, Stamp)>,
}

fn place(id: KeyId) -> Place {
    Place { table: "signing_keys", column: "private_key", row: id.as_uuid() }
}

impl KeyStore {
    /// Start with nothing in memory.
    pub fn start(master: Arc<MasterKey>, directory: Directory, clock: Clock, listener: &Listener) -> Self {
        let idle = Duration::from_mins(10);
        Self {
            master,
            directory,
            clock,
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Directory),
            keyrings: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(idle).build(),
            signing: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(idle).build(),
        }
    }

    /// The master key.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// The statements that give a new tenant its first keys.
    pub(crate) async fn create(&self, tx: &mut PlatformTx, tenant: TenantId, rng: &Rng) -> Result<(), Error> {
        let now = self.clock.now();
        let data = DataKey::generate(&self.clock, rng);
        let (id, wrapped) = (data.id(), self.master.wrap(tenant, &data)?);
        let keyring = Keyring::new(tenant, data, Vec::new());
        tx.run(insert_data_key(tenant, id, wrapped, self.master.id().to_owned(), true, now)).await?;
        tx.run(self.new_signing_key(&keyring, tenant, rng, now)?.1).await?;
        Ok(())
    }

    fn new_signing_key(
        &self,
        keyring: &Keyring,
        tenant: TenantId,
        rng: &Rng,
        signs_from: Timestamp,
    ) -> Result<(KeyId, Control<Written>), Error> {
        let key = SigningKey::generate(&self.clock, rng)?;
        let sealed = keyring.seal(place(key.id()), &key.to_pkcs8(), rng)?;
        let public = key.public().to_bytes().to_vec();
        Ok((key.id(), insert_signing_key(tenant, key.id(), public, sealed, self.clock.now(), signs_from)))
    }

    /// Give the tenant a new data key, seal the token keys under it, and give it a new token key.
    ///
    /// The older data keys stay: another node may seal under them until it has heard of the new one.
    ///
    /// The old token key stays published until the last token it signed has expired (`overlap`).
    pub async fn rotate(
        &self,
        tx: &mut PlatformTx,
        tenant: TenantId,
        rng: &Rng,
        overlap: SignedDuration,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let old = self.load_keyring(tenant).await?;
        let rows = self.directory.find(signing_keys(tenant, now)).await?;
        let data = DataKey::generate(&self.clock, rng);
        let (id, wrapped) = (data.id(), self.master.wrap(tenant, &data)?);
        let new = Keyring::new(tenant, data, Vec::new());
        tx.run(retire_data_keys(tenant)).await?;
        tx.run(insert_data_key(tenant, id, wrapped, self.master.id().to_owned(), true, now)).await?;
        for row in rows {
            let opened = old.open(place(row.id), &row.private_key_sealed)?;
            tx.run(reseal_signing_key(tenant, row.id, new.seal(place(row.id), &opened, rng)?)).await?;
        }
        let (signing, insert) = self.new_signing_key(&new, tenant, rng, now)?;
        tx.run(insert).await?;
        tx.run(retire_signing_keys(tenant, signing, now + overlap)).await?;
        tx.announce(tenant, Topic::Directory);
        Ok(())
    }

    /// Ask the database for the tenant's keys next time, without waiting for the announcement.
    pub fn forget(&self, tenant: TenantId) {
        self.fresh.changed(tenant);
    }

    /// The keyring as the database has it now, past the cache.
    pub(crate) async fn load_keyring(&self, tenant: TenantId) -> Result<Keyring, Error> {
        let mut current = None;
        let mut older = Vec::new();
        for row in self.directory.find(data_keys(tenant)).await? {
            let key = self.master.unwrap(tenant, row.id, &row.wrapped)?;
            if row.is_current { current = Some(key) } else { older.push(key) }
        }
        Ok(Keyring::new(tenant, current.ok_or(Error::NotFound)?, older))
    }

    async fn cached_keyring(&self, tenant: TenantId) -> Result<Arc<Keyring>, Error> {
        if let Some((keyring, stamp)) = self.keyrings.get(&tenant)
            && self.fresh.is_good(stamp, Some(tenant))
        {
            return Ok(keyring);
        }
        let stamp = self.fresh.stamp(Some(tenant));
        let keyring = Arc::new(self.load_keyring(tenant).await?);
        self.keyrings.insert(tenant, (Arc::clone(&keyring), stamp));
        Ok(keyring)
    }

    async fn load_signing(&self, tenant: TenantId) -> Result<SigningSet, Error> {
        let now = self.clock.now();
        let keyring = self.cached_keyring(tenant).await?;
        let rows = self.directory.find(signing_keys(tenant, now)).await?;
        let mut current = None;
        let mut published = Vec::with_capacity(rows.len());
        for row in rows {
            published.push(PublicKey::from_bytes(row.id, &row.public_key)?);
            if current.is_none() && row.retired_at.is_none() && row.signs_from <= now {
                let opened = keyring.open(place(row.id), &row.private_key_sealed)?;
                current = Some(Arc::new(SigningKey::from_pkcs8(row.id, &opened)?));
            }
        }
        Ok(SigningSet { current: current.ok_or(Error::NotFound)?, published })
    }
}

impl KeySource for KeyStore {
    fn keyring(&self, tenant: TenantId) -> Pending<'_, Arc<Keyring>> {
        Box::pin(async move { self.cached_keyring(tenant).await.map_err(|error| source(&error)) })
    }

    fn signing(&self, tenant: TenantId) -> Pending<'_, Arc<SigningSet>> {
        Box::pin(async move {
            if let Some((set, stamp)) = self.signing.get(&tenant)
                && self.fresh.is_good(stamp, Some(tenant))
            {
                return Ok(set);
            }
            let stamp = self.fresh.stamp(Some(tenant));
            let set = Arc::new(self.load_signing(tenant).await.map_err(|error| source(&error))?);
            self.signing.insert(tenant, (Arc::clone(&set), stamp));
            Ok(set)
        })
    }
}

fn source(error: &Error) -> tenantry_vault::Error {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    tenantry_vault::Error::Source(format!("{error}{cause}"))
}
