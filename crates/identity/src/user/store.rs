//! SQL of users.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use tenantry_vault::Sealed;
use tenantry_web::stats::{Counted, Daily};
use uuid::Uuid;

use super::model::{User, UserStatus};

macro_rules! anyone {
    ($($rest:literal)+) => {
        concat!(
            "SELECT id, email, status, email_verified, phone_verified, mfa_enabled, first_name, last_name, ",
            "phone_sealed, avatar_url, metadata, last_login_at, version, created_at, updated_at, status_reason, status_changed_at, deleted_at, ", "deleted_from, language ",
            "FROM users WHERE tenant_id = $1 ",
            $($rest),+
        )
    };
}

macro_rules! user {
    ($rest:literal) => {
        anyone!("AND kind = 'person' " $rest)
    };
}

tenantry_db::row! {
    /// A sealed telephone number.
    #[derive(Debug, Clone)]
    pub(crate) struct SealedPhone {
        pub(crate) id: UserId,
        pub(crate) phone_sealed: Sealed,
    }
}

tenantry_db::statements! {
    /// One user.
    pub(crate) read find(id: UserId) -> Option<User> = user!("AND id = $2");

    /// One user, be it a person or a service account.
    pub(crate) read find_anyone(id: UserId) -> Option<User> = anyone!("AND id = $2");

    /// One user, by e-mail address.
    pub(crate) read find_by_email(email: String) -> Option<User> = user!("AND email = $2");

    /// One user, locked.
    pub(crate) write find_for_update(id: UserId) -> Option<User> = user!("AND id = $2 FOR UPDATE");

    /// Users, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid) -> Vec<User>
        = user!("AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// Users, oldest first.
    pub(crate) read list_oldest(at: Timestamp, id: Uuid) -> Vec<User>
        = user!("AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 101");

    /// Users in a state, newest first.
    pub(crate) read list_newest_in(at: Timestamp, id: Uuid, status: UserStatus) -> Vec<User>
        = user!("AND status = $4 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// Users in a state, oldest first.
    pub(crate) read list_oldest_in(at: Timestamp, id: Uuid, status: UserStatus) -> Vec<User>
        = user!("AND status = $4 AND (created_at, id) > ($2, $3) ORDER BY created_at, id LIMIT 101");

    /// Users with an e-mail address, a name or a last name in a range of keys, newest first.
    pub(crate) read list_matching(at: Timestamp, id: Uuid, status: Option<UserStatus>, from: String, until: String) -> Vec<User>
        = user!("AND (created_at, id) < ($2, $3) AND ($4::text IS NULL OR status = $4) \
            AND ((email COLLATE \"C\" >= $5 AND email COLLATE \"C\" < $6) OR (name_key >= $5 AND name_key < $6) \
            OR (last_name_key >= $5 AND last_name_key < $6)) ORDER BY created_at DESC, id DESC LIMIT 101");

    /// How many users match.
    pub(crate) read count_matching(status: Option<UserStatus>, from: String, until: String) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM users WHERE tenant_id = $1 AND kind = 'person' AND ($2::text IS NULL OR status = $2) \
           AND ((email COLLATE \"C\" >= $3 AND email COLLATE \"C\" < $4) OR (name_key >= $3 AND name_key < $4) \
           OR (last_name_key >= $3 AND last_name_key < $4))";

    /// How many users are in each state.
    pub(crate) read count_by_status(only: Option<UserId>) -> Vec<Counted>
        = "SELECT status AS name, count(*) AS count FROM users WHERE tenant_id = $1 AND kind = 'person' \
           AND ($2::uuid IS NULL OR id = $2) \
           GROUP BY status";

    /// How many users were created on each day since an instant.
    pub(crate) read created_per_day(since: Timestamp, only: Option<UserId>) -> Vec<Daily>
        = "SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS count FROM users WHERE tenant_id = $1 \
           AND kind = 'person' AND created_at >= $2 AND ($3::uuid IS NULL OR id = $3) GROUP BY 1";

    /// How many users there are.
    pub(crate) read count() -> Option<Scalar<i64>> = "SELECT count(*) FROM users WHERE tenant_id = $1 AND kind = 'person'";

    /// How many users are in a state.
    pub(crate) read count_in(status: UserStatus) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM users WHERE tenant_id = $1 AND kind = 'person' AND status = $2";

    /// A new user.
    pub(crate) write insert(
        id: UserId, email: String, status: UserStatus, email_verified: bool, first: Option<String>, last: Option<String>,
        phone: Option<Sealed>, avatar: Option<String>, metadata: Value, at: Timestamp, by: Option<UserId>,
        name_key: Option<String>, last_name_key: Option<String>
    ) -> Written = "INSERT INTO users (tenant_id, id, email, status, email_verified, phone_verified, mfa_enabled, \
        first_name, last_name, phone_sealed, avatar_url, metadata, version, created_at, updated_at, created_by, updated_by, \
        name_key, last_name_key) \
        VALUES ($1, $2, $3, $4, $5, false, false, $6, $7, $8, $9, $10, 1, $11, $11, $12, $12, $13, $14)";

    /// A new user, unless the address is taken.
    pub(crate) write insert_new(
        id: UserId, email: String, status: UserStatus, email_verified: bool, first: Option<String>, last: Option<String>,
        phone: Option<Sealed>, metadata: Value, at: Timestamp, by: UserId, name_key: Option<String>,
        last_name_key: Option<String>
    ) -> Written = "INSERT INTO users (tenant_id, id, email, status, email_verified, phone_verified, mfa_enabled, \
        first_name, last_name, phone_sealed, metadata, version, created_at, updated_at, created_by, updated_by, name_key, \
        last_name_key) VALUES ($1, $2, $3, $4, $5, false, false, $6, $7, $8, $9, 1, $10, $10, $11, $11, $12, $13) \
        ON CONFLICT DO NOTHING";

    /// A user's new values.
    pub(crate) write save(
        id: UserId, status: UserStatus, email_verified: bool, phone_verified: bool, first: Option<String>,
        last: Option<String>, phone: Option<Sealed>, avatar: Option<String>, metadata: Value, version: i64,
        at: Timestamp, by: UserId, reason: Option<String>, changed_at: Option<Timestamp>, deleted_at: Option<Timestamp>,
        deleted_from: Option<UserStatus>, name_key: Option<String>, last_name_key: Option<String>
    ) -> Written = "UPDATE users SET status = $3, email_verified = $4, phone_verified = $5, first_name = $6, \
        last_name = $7, phone_sealed = $8, avatar_url = $9, metadata = $10, version = $11, updated_at = $12, \
        updated_by = $13, status_reason = $14, status_changed_at = $15, deleted_at = $16, deleted_from = $17, \
        name_key = $18, last_name_key = $19 WHERE tenant_id = $1 AND id = $2";

    /// When the user last signed in.
    pub(crate) write note_login(id: UserId, at: Timestamp) -> Written
        = "UPDATE users SET last_login_at = $3 WHERE tenant_id = $1 AND id = $2";

    /// Sealed telephone numbers, after a user.
    pub(crate) read sealed_after(after: UserId) -> Vec<SealedPhone>
        = "SELECT id, phone_sealed FROM users WHERE tenant_id = $1 AND id > $2 AND phone_sealed IS NOT NULL \
           ORDER BY id LIMIT 100";

    /// A telephone number sealed anew, unless it has changed.
    pub(crate) write reseal_phone(id: UserId, old: Sealed, new: Sealed) -> Written
        = "UPDATE users SET phone_sealed = $4 WHERE tenant_id = $1 AND id = $2 AND phone_sealed = $3";
}
