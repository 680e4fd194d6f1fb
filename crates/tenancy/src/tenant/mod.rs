//! A tenant: its life from creation to deletion.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod domains;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod model;
pub(crate) mod stats;
pub(crate) mod store;
pub(crate) mod switch;
pub(crate) mod update;

pub use create::NewTenant;
pub use model::{Isolation, Plan, Tenant, TenantView, Tier};
