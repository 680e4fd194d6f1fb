//! Second factors: authenticator apps, codes by e-mail and text message, codes for the day all that is lost, and sign-ins that
//! wait for one.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod enrol;
pub(crate) mod enrolment;
pub(crate) mod enrolment_passkey;
pub(crate) mod model;
pub(crate) mod obliged;
pub(crate) mod own;
pub(crate) mod pending;
pub(crate) mod policy;
pub(crate) mod reach;
pub(crate) mod recent;
pub(crate) mod reseal;
pub(crate) mod reset;
pub(crate) mod second;
pub(crate) mod send;
pub(crate) mod sent;
pub(crate) mod set_up;
pub(crate) mod store;
pub(crate) mod totp;
pub(crate) mod ways;

pub use enrolment::{Enrolled, SetUp};
pub use model::{ACR_ONE, ACR_TWO, acr_of};
pub(crate) use model::{Factor, Proof};
pub use obliged::Enrolment;
pub use pending::Pending;
