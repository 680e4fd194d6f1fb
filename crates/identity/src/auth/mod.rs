//! Signing in, staying in, signing out.

pub(crate) mod browser;
pub(crate) mod change_password;
pub(crate) mod entrance;
pub(crate) mod find_tenant;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
mod refresh;
mod shadow;
pub(crate) mod sign_in;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod view;

pub(crate) use shadow::Shadows;
