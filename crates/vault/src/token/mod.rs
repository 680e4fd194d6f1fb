//! Signed tokens: JWS in compact form (RFC 7515) with ES256 (RFC 7518), carrying JWT claims (RFC 7519).
//!
//! Signed and verified directly on the cryptographic library: `jsonwebtoken` parses the key anew for each token and
//! asks the machine's clock. It is the tests' second opinion instead.

mod claims;
mod compact;
mod hint;
mod jwk;
mod public_key;
mod signing_key;

pub use claims::Expect;
pub use compact::MAX_TOKEN_BYTES;
pub use hint::unverified_kid_and_tid;
pub use jwk::{Jwk, Jwks};
pub use public_key::PublicKey;
pub use signing_key::SigningKey;
