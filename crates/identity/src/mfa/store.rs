//! SQL of second factors.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{SessionId, UserId};
use tenantry_vault::Sealed;

use uuid::Uuid;

use super::model::{BackupCodeId, ChallengeId, Method, MethodId, MethodType};
use super::sent::SentCode;

tenantry_db::row! {
    /// An authenticator app.
    #[derive(Debug, Clone)]
    pub(crate) struct Authenticator {
        pub(crate) id: MethodId,
        pub(crate) secret_sealed: Sealed,
        pub(crate) last_step: Option<i64>,
        pub(crate) created_at: Timestamp,
    }
}

tenantry_db::row! {
    /// A sign-in that waits, or a ceremony.
    #[derive(Debug, Clone)]
    pub(crate) struct Challenge {
        pub(crate) id: ChallengeId,
        pub(crate) user_id: Option<UserId>,
        pub(crate) purpose: String,
        pub(crate) secret_hash: Vec<u8>,
        pub(crate) amr: Vec<String>,
        pub(crate) password_changed_at: Option<Timestamp>,
        pub(crate) tries: i32,
        pub(crate) state: Option<Value>,
        pub(crate) expires_at: Timestamp,
    }
}

tenantry_db::row! {
    /// What was sent to a user lately.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Sends {
        pub(crate) total: i64,
        pub(crate) first: Option<Timestamp>,
        pub(crate) last: Option<Timestamp>,
    }
}

tenantry_db::row! {
    /// A sealed seed.
    #[derive(Debug, Clone)]
    pub(crate) struct SealedSeed {
        pub(crate) id: MethodId,
        pub(crate) secret_sealed: Sealed,
    }
}

tenantry_db::statements! {
    /// A user's second factors.
    pub(crate) read methods_of(user: UserId) -> Vec<Method>
        = "SELECT id, method_type, target_hash, created_at, verified_at, last_used_at FROM mfa_methods \
           WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id LIMIT 20";

    /// How many backup codes of a user have not been used.
    pub(crate) read backup_codes_left(user: UserId) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM mfa_backup_codes WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL";

    /// A user's authenticator app; the one that is being set up when it is not verified.
    pub(crate) read authenticator(user: UserId, is_pending: bool) -> Option<Authenticator>
        = "SELECT id, secret_sealed, last_step, created_at FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2 \
           AND method_type = 'totp' AND (verified_at IS NULL) = $3 AND secret_sealed IS NOT NULL";

    /// One that is being set up.
    pub(crate) write insert(
        id: MethodId, user: UserId, kind: MethodType, seed: Option<Sealed>, target: Option<Vec<u8>>, at: Timestamp
    ) -> Written = "INSERT INTO mfa_methods (tenant_id, id, user_id, method_type, secret_sealed, target_hash, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// None of a kind.
    pub(crate) write delete_kind(user: UserId, kind: MethodType) -> Written
        = "DELETE FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2 AND method_type = $3";

    /// Codes go to another address from now on, when they went to the one before.
    pub(crate) write repoint(user: UserId, kind: MethodType, before: Vec<u8>, after: Vec<u8>) -> Written
        = "UPDATE mfa_methods SET target_hash = $5 WHERE tenant_id = $1 AND user_id = $2 AND method_type = $3 \
           AND target_hash = $4 AND verified_at IS NOT NULL";

    /// The code that something waits for.
    pub(crate) read code_of(scope: Uuid) -> Option<SentCode>
        = "SELECT purpose, user_id, method_id, code_hash, tries, sent, sent_at, expires_at, used_at FROM mfa_codes \
           WHERE tenant_id = $1 AND scope_id = $2";

    /// What was sent to a user lately.
    pub(crate) read sends_of(user: UserId, since: Timestamp) -> Option<Sends>
        = "SELECT coalesce(sum(sent), 0)::bigint AS total, min(sent_at) AS first, max(sent_at) AS last FROM mfa_codes \
           WHERE tenant_id = $1 AND user_id = $2 AND sent_at > $3";

    /// A new code instead of the one before.
    pub(crate) write replace_code(
        scope: Uuid, purpose: &'static str, user: UserId, method: MethodId, hash: Vec<u8>, sent: i32, at: Timestamp,
        expires_at: Timestamp
    ) -> Written = "INSERT INTO mfa_codes (tenant_id, scope_id, purpose, user_id, method_id, code_hash, tries, sent, sent_at, \
        expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9) ON CONFLICT (tenant_id, scope_id) DO UPDATE SET \
        purpose = excluded.purpose, user_id = excluded.user_id, method_id = excluded.method_id, \
        code_hash = excluded.code_hash, tries = 0, sent = excluded.sent, sent_at = excluded.sent_at, \
        expires_at = excluded.expires_at, used_at = NULL";

    /// A code that has just been used.
    pub(crate) write use_code(scope: Uuid, at: Timestamp) -> Written
        = "UPDATE mfa_codes SET used_at = $3 WHERE tenant_id = $1 AND scope_id = $2 AND used_at IS NULL";

    /// A code was wrong.
    pub(crate) write count_code_try(scope: Uuid) -> Written
        = "UPDATE mfa_codes SET tries = tries + 1 WHERE tenant_id = $1 AND scope_id = $2";

    /// None of a user's codes that count for nothing any more.
    pub(crate) write delete_old_codes(user: UserId, before: Timestamp) -> Written
        = "DELETE FROM mfa_codes WHERE tenant_id = $1 AND user_id = $2 AND sent_at < $3";

    /// None that is being set up.
    pub(crate) write delete_pending(user: UserId, kind: MethodType) -> Written
        = "DELETE FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2 AND method_type = $3 AND verified_at IS NULL";

    /// None of a kind but one.
    pub(crate) write delete_others(user: UserId, kind: MethodType, but: MethodId) -> Written
        = "DELETE FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2 AND method_type = $3 AND id <> $4";

    /// One that counts from now on.
    pub(crate) write verify(id: MethodId, at: Timestamp, step: Option<i64>) -> Written
        = "UPDATE mfa_methods SET verified_at = $3, last_step = $4 WHERE tenant_id = $1 AND id = $2";

    /// A code of one was accepted.
    pub(crate) write note_use(id: MethodId, at: Timestamp, step: Option<i64>) -> Written
        = "UPDATE mfa_methods SET last_used_at = $3, last_step = coalesce($4, last_step) WHERE tenant_id = $1 AND id = $2";

    /// One of a user's second factors no longer.
    pub(crate) write delete(id: MethodId, user: UserId) -> Written
        = "DELETE FROM mfa_methods WHERE tenant_id = $1 AND id = $2 AND user_id = $3";

    /// None of a user's second factors any longer.
    pub(crate) write delete_all(user: UserId) -> Written
        = "DELETE FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2";

    /// Whether signing in asks for a second factor.
    pub(crate) write set_enabled(user: UserId, is_enabled: bool, at: Timestamp) -> Written
        = "UPDATE users SET mfa_enabled = $3, updated_at = $4, version = version + 1 WHERE tenant_id = $1 AND id = $2 \
           AND mfa_enabled <> $3";

    /// A backup code.
    pub(crate) write insert_backup_code(id: BackupCodeId, user: UserId, hash: Vec<u8>, at: Timestamp) -> Written
        = "INSERT INTO mfa_backup_codes (tenant_id, id, user_id, code_hash, created_at) VALUES ($1, $2, $3, $4, $5)";

    /// No backup codes of a user any longer.
    pub(crate) write delete_backup_codes(user: UserId) -> Written
        = "DELETE FROM mfa_backup_codes WHERE tenant_id = $1 AND user_id = $2";

    /// A backup code that has just been used.
    pub(crate) write use_backup_code(user: UserId, hash: Vec<u8>, at: Timestamp) -> Written
        = "UPDATE mfa_backup_codes SET used_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND code_hash = $3 \
           AND used_at IS NULL";

    /// A challenge.
    pub(crate) write insert_challenge(
        id: ChallengeId, user: Option<UserId>, purpose: &'static str, secret: Vec<u8>, amr: Vec<String>,
        password: Option<Timestamp>, state: Option<Value>, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO mfa_challenges (tenant_id, id, user_id, purpose, secret_hash, amr, password_changed_at, \
        state, tries, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)";

    /// A challenge to whoever has a passkey: nothing has happened yet that a trail should tell.
    pub(crate) log insert_open_challenge(
        id: ChallengeId, secret: Vec<u8>, state: Value, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO mfa_challenges (tenant_id, id, user_id, purpose, secret_hash, amr, password_changed_at, \
        state, tries, created_at, expires_at) VALUES ($1, $2, NULL, 'passkey_sign_in', $3, '{}', NULL, $4, 0, $5, $6)";

    /// Those that are over: anybody can make them, and they must not wait for their partition's end.
    pub(crate) log delete_open_challenges(now: Timestamp) -> Written
        = "DELETE FROM mfa_challenges WHERE tenant_id = $1 AND user_id IS NULL AND expires_at < $2";

    /// Whose a challenge is.
    pub(crate) read challenged(id: ChallengeId) -> Option<Scalar<Option<UserId>>>
        = "SELECT user_id FROM mfa_challenges WHERE tenant_id = $1 AND id = $2";

    /// One challenge, locked.
    pub(crate) write challenge_for_update(id: ChallengeId) -> Option<Challenge>
        = "SELECT id, user_id, purpose, secret_hash, amr, password_changed_at, tries, state, expires_at FROM mfa_challenges \
           WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

    /// One more attempt at a challenge.
    pub(crate) write count_try(id: ChallengeId) -> Written
        = "UPDATE mfa_challenges SET tries = tries + 1 WHERE tenant_id = $1 AND id = $2";

    /// A challenge no longer.
    pub(crate) write delete_challenge(id: ChallengeId) -> Written
        = "DELETE FROM mfa_challenges WHERE tenant_id = $1 AND id = $2";

    /// A sign-in that has been met, and those of the user's at which somebody has failed.
    pub(crate) write delete_met(id: ChallengeId, user: UserId) -> Written
        = "DELETE FROM mfa_challenges WHERE tenant_id = $1 AND user_id = $3 AND purpose = 'sign_in' AND (id = $2 OR tries > 0)";

    /// None of a user's sign-ins that wait for a second factor to be set up.
    pub(crate) write delete_enrolments(user: UserId) -> Written
        = "DELETE FROM mfa_challenges WHERE tenant_id = $1 AND user_id = $2 AND purpose = 'enrollment'";

    /// How many wrong codes a user's sign-ins have had, of those that were not over before an instant.
    pub(crate) read tries_of(user: UserId, since: Timestamp) -> Option<Scalar<i64>>
        = "SELECT coalesce(sum(tries), 0)::bigint FROM mfa_challenges WHERE tenant_id = $1 AND user_id = $2 \
           AND purpose = 'sign_in' AND expires_at >= $3";

    /// When the person of a session last proved who they are, with all that they were asked for.
    pub(crate) read proved_at(session: SessionId) -> Option<Scalar<Timestamp>>
        = "SELECT authenticated_at FROM user_sessions WHERE tenant_id = $1 AND id = $2 AND NOT by_trusted_device";

    /// By what the person of a session has proved who they are.
    pub(crate) read amr_of(session: SessionId) -> Option<Scalar<Vec<String>>>
        = "SELECT amr FROM user_sessions WHERE tenant_id = $1 AND id = $2";

    /// The person of a session has just proved again who they are.
    pub(crate) write note_proof(session: SessionId, amr: Vec<String>, at: Timestamp) -> Written
        = "UPDATE user_sessions SET authenticated_at = $4, amr = $3, by_trusted_device = false WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";

    /// Sealed seeds, for sealing them anew.
    pub(crate) read sealed_after(after: MethodId) -> Vec<SealedSeed>
        = "SELECT id, secret_sealed FROM mfa_methods WHERE tenant_id = $1 AND id > $2 AND secret_sealed IS NOT NULL \
           ORDER BY id LIMIT 500";

    /// A seed sealed anew, unless it has changed.
    pub(crate) write reseal(id: MethodId, old: Sealed, new: Sealed) -> Written
        = "UPDATE mfa_methods SET secret_sealed = $4 WHERE tenant_id = $1 AND id = $2 AND secret_sealed = $3";
}
