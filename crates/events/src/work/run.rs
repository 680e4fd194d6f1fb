//! One job: its run, its lease, and what becomes of it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tenantry_db::{Claim, Error, Idempotency, Written};
use tenantry_kernel::JobId;
use tokio::time::{Instant, interval_at, sleep};
use tracing::Instrument as _;

use super::store;
use crate::job::{self, Handler, JobError, JobRow, Lane};
use crate::places::Place;
use crate::runtime::Shared;

/// Retries after this many attempts wait in the lane of their own.
const EARLY_ATTEMPTS: i32 = 3;
/// How often the end of a job is written before its lease must do.
const WRITES: u32 = 5;

/// What the foreman hears of a job that has ended.
pub(crate) struct Ended {
    pub(crate) id: JobId,
    /// When and where it waits for its next attempt.
    pub(crate) again: Option<(Timestamp, Lane)>,
}

/// What became of an attempt.
struct Outcome {
    name: &'static str,
    again: Option<(Timestamp, Lane)>,
}

impl Outcome {
    const fn of(name: &'static str) -> Self {
        Self { name, again: None }
    }
}

/// Run a job to its end, whatever that is.
pub(crate) async fn run(shared: Arc<Shared>, place: Place, job: JobRow) -> Ended {
    let id = job.id;
    let span = tracing::info_span!("job", tenant.id = %place.tenant, job.id = %id, job.kind = %job.kind);
    let trace = tracing::trace_span!(
        target: tenantry_kernel::trace::TARGET, "job", otel.kind = "consumer", tenant.id = %place.tenant,
        job.id = %id, job.kind = %job.kind, job.attempt = job.attempts
    );
    if let Some(parent) = &job.traceparent {
        tenantry_kernel::trace::follow(&trace, parent);
    }
    async move {
        let Some(handler) = shared.handlers.get(job.kind.as_str()).cloned() else {
            return Ended { id, again: None };
        };
        let started = Instant::now();
        let ended = tokio::select! {
            result = handle(&shared, &place, &*handler, &job) => Some(result),
            () = keep(&shared, &place, &job) => None,
        };
        let outcome = settle(&shared, &place, &job, ended).await;
        let kind = handler.kind();
        metrics::counter!("tenantry_jobs_total", "kind" => kind, "outcome" => outcome.name).increment(1);
        metrics::histogram!("tenantry_job_duration_seconds", "kind" => kind)
            .record(started.elapsed().as_secs_f64());
        tracing::debug!(outcome = outcome.name, attempt = job.attempts, "a job has ended");
        Ended { id, again: outcome.again }
    }
    .instrument(trace)
    .instrument(span)
    .await
}

/// Call the handler; a panic is a failed attempt.
async fn handle(shared: &Shared, place: &Place, handler: &dyn Handler, job: &JobRow) -> Result<(), JobError> {
    let mut origin = shared.places.origin(job.id, handler.kind());
    if handler.is_once() {
        // A tab begins no key that a client can send.
        let key = format!("\tjob/{}", job.id);
        origin.idempotency = Some(Idempotency { key, fingerprint: job.id.as_uuid().as_bytes().to_vec() });
    }
    let tenant = shared.places.enter(place, origin);
    let result = AssertUnwindSafe(async { handler.run(tenant, job).await }).catch_unwind().await;
    match result {
        Ok(Err(JobError::Repeated)) if handler.is_once() => Ok(()),
        Ok(result) => result,
        Err(panic) => Err(JobError::Retry(format!("it panicked: {}", said(&*panic)))),
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// Keep the job's lease; ends when it is lost.
async fn keep(shared: &Shared, place: &Place, job: &JobRow) {
    let every = (shared.settings.lease / 3).max(Duration::from_millis(10));
    let mut tick = interval_at(Instant::now() + every, every);
    loop {
        tick.tick().await;
        let until = shared.clock.now() + shared.settings.lease;
        match place.worker.run(store::extend(place.tenant, job.id, job.attempts, until)).await {
            Ok(Written(0)) => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(error = %error, "a job's lease could not be extended"),
        }
    }
}

/// Write down how it ended.
async fn settle(
    shared: &Shared,
    place: &Place,
    job: &JobRow,
    ended: Option<Result<(), JobError>>,
) -> Outcome {
    let Some(result) = ended else {
        tracing::warn!("a job's lease was lost while it ran");
        return Outcome::of("lost");
    };
    let (tenant, id, attempt) = (place.tenant, job.id, job.attempts);
    let most = job.max_attempts.map_or(shared.settings.max_attempts, |most| u32::try_from(most).unwrap_or(1));
    let is_last = u32::try_from(attempt).unwrap_or(u32::MAX) >= most;
    let now = shared.clock.now();
    let (outcome, write): (_, Box<Write>) = match result {
        Ok(()) => (Outcome::of("done"), Box::new(move || vec![store::finish(tenant, id, attempt, now)])),
        Err(JobError::Retry(error)) if !is_last => {
            tracing::warn!(attempt, error = %error, "a job failed and is tried again");
            let at = now + job::delay(attempt, &shared.rng);
            let lane = if attempt > EARLY_ATTEMPTS { Lane::Retry } else { job.lane };
            let outcome = Outcome { name: "retried", again: Some((at, lane)) };
            let key = job.ordering_key.clone();
            let write = move || {
                let retry = store::retry(tenant, id, attempt, at, lane, error.clone());
                let park = key.clone().map(|key| store::park(tenant, id, key, at));
                std::iter::once(retry).chain(park).collect()
            };
            (outcome, Box::new(write))
        }
        Err(error) => {
            let name = if matches!(error, JobError::Discard(_)) { "discarded" } else { "dead" };
            tracing::error!(attempt, error = %error, "a job was given up");
            metrics::counter!("tenantry_jobs_dead_total").increment(1);
            (
                Outcome::of(name),
                Box::new(move || vec![store::bury(tenant, id, attempt, now, error.to_string())]),
            )
        }
    };
    match persist(place, &*write).await {
        Ok(true) => outcome,
        Ok(false) => Outcome::of("lost"),
        Err(error) => {
            tracing::error!(error = %error, "a job's end could not be written; it comes back when its lease ends");
            Outcome::of("lost")
        }
    }
}

type Write = dyn Fn() -> Vec<Claim<Written>> + Send + Sync;

/// Write it, also when the database is away for a moment; answers whether the job was still ours.
async fn persist(place: &Place, write: &Write) -> Result<bool, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let result = async { place.worker.begin().await?.commit_all(write()).await }.await;
        match result {
            Err(_) if tries < WRITES => sleep(Duration::from_millis(100) * tries).await,
            result => return result.map(|written| written.first().is_some_and(|rows| rows.0 > 0)),
        }
    }
}
