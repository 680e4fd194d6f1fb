//! SQL of clients.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use uuid::Uuid;

use super::model::{AuthMethod, Client, ClientId, ClientKind, GrantType, Preset, SecretId};

macro_rules! client {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, description, kind, preset, auth_method, redirect_uris, post_logout_redirect_uris, ",
            "backchannel_logout_uri, backchannel_logout_session_required, grant_types, scopes, jwks, access_token_seconds, id_token_seconds, refresh_token_seconds, needs_consent, ",
            "is_active, version, created_at, updated_at, created_by, updated_by ",
            "FROM oauth_clients WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// A secret, as it is checked and shown.
    #[derive(Debug, Clone)]
    pub(crate) struct Secret {
        pub(crate) id: SecretId,
        pub(crate) secret_hash: Vec<u8>,
        pub(crate) created_at: Timestamp,
        pub(crate) expires_at: Option<Timestamp>,
    }
}

tenantry_db::statements! {
    /// One client.
    pub(crate) read find(id: ClientId) -> Option<Client> = client!("AND id = $2");

    /// One client, locked.
    pub(crate) write find_for_update(id: ClientId) -> Option<Client> = client!("AND id = $2 FOR UPDATE");

    /// Clients, newest first.
    pub(crate) read list_newest(at: Timestamp, id: Uuid, is_active: Option<bool>) -> Vec<Client>
        = client!("AND (created_at, id) < ($2, $3) AND ($4::boolean IS NULL OR is_active = $4) \
            ORDER BY created_at DESC, id DESC LIMIT 101");

    /// How many clients there are.
    pub(crate) read count(is_active: Option<bool>) -> Option<Scalar<i64>>
        = "SELECT count(*) FROM oauth_clients WHERE tenant_id = $1 AND ($2::boolean IS NULL OR is_active = $2)";

    /// A new client; the lifetimes are those of access, identity and refresh tokens.
    pub(crate) write insert(
        id: ClientId, name: String, description: Option<String>, kind: ClientKind, preset: Option<Preset>,
        method: AuthMethod, redirects: Vec<String>, after_logout: Vec<String>, grants: Vec<GrantType>,
        scopes: Vec<String>, jwks: Option<Value>, lifetimes: Vec<i32>, consent: bool,
        is_active: bool, at: Timestamp, by: Option<UserId>, backchannel: Option<String>, needs_session: bool
    ) -> Written = "INSERT INTO oauth_clients (tenant_id, id, name, description, kind, preset, auth_method, redirect_uris, \
        post_logout_redirect_uris, grant_types, scopes, jwks, access_token_seconds, id_token_seconds, \
        refresh_token_seconds, needs_consent, is_active, version, created_at, updated_at, \
        created_by, updated_by, backchannel_logout_uri, backchannel_logout_session_required) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ($13::integer[])[1], \
        ($13::integer[])[2], ($13::integer[])[3], $14, $15, 1, $16, $16, $17, $17, $18, $19)";

    /// A client's new values.
    pub(crate) write save(
        id: ClientId, name: String, description: Option<String>, method: AuthMethod, redirects: Vec<String>,
        after_logout: Vec<String>, grants: Vec<GrantType>, scopes: Vec<String>, jwks: Option<Value>,
        lifetimes: Vec<i32>, consent: bool, is_active: bool, version: i64, at: Timestamp,
        by: Option<UserId>, backchannel: Option<String>, needs_session: bool
    ) -> Written = "UPDATE oauth_clients SET name = $3, description = $4, auth_method = $5, redirect_uris = $6, \
        post_logout_redirect_uris = $7, grant_types = $8, scopes = $9, jwks = $10, \
        access_token_seconds = ($11::integer[])[1], id_token_seconds = ($11::integer[])[2], \
        refresh_token_seconds = ($11::integer[])[3], needs_consent = $12, \
        is_active = $13, version = $14, updated_at = $15, updated_by = $16, backchannel_logout_uri = $17, \
        backchannel_logout_session_required = $18 WHERE tenant_id = $1 AND id = $2";

    /// One client no longer.
    pub(crate) write delete(id: ClientId) -> Written
        = "DELETE FROM oauth_clients WHERE tenant_id = $1 AND id = $2";

    /// The secrets of a client that still count.
    pub(crate) read secrets(client: ClientId, now: Timestamp) -> Vec<Secret>
        = "SELECT id, secret_hash, created_at, expires_at FROM oauth_client_secrets WHERE tenant_id = $1 AND client_id = $2 \
           AND (expires_at IS NULL OR expires_at > $3) ORDER BY id DESC LIMIT 100";

    /// A new secret.
    pub(crate) write insert_secret(id: SecretId, client: ClientId, hash: Vec<u8>, at: Timestamp) -> Written
        = "INSERT INTO oauth_client_secrets (tenant_id, id, client_id, secret_hash, created_at) VALUES ($1, $2, $3, $4, $5)";

    /// The older secrets of a client count until an instant, and those that had less time left no longer than they had.
    pub(crate) write retire_secrets(client: ClientId, until: Timestamp) -> Written
        = "UPDATE oauth_client_secrets SET expires_at = $3 WHERE tenant_id = $1 AND client_id = $2 \
           AND (expires_at IS NULL OR expires_at > $3)";

    /// Secrets that no longer count.
    pub(crate) write delete_expired_secrets(client: ClientId, now: Timestamp) -> Written
        = "DELETE FROM oauth_client_secrets WHERE tenant_id = $1 AND client_id = $2 AND expires_at <= $3";
}
