//! What can go wrong between us and PostgreSQL.

use std::sync::Arc;

use tenantry_kernel::{ErrorKind, FieldError, Kind};

use crate::reply::StoredReply;
use crate::wire::PostgresError;

/// An error of the database layer; its kind decides what the client is told, its source what the operator is told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named constraint refused the write.
    #[error("the constraint {name} refused the write")]
    Constraint {
        /// What kind of constraint.
        rule: Rule,
        /// Its name in the database.
        name: String,
    },
    /// The transaction lost against a concurrent one; trying again may help.
    #[error("the transaction lost against a concurrent one")]
    Contention(#[source] PostgresError),
    /// No connection could be had in time.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The statement took longer than allowed.
    #[error("the database took longer than allowed")]
    TimedOut(#[source] PostgresError),
    /// A request with the same idempotency key is being worked on.
    #[error("a request with this Idempotency-Key is still being worked on")]
    IdempotencyInFlight,
    /// The idempotency key was used for another request.
    #[error("this Idempotency-Key was used for a different request")]
    IdempotencyMismatch,
    /// Not a failure: the stored answer of the first request with this idempotency key.
    #[error("answered before")]
    Replay(Arc<StoredReply>),
    /// A write that must touch a row touched none.
    #[error("the statement {0} touched no row")]
    Missed(&'static str),
    /// A row did not have the shape that the statement declares.
    #[error("the answer to {statement} cannot be read")]
    Decode {
        /// The statement's name.
        statement: &'static str,
        /// What did not fit.
        #[source]
        source: PostgresError,
    },
    /// A cell, role or placement that is not configured.
    #[error("{0}")]
    Unknown(String),
    /// A migration failed.
    #[error("migration failed: {0}")]
    Migration(String),
    /// Anything else PostgreSQL said.
    #[error("PostgreSQL refused: {0}")]
    Postgres(#[source] PostgresError),
}

/// The kinds of constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Unique or exclusion.
    Unique,
    /// Foreign key.
    ForeignKey,
    /// Check or not-null.
    Check,
}

impl Error {
    /// The name of the constraint that refused the write, when one did.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Constraint { name, .. } => Some(name),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        PostgresError::from(error).into()
    }
}

impl From<PostgresError> for Error {
    fn from(error: PostgresError) -> Self {
        let refusal = match &error {
            PostgresError::Refused(refusal) => refusal,
            PostgresError::Lost(_) => return Self::Unavailable(error.to_string()),
            _ => return Self::Postgres(error),
        };
        let rule = match refusal.code.as_str() {
            "23505" | "23P01" => Rule::Unique,
            "23503" => Rule::ForeignKey,
            "23514" | "23502" => Rule::Check,
            "40001" | "40P01" | "55P03" => return Self::Contention(error),
            "57014" | "25P03" => return Self::TimedOut(error),
            "57P01" | "57P02" | "57P03" | "53300" => return Self::Unavailable(refusal.message.clone()),
            _ => return Self::Postgres(error),
        };
        let name = refusal.constraint.clone().or_else(|| refusal.column.clone()).unwrap_or_default();
        Self::Constraint { rule, name }
    }
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Constraint { rule: Rule::Unique | Rule::ForeignKey, .. } | Self::IdempotencyInFlight => {
                ErrorKind::Conflict
            }
            Self::IdempotencyMismatch => ErrorKind::Invalid,
            Self::Contention(_) | Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::TimedOut(_) => ErrorKind::TimedOut,
            _ => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Constraint { rule: Rule::Unique, .. } => "already_exists",
            Self::Constraint { rule: Rule::ForeignKey, .. } => "still_referenced",
            Self::Contention(_) => "contention",
            Self::Unavailable(_) => "database_unavailable",
            Self::TimedOut(_) => "database_timeout",
            Self::IdempotencyInFlight => "idempotency_in_flight",
            Self::IdempotencyMismatch => "idempotency_mismatch",
            _ => "internal",
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::IdempotencyInFlight | Self::IdempotencyMismatch => {
                vec![FieldError::new("header/idempotency-key", self.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        matches!(self, Self::Contention(_) | Self::Unavailable(_) | Self::IdempotencyInFlight).then_some(1)
    }
}
