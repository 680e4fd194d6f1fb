//! A browser's session: the same tokens, in cookies that no script can read.

pub(crate) mod end;
pub(crate) mod get;
pub(crate) mod refresh;
pub(crate) mod start;
mod view;
