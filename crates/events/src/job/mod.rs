//! Jobs: work that a transaction leaves for later.

mod backoff;
mod handler;
pub(crate) mod list;
mod model;
mod queue;
pub(crate) mod retry;
pub(crate) mod store;

pub(crate) use backoff::delay;
pub use handler::{Handler, JobError, JobRow, Subscriber};
pub use list::JobView;
pub use model::{Job, JobState, Lane};
pub use queue::queue;
