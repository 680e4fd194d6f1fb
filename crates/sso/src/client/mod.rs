//! A client: an application that people sign in to through the tenant, or that gets tokens of its own.

pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod create;
mod defaults;
pub(crate) mod list;
mod model;
pub(crate) mod secret;
pub(crate) mod store;
pub(crate) mod update;

pub(crate) use cache::{ClientCache, Known};
pub(crate) use model::{AuthMethod, Client, ClientId, ClientKind, GrantType, RESOURCE};
