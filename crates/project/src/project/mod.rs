//! A project: a piece of the tenant's work, owned by one of its users.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
mod model;
pub(crate) mod stats;
pub(crate) mod store;
pub(crate) mod update;

pub(crate) use model::{Project, ProjectId, ProjectStatus, ProjectView, RESOURCE};
