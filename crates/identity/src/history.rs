//! Attempts to sign in, and what the trail says of a user's account.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::Written;
use tenantry_kernel::{AuditId, SessionId, UserId};
use tenantry_web::View;
use uuid::Uuid;

tenantry_kernel::id! {
    /// An attempt to sign in.
    SignInId,
}

tenantry_db::row! {
    /// An attempt to sign in, as it is shown.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct SignInView {
        pub(crate) id: SignInId,
        pub(crate) at: Timestamp,
        /// `success` or `refused`.
        pub(crate) outcome: String,
        /// `password`, `totp`, `backup_code`, `passkey` or `federation`.
        pub(crate) method: String,
        /// The session that was started.
        pub(crate) session_id: Option<SessionId>,
        pub(crate) ip: Option<String>,
        pub(crate) user_agent: Option<String>,
    }
}

impl View for SignInView {}

tenantry_db::row! {
    /// Something that has happened to an account.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct SecurityEvent {
        pub(crate) id: AuditId,
        pub(crate) at: Timestamp,
        /// What was done: `users:update`, `auth:change_password`.
        pub(crate) action: String,
        /// `success` or `refused`.
        pub(crate) outcome: String,
        /// `user`, `operator`, `system` or `anonymous`.
        pub(crate) actor_type: String,
        pub(crate) actor_id: Option<UserId>,
        /// The operator who really acted.
        pub(crate) impersonator_id: Option<UserId>,
        pub(crate) reason: Option<String>,
        pub(crate) ip: Option<String>,
        pub(crate) user_agent: Option<String>,
    }
}

impl View for SecurityEvent {}

tenantry_db::row! {
    /// What is known of a user's credentials, sessions and keys.
    #[derive(Debug, Clone)]
    pub(crate) struct SecurityFacts {
        pub(crate) password_changed_at: Option<Timestamp>,
        pub(crate) failed_attempts: Option<i32>,
        pub(crate) locked_until: Option<Timestamp>,
        pub(crate) sessions: i64,
        pub(crate) keys: i64,
    }
}

tenantry_db::statements! {
    /// One attempt to sign in.
    pub(crate) write insert(
        id: SignInId, user: Option<UserId>, at: Timestamp, outcome: &'static str, method: &'static str,
        session: Option<SessionId>, ip: Option<String>, agent: Option<String>
    ) -> Written = "INSERT INTO sign_ins (tenant_id, id, user_id, at, outcome, method, session_id, ip, user_agent) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

    /// A user's attempts, newest first.
    pub(crate) read sign_ins_of(user: UserId, before: Timestamp, id: Uuid) -> Vec<SignInView>
        = "SELECT id, at, outcome, method, session_id, ip, user_agent FROM sign_ins WHERE tenant_id = $1 AND user_id = $2 \
           AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT 101";

    /// What the trail says of a user, newest first.
    pub(crate) read events_of(user: Uuid, before: Uuid) -> Vec<SecurityEvent>
        = "SELECT id, at, action, outcome, actor_type, actor_id, impersonator_id, reason, ip, user_agent FROM audit_log \
           WHERE tenant_id = $1 AND resource_type = 'user' AND resource_id = $2 AND id < $3 ORDER BY id DESC LIMIT 101";

    /// What is known of a user's credentials, sessions and keys.
    pub(crate) read security_of(user: UserId, now: Timestamp, used_since: Timestamp) -> Option<SecurityFacts>
        = "SELECT c.password_changed_at, c.failed_attempts, c.locked_until, \
           (SELECT count(*) FROM user_sessions s WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL \
           AND s.expires_at > $3 AND s.last_used_at > $4) AS sessions, \
           (SELECT count(*) FROM api_keys k WHERE k.tenant_id = $1 AND k.user_id = $2 AND k.revoked_at IS NULL \
           AND k.expires_at > $3) AS keys \
           FROM users u LEFT JOIN credentials c ON c.tenant_id = $1 AND c.user_id = u.id WHERE u.tenant_id = $1 AND u.id = $2";
}
