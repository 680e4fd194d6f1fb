//! What can go wrong with clients. The endpoints of the protocols have errors of their own (`protocol/refusal.rs`).

use tenantry_kernel::{ErrorKind, FieldError, Kind};

/// An error of the provider.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// Keys and tokens.
    #[error("the vault")]
    Vault(#[from] tenantry_vault::Error),
    /// People and sessions.
    #[error("people")]
    Identity(#[from] tenantry_identity::Error),
    /// No such client, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// Another client has the name.
    #[error("another client has this name")]
    NameTaken,
    /// Another identity provider has the name in addresses.
    #[error("another identity provider has this name in addresses")]
    SlugTaken,
    /// Without it, a user could not sign in any more.
    #[error("this is your only way to sign in; set a password or link another account first")]
    LastWayIn,
    /// The client proves itself in another way.
    #[error("this client does not prove itself with a secret")]
    WithoutSecret,
    /// Some fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
}

impl Error {
    /// An error of a write: a constraint says which field is wrong.
    pub(crate) fn of_write(error: tenantry_db::Error) -> Self {
        match error.constraint() {
            Some("oauth_clients_name_key" | "oauth_scopes_name_key") => Self::NameTaken,
            Some("identity_providers_slug_key") => Self::SlugTaken,
            _ => error.into(),
        }
    }
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Identity(error) => error.kind(),
            Self::NotFound => ErrorKind::NotFound,
            Self::NameTaken | Self::SlugTaken | Self::LastWayIn | Self::WithoutSecret => ErrorKind::Conflict,
            Self::Fields(_) => ErrorKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Identity(error) => error.code(),
            Self::NotFound => "not_found",
            Self::NameTaken => "name_taken",
            Self::SlugTaken => "slug_taken",
            Self::LastWayIn => "last_way_in",
            Self::WithoutSecret => "no_client_secret",
            Self::Fields(_) => "validation_failed",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::NameTaken => vec![FieldError::new("#/name", self.to_string())],
            Self::SlugTaken => vec![FieldError::new("#/slug", self.to_string())],
            Self::Fields(fields) => fields.clone(),
            _ => Vec::new(),
        }
    }
}
