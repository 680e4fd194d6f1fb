#![doc = include_str!("../README.md")]

mod cron;
mod dispatch;
mod error;
mod event;
mod housekeeping;
mod job;
mod places;
mod policy;
pub mod ports;
mod routes;
mod runtime;
mod schedule;
mod settings;
mod survey;
mod work;

use tenantry_db::Statement;
use tenantry_web::ActionInfo;

pub use cron::{Cron, CronError};
pub use error::Error;
pub use event::{CloudEvent, Pattern};
pub use job::{Handler, Job, JobError, JobRow, JobState, JobView, Lane, Subscriber, queue};
pub use routes::routes;
pub use runtime::Runtime;
pub use schedule::{Schedule, unschedule};
pub use settings::Settings;

/// The actions, for the permission catalogue.
pub const fn actions() -> &'static [ActionInfo] {
    policy::ACTIONS
}

/// The types of resources, as policies see them.
pub const fn resources() -> &'static [tenantry_web::ports::ResourceInfo] {
    &[event::RESOURCE, job::list::RESOURCE]
}

/// The statements, for the tests that check them.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    let stores = [
        dispatch::store::STATEMENTS,
        event::store::STATEMENTS,
        housekeeping::store::STATEMENTS,
        job::store::STATEMENTS,
        schedule::store::STATEMENTS,
        survey::STATEMENTS,
        work::store::STATEMENTS,
    ];
    stores.into_iter().flatten().copied()
}
