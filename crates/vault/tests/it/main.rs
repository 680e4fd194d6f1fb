//! The vault through its public face.

#![expect(
    clippy::expect_used,
    reason = "clippy takes only `#[test]` functions for tests, not what they call"
)]

mod key_file;
mod keyring;
mod parsers;
mod token_forgery;
mod token_interop;
mod token_verify;
mod wrapping;

use tenantry_kernel::{Clock, Rng, TenantId};
use tenantry_vault::{DataKey, Keyring};

fn clock() -> Clock {
    Clock::at("2026-11-05T12:00:00Z".parse().expect("a time"))
}

fn tenant() -> TenantId {
    TenantId::new(&clock(), &Rng::system())
}

fn data_key() -> DataKey {
    DataKey::generate(&clock(), &Rng::system())
}

fn keyring(tenant: TenantId) -> Keyring {
    Keyring::new(tenant, data_key(), Vec::new())
}
