//! The endpoints that clients call: their bodies are those of the standards.

pub(crate) mod access_token;
mod assertion;
pub(crate) mod authenticate;
pub(crate) mod claims;
mod code;
mod credentials;
pub(crate) mod discovery;
mod exchange;
pub(crate) mod fields;
pub(crate) mod id_token;
pub(crate) mod introspect;
mod refresh;
pub(crate) mod refusal;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod userinfo;

pub(crate) use code::{Approved, Issue, begin as begin_grant, insert as insert_grant, text as code_text};
