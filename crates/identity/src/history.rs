//! Attempts to sign in, and what the trail says of a user's account.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::Written;
use tenantry_kernel::{AuditId, SessionId, UserId};
use tenantry_web::View;
use uuid::Uuid;

use crate::device::DeviceId;
use crate::signal::Past;

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
        /// `password`, `totp`, `email`, `sms`, `backup_code`, `passkey`, `trusted_device` or `federation`.
        pub(crate) method: String,
        /// The session that was started.
        pub(crate) session_id: Option<SessionId>,
        pub(crate) ip: Option<String>,
        pub(crate) user_agent: Option<String>,
        /// The device that it came from; none of an attempt that was refused.
        pub(crate) device_id: Option<DeviceId>,
        /// The country that the address lies in (ISO 3166-1), where the server knows.
        pub(crate) country: Option<String>,
        /// What was unusual: `new_device`, `new_network`, `new_country`, `new_asn`, `impossible_travel`, `credential_stuffing`.
        pub(crate) signals: Vec<String>,
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

tenantry_db::row! {
    /// The sign-in that a session began with.
    #[derive(Debug, Clone)]
    pub(crate) struct Beginning {
        pub(crate) device_id: Option<DeviceId>,
        pub(crate) signals: Vec<String>,
    }
}

tenantry_db::statements! {
    /// The sign-in that a session of a user began with: both are of the same instant.
    pub(crate) read beginning_of(user: UserId, session: SessionId) -> Option<Beginning>
        = "SELECT i.device_id, i.signals FROM user_sessions s JOIN sign_ins i ON i.tenant_id = $1 AND i.user_id = $2 \
           AND i.at = s.created_at AND i.session_id = s.id WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.id = $3";

    /// One attempt to sign in.
    pub(crate) write insert(
        id: SignInId, user: Option<UserId>, at: Timestamp, outcome: &'static str, method: &'static str,
        session: Option<SessionId>, ip: Option<String>, agent: Option<String>, device: Option<DeviceId>,
        network: Option<String>, country: Option<String>, asn: Option<i64>, latitude: Option<f64>, longitude: Option<f64>,
        signals: Vec<String>
    ) -> Written = "INSERT INTO sign_ins (tenant_id, id, user_id, at, outcome, method, session_id, ip, user_agent, device_id, \
        network, country, asn, latitude, longitude, signals) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    /// What a user's earlier sign-ins say of one from there. Countries and providers are compared with the latest ones only: a
    /// program may sign in every minute.
    pub(crate) read past_of(
        user: UserId, since: Timestamp, network: Option<String>, country: Option<String>, asn: Option<i64>
    ) -> Option<Past>
        = "WITH latest AS MATERIALIZED (SELECT at, network, country, asn, latitude, longitude FROM sign_ins \
           WHERE tenant_id = $1 AND user_id = $2 AND outcome = 'success' AND at > $3 ORDER BY at DESC, id DESC LIMIT 100), \
           placed AS (SELECT at, latitude, longitude FROM latest WHERE latitude IS NOT NULL ORDER BY at DESC LIMIT 1) \
           SELECT EXISTS (SELECT 1 FROM latest WHERE network IS NOT NULL) AS has_network, \
           EXISTS (SELECT 1 FROM sign_ins s WHERE s.tenant_id = $1 AND s.user_id = $2 AND s.network = $4 \
           AND s.outcome = 'success' AND s.at > $3) AS knows_network, \
           EXISTS (SELECT 1 FROM latest WHERE country IS NOT NULL) AS has_country, \
           EXISTS (SELECT 1 FROM latest WHERE country = $5) AS knows_country, \
           EXISTS (SELECT 1 FROM latest WHERE asn IS NOT NULL) AS has_asn, \
           EXISTS (SELECT 1 FROM latest WHERE asn = $6) AS knows_asn, \
           (SELECT at FROM placed) AS placed_at, (SELECT latitude FROM placed) AS latitude, \
           (SELECT longitude FROM placed) AS longitude";

    /// A user's attempts, newest first.
    pub(crate) read sign_ins_of(user: UserId, before: Timestamp, id: Uuid) -> Vec<SignInView>
        = "SELECT id, at, outcome, method, session_id, ip, user_agent, device_id, country, signals FROM sign_ins \
           WHERE tenant_id = $1 AND user_id = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT 101";

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
