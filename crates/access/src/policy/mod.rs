//! Policies: what a tenant allows and denies beside its roles.

pub(crate) mod assign;
pub(crate) mod change;
pub(crate) mod code;
pub(crate) mod decide;
pub(crate) mod held;
pub(crate) mod kinds;
pub(crate) mod language;
pub(crate) mod list;
pub(crate) mod load;
pub(crate) mod model;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod version;
