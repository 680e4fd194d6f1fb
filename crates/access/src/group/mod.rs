//! Groups: members inherit the group's roles, and those of every group that the group is in.

pub(crate) mod change;
pub(crate) mod child;
pub(crate) mod confer;
pub(crate) mod list;
pub(crate) mod member;
mod model;
pub(crate) mod role;
pub(crate) mod store;

pub(crate) use model::{Group, GroupId, GroupView, RESOURCE};
