//! The authorization endpoint and the pages that a person passes on the way.

mod answer;
mod browser;
pub(crate) mod consent;
mod decide;
pub(crate) mod endpoint;
pub(crate) mod logout;
pub(crate) mod pushed;
mod request;
pub(crate) mod second_factor;
pub(crate) mod sign_in;
