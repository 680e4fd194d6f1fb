//! The authorization endpoint and the pages that a person passes on the way.

pub(crate) mod answer;
pub(crate) mod browser;
pub(crate) mod consent;
pub(crate) mod decide;
pub(crate) mod endpoint;
pub(crate) mod enrolment;
pub(crate) mod logout;
pub(crate) mod passkey;
pub(crate) mod pushed;
pub(crate) mod request;
pub(crate) mod room;
pub(crate) mod second_factor;
pub(crate) mod sign_in;
