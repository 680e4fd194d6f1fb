//! A section of a tenant's configuration: what is stored, and what the trail says of it.

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tenantry_db::{Audited, Change, TenantTx, Topic};
use tenantry_kernel::{TenantId, UserId};
use tenantry_web::ports::{Resource, ResourceInfo};
use uuid::Uuid;

use super::store;
use crate::Error;

/// How many versions of a section are kept.
const KEPT: i64 = 200;

/// A section: a type that says what may be chosen, and what holds where nothing was.
pub(crate) trait Section: Serialize + DeserializeOwned + Default + Clone + Send {
    /// Its name.
    const NAME: &'static str;
}

tenantry_db::row! {
    /// A section as the database keeps it.
    #[derive(Debug, Clone)]
    pub(crate) struct Stored {
        pub(crate) value: Value,
        pub(crate) version: i64,
        pub(crate) updated_at: Timestamp,
    }
}

/// What a tenant has chosen, and since when; version 0 is what the product comes with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chosen<S> {
    pub(crate) value: S,
    pub(crate) version: i64,
    pub(crate) updated_at: Option<Timestamp>,
}

impl<S: Section> From<Option<Stored>> for Chosen<S> {
    fn from(stored: Option<Stored>) -> Self {
        let Some(Stored { value, version, updated_at }) = stored else { return Self::default() };
        Self { value: read(value), version, updated_at: Some(updated_at) }
    }
}

/// A stored value. What an older or newer release has written and this one does not know is as if it was not chosen.
pub(crate) fn read<S: Section>(value: Value) -> S {
    serde_json::from_value(value).unwrap_or_default()
}

impl<S: Section> Chosen<S> {
    /// Choose another value, in the caller's transaction. Returns the change for the trail; none when it is the same.
    pub(crate) async fn choose(
        &mut self,
        tx: &mut TenantTx,
        value: S,
        (by, now): (UserId, Timestamp),
    ) -> Result<Option<Change>, Error> {
        let tenant = tx.tenant_id();
        let new = Self { value, version: self.version + 1, updated_at: Some(now) };
        let change = Change::between(&Trail(tenant, self), &Trail(tenant, &new));
        if change.is_empty() {
            return Ok(None);
        }
        let stored = json!(new.value);
        tx.run(store::save(S::NAME, stored.clone(), new.version, now, by)).await?;
        tx.run(store::delete_versions(S::NAME, new.version - KEPT)).await?;
        tx.queue(store::insert_version(S::NAME, new.version, stored, now, by));
        tx.announce(Topic::Config);
        *self = new;
        Ok(Some(change))
    }
}

struct Trail<'a, S>(TenantId, &'a Chosen<S>);

impl<S: Section> Audited for Trail<'_, S> {
    const RESOURCE: &'static str = "config";

    fn resource_id(&self) -> Uuid {
        self.0.as_uuid()
    }

    fn version(&self) -> i64 {
        self.1.version
    }

    fn snapshot(&self) -> Value {
        json!({S::NAME: self.1.value})
    }
}

/// The tenant's configuration, as what decisions are about.
pub(crate) struct TenantConfig;

impl Resource for TenantConfig {
    const TYPE: &'static str = "config";

    fn id(&self) -> Option<Uuid> {
        None
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// As policies see it.
pub(crate) const RESOURCE: ResourceInfo = ResourceInfo { name: "config", plural: "config", attributes: &[] };
