//! SQL of passkeys.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use tenantry_web::View;

use super::PasskeyId;

tenantry_db::row! {
    /// A passkey, as it is shown.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct PasskeyView {
        pub(crate) id: PasskeyId,
        pub(crate) name: String,
        pub(crate) created_at: Timestamp,
        pub(crate) last_used_at: Option<Timestamp>,
    }
}

impl View for PasskeyView {}

tenantry_db::row! {
    /// A passkey with its public key.
    #[derive(Debug, Clone)]
    pub(crate) struct Stored {
        pub(crate) id: PasskeyId,
        pub(crate) user_id: UserId,
        pub(crate) credential: Value,
    }
}

tenantry_db::statements! {
    /// A user's passkeys.
    pub(crate) read of_user(user: UserId) -> Vec<PasskeyView>
        = "SELECT id, name, created_at, last_used_at FROM passkeys WHERE tenant_id = $1 AND user_id = $2 \
           ORDER BY created_at, id LIMIT 50";

    /// What authenticators call a user's passkeys.
    pub(crate) read credential_ids(user: UserId) -> Vec<Scalar<Vec<u8>>>
        = "SELECT credential_id FROM passkeys WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id LIMIT 50";

    /// Whether a user has a passkey.
    pub(crate) read has_any(user: UserId) -> Option<Scalar<bool>>
        = "SELECT EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND user_id = $2)";

    /// The passkey that an authenticator has used, locked.
    pub(crate) write find_for_update(credential_id: Vec<u8>) -> Option<Stored>
        = "SELECT id, user_id, credential FROM passkeys WHERE tenant_id = $1 AND credential_id = $2 FOR UPDATE";

    /// A new passkey.
    pub(crate) write insert(
        id: PasskeyId, user: UserId, name: String, credential_id: Vec<u8>, credential: Value, at: Timestamp
    ) -> Written = "INSERT INTO passkeys (tenant_id, id, user_id, name, credential_id, credential, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// A passkey has been used.
    pub(crate) write note_use(id: PasskeyId, credential: Value, at: Timestamp) -> Written
        = "UPDATE passkeys SET credential = $3, last_used_at = $4 WHERE tenant_id = $1 AND id = $2";

    /// Another name.
    pub(crate) write rename(id: PasskeyId, user: UserId, name: String) -> Option<PasskeyView>
        = "UPDATE passkeys SET name = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3 \
           RETURNING id, name, created_at, last_used_at";

    /// A passkey no longer.
    pub(crate) write delete(id: PasskeyId, user: UserId) -> Written
        = "DELETE FROM passkeys WHERE tenant_id = $1 AND id = $2 AND user_id = $3";

    /// None of a user's passkeys any longer.
    pub(crate) write delete_all(user: UserId) -> Written
        = "DELETE FROM passkeys WHERE tenant_id = $1 AND user_id = $2";
}
