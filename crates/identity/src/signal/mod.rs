//! What is unusual about a sign-in: a device, a network, a country where somebody has not been, or a way too long for the time.

mod geo;
mod judge;
mod whence;

pub use geo::{Places, PlacesError};
pub(crate) use judge::{MEMORY, Past, Signal, judge};
pub(crate) use whence::Whence;
