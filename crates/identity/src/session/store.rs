//! SQL of sessions.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{SessionId, UserId};
use tenantry_web::View;

tenantry_db::row! {
    /// A session, as its refresh needs it.
    #[derive(Debug, Clone)]
    pub(crate) struct Session {
        pub(crate) id: SessionId,
        pub(crate) user_id: UserId,
        pub(crate) generation: i32,
        pub(crate) refresh_seed: Vec<u8>,
        pub(crate) rotated_at: Timestamp,
        pub(crate) last_used_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) revoked_at: Option<Timestamp>,
        pub(crate) amr: Vec<String>,
    }
}

tenantry_db::row! {
    /// A session, as it is shown.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct SessionView {
        pub(crate) id: SessionId,
        pub(crate) ip: Option<String>,
        pub(crate) user_agent: Option<String>,
        pub(crate) created_at: Timestamp,
        pub(crate) last_used_at: Timestamp,
        pub(crate) expires_at: Timestamp,
    }
}

impl View for SessionView {}

tenantry_db::row! {
    /// A session that has just been ended.
    #[derive(Debug, Clone)]
    pub(crate) struct Ended {
        pub(crate) id: SessionId,
        pub(crate) last_used_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// A new session.
    pub(crate) write insert(
        id: SessionId, user: UserId, seed: Vec<u8>, ip: Option<String>, agent: Option<String>, at: Timestamp,
        expires_at: Timestamp, amr: Vec<String>
    ) -> Written = "INSERT INTO user_sessions (tenant_id, id, user_id, generation, refresh_seed, rotated_at, ip, \
        user_agent, created_at, last_used_at, authenticated_at, expires_at, amr) \
        VALUES ($1, $2, $3, 0, $4, $7, $5, $6, $7, $7, $7, $8, $9)";

    /// One session, locked.
    pub(crate) write find_for_update(id: SessionId) -> Option<Session>
        = "SELECT id, user_id, generation, refresh_seed, rotated_at, last_used_at, expires_at, revoked_at, amr \
           FROM user_sessions WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

    /// When a session ends, whatever happens.
    pub(crate) read expiry(id: SessionId) -> Option<Scalar<Timestamp>>
        = "SELECT expires_at FROM user_sessions WHERE tenant_id = $1 AND id = $2";

    /// The next generation of a session.
    pub(crate) write rotate(id: SessionId, generation: i32, at: Timestamp) -> Written
        = "UPDATE user_sessions SET generation = $3, rotated_at = $4, last_used_at = $4 WHERE tenant_id = $1 AND id = $2";

    /// One session no longer.
    pub(crate) write revoke(id: SessionId, at: Timestamp) -> Written
        = "UPDATE user_sessions SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";

    /// One session of a user no longer.
    pub(crate) write revoke_of(id: SessionId, user: UserId, at: Timestamp) -> Written
        = "UPDATE user_sessions SET revoked_at = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND revoked_at IS NULL";

    /// No session of a user any longer but one; those whose access tokens may still be good are told.
    pub(crate) write revoke_others(user: UserId, but: SessionId, at: Timestamp) -> Vec<Ended>
        = "UPDATE user_sessions SET revoked_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id <> $3 \
           AND revoked_at IS NULL RETURNING id, last_used_at";

    /// No session of a user any longer.
    pub(crate) write revoke_all(user: UserId, at: Timestamp) -> Written
        = "UPDATE user_sessions SET revoked_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL";

    /// No session of anybody any longer.
    pub(crate) write revoke_everyones(at: Timestamp) -> Written
        = "UPDATE user_sessions SET revoked_at = $2 WHERE tenant_id = $1 AND revoked_at IS NULL";

    /// The sessions of a user that can be used.
    pub(crate) read list_active(user: UserId, now: Timestamp, used_since: Timestamp) -> Vec<SessionView>
        = "SELECT id, ip, user_agent, created_at, last_used_at, expires_at FROM user_sessions \
           WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > $3 AND last_used_at > $4 \
           ORDER BY id DESC LIMIT 1000";
}
