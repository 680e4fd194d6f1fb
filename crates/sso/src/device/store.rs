//! SQL of what devices wait for.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::{SessionId, UserId};

use super::{DeviceCodeId, DeviceState};
use crate::client::ClientId;

tenantry_db::row! {
    /// What a device waits for.
    #[derive(Debug, Clone)]
    pub(crate) struct DeviceCode {
        pub(crate) id: DeviceCodeId,
        pub(crate) client_id: ClientId,
        pub(crate) device_hash: Vec<u8>,
        pub(crate) scopes: Vec<String>,
        pub(crate) state: DeviceState,
        pub(crate) interval_seconds: i32,
        pub(crate) polled_at: Option<Timestamp>,
        pub(crate) user_id: Option<UserId>,
        pub(crate) session_id: Option<SessionId>,
        pub(crate) auth_time: Option<Timestamp>,
        pub(crate) acr: Option<String>,
        pub(crate) amr: Option<Vec<String>>,
        pub(crate) expires_at: Timestamp,
    }
}

macro_rules! device_code {
    ($rest:literal) => {
        concat!(
            "SELECT id, client_id, device_hash, scopes, state, interval_seconds, polled_at, user_id, session_id, ",
            "auth_time, acr, amr, expires_at FROM oauth_device_codes WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// What a device waits for.
    pub(crate) read find(id: DeviceCodeId) -> Option<DeviceCode> = device_code!("AND id = $2");

    /// The same, locked.
    pub(crate) write find_for_update(id: DeviceCodeId) -> Option<DeviceCode>
        = device_code!("AND id = $2 FOR UPDATE");

    /// What the device waits for that shows this code.
    pub(crate) read find_by_user_code(hash: Vec<u8>) -> Option<DeviceCode>
        = device_code!("AND user_code_hash = $2");

    /// The codes of a device.
    pub(crate) log insert(
        id: DeviceCodeId, client: ClientId, device_hash: Vec<u8>, user_code_hash: Vec<u8>, scopes: Vec<String>,
        interval: i32, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO oauth_device_codes (tenant_id, id, client_id, device_hash, user_code_hash, scopes, state, \
        interval_seconds, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9)";

    /// Codes whose time is over, and of which no device asks any longer.
    pub(crate) log delete_expired(before: Timestamp) -> Written
        = "DELETE FROM oauth_device_codes WHERE tenant_id = $1 AND expires_at < $2";

    /// A device has asked.
    pub(crate) log note_poll(id: DeviceCodeId, at: Timestamp, interval: i32) -> Written
        = "UPDATE oauth_device_codes SET polled_at = $3, interval_seconds = $4 WHERE tenant_id = $1 AND id = $2";

    /// A person has said yes.
    pub(crate) write approve(
        id: DeviceCodeId, user: UserId, session: SessionId, auth_time: Timestamp, acr: String, amr: Vec<String>
    ) -> Written = "UPDATE oauth_device_codes SET state = 'approved', user_id = $3, session_id = $4, auth_time = $5, \
        acr = $6, amr = $7 WHERE tenant_id = $1 AND id = $2 AND state = 'pending'";

    /// A person has said no.
    pub(crate) write deny(id: DeviceCodeId) -> Written
        = "UPDATE oauth_device_codes SET state = 'denied' WHERE tenant_id = $1 AND id = $2 AND state = 'pending'";

    /// The device has got its tokens.
    pub(crate) write delete(id: DeviceCodeId) -> Written
        = "DELETE FROM oauth_device_codes WHERE tenant_id = $1 AND id = $2";
}
