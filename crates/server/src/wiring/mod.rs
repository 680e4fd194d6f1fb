//! The ports between domains, filled in.

mod figures;
mod issuers;
pub(crate) mod mail;
mod maintenance;
mod partitions;
mod people;
mod placements;

pub(crate) use figures::FiguresOf;
pub(crate) use issuers::IssuersOf;
pub(crate) use maintenance::{MAINTENANCE, Maintenance};
pub(crate) use partitions::{PARTITIONS, Partitions};
pub(crate) use people::PeopleOf;
pub(crate) use placements::PlacementsOf;
