//! What signing in answers.

use schemars::JsonSchema;
use serde::Serialize;
use tenantry_kernel::{TenantId, UserId};
use tenantry_web::View;

use crate::user::UserStatus;

/// Tokens (document B). Not kept for idempotent replays: the guard never gives sign-in a key.
#[derive(Clone, Serialize, JsonSchema)]
pub(crate) struct TokenView {
    /// A JWT (RFC 9068) for `Authorization: Bearer`.
    pub(crate) access_token: String,
    /// Seconds until the access token expires.
    pub(crate) expires_in: i64,
    pub(crate) token_type: &'static str,
    /// Exchange it for new tokens; each is good once.
    pub(crate) refresh_token: String,
}

impl View for TokenView {}

/// The signed-in user (document B).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct MeView {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) tenant_id: TenantId,
    pub(crate) status: UserStatus,
    pub(crate) mfa_enabled: bool,
    /// The names of the roles.
    pub(crate) roles: Vec<String>,
    /// What the roles grant: `resource:action`, with `:own` for what is one's own only.
    pub(crate) permissions: Vec<String>,
}

impl View for MeView {}
