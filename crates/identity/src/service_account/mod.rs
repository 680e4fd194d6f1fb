//! Service accounts: users of a kind of their own, for programs. They have roles like people, and no password: keys alone
//! speak for them.

pub(crate) mod create;
pub(crate) mod deactivate;
pub(crate) mod list;
mod model;
pub(crate) mod store;
pub(crate) mod update;

pub(crate) use model::{RESOURCE, ServiceAccount, ServiceAccountId, ServiceAccountView};
