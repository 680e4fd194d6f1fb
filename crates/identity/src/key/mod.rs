//! API keys: credentials of programs, each for some of what its owner may do.

pub(crate) mod authenticate;
pub(crate) mod create;
pub(crate) mod list;
mod model;
pub(crate) mod revoke;
pub(crate) mod rotate;
mod secret;
pub(crate) mod store;

pub use authenticate::Keys;
pub(crate) use model::{ApiKey, ApiKeyId, ApiKeyView, IssuedKey, RESOURCE};
pub(crate) use secret::{Presented, Secret};
