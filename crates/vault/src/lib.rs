#![doc = include_str!("../README.md")]

mod aead;
mod data_key;
mod error;
mod keyring;
mod master_key;
mod opaque;
mod place;
mod sealed;
mod source;
mod token;

pub use data_key::DataKey;
pub use error::Error;
pub use keyring::Keyring;
pub use master_key::MasterKey;
pub use opaque::{constant_time_eq, hash_token};
pub use place::Place;
pub use sealed::Sealed;
pub use source::{KeySource, Pending, SigningSet};
pub use token::{Expect, Jwk, Jwks, MAX_TOKEN_BYTES, PublicKey, SigningKey, unverified_kid_and_tid};
