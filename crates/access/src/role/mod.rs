//! Roles: what they grant, and who has them.

pub(crate) mod assign;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod give;
pub(crate) mod list;
mod model;
pub(crate) mod rules;
pub(crate) mod seed;
pub(crate) mod store;
pub(crate) mod update;

pub use model::{GrantSpec, RoleSummary};
pub(crate) use model::{RESOURCE, Role, RoleView};
pub use store::roles_of;
