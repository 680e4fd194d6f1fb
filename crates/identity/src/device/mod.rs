//! Devices: what people sign in from, how it is recognised again, and for how long it stands for a second factor.

pub(crate) mod arrival;
mod describe;
mod found;
pub(crate) mod model;
pub(crate) mod of_user;
pub(crate) mod own;
mod shown;
pub(crate) mod store;
pub(crate) mod trust;

pub(crate) use model::{Device, DeviceId};
pub(crate) use shown::Kept;
pub use shown::Shown;
