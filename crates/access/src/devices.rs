//! What policies may ask of the device that a session has begun on: loaded when some policy of the tenant asks, and kept until
//! something changes.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tenantry_db::{Freshness, Listener, Stamp, TenantDb, Topic};
use tenantry_kernel::{SessionId, TenantId};
use tenantry_web::ports::{Fact, Facts};
use uuid::Uuid;

use crate::Error;

tenantry_db::row! {
    /// The device of a session.
    pub(crate) struct DeviceRow {
        id: Uuid,
        name: String,
        trusted_until: Option<Timestamp>,
        is_known: bool,
    }
}

tenantry_db::statements! {
    /// The device that a session has begun on, when it has not been revoked.
    read device_of(session: SessionId) -> Option<DeviceRow>
        = "SELECT d.id, d.name, d.trusted_until, d.first_seen_at < s.created_at AS is_known FROM user_sessions s \
           JOIN devices d ON d.tenant_id = $1 AND d.id = s.device_id \
           WHERE s.tenant_id = $1 AND s.id = $2 AND d.revoked_at IS NULL";
}

struct Entry {
    facts: Arc<Facts>,
    stamp: Stamp,
    valid_until: Timestamp,
}

/// Cached devices of sessions, of all tenants.
pub(crate) struct DeviceCache {
    entries: moka::sync::Cache<(TenantId, SessionId), Arc<Entry>>,
    fresh: Arc<Freshness>,
    nothing: Arc<Facts>,
}

impl DeviceCache {
    pub(crate) fn start(listener: &Listener) -> Self {
        Self {
            entries: moka::sync::Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(Duration::from_mins(10))
                .build(),
            fresh: Freshness::follow(listener, |topic| *topic == Topic::Access),
            nothing: Arc::new(facts(None, Timestamp::MIN)),
        }
    }

    /// What is known of the device of a session. Without a session, as with an API key, there is no device: it is neither known
    /// nor trusted.
    pub(crate) async fn get(
        &self,
        tenant: &TenantDb,
        session: Option<SessionId>,
    ) -> Result<Arc<Facts>, Error> {
        let Some(session) = session else { return Ok(Arc::clone(&self.nothing)) };
        let key = (tenant.tenant_id(), session);
        let now = tenant.origin().at;
        if let Some(entry) = self.entries.get(&key)
            && self.fresh.is_good(entry.stamp, Some(key.0))
            && now < entry.valid_until
        {
            return Ok(Arc::clone(&entry.facts));
        }
        let stamp = self.fresh.stamp(Some(key.0));
        let row = tenant.read(device_of(session)).await?;
        let trusted_until = row.as_ref().and_then(|row| row.trusted_until).filter(|until| now < *until);
        let valid_until = trusted_until.unwrap_or(Timestamp::MAX);
        let facts = Arc::new(facts(row, now));
        self.entries.insert(key, Arc::new(Entry { facts: Arc::clone(&facts), stamp, valid_until }));
        Ok(facts)
    }
}

fn facts(row: Option<DeviceRow>, now: Timestamp) -> Facts {
    let Some(DeviceRow { id, name, trusted_until, is_known }) = row else {
        return Facts::from([("known".into(), Fact::Flag(false)), ("trusted".into(), Fact::Flag(false))]);
    };
    let is_trusted = trusted_until.is_some_and(|until| now < until);
    Facts::from([
        ("id".into(), Fact::Text(id.to_string())),
        ("name".into(), Fact::Text(name)),
        ("known".into(), Fact::Flag(is_known)),
        ("trusted".into(), Fact::Flag(is_trusted)),
    ])
}
