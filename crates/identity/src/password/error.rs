use tenantry_kernel::{ErrorKind, Kind};

use super::hasher::MAX_PASSWORD_BYTES;

/// What can go wrong while hashing or checking a password; a wrong password is not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tenant has as many requests waiting as it may.
    #[error("too many passwords are waiting to be checked; try again in {retry_after_seconds} seconds")]
    Busy {
        /// When there will likely be room, in whole seconds, at least 1.
        retry_after_seconds: u64,
    },

    /// The password is longer than any password may be.
    #[error("a password has at most {MAX_PASSWORD_BYTES} bytes")]
    TooLong,

    /// What is stored is not an argon2id hash, or asks for absurd amounts of memory or time.
    #[error("the stored password hash cannot be read")]
    UnreadableHash,

    /// argon2 refused to work.
    #[error("the password could not be hashed")]
    Argon2(#[source] argon2::password_hash::Error),

    /// The work ended without an answer.
    #[error("hashing a password broke off")]
    Crashed,
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Busy { .. } => ErrorKind::TooMany,
            Self::TooLong => ErrorKind::Invalid,
            Self::UnreadableHash | Self::Argon2(_) | Self::Crashed => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "tenantry_password_queue_full",
            Self::TooLong => "password_too_long",
            Self::UnreadableHash => "password_hash_unreadable",
            Self::Argon2(_) => "password_hashing_failed",
            Self::Crashed => "password_hashing_crashed",
        }
    }

    fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Busy { retry_after_seconds } => Some(*retry_after_seconds),
            _ => None,
        }
    }
}
