//! Events as clients and subscribers see them.

pub(crate) mod create;
pub(crate) mod list;
mod model;
mod own;
mod pattern;
pub(crate) mod store;
pub(crate) mod stream;

pub use model::CloudEvent;
pub(crate) use model::RESOURCE;
pub use pattern::Pattern;
