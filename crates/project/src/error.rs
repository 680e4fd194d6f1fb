//! What can go wrong with projects.

use tenantry_kernel::{ErrorKind, FieldError, Kind};

/// An error of the project module.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// No such project, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The new owner is no user of the tenant.
    #[error("there is no such user")]
    UnknownOwner,
}

impl Error {
    /// An error of a write: a constraint says which field is wrong.
    pub(crate) fn of_write(error: tenantry_db::Error) -> Self {
        match error.constraint() {
            Some("projects_owner_fkey") => Self::UnknownOwner,
            _ => error.into(),
        }
    }
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::NotFound | Self::UnknownOwner => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::NotFound | Self::UnknownOwner => "not_found",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::UnknownOwner => vec![FieldError::new("#/owner_id", self.to_string())],
            _ => Vec::new(),
        }
    }
}
