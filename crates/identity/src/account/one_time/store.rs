//! SQL of links and codes.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::UserId;

use super::model::{OneTime, OneTimeId, Purpose};

macro_rules! one_time {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, purpose, target, link_hash, code_hash, tries, window_started_at, window_sent, created_at, \
             expires_at, used_at FROM one_time_tokens WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::statements! {
    /// One of them.
    pub(crate) read find(id: OneTimeId) -> Option<OneTime> = one_time!("AND id = $2");

    /// A user's for a purpose, locked.
    pub(crate) write find_for_update(user: UserId, purpose: Purpose) -> Option<OneTime>
        = one_time!("AND user_id = $2 AND purpose = $3 FOR UPDATE");

    /// A new one instead of the one that the user had for the purpose.
    pub(crate) write replace(
        id: OneTimeId, user: UserId, purpose: Purpose, target: String, link: Vec<u8>, code: Vec<u8>, started_at: Timestamp,
        sent: i32, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO one_time_tokens (tenant_id, id, user_id, purpose, target, link_hash, code_hash, tries, \
        window_started_at, window_sent, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11) \
        ON CONFLICT (tenant_id, user_id, purpose) DO UPDATE SET id = excluded.id, target = excluded.target, \
        link_hash = excluded.link_hash, code_hash = excluded.code_hash, tries = 0, \
        window_started_at = excluded.window_started_at, window_sent = excluded.window_sent, \
        created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = NULL";

    /// Use one up. Of two who try it at once, one touches a row.
    pub(crate) write use_up(id: OneTimeId, at: Timestamp) -> Written
        = "UPDATE one_time_tokens SET used_at = $3 WHERE tenant_id = $1 AND id = $2 AND used_at IS NULL";

    /// None that the user has for a purpose counts any longer.
    pub(crate) write end(user: UserId, purpose: Purpose, at: Timestamp) -> Written
        = "UPDATE one_time_tokens SET used_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND purpose = $3 AND used_at IS NULL";

    /// A code was wrong.
    pub(crate) write count_try(id: OneTimeId) -> Written
        = "UPDATE one_time_tokens SET tries = tries + 1 WHERE tenant_id = $1 AND id = $2";
}
