//! SQL of schedules.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::Written;
use tenantry_kernel::TenantId;

tenantry_db::row! {
    /// A schedule that is due.
    pub(crate) struct Due {
        pub(crate) name: String,
        pub(crate) kind: String,
        pub(crate) cron: String,
        pub(crate) time_zone: String,
        pub(crate) payload: Value,
        pub(crate) next_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// Set a schedule up, or change it.
    pub(crate) write upsert(
        name: String, kind: String, cron: String, time_zone: String, payload: Value, next_at: Timestamp
    ) -> Written
        = "INSERT INTO schedules (tenant_id, name, kind, cron, time_zone, payload, next_at, is_enabled) \
          VALUES ($1, $2, $3, $4, $5, $6, $7, true) ON CONFLICT (tenant_id, name) DO UPDATE SET kind = excluded.kind, \
          cron = excluded.cron, time_zone = excluded.time_zone, payload = excluded.payload, \
          next_at = excluded.next_at, is_enabled = true";

    /// Take a schedule away.
    pub(crate) write delete(name: String) -> Written = "DELETE FROM schedules WHERE tenant_id = $1 AND name = $2";

    /// The tenant's due schedules, locked.
    pub(crate) claim due(tenant: TenantId, now: Timestamp) -> Vec<Due>
        = "SELECT name, kind, cron, time_zone, payload, next_at FROM schedules \
          WHERE tenant_id = $1 AND is_enabled AND next_at <= $2 ORDER BY next_at LIMIT 50 FOR UPDATE SKIP LOCKED";

    /// Move a schedule on.
    pub(crate) claim advance(tenant: TenantId, name: String, next_at: Timestamp) -> Written
        = "UPDATE schedules SET next_at = $3 WHERE tenant_id = $1 AND name = $2";

    /// Switch off a schedule that cannot be read.
    pub(crate) claim disable(tenant: TenantId, name: String) -> Written
        = "UPDATE schedules SET is_enabled = false WHERE tenant_id = $1 AND name = $2";
}
