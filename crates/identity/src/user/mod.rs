//! Users: people of one tenant.

pub(crate) mod bulk;
pub(crate) mod create;
pub(crate) mod deactivate;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod me;
mod model;
mod profile;
pub(crate) mod restore;
pub(crate) mod security;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod store;
pub(crate) mod update;

pub use model::UserStatus;
pub(crate) use model::{RESOURCE, User, UserKind, UserView, insert, insert_new, normalise_phone, save};
