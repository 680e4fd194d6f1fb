//! Second factors: authenticator apps, codes for the day they are lost, and sign-ins that wait for one.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod enrol;
pub(crate) mod model;
pub(crate) mod own;
pub(crate) mod pending;
pub(crate) mod recent;
pub(crate) mod reseal;
pub(crate) mod reset;
pub(crate) mod second;
pub(crate) mod store;
pub(crate) mod totp;

pub use model::{ACR_ONE, ACR_TWO, acr_of};
pub(crate) use model::{Factor, Proof};
pub use pending::Pending;
