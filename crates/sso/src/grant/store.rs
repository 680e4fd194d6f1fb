//! SQL of sessions at the provider, codes, grants, consents and assertions.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::Written;
use tenantry_kernel::{SessionId, UserId};

use super::{CodeId, GrantId, Proof, PushedId};
use crate::client::ClientId;

tenantry_db::row! {
    /// A session at the provider.
    #[derive(Debug, Clone)]
    pub(crate) struct SsoSession {
        pub(crate) id: SessionId,
        pub(crate) user_id: UserId,
        pub(crate) secret_hash: Vec<u8>,
        pub(crate) auth_time: Timestamp,
        pub(crate) acr: String,
        pub(crate) amr: Vec<String>,
        pub(crate) last_used_at: Timestamp,
        pub(crate) expires_at: Timestamp,
    }
}

impl SsoSession {
    pub(crate) fn proof(&self) -> Proof {
        Proof { auth_time: self.auth_time, acr: self.acr.clone(), amr: self.amr.clone() }
    }
}

tenantry_db::row! {
    /// A code.
    #[derive(Debug, Clone)]
    pub(crate) struct Code {
        pub(crate) id: CodeId,
        pub(crate) client_id: ClientId,
        pub(crate) user_id: UserId,
        pub(crate) session_id: SessionId,
        pub(crate) code_hash: Vec<u8>,
        pub(crate) redirect_uri: String,
        pub(crate) scopes: Vec<String>,
        pub(crate) nonce: Option<String>,
        pub(crate) code_challenge: Option<String>,
        pub(crate) claims: Value,
        pub(crate) auth_time: Timestamp,
        pub(crate) acr: String,
        pub(crate) amr: Vec<String>,
        pub(crate) grant_id: Option<GrantId>,
        pub(crate) expires_at: Timestamp,
    }
}

tenantry_db::row! {
    /// A grant.
    #[derive(Debug, Clone)]
    pub(crate) struct Grant {
        pub(crate) id: GrantId,
        pub(crate) client_id: ClientId,
        pub(crate) user_id: UserId,
        pub(crate) session_id: SessionId,
        pub(crate) scopes: Vec<String>,
        pub(crate) claims: Value,
        pub(crate) auth_time: Timestamp,
        pub(crate) acr: String,
        pub(crate) amr: Vec<String>,
        pub(crate) refresh_seed: Vec<u8>,
        pub(crate) generation: i32,
        pub(crate) rotated_at: Timestamp,
        pub(crate) created_at: Timestamp,
        pub(crate) expires_at: Timestamp,
        pub(crate) revoked_at: Option<Timestamp>,
    }
}

tenantry_db::row! {
    /// What a person has let a client have.
    #[derive(Debug, Clone)]
    pub(crate) struct Consent {
        pub(crate) scopes: Vec<String>,
    }
}

tenantry_db::row! {
    /// An authorization request that was left beforehand.
    #[derive(Debug, Clone)]
    pub(crate) struct Pushed {
        pub(crate) client_id: ClientId,
        pub(crate) secret_hash: Vec<u8>,
        pub(crate) parameters: String,
        pub(crate) expires_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// An authorization request that was left beforehand.
    pub(crate) read find_pushed(id: PushedId) -> Option<Pushed>
        = "SELECT client_id, secret_hash, parameters, expires_at FROM oauth_pushed_requests \
           WHERE tenant_id = $1 AND id = $2";

    /// A new one.
    pub(crate) log insert_pushed(
        id: PushedId, client: ClientId, hash: Vec<u8>, parameters: String, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO oauth_pushed_requests (tenant_id, id, client_id, secret_hash, parameters, created_at, \
        expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    /// One that has led to a code.
    pub(crate) write use_pushed(id: PushedId) -> Written
        = "DELETE FROM oauth_pushed_requests WHERE tenant_id = $1 AND id = $2";

    /// A session at the provider.
    pub(crate) read find_session(id: SessionId) -> Option<SsoSession>
        = "SELECT id, user_id, secret_hash, auth_time, acr, amr, last_used_at, expires_at FROM sso_sessions \
           WHERE tenant_id = $1 AND id = $2";

    /// A new session at the provider.
    pub(crate) write insert_session(
        id: SessionId, user: UserId, hash: Vec<u8>, at: Timestamp, acr: String, amr: Vec<String>, expires_at: Timestamp
    ) -> Written = "INSERT INTO sso_sessions (tenant_id, id, user_id, secret_hash, auth_time, acr, amr, last_used_at, \
        expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $8)";

    /// When a session was last used.
    pub(crate) write touch_session(id: SessionId, at: Timestamp) -> Written
        = "UPDATE sso_sessions SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2";

    /// One code, locked.
    pub(crate) write find_code_for_update(id: CodeId) -> Option<Code>
        = "SELECT id, client_id, user_id, session_id, code_hash, redirect_uri, scopes, nonce, code_challenge, claims, \
           auth_time, acr, amr, grant_id, expires_at FROM oauth_authorization_codes WHERE tenant_id = $1 AND id = $2 \
           FOR UPDATE";

    /// A new code; it counts for a minute.
    pub(crate) write insert_code(
        id: CodeId, client: ClientId, user: UserId, session: SessionId, hash: Vec<u8>, redirect_uri: String,
        scopes: Vec<String>, nonce: Option<String>, challenge: Option<String>, claims: Value, auth_time: Timestamp,
        acr: String, amr: Vec<String>, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO oauth_authorization_codes (tenant_id, id, client_id, user_id, session_id, code_hash, \
        redirect_uri, scopes, nonce, code_challenge, claims, auth_time, acr, amr, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

    /// A code that has been exchanged.
    pub(crate) write use_code(id: CodeId, grant: GrantId) -> Written
        = "UPDATE oauth_authorization_codes SET grant_id = $3 WHERE tenant_id = $1 AND id = $2";

    /// One grant.
    pub(crate) read find_grant(id: GrantId) -> Option<Grant>
        = "SELECT id, client_id, user_id, session_id, scopes, claims, auth_time, acr, amr, refresh_seed, generation, \
           rotated_at, created_at, expires_at, revoked_at FROM oauth_grants WHERE tenant_id = $1 AND id = $2";

    /// One grant, locked.
    pub(crate) write find_grant_for_update(id: GrantId) -> Option<Grant>
        = "SELECT id, client_id, user_id, session_id, scopes, claims, auth_time, acr, amr, refresh_seed, generation, \
           rotated_at, created_at, expires_at, revoked_at FROM oauth_grants WHERE tenant_id = $1 AND id = $2 FOR UPDATE";

    /// A new grant.
    pub(crate) write insert_grant(
        id: GrantId, client: ClientId, user: UserId, session: SessionId, scopes: Vec<String>, claims: Value,
        auth_time: Timestamp, acr: String, amr: Vec<String>, seed: Vec<u8>, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO oauth_grants (tenant_id, id, client_id, user_id, session_id, scopes, claims, auth_time, acr, \
        amr, refresh_seed, generation, rotated_at, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12, $13)";

    /// The next generation of a grant's refresh token.
    pub(crate) write rotate_grant(id: GrantId, generation: i32, at: Timestamp) -> Written
        = "UPDATE oauth_grants SET generation = $3, rotated_at = $4 WHERE tenant_id = $1 AND id = $2";

    /// One grant no longer.
    pub(crate) write revoke_grant(id: GrantId, at: Timestamp) -> Written
        = "UPDATE oauth_grants SET revoked_at = $3 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";

    /// What a person has let a client have.
    pub(crate) read find_consent(user: UserId, client: ClientId) -> Option<Consent>
        = "SELECT scopes FROM oauth_consents WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3";

    /// What a person lets a client have from now on.
    pub(crate) write save_consent(user: UserId, client: ClientId, scopes: Vec<String>, at: Timestamp) -> Written
        = "INSERT INTO oauth_consents (tenant_id, user_id, client_id, scopes, created_at, updated_at) \
           VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (tenant_id, user_id, client_id) \
           DO UPDATE SET scopes = excluded.scopes, updated_at = excluded.updated_at";

    /// An assertion that has been used.
    pub(crate) log note_assertion(client: ClientId, jti: Vec<u8>, expires_at: Timestamp) -> Written
        = "INSERT INTO oauth_assertions (tenant_id, client_id, jti_hash, expires_at) VALUES ($1, $2, $3, $4)";

    /// Assertions that would be refused for their age.
    pub(crate) log delete_expired_assertions(now: Timestamp) -> Written
        = "DELETE FROM oauth_assertions WHERE tenant_id = $1 AND expires_at < $2";
}
