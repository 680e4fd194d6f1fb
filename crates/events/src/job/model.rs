//! A job before it is written.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_kernel::{Clock, JobId, Rng};

tenantry_kernel::text_enum! {
    /// Which queue a job waits in.
    pub enum Lane {
        /// First attempts, and the first few retries.
        Default = "default",
        /// Late retries, and whatever can wait: never takes the slots that first attempts need.
        Retry = "retry",
    }
}

tenantry_kernel::text_enum! {
    /// The states of a job.
    pub enum JobState {
        /// Waits until it is due.
        Ready = "ready",
        /// Is being run by some node.
        Running = "running",
        /// Has succeeded.
        Done = "done",
        /// Was given up: a dead letter.
        Dead = "dead",
    }
}

/// Work for later, to be written in the transaction that makes it necessary; see [`queue`](crate::queue()).
#[derive(Debug, Clone)]
#[must_use = "a job is done only when it is queued"]
pub struct Job {
    kind: String,
    payload: Value,
    lane: Lane,
    due_at: Option<Timestamp>,
    ordering_key: Option<String>,
    position: Option<i64>,
    dedup_key: Option<String>,
    max_attempts: Option<i32>,
    traceparent: Option<String>,
}

/// A job as it will be written.
pub(crate) struct Written {
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) lane: Lane,
    pub(crate) dedup_key: Option<String>,
    pub(crate) ordering_key: Option<String>,
    pub(crate) position: i64,
    pub(crate) payload: Value,
    pub(crate) due_at: Timestamp,
    pub(crate) max_attempts: Option<i32>,
    pub(crate) at: Timestamp,
    pub(crate) traceparent: Option<String>,
}

impl Job {
    /// A job for the handler of `kind`, due at once.
    pub fn new(kind: impl Into<String>, payload: Value) -> Self {
        Self {
            kind: kind.into(),
            payload,
            lane: Lane::Default,
            due_at: None,
            ordering_key: None,
            position: None,
            dedup_key: None,
            max_attempts: None,
            traceparent: None,
        }
    }

    /// It belongs to this trace, instead of the one in which it is written.
    pub(crate) fn caused_by(mut self, traceparent: Option<String>) -> Self {
        self.traceparent = traceparent;
        self
    }

    /// Not before this instant: a timer.
    pub const fn due(mut self, at: Timestamp) -> Self {
        self.due_at = Some(at);
        self
    }

    /// Run it after the earlier jobs with the same key, of whatever kind, and never beside one of them.
    ///
    /// A job that waits for its next attempt holds its key: only the jobs of that key wait for it.
    pub fn ordering_key(mut self, key: impl Into<String>) -> Self {
        self.ordering_key = Some(key.into());
        self
    }

    /// The place among the jobs with the same ordering key; the time of queueing (in microseconds) when not given.
    pub const fn position(mut self, position: i64) -> Self {
        self.position = Some(position);
        self
    }

    /// Leave it when an unfinished job of the same kind has this key.
    pub fn dedup(mut self, key: impl Into<String>) -> Self {
        self.dedup_key = Some(key.into());
        self
    }

    /// Wait in this lane.
    pub const fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Give up after so many attempts, instead of the server's setting.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(i32::try_from(attempts.max(1)).unwrap_or(i32::MAX));
        self
    }

    pub(crate) const fn is_deduplicated(&self) -> bool {
        self.dedup_key.is_some()
    }

    pub(crate) fn write(self, clock: &Clock, rng: &Rng) -> Written {
        let at = clock.now();
        Written {
            id: JobId::new(clock, rng),
            kind: self.kind,
            lane: self.lane,
            dedup_key: self.dedup_key,
            ordering_key: self.ordering_key,
            position: self.position.unwrap_or(at.as_microsecond()),
            payload: self.payload,
            due_at: self.due_at.unwrap_or(at),
            max_attempts: self.max_attempts,
            at,
            traceparent: self.traceparent.or_else(tenantry_kernel::trace::current),
        }
    }
}
