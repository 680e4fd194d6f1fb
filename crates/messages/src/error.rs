use tenantry_kernel::{ErrorKind, Kind};

/// Why a message was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error("the database")]
    Db(#[from] tenantry_db::Error),
    /// The tenant's keys.
    #[error("the vault")]
    Vault(#[from] tenantry_vault::Error),
    /// Nobody can be reached there.
    #[error("this is no address that messages can be sent to")]
    Recipient,
    /// A defect: a message that cannot be written down.
    #[error("the message cannot be written down")]
    Unwritable(#[from] serde_json::Error),
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Db(error) => error.kind(),
            Self::Vault(error) => error.kind(),
            Self::Recipient => ErrorKind::Invalid,
            Self::Unwritable(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Db(error) => error.code(),
            Self::Vault(error) => error.code(),
            Self::Recipient => "validation_failed",
            Self::Unwritable(_) => "internal",
        }
    }
}

/// Why a message was not sent. Tenants can read this of their jobs: it names neither people nor servers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may be sent later.
    #[error("{0}")]
    Later(String),
    /// It never will be.
    #[error("{0}")]
    Never(String),
}
