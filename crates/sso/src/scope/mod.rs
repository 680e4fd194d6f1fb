//! Scopes of a tenant's own: clients ask for them, people read what they mean, and they stand for claims of the tenant's own.

pub(crate) mod change;
mod model;
pub(crate) mod store;

pub(crate) use model::{RESOURCE, Scope, Source};

tenantry_kernel::id! {
    /// A scope of a tenant's own.
    ScopeId,
}
