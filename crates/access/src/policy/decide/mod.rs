//! Deciding by a tenant's policies.

pub(crate) mod judge;
pub(crate) mod partial;
pub(crate) mod set;
pub(crate) mod world;
