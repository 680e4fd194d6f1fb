//! SQL of a tenant's configuration.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::Written;
use tenantry_kernel::UserId;

use super::model::Stored;

tenantry_db::row! {
    /// One version of a section.
    #[derive(Debug, Clone)]
    pub(crate) struct Version {
        pub(crate) version: i64,
        pub(crate) value: Value,
        pub(crate) created_at: Timestamp,
        pub(crate) created_by: Option<UserId>,
    }
}

tenantry_db::statements! {
    /// A section.
    pub(crate) read find(section: &'static str) -> Option<Stored>
        = "SELECT value, version, updated_at FROM tenant_configs WHERE tenant_id = $1 AND section = $2";

    /// A section, locked.
    pub(crate) write find_for_update(section: &'static str) -> Option<Stored>
        = "SELECT value, version, updated_at FROM tenant_configs WHERE tenant_id = $1 AND section = $2 FOR UPDATE";

    /// A section's new value.
    pub(crate) write save(section: &'static str, value: Value, version: i64, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO tenant_configs (tenant_id, section, value, version, updated_at, updated_by) \
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, section) DO UPDATE SET value = excluded.value, \
           version = excluded.version, updated_at = excluded.updated_at, updated_by = excluded.updated_by";

    /// One more version. Of two that are made at once, the second is refused: it has seen what holds no longer.
    pub(crate) write insert_version(
        section: &'static str, version: i64, value: Value, at: Timestamp, by: UserId
    ) -> Written = "INSERT INTO tenant_config_versions (tenant_id, section, version, value, created_at, created_by) \
        VALUES ($1, $2, $3, $4, $5, $6)";

    /// Versions up to this one no longer.
    pub(crate) write delete_versions(section: &'static str, last: i64) -> Written
        = "DELETE FROM tenant_config_versions WHERE tenant_id = $1 AND section = $2 AND version <= $3";

    /// The last hundred versions of a section, newest first.
    pub(crate) read versions(section: &'static str) -> Vec<Version>
        = "SELECT version, value, created_at, created_by FROM tenant_config_versions WHERE tenant_id = $1 AND section = $2 \
           ORDER BY version DESC LIMIT 100";

    /// One version of a section.
    pub(crate) read find_version(section: &'static str, version: i64) -> Option<Version>
        = "SELECT version, value, created_at, created_by FROM tenant_config_versions WHERE tenant_id = $1 AND section = $2 \
           AND version = $3";
}
