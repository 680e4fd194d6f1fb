//! Many users at once.

pub(crate) mod action;
pub(crate) mod create;
