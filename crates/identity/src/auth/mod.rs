//! Signing in, staying in, signing out.

pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
pub(crate) mod refresh;
mod shadow;
pub(crate) mod store;
mod view;

pub(crate) use shadow::Shadows;
