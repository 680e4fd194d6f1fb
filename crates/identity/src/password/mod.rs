//! Passwords: which ones are good enough, how they are kept, and who may use the processor for it.
//!
//! Nothing here knows SQL or HTTP. [`Policy`] judges a new password, [`Hasher`] makes and checks argon2id hashes off
//! the async threads, sharing them fairly between tenants.

mod common;
mod error;
mod hash;
mod hasher;
mod policy;
mod pool;
mod queue;
mod strength;

pub use error::Error;
pub use hash::{is_readable, needs_rehash};
pub use hasher::{Hasher, MAX_PASSWORD_BYTES};
pub use policy::{Policy, Violation};
pub use pool::{PoolSettings, Stats};
