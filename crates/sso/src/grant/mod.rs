//! What people have let clients have: codes, grants with their refresh tokens, consents.

mod refresh_token;
pub(crate) mod store;

pub(crate) use refresh_token::RefreshToken;
pub(crate) use store::{Code, Grant};

tenantry_kernel::id! {
    /// A grant: what a code was exchanged for.
    GrantId,
    /// An authorization code.
    CodeId,
    /// An authorization request that was left beforehand.
    PushedId,
}

/// How a person has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) auth_time: jiff::Timestamp,
    /// How strongly (OpenID Connect Core, 2).
    pub(crate) acr: String,
    /// By what (RFC 8176).
    pub(crate) amr: Vec<String>,
}
