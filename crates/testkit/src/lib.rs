#![doc = include_str!("../README.md")]
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![expect(clippy::disallowed_types, reason = "tests look past the scopes")]
#![expect(clippy::return_self_not_must_use, reason = "an expectation may be all that is wanted")]

mod client;
mod cluster;
mod world;

pub use client::{Answer, Client};
pub use cluster::{Cluster, Database};
pub use world::{MARKER_A, MARKER_B, Options, PASSWORD, SeededTenant, World, authority_through};
