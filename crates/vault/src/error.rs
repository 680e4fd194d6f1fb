//! What can go wrong in the vault.
//!
//! No message carries key material, plaintext, a token or a claim.

use std::io;
use std::path::PathBuf;

use tenantry_kernel::{ErrorKind, KeyId, Kind};

/// Why a key, a sealed value or a token was not made or not accepted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The master key file cannot be read or created.
    #[error("cannot load or create the master key file {}", path.display())]
    MasterKeyFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others than its owner may read the master key file.
    #[error(
        "the master key file {} has mode {mode:04o}: others than its owner may reach it; run `chmod 600` on it",
        path.display()
    )]
    MasterKeyExposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The text given as master key is not one.
    #[error("the master key is not 32 bytes in base64")]
    MasterKeyMalformed,
    /// The data key was wrapped by another master key than the one at hand.
    #[error("the data key was wrapped by master key {wrapped_by}, but the one loaded is {loaded}")]
    OtherMasterKey {
        /// The id of the master key that is needed.
        wrapped_by: String,
        /// The id of the master key at hand.
        loaded: String,
    },
    /// The bytes do not have the form of what they should be.
    #[error("the bytes are not {0}")]
    Malformed(&'static str),
    /// The value was sealed by a key that is not in the tenant's keyring.
    #[error("key {0} is not in the tenant's keyring")]
    UnknownKey(KeyId),
    /// Changed, moved to another place or tenant, or made by another key: which of them cannot be told.
    #[error("the value was changed, moved, or made by another key")]
    NotAuthentic,
    /// The keys cannot be had from where they are kept.
    #[error("the keys cannot be had: {0}")]
    Source(String),
    /// The cryptographic library refused to work.
    #[error("the cryptographic library failed")]
    Crypto,
    /// The claims to sign cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    Claims(#[source] serde_json::Error),
    /// The token to sign would be longer than any verifier accepts.
    #[error("the token would be longer than {} bytes", crate::MAX_TOKEN_BYTES)]
    TokenTooLong,
    /// The text is not a JWS in compact form, or its header cannot be read.
    #[error("not a token")]
    TokenMalformed,
    /// The token is not signed with ES256, or demands an extension (`crit`).
    #[error("the token's algorithm is not ES256, or it demands extensions")]
    TokenAlgorithm,
    /// The token is of another type.
    #[error("the token is of another type")]
    TokenType,
    /// The token names another key.
    #[error("the token names another key")]
    TokenKey,
    /// The signature is not this key's over this token.
    #[error("the token's signature is wrong")]
    TokenSignature,
    /// The signed claims are not those that are expected.
    #[error("the token's claims cannot be read")]
    TokenClaims,
    /// The token comes from another issuer.
    #[error("the token comes from another issuer")]
    TokenIssuer,
    /// The token is meant for another audience.
    #[error("the token is meant for another audience")]
    TokenAudience,
    /// The token has expired.
    #[error("the token has expired")]
    TokenExpired,
    /// The token is not valid yet, or was issued in the future.
    #[error("the token is not valid yet")]
    TokenNotYetValid,
}

impl Kind for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TokenMalformed
            | Self::TokenAlgorithm
            | Self::TokenType
            | Self::TokenKey
            | Self::TokenSignature
            | Self::TokenClaims
            | Self::TokenIssuer
            | Self::TokenAudience
            | Self::TokenExpired
            | Self::TokenNotYetValid => ErrorKind::Unauthenticated,
            Self::Source(_) => ErrorKind::Unavailable,
            Self::MasterKeyFile { .. }
            | Self::MasterKeyExposed { .. }
            | Self::MasterKeyMalformed
            | Self::OtherMasterKey { .. }
            | Self::Malformed(_)
            | Self::UnknownKey(_)
            | Self::NotAuthentic
            | Self::Crypto
            | Self::Claims(_)
            | Self::TokenTooLong => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Source(_) => "keys_unavailable",
            Self::MasterKeyFile { .. } => "master_key_file",
            Self::MasterKeyExposed { .. } => "master_key_exposed",
            Self::MasterKeyMalformed => "master_key_malformed",
            Self::OtherMasterKey { .. } => "master_key_other",
            Self::Malformed(_) => "vault_bytes_malformed",
            Self::UnknownKey(_) => "vault_key_unknown",
            Self::NotAuthentic => "vault_not_authentic",
            Self::Crypto => "vault_crypto",
            Self::Claims(_) => "token_claims_unwritable",
            Self::TokenTooLong => "token_too_long",
            Self::TokenMalformed => "token_malformed",
            Self::TokenAlgorithm => "token_algorithm",
            Self::TokenType => "token_type",
            Self::TokenKey => "token_key",
            Self::TokenSignature => "token_signature",
            Self::TokenClaims => "token_claims",
            Self::TokenIssuer => "token_issuer",
            Self::TokenAudience => "token_audience",
            Self::TokenExpired => "token_expired",
            Self::TokenNotYetValid => "token_not_yet_valid",
        }
    }
}
