//! Why somebody does not come in with an account that others keep. They are told little; the tenant's trail has the reason.

use tenantry_kernel::{ErrorKind, FieldError, Kind};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// No state, one that is not this browser's, or one that has been used or is out of date.
    #[error("this answer belongs to no request of this browser; begin again")]
    State,
    /// There is no such provider, or it is switched off.
    #[error("there is no such way to sign in")]
    NoProvider,
    /// The provider does not answer, or not as it should.
    #[error("the identity provider cannot be asked: {0}")]
    Provider(String),
    /// The provider has said no.
    #[error("the identity provider has refused")]
    Denied,
    /// The token is not what was asked for.
    #[error("the identity provider's token does not count: {0}")]
    Token(&'static str),
    /// The provider has not signed the person in anew, though that was wanted.
    #[error("the identity provider has not signed the person in anew")]
    NotFresh,
    /// The tenant does not let this account in.
    #[error("this account may not sign in here: {0}")]
    NotAllowed(&'static str),
    /// Somebody has the address already, and has not said that the account is theirs.
    #[error("somebody here has this e-mail address: sign in as before, and link the account")]
    LinkNeeded,
}

impl Fault {
    /// The name of the text on the page.
    pub(crate) const fn page(&self) -> &'static str {
        match self {
            Self::State => "federation_state",
            Self::NoProvider | Self::Provider(_) => "federation_unavailable",
            Self::Denied | Self::Token(_) => "federation_failed",
            Self::NotFresh => "federation_not_fresh",
            Self::NotAllowed(_) => "federation_not_allowed",
            Self::LinkNeeded => "federation_link",
        }
    }
}

impl Kind for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::State => ErrorKind::Malformed,
            Self::NoProvider => ErrorKind::NotFound,
            Self::Provider(_) => ErrorKind::Unavailable,
            Self::Denied | Self::Token(_) | Self::NotFresh | Self::NotAllowed(_) => {
                ErrorKind::Unauthenticated
            }
            Self::LinkNeeded => ErrorKind::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::State => "invalid_state",
            Self::NoProvider => "not_found",
            Self::Provider(_) => "identity_provider_unavailable",
            Self::Denied | Self::Token(_) | Self::NotFresh | Self::NotAllowed(_) => "federation_refused",
            Self::LinkNeeded => "link_required",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::State => vec![FieldError::new("#/state", self.to_string())],
            _ => Vec::new(),
        }
    }
}
