//! SQL of sessions.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{SessionId, UserId};
use tenantry_web::View;

use crate::device::DeviceId;

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
        /// Whether its device stands for a second factor.
        pub(crate) is_trusted: bool,
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
        /// The device that it began on.
        pub(crate) device_id: Option<DeviceId>,
        pub(crate) device_name: Option<String>,
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
        authenticated_at: Timestamp, expires_at: Timestamp, amr: Vec<String>, device: DeviceId, by_device: bool
    ) -> Written = "INSERT INTO user_sessions (tenant_id, id, user_id, generation, refresh_seed, rotated_at, ip, \
        user_agent, created_at, last_used_at, authenticated_at, expires_at, amr, device_id, by_trusted_device) \
        VALUES ($1, $2, $3, 0, $4, $7, $5, $6, $7, $7, $8, $9, $10, $11, $12)";

    /// One session, locked.
    pub(crate) write find_for_update(id: SessionId, now: Timestamp) -> Option<Session>
        = "SELECT s.id, s.user_id, s.generation, s.refresh_seed, s.rotated_at, s.last_used_at, s.expires_at, s.revoked_at, s.amr, \
           coalesce(d.trusted_until > $3, false) AS is_trusted FROM user_sessions s \
           LEFT JOIN devices d ON d.tenant_id = $1 AND d.id = s.device_id \
           WHERE s.tenant_id = $1 AND s.id = $2 FOR UPDATE OF s";

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
        = "SELECT s.id, s.ip, s.user_agent, s.created_at, s.last_used_at, s.expires_at, s.device_id, d.name AS device_name \
           FROM user_sessions s LEFT JOIN devices d ON d.tenant_id = $1 AND d.id = s.device_id \
           WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3 AND s.last_used_at > $4 \
           ORDER BY s.id DESC LIMIT 1000";
}
