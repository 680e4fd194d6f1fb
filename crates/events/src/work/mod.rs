//! Running jobs: who is next, taking them, and what becomes of each.

mod foreman;
mod ring;
mod run;
pub(crate) mod store;

pub(crate) use foreman::Foreman;
