//! The language of policies: document B's JSON form, read into a tree, written as Cedar.
//!
//! docs/policies.md has the grammar. Errors point into the JSON.

pub(crate) mod cedar;
pub(crate) mod native;
mod operand;
pub(crate) mod read;
pub(crate) mod schema;
pub(crate) mod target;
pub(crate) mod tree;
