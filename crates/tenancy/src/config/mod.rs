//! What a tenant has chosen for itself, section by section. The latest versions are kept, and each can come back.
//!
//! A section is a type with its rules (so far [`branding`](crate::branding)); here is what all of them share: how they are
//! stored, what the trail says, and who may see and change them.

pub(crate) mod model;
pub(crate) mod store;
pub(crate) mod versions;

pub(crate) use model::{Chosen, RESOURCE, Section, TenantConfig};
