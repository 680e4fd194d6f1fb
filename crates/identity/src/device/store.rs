//! SQL of devices.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{SessionId, UserId};

use super::model::{Device, DeviceId, DeviceView};
use crate::session::store::Ended;

macro_rules! view {
    ($current:literal, $rest:literal) => {
        concat!(
            "SELECT d.id, d.name, d.user_agent, d.platform, d.first_seen_at, d.last_seen_at, d.last_ip, ",
            "CASE WHEN d.trusted_until > $3 THEN d.trusted_until END AS trusted_until, ",
            $current,
            " AS is_current FROM devices d WHERE d.tenant_id = $1 AND d.user_id = $2 AND d.revoked_at IS NULL ",
            $rest
        )
    };
}

macro_rules! own {
    ($rest:literal) => {
        view!(
            "(d.id = (SELECT s.device_id FROM user_sessions s WHERE s.tenant_id = $1 AND s.id = $4)) IS TRUE",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// Those of a user that a sign-in may come from.
    pub(crate) read shown(user: UserId, ids: Vec<DeviceId>) -> Vec<Device>
        = "SELECT id, name, token_hash, user_agent, trusted_at, trusted_until FROM devices WHERE tenant_id = $1 \
           AND user_id = $2 AND id = ANY($3) AND revoked_at IS NULL AND token_hash IS NOT NULL LIMIT 10";

    /// The device of a session, when it has not been revoked.
    pub(crate) read of_session(session: SessionId) -> Option<Device>
        = "SELECT d.id, d.name, d.token_hash, d.user_agent, d.trusted_at, d.trusted_until FROM user_sessions s \
           JOIN devices d ON d.tenant_id = $1 AND d.id = s.device_id \
           WHERE s.tenant_id = $1 AND s.id = $2 AND d.revoked_at IS NULL";

    /// Whether a user was told of such a device on such a network a short while ago.
    pub(crate) read was_told(user: UserId, fingerprint: Vec<u8>, ip: Option<String>, since: Timestamp) -> Option<Scalar<bool>>
        = "SELECT EXISTS (SELECT 1 FROM devices WHERE tenant_id = $1 AND user_id = $2 AND fingerprint = $3 \
           AND last_ip IS NOT DISTINCT FROM $4 AND first_seen_at > $5)";

    /// A new device.
    pub(crate) write insert(
        id: DeviceId, user: UserId, name: String, token: Vec<u8>, fingerprint: Vec<u8>, agent: Option<String>,
        platform: String, ip: Option<String>, at: Timestamp
    ) -> Written = "INSERT INTO devices (tenant_id, id, user_id, name, token_hash, fingerprint, user_agent, platform, last_ip, \
        first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";

    /// Of a user's devices, keep so many: those that are trusted first, then the latest seen. Those that were revoked, or not seen
    /// since an instant, go in any case. Returns whether each that goes was trusted.
    pub(crate) write make_room(user: UserId, now: Timestamp, seen_since: Timestamp, most: i64) -> Vec<Scalar<bool>>
        = "DELETE FROM devices WHERE tenant_id = $1 AND user_id = $2 AND (revoked_at IS NOT NULL OR last_seen_at < $4 \
           OR id IN (SELECT id FROM devices WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL \
           ORDER BY coalesce(trusted_until > $3, false) DESC, last_seen_at DESC, id DESC OFFSET $5)) \
           RETURNING coalesce(trusted_until > $3, false)";

    /// A device has been used again.
    pub(crate) write note_use(
        id: DeviceId, fingerprint: Vec<u8>, agent: Option<String>, platform: String, ip: Option<String>, at: Timestamp
    ) -> Written = "UPDATE devices SET fingerprint = $3, user_agent = $4, platform = $5, last_ip = $6, last_seen_at = $7 \
        WHERE tenant_id = $1 AND id = $2";

    /// It stands for the second factor from now on, and has another secret: none that was copied before is trusted with it.
    pub(crate) write trust(id: DeviceId, token: Vec<u8>, at: Timestamp, until: Timestamp) -> Written
        = "UPDATE devices SET token_hash = $3, trusted_at = $4, trusted_until = $5 WHERE tenant_id = $1 AND id = $2";

    /// It stands for the second factor no longer.
    pub(crate) write distrust(id: DeviceId) -> Written
        = "UPDATE devices SET trusted_at = NULL, trusted_until = NULL WHERE tenant_id = $1 AND id = $2 \
           AND trusted_until IS NOT NULL";

    /// None of a user's stands for a second factor any longer.
    pub(crate) write distrust_all(user: UserId) -> Written
        = "UPDATE devices SET trusted_at = NULL, trusted_until = NULL WHERE tenant_id = $1 AND user_id = $2 \
           AND trusted_until IS NOT NULL";

    /// None of the tenant's stands for a second factor for longer than these days.
    pub(crate) write shorten(days: i32) -> Written
        = "UPDATE devices SET trusted_until = trusted_at + make_interval(hours => 24 * $2) WHERE tenant_id = $1 \
           AND trusted_until IS NOT NULL AND trusted_until > trusted_at + make_interval(hours => 24 * $2)";

    /// Its secret has been copied: it counts no longer, for whoever has it.
    pub(crate) write retire(id: DeviceId) -> Written
        = "UPDATE devices SET token_hash = NULL, trusted_at = NULL, trusted_until = NULL WHERE tenant_id = $1 AND id = $2";

    /// One of a user's no longer.
    pub(crate) write revoke(id: DeviceId, user: UserId, at: Timestamp) -> Written
        = "UPDATE devices SET revoked_at = $4, token_hash = NULL, trusted_at = NULL, trusted_until = NULL \
           WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND revoked_at IS NULL";

    /// No session of a device any longer; those whose access tokens may still be good are told.
    pub(crate) write end_sessions(id: DeviceId, at: Timestamp) -> Vec<Ended>
        = "UPDATE user_sessions SET revoked_at = $3 WHERE tenant_id = $1 AND device_id = $2 AND revoked_at IS NULL \
           RETURNING id, last_used_at";

    /// Another name.
    pub(crate) write rename(id: DeviceId, user: UserId, name: String) -> Written
        = "UPDATE devices SET name = $4 WHERE tenant_id = $1 AND id = $2 AND user_id = $3 AND revoked_at IS NULL";

    /// One's own, the latest first.
    pub(crate) read list_own(user: UserId, now: Timestamp, session: SessionId) -> Vec<DeviceView>
        = own!("ORDER BY d.last_seen_at DESC, d.id DESC LIMIT 1000");

    /// One of one's own.
    pub(crate) read find_own(user: UserId, now: Timestamp, session: SessionId, id: DeviceId) -> Option<DeviceView>
        = own!("AND d.id = $5");

    /// A user's, the latest first.
    pub(crate) read list_of(user: UserId, now: Timestamp) -> Vec<DeviceView>
        = view!("false", "ORDER BY d.last_seen_at DESC, d.id DESC LIMIT 1000");
}
