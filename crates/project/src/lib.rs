#![doc = include_str!("../README.md")]

mod error;
mod policy;
mod project;
mod routes;

use tenantry_db::Statement;
use tenantry_web::ActionInfo;
use tenantry_web::ports::ResourceInfo;

pub use error::Error;
pub use project::stats::figures;
pub use routes::routes;

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    policy::ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [ResourceInfo] {
    &[project::RESOURCE]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    project::store::STATEMENTS.iter().copied()
}
