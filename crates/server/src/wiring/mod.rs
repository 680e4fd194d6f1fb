//! The ports between domains, filled in.

mod figures;
pub(crate) mod mail;
mod maintenance;
mod people;
mod placements;

pub(crate) use figures::FiguresOf;
pub(crate) use maintenance::{MAINTENANCE, Maintenance};
pub(crate) use people::PeopleOf;
pub(crate) use placements::PlacementsOf;
