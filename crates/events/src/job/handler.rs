//! Who runs jobs.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::TenantDb;
use tenantry_kernel::JobId;

use super::model::Lane;
use crate::event::Pattern;

tenantry_db::row! {
    /// A job that is being run.
    #[derive(Debug, Clone)]
    pub struct JobRow {
        /// The job: the same in every attempt.
        pub id: JobId,
        /// Which handler's it is.
        pub kind: String,
        /// Where it waited.
        pub lane: Lane,
        /// The key whose jobs run one after the other.
        pub ordering_key: Option<String>,
        /// Its place among the jobs with that key: for a subscriber, the event's sequence number.
        pub position: i64,
        /// What it is about.
        pub payload: Value,
        /// Which attempt this is, from 1.
        pub attempts: i32,
        /// After how many it is given up, when the job says so itself.
        pub max_attempts: Option<i32>,
        /// When it was due.
        pub due_at: Timestamp,
        /// When it was queued.
        pub created_at: Timestamp,
        /// Which trace it belongs to.
        pub traceparent: Option<String>,
    }
}

/// Why a job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// It may succeed later: tried again with a growing delay, and a dead letter after the last attempt.
    #[error("{0}")]
    Retry(String),
    /// It never will: a dead letter at once.
    #[error("{0}")]
    Discard(String),
    /// An earlier attempt has committed already; counts as success. Only for handlers that say [`Handler::is_once`].
    #[error("an earlier attempt has done it")]
    Repeated,
}

impl From<tenantry_db::Error> for JobError {
    fn from(error: tenantry_db::Error) -> Self {
        match error {
            tenantry_db::Error::Replay(_) => Self::Repeated,
            other => Self::Retry(other.to_string()),
        }
    }
}

/// Runs the jobs of one kind.
///
/// A job is run **at least once**: a node may die after the handler's commit and before the job is marked done. A handler
/// is idempotent by [`JobRow::id`], or does all of its work in one transaction and says so in [`is_once`](Self::is_once).
/// (It cannot mark the job done in its own transaction: the application's role may not change jobs, so that no request can
/// tamper with them.)
///
/// A handler that runs longer than its lease keeps it, as long as its node lives. When the lease is lost all the same, or
/// the server shuts down, the future is dropped at its next `await`.
pub trait Handler: Send + Sync + 'static {
    /// The kind of the jobs; also the action that the trail shows.
    fn kind(&self) -> &'static str;

    /// Run one job in its tenant's scope.
    fn run<'a>(&'a self, tenant: TenantDb, job: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>>;

    /// Whether a successful run is exactly one committed `TenantTx`.
    ///
    /// That transaction then carries the job's id as its idempotency key: whatever happens, it takes effect once. A
    /// second transaction of the same job would be taken for a repetition, so leave this `false` when there may be two.
    fn is_once(&self) -> bool {
        false
    }
}

/// A handler that gets a job for every event of some types.
///
/// The jobs of one aggregate run in the order of its events, for each subscriber by itself: a failing subscriber delays
/// nothing but its own jobs of that aggregate. [`CloudEvent::of_job`](crate::CloudEvent::of_job) reads the event.
#[derive(Clone)]
pub struct Subscriber {
    pub(crate) handler: Arc<dyn Handler>,
    pub(crate) patterns: Vec<Pattern>,
}

impl Subscriber {
    /// Call `handler` for events whose type is one of `types`: exact, or a prefix with `.*` (`tenantry.project.*`), or `*`.
    pub fn new<'a>(handler: Arc<dyn Handler>, types: impl IntoIterator<Item = &'a str>) -> Self {
        Self { handler, patterns: types.into_iter().map(Pattern::new).collect() }
    }
}
