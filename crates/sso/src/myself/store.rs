//! SQL of what people have let applications have.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::UserId;
use tenantry_web::View;

use crate::client::ClientId;
use crate::grant::GrantId;

tenantry_db::row! {
    /// An application that one has let in.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub(crate) struct ApplicationView {
        pub(crate) client_id: ClientId,
        pub(crate) name: String,
        pub(crate) description: Option<String>,
        /// What it may have.
        pub(crate) scopes: Vec<String>,
        /// When one consented; none where the organisation has done so for everybody.
        pub(crate) consented_at: Option<Timestamp>,
        /// When it last came for tokens; none when it has none now.
        pub(crate) last_used_at: Option<Timestamp>,
    }
}

impl View for ApplicationView {}

tenantry_db::statements! {
    /// The applications that somebody has consented to, or that have something of theirs now.
    pub(crate) read applications_of(user: UserId, now: Timestamp) -> Vec<ApplicationView>
        = "SELECT c.id AS client_id, c.name, c.description, \
           COALESCE(k.scopes, (SELECT g.scopes FROM oauth_grants g WHERE g.tenant_id = $1 AND g.user_id = $2 \
           AND g.client_id = c.id AND g.revoked_at IS NULL AND g.expires_at > $3 ORDER BY g.id DESC LIMIT 1)) AS scopes, \
           k.updated_at AS consented_at, \
           (SELECT max(g.rotated_at) FROM oauth_grants g WHERE g.tenant_id = $1 AND g.user_id = $2 AND g.client_id = c.id \
           AND g.revoked_at IS NULL AND g.expires_at > $3) AS last_used_at \
           FROM oauth_clients c LEFT JOIN oauth_consents k ON k.tenant_id = $1 AND k.client_id = c.id AND k.user_id = $2 \
           WHERE c.tenant_id = $1 AND (k.client_id IS NOT NULL OR EXISTS (SELECT 1 FROM oauth_grants g \
           WHERE g.tenant_id = $1 AND g.user_id = $2 AND g.client_id = c.id AND g.revoked_at IS NULL AND g.expires_at > $3)) \
           ORDER BY c.name LIMIT 200";

    /// Somebody's consent no longer.
    pub(crate) write delete_consent(user: UserId, client: ClientId) -> Written
        = "DELETE FROM oauth_consents WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3";

    /// What a client has of somebody no longer.
    pub(crate) write revoke_grants(user: UserId, client: ClientId, at: Timestamp) -> Vec<Scalar<GrantId>>
        = "UPDATE oauth_grants SET revoked_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3 \
           AND revoked_at IS NULL RETURNING id";

    /// What devices wait for that somebody has let in, and that have not come for their tokens yet.
    pub(crate) write delete_device_codes(user: UserId, client: ClientId) -> Written
        = "DELETE FROM oauth_device_codes WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3";

    /// Codes that a client has not exchanged yet.
    pub(crate) write delete_codes(user: UserId, client: ClientId) -> Written
        = "DELETE FROM oauth_authorization_codes WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3 \
           AND grant_id IS NULL";
}
