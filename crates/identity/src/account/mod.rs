//! How people get an account, and get back into it: registration, verification, recovery, invitations.

pub(crate) mod asked;
pub(crate) mod email;
pub(crate) mod invitation;
pub(crate) mod one_time;
pub(crate) mod password;
pub(crate) mod phone;
pub(crate) mod policy;
pub(crate) mod register;
pub(crate) mod reset;
pub(crate) mod store;
pub(crate) mod tell;
pub(crate) mod verify;
mod words;

pub use asked::AccountJobs;
pub use tell::NewWay;
