//! SQL of scopes.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;

use super::ScopeId;
use super::model::ScopeRow;

macro_rules! scope {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, translations, claims, in_id_token, version, created_at, updated_at, created_by, ",
            "updated_by FROM oauth_scopes WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// The tenant's scopes.
    pub(crate) read list() -> Vec<ScopeRow> = scope!("ORDER BY name LIMIT 200");

    /// How many there are.
    pub(crate) read count() -> Option<Scalar<i64>> = "SELECT count(*) FROM oauth_scopes WHERE tenant_id = $1";

    /// One of them.
    pub(crate) read find(id: ScopeId) -> Option<ScopeRow> = scope!("AND id = $2");

    /// One of them, locked.
    pub(crate) write find_for_update(id: ScopeId) -> Option<ScopeRow> = scope!("AND id = $2 FOR UPDATE");

    /// A new one.
    pub(crate) write insert(
        id: ScopeId, name: String, description: String, translations: Value, claims: Value, in_id_token: bool, at: Timestamp,
        by: Option<UserId>
    ) -> Written = "INSERT INTO oauth_scopes (tenant_id, id, name, description, translations, claims, in_id_token, version, \
        created_at, updated_at, created_by, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8, $9, $9)";

    /// Its new values.
    pub(crate) write save(
        id: ScopeId, description: String, translations: Value, claims: Value, in_id_token: bool, version: i64,
        at: Timestamp, by: Option<UserId>
    ) -> Written = "UPDATE oauth_scopes SET description = $3, translations = $4, claims = $5, in_id_token = $6, version = $7, \
        updated_at = $8, updated_by = $9 WHERE tenant_id = $1 AND id = $2";

    /// One no longer.
    pub(crate) write delete(id: ScopeId) -> Written = "DELETE FROM oauth_scopes WHERE tenant_id = $1 AND id = $2";
}
