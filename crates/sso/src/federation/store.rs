//! SQL of identity providers, of who is who there, and of what is under way.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{RoleId, UserId};
use tenantry_vault::Sealed;
use tenantry_web::View;

use super::model::{ProviderKind, ProviderRow};
use super::state::Purpose;
use super::{FederatedIdentityId, FederationLinkId, FederationStateId, IdentityProviderId};

macro_rules! provider {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, kind, issuer, client_id, client_secret_sealed, settings, enabled, version, created_at, ",
            "updated_at, created_by, updated_by FROM identity_providers WHERE tenant_id = $1 ",
            $rest
        )
    };
}

tenantry_db::row! {
    /// Who somebody is there.
    #[derive(Debug, Clone)]
    pub(crate) struct Identity {
        pub(crate) id: FederatedIdentityId,
        pub(crate) user_id: UserId,
    }
}

tenantry_db::row! {
    /// One of one's own accounts elsewhere.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct LinkedIdentityView {
        pub(crate) id: FederatedIdentityId,
        pub(crate) provider_id: IdentityProviderId,
        /// The identity provider's name in addresses.
        pub(crate) provider: String,
        pub(crate) provider_name: String,
        /// The address there, when it was last used.
        pub(crate) email: Option<String>,
        pub(crate) created_at: Timestamp,
        pub(crate) last_used_at: Timestamp,
    }
}

impl View for LinkedIdentityView {}

tenantry_db::row! {
    /// An account that waits to be linked.
    #[derive(Debug, Clone)]
    pub(crate) struct LinkRow {
        pub(crate) browser_hash: Vec<u8>,
        pub(crate) provider_id: IdentityProviderId,
        pub(crate) issuer: String,
        pub(crate) subject: String,
        pub(crate) email: String,
        pub(crate) user_id: UserId,
        pub(crate) expires_at: Timestamp,
    }
}

tenantry_db::row! {
    /// A role that somebody has because of a group there.
    #[derive(Debug, Clone)]
    pub(crate) struct Conferred {
        pub(crate) user_id: UserId,
        pub(crate) role_id: RoleId,
    }
}

tenantry_db::row! {
    /// A request that a browser has been sent away with.
    #[derive(Debug, Clone)]
    pub(crate) struct StateRow {
        pub(crate) browser_hash: Vec<u8>,
        pub(crate) provider_id: IdentityProviderId,
        pub(crate) purpose: Purpose,
        pub(crate) request: String,
        pub(crate) redirect_uri: String,
        pub(crate) user_id: Option<UserId>,
        pub(crate) max_age: Option<i64>,
        pub(crate) expires_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// The tenant's identity providers.
    pub(crate) read list() -> Vec<ProviderRow> = provider!("ORDER BY name, id LIMIT 100");

    /// One of them.
    pub(crate) read find(id: IdentityProviderId) -> Option<ProviderRow> = provider!("AND id = $2");

    /// One of them, locked.
    pub(crate) write find_for_update(id: IdentityProviderId) -> Option<ProviderRow>
        = provider!("AND id = $2 FOR UPDATE");

    /// A new one.
    pub(crate) write insert(
        id: IdentityProviderId, slug: String, name: String, kind: ProviderKind, issuer: String, client_id: String,
        secret: Sealed, settings: Value, enabled: bool, at: Timestamp, by: Option<UserId>
    ) -> Written = "INSERT INTO identity_providers (tenant_id, id, slug, name, kind, issuer, client_id, \
        client_secret_sealed, settings, enabled, version, created_at, updated_at, created_by, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $12, $12)";

    /// Its new values.
    pub(crate) write save(
        id: IdentityProviderId, name: String, issuer: String, client_id: String, secret: Sealed, settings: Value,
        enabled: bool, version: i64, at: Timestamp, by: Option<UserId>
    ) -> Written = "UPDATE identity_providers SET name = $3, issuer = $4, client_id = $5, client_secret_sealed = $6, \
        settings = $7, enabled = $8, version = $9, updated_at = $10, updated_by = $11 WHERE tenant_id = $1 AND id = $2";

    /// A secret sealed anew, unless it has changed.
    pub(crate) write reseal(id: IdentityProviderId, old: Sealed, new: Sealed) -> Written
        = "UPDATE identity_providers SET client_secret_sealed = $4 WHERE tenant_id = $1 AND id = $2 \
           AND client_secret_sealed = $3";

    /// One no longer.
    pub(crate) write delete(id: IdentityProviderId) -> Written
        = "DELETE FROM identity_providers WHERE tenant_id = $1 AND id = $2";

    /// Whether anybody is known by an account there.
    pub(crate) read is_linked(provider: IdentityProviderId) -> Option<Scalar<bool>>
        = "SELECT EXISTS (SELECT 1 FROM federated_identities WHERE tenant_id = $1 AND provider_id = $2)";

    /// Who somebody there is here.
    pub(crate) read identity(provider: IdentityProviderId, issuer: String, subject: String) -> Option<Identity>
        = "SELECT id, user_id FROM federated_identities WHERE tenant_id = $1 AND provider_id = $2 AND issuer = $3 \
           AND subject = $4";

    /// A user's accounts elsewhere.
    pub(crate) read identities_of(user: UserId) -> Vec<LinkedIdentityView>
        = "SELECT i.id, i.provider_id, p.slug AS provider, p.name AS provider_name, i.email, i.created_at, i.last_used_at \
           FROM federated_identities i JOIN identity_providers p ON p.tenant_id = $1 AND p.id = i.provider_id \
           WHERE i.tenant_id = $1 AND i.user_id = $2 ORDER BY i.id LIMIT 100";

    /// Somebody there is somebody here from now on.
    pub(crate) write insert_identity(
        id: FederatedIdentityId, provider: IdentityProviderId, issuer: String, subject: String, user: UserId,
        email: Option<String>, at: Timestamp
    ) -> Written = "INSERT INTO federated_identities (tenant_id, id, provider_id, issuer, subject, user_id, email, \
        created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";

    /// An account has been used.
    pub(crate) write touch_identity(id: FederatedIdentityId, email: Option<String>, at: Timestamp) -> Written
        = "UPDATE federated_identities SET email = $3, last_used_at = $4 WHERE tenant_id = $1 AND id = $2";

    /// A user's account elsewhere no longer.
    pub(crate) write delete_identity(id: FederatedIdentityId, user: UserId) -> Written
        = "DELETE FROM federated_identities WHERE tenant_id = $1 AND id = $2 AND user_id = $3";

    /// The roles that a user has because of groups there.
    pub(crate) read conferred(user: UserId, provider: IdentityProviderId) -> Vec<Scalar<RoleId>>
        = "SELECT role_id FROM federated_roles WHERE tenant_id = $1 AND user_id = $2 AND provider_id = $3";

    /// The roles that anybody has because of groups there.
    pub(crate) read conferred_by(provider: IdentityProviderId) -> Vec<Conferred>
        = "SELECT user_id, role_id FROM federated_roles WHERE tenant_id = $1 AND provider_id = $2";

    /// None of a user's any longer.
    pub(crate) write delete_conferred_to(user: UserId, provider: IdentityProviderId) -> Written
        = "DELETE FROM federated_roles WHERE tenant_id = $1 AND user_id = $2 AND provider_id = $3";

    /// One more of them.
    pub(crate) write insert_conferred(user: UserId, provider: IdentityProviderId, role: RoleId, at: Timestamp) -> Written
        = "INSERT INTO federated_roles (tenant_id, user_id, provider_id, role_id, created_at) VALUES ($1, $2, $3, $4, $5)";

    /// One no longer.
    pub(crate) write delete_conferred(user: UserId, provider: IdentityProviderId, role: RoleId) -> Written
        = "DELETE FROM federated_roles WHERE tenant_id = $1 AND user_id = $2 AND provider_id = $3 AND role_id = $4";

    /// Requests that are over: anybody can make them, and they must not wait for their partition's end.
    pub(crate) log delete_expired_states(now: Timestamp) -> Written
        = "DELETE FROM federation_states WHERE tenant_id = $1 AND expires_at < $2";
    /// An account waits to be linked.
    pub(crate) log insert_link(
        id: FederationLinkId, hash: Vec<u8>, browser: Vec<u8>, provider: IdentityProviderId, issuer: String, subject: String,
        email: String, user: UserId, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO federation_links (tenant_id, id, token_hash, browser_hash, provider_id, issuer, subject, email, \
        user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    /// Those that nobody has linked in time.
    pub(crate) log delete_expired_links(now: Timestamp) -> Written
        = "DELETE FROM federation_links WHERE tenant_id = $1 AND expires_at < $2";

    /// One is to be linked: the row goes, so that it counts once.
    pub(crate) write take_link(id: FederationLinkId, hash: Vec<u8>) -> Option<LinkRow>
        = "DELETE FROM federation_links WHERE tenant_id = $1 AND id = $2 AND token_hash = $3 \
           RETURNING browser_hash, provider_id, issuer, subject, email, user_id, expires_at";

    /// A browser is sent away.
    pub(crate) log insert_state(
        id: FederationStateId, hash: Vec<u8>, browser: Vec<u8>, provider: IdentityProviderId, purpose: Purpose,
        request: String, redirect_uri: String, user: Option<UserId>, max_age: Option<i64>, at: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO federation_states (tenant_id, id, state_hash, browser_hash, provider_id, purpose, request, \
        redirect_uri, user_id, max_age, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    /// One comes back: the row goes, so that nobody comes back twice.
    pub(crate) write take_state(id: FederationStateId, hash: Vec<u8>) -> Option<StateRow>
        = "DELETE FROM federation_states WHERE tenant_id = $1 AND id = $2 AND state_hash = $3 \
           RETURNING browser_hash, provider_id, purpose, request, redirect_uri, user_id, max_age, expires_at";
}
