//! SQL of second factors.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{SessionId, UserId};
use tenantry_vault::Sealed;

use super::model::{BackupCodeId, ChallengeId, MethodId, MethodType, MethodView};

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
    /// A sealed seed.
    #[derive(Debug, Clone)]
    pub(crate) struct SealedSeed {
        pub(crate) id: MethodId,
        pub(crate) secret_sealed: Sealed,
    }
}

tenantry_db::statements! {
    /// A user's second factors.
    pub(crate) read methods_of(user: UserId) -> Vec<MethodView>
        = "SELECT id, method_type, created_at, verified_at, last_used_at FROM mfa_methods \
           WHERE tenant_id = $1 AND user_id = $2 ORDER BY created_at, id LIMIT 20";

    /// How many backup codes of a user have not been used.
    pub(crate) read backup_codes_left(user: UserId) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM mfa_backup_codes WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL";

    /// A user's authenticator app; the one that is being set up when it is not verified.
    pub(crate) read authenticator(user: UserId, is_pending: bool) -> Option<Authenticator>
        = "SELECT id, secret_sealed, last_step, created_at FROM mfa_methods WHERE tenant_id = $1 AND user_id = $2 \
           AND method_type = 'totp' AND (verified_at IS NULL) = $3 AND secret_sealed IS NOT NULL";

    /// An authenticator app that is being set up.
    pub(crate) write insert(
        id: MethodId, user: UserId, kind: MethodType, seed: Option<Sealed>, at: Timestamp
    ) -> Written = "INSERT INTO mfa_methods (tenant_id, id, user_id, method_type, secret_sealed, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";

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

    /// Challenges that are over. Those that somebody has tried are remembered as long as a lock lasts.
    pub(crate) write delete_expired_challenges(now: Timestamp) -> Written
        = "DELETE FROM mfa_challenges WHERE tenant_id = $1 AND expires_at < $2 \
           AND (tries = 0 OR expires_at < $2 - interval '20 minutes')";

    /// How many wrong codes a user's sign-ins have had lately.
    pub(crate) read tries_of(user: UserId) -> Option<Scalar<i64>>
        = "SELECT coalesce(sum(tries), 0)::bigint FROM mfa_challenges WHERE tenant_id = $1 AND user_id = $2 \
           AND purpose = 'sign_in'";

    /// When the person of a session last proved who they are.
    pub(crate) read authenticated_at(session: SessionId) -> Option<Scalar<Timestamp>>
        = "SELECT authenticated_at FROM user_sessions WHERE tenant_id = $1 AND id = $2";

    /// The person of a session has just proved again who they are.
    pub(crate) write note_proof(session: SessionId, amr: Vec<String>, at: Timestamp) -> Written
        = "UPDATE user_sessions SET authenticated_at = $4, amr = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";

    /// Sealed seeds, for sealing them anew.
    pub(crate) read sealed_after(after: MethodId) -> Vec<SealedSeed>
        = "SELECT id, secret_sealed FROM mfa_methods WHERE tenant_id = $1 AND id > $2 AND secret_sealed IS NOT NULL \
           ORDER BY id LIMIT 500";

    /// A seed sealed anew, unless it has changed.
    pub(crate) write reseal(id: MethodId, old: Sealed, new: Sealed) -> Written
        = "UPDATE mfa_methods SET secret_sealed = $4 WHERE tenant_id = $1 AND id = $2 AND secret_sealed = $3";
}
