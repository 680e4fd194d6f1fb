//! Sessions: one row each, rotated in place.

pub(crate) mod end;
pub(crate) mod list;
pub(crate) mod own;
pub(crate) mod store;
