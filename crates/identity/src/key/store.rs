//! SQL of API keys.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::UserId;
use uuid::Uuid;

use super::{ApiKey, ApiKeyId};
use crate::user::{UserKind, UserStatus};

macro_rules! key {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, replaced_by ",
            "FROM api_keys WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// What authentication needs to know of a key.
    #[derive(Debug, Clone)]
    pub(crate) struct Credential {
        pub(crate) user_id: UserId,
        pub(crate) status: UserStatus,
        pub(crate) secret_hash: Vec<u8>,
        pub(crate) scopes: Vec<String>,
        pub(crate) expires_at: Timestamp,
        pub(crate) last_used_at: Option<Timestamp>,
        pub(crate) revoked_at: Option<Timestamp>,
    }
}

tenantry_db::row! {
    /// Whose a key is to be.
    #[derive(Debug, Clone)]
    pub(crate) struct Owner {
        pub(crate) id: UserId,
        pub(crate) kind: UserKind,
        pub(crate) status: UserStatus,
    }
}

tenantry_db::statements! {
    /// What authentication needs to know of a key.
    pub(crate) read credential(id: ApiKeyId) -> Option<Credential>
        = "SELECT k.user_id, u.status, k.secret_hash, k.scopes, k.expires_at, k.last_used_at, k.revoked_at FROM api_keys k \
           JOIN users u ON u.tenant_id = $1 AND u.id = k.user_id WHERE k.tenant_id = $1 AND k.id = $2";

    /// When a key was last used.
    pub(crate) log note_use(id: ApiKeyId, at: Timestamp) -> Written
        = "UPDATE api_keys SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2";

    /// Whose a key is to be; nobody is deactivated meanwhile.
    pub(crate) write owner(id: UserId) -> Option<Owner>
        = "SELECT id, kind, status FROM users WHERE tenant_id = $1 AND id = $2 FOR SHARE";

    /// One key.
    pub(crate) read find(id: ApiKeyId) -> Option<ApiKey> = key!("AND id = $2");

    /// One key, locked.
    pub(crate) write find_for_update(id: ApiKeyId) -> Option<ApiKey> = key!("AND id = $2 FOR UPDATE");

    /// Keys, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid) -> Vec<ApiKey>
        = key!("AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// Keys of one owner, newest first.
    pub(crate) read list_of(at: Timestamp, id: Uuid, user: UserId) -> Vec<ApiKey>
        = key!("AND user_id = $4 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// A new key.
    pub(crate) write insert(
        id: ApiKeyId, user: UserId, name: String, hash: Vec<u8>, scopes: Vec<String>, at: Timestamp, by: UserId,
        expires_at: Timestamp
    ) -> Written = "INSERT INTO api_keys (tenant_id, id, user_id, name, secret_hash, scopes, created_at, created_by, \
        expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    /// A key's end.
    pub(crate) write save(
        id: ApiKeyId, expires_at: Timestamp, revoked_at: Option<Timestamp>, replaced_by: Option<ApiKeyId>
    ) -> Written = "UPDATE api_keys SET expires_at = $3, revoked_at = $4, replaced_by = $5 WHERE tenant_id = $1 AND id = $2";

    /// No key of an owner any longer.
    pub(crate) write revoke_all(user: UserId, at: Timestamp) -> Written
        = "UPDATE api_keys SET revoked_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL";
}
