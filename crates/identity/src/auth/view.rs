//! What signing in answers.

use schemars::JsonSchema;
use serde::Serialize;
use tenantry_kernel::{TenantId, UserId};
use tenantry_web::View;
use tenantry_web::ports::{Extent, Grants};

use super::sign_in::SignedIn;
use crate::device::{DeviceId, Kept};
use crate::service::Identity;
use crate::user::UserStatus;

/// Tokens (document B). Not kept for idempotent replays: the guard never gives sign-in a key.
#[derive(Clone, Serialize, JsonSchema)]
pub struct TokenView {
    /// A JWT (RFC 9068) for `Authorization: Bearer`.
    pub(crate) access_token: String,
    /// Seconds until the access token expires.
    pub(crate) expires_in: i64,
    pub(crate) token_type: &'static str,
    /// Exchange it for new tokens; each is good once.
    pub(crate) refresh_token: String,
    /// The device that the session has begun on; told by signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device_id: Option<DeviceId>,
    /// Keep it, and send it with the next sign-in: the device is known again by it. Told when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device_token: Option<String>,
}

impl TokenView {
    /// The tokens of a session.
    pub(crate) fn new(signed_in: SignedIn, identity: &Identity) -> Self {
        let device_token = match signed_in.kept {
            Some(Kept::Token(token)) => Some(token),
            Some(Kept::Cookie(_)) | None => None,
        };
        Self {
            device_id: signed_in.device,
            device_token,
            access_token: signed_in.access_token,
            expires_in: identity.tokens.lifetimes().access.as_secs(),
            token_type: "Bearer",
            refresh_token: signed_in.refresh_token,
        }
    }
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
    /// The operator who acts in the user's name, if one does.
    pub(crate) impersonator_id: Option<UserId>,
    /// The names of the roles.
    pub(crate) roles: Vec<String>,
    /// What the roles grant: `resource:action`, with `:own` for what is one's own only.
    pub(crate) permissions: Vec<String>,
}

impl View for MeView {}

/// What roles grant, as clients read it: `resource:action`, with `:own` for what is one's own only.
pub(super) fn permissions(grants: &Grants) -> Vec<String> {
    let mut permissions: Vec<String> = grants
        .permissions
        .iter()
        .map(|(name, extent)| if *extent == Extent::Own { format!("{name}:own") } else { name.to_string() })
        .collect();
    permissions.sort();
    permissions
}
