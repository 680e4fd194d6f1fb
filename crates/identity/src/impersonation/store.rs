//! SQL of impersonations.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use uuid::Uuid;

use super::{EndedBy, Impersonation, ImpersonationId, Mode};

macro_rules! impersonation {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, operator_id, operator_email, reason, ticket, mode, created_at, expires_at, ended_at, ",
            "ended_by FROM impersonations WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// The active person who has administered the tenant for longest.
    pub(crate) read first_administrator(role: String) -> Option<Scalar<UserId>>
        = "SELECT u.id FROM roles r JOIN user_roles a ON a.tenant_id = $1 AND a.role_id = r.id AND a.expires_at IS NULL \
           JOIN users u ON u.tenant_id = $1 AND u.id = a.user_id WHERE r.tenant_id = $1 AND r.name = $2 \
           AND u.kind = 'person' AND u.status = 'active' ORDER BY u.created_at, u.id LIMIT 1";

    /// One impersonation, locked.
    pub(crate) write find_for_update(id: ImpersonationId) -> Option<Impersonation> = impersonation!("AND id = $2 FOR UPDATE");

    /// Impersonations, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid) -> Vec<Impersonation>
        = impersonation!("AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// A new impersonation.
    pub(crate) write insert(
        id: ImpersonationId, user: UserId, operator: UserId, email: String, reason: String, ticket: Option<String>,
        mode: Mode, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO impersonations (tenant_id, id, user_id, operator_id, operator_email, reason, ticket, mode, \
        created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    /// An impersonation no longer.
    pub(crate) write end(id: ImpersonationId, at: Timestamp, by: EndedBy) -> Written
        = "UPDATE impersonations SET ended_at = $3, ended_by = $4 WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL";
}
