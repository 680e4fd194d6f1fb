//! SQL of service accounts.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::UserId;
use uuid::Uuid;

use super::{ServiceAccount, ServiceAccountId};
use crate::user::UserStatus;

macro_rules! account {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.description, u.status, u.version, u.created_at, u.updated_at ",
            "FROM users u JOIN service_accounts s ON s.tenant_id = $1 AND s.id = u.id WHERE u.tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// One account.
    pub(crate) read find(id: ServiceAccountId) -> Option<ServiceAccount> = account!("AND u.id = $2");

    /// One account, locked.
    pub(crate) write find_for_update(id: ServiceAccountId) -> Option<ServiceAccount>
        = account!("AND u.id = $2 FOR UPDATE OF u, s");

    /// Accounts, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid) -> Vec<ServiceAccount>
        = account!("AND u.kind = 'service' AND (u.created_at, u.id) < ($2, $3) ORDER BY u.created_at DESC, u.id DESC LIMIT 101");

    /// A new account's user.
    pub(crate) write insert_user(id: ServiceAccountId, address: String, at: Timestamp, by: UserId) -> Written
        = "INSERT INTO users (tenant_id, id, kind, email, status, email_verified, phone_verified, mfa_enabled, metadata, \
           version, created_at, updated_at, created_by, updated_by) \
           VALUES ($1, $2, 'service', $3, 'active', false, false, false, '{}', 1, $4, $4, $5, $5)";

    /// A new account.
    pub(crate) write insert(id: ServiceAccountId, name: String, description: Option<String>) -> Written
        = "INSERT INTO service_accounts (tenant_id, id, name, description) VALUES ($1, $2, $3, $4)";

    /// An account's state and version.
    pub(crate) write save_user(id: ServiceAccountId, status: UserStatus, version: i64, at: Timestamp, by: UserId) -> Written
        = "UPDATE users SET status = $3, version = $4, updated_at = $5, updated_by = $6 \
           WHERE tenant_id = $1 AND id = $2 AND kind = 'service'";

    /// An account's name.
    pub(crate) write save(id: ServiceAccountId, name: String, description: Option<String>) -> Written
        = "UPDATE service_accounts SET name = $3, description = $4 WHERE tenant_id = $1 AND id = $2";
}
