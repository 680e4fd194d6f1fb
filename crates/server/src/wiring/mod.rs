//! The ports between domains, filled in.

mod maintenance;
mod people;
mod placements;

pub(crate) use maintenance::{MAINTENANCE, Maintenance};
pub(crate) use people::PeopleOf;
pub(crate) use placements::PlacementsOf;
