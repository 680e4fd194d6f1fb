//! Statements of these tests: notes are rows of `permissions`, the narrowest table that has a unique name.

use jiff::Timestamp;
use serde_json::json;
use tenantry_db::{Change, Scalar, Written};
use tenantry_kernel::{Clock, PlacementId, Rng, TenantId};
use uuid::Uuid;

tenantry_db::row! {
    /// A note.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Note {
        pub(crate) id: Uuid,
        pub(crate) name: String,
    }
}

tenantry_db::statements! {
    /// One note.
    pub(crate) read find(id: Uuid) -> Option<Note> = "SELECT id, name FROM permissions WHERE tenant_id = $1 AND id = $2";

    /// The tenant's notes, by name.
    pub(crate) read list() -> Vec<Note> = "SELECT id, name FROM permissions WHERE tenant_id = $1 ORDER BY name";

    /// Whose rows are in sight, by the policy alone.
    pub(crate) read in_sight() -> Vec<Scalar<TenantId>>
        // check-sql: allow(tenant-key) the policy alone is looked at
        = "SELECT tenant_id FROM permissions WHERE $1::uuid IS NOT NULL";

    /// An error, once it runs.
    pub(crate) read divide_by_zero() -> Option<Scalar<i32>>
        = "SELECT 1 / count(*)::int FROM permissions WHERE tenant_id = $1 AND name = 'no such note'";

    /// A write that calls itself a read.
    pub(crate) read insert_in_disguise(id: Uuid, at: Timestamp) -> Option<Scalar<Uuid>>
        = "INSERT INTO permissions (tenant_id, id, name, created_at) VALUES ($1, $2, 'disguised', $3) RETURNING id";

    /// A new note.
    pub(crate) write insert_row(id: Uuid, name: String, at: Timestamp) -> Written
        = "INSERT INTO permissions (tenant_id, id, name, created_at) VALUES ($1, $2, $3, $4)";

    /// A note under another name.
    pub(crate) write rename(id: Uuid, name: String) -> Written
        = "UPDATE permissions SET name = $3 WHERE tenant_id = $1 AND id = $2";

    /// Something on the platform's own tables.
    pub(crate) control count_placements() -> Option<Scalar<i64>> = "SELECT count(*) FROM control.placements";
}

/// A new id.
pub(crate) fn new_id() -> Uuid {
    PlacementId::new(&Clock::system(), &Rng::system()).as_uuid()
}

/// A new note.
pub(crate) fn insert(id: Uuid, name: &str) -> tenantry_db::Write<Written> {
    insert_row(id, name.to_owned(), Clock::system().now())
}

/// What the trail says of a note.
pub(crate) fn noted(id: Uuid, name: &str) -> Change {
    Change::named("note", Some(id), "noted", json!({"name": name}))
}
