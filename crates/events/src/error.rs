use tenantry_kernel::{ErrorKind, Kind};

use crate::cron::CronError;

/// What can go wrong with events, jobs and schedules.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or cannot be reached.
    #[error(transparent)]
    Database(#[from] tenantry_db::Error),
    /// Two handlers want the jobs of one kind.
    #[error("two handlers are registered for jobs of the kind {0}")]
    DuplicateHandler(&'static str),
    /// A schedule's cron expression or time zone cannot be read.
    #[error(transparent)]
    Cron(#[from] CronError),
    /// There is no such dead letter.
    #[error("no dead letter has this id")]
    NoSuchDeadLetter,
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::DuplicateHandler(_) => ErrorKind::Internal,
            Self::Cron(_) => ErrorKind::Invalid,
            Self::NoSuchDeadLetter => ErrorKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Database(error) => error.code(),
            Self::DuplicateHandler(_) => "internal",
            Self::Cron(_) => "invalid_cron",
            Self::NoSuchDeadLetter => "not_found",
        }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Database(error) => error.retry_after_seconds(),
            _ => None,
        }
    }
}
