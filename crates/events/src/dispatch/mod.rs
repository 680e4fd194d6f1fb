//! The dispatcher: gives every event its number after commit, and makes the subscribers' jobs.
//!
//! Ids and timestamps are not commit order, so the number is given later, by one dispatcher at a time for each tenant (it
//! holds the tenant's `event_stream` row). Numbers, jobs and the new end of the stream are one transaction: an event is never
//! numbered without its jobs. This node's commits wake it; the survey finds what a node left behind that died.

mod order;
pub(crate) mod store;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use serde_json::json;
use tenantry_db::notify::announce;
use tenantry_db::{Error, Scalar, Signal, Topic};
use tenantry_kernel::TenantId;
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::job::{self, Job};
use crate::places::{Place, Rota};
use crate::runtime::{Shared, Stop};
use crate::survey;
use order::Pending;

/// Events of a burst are numbered together.
const GATHER: Duration = Duration::from_millis(5);
/// When another node is at the same stream.
const BUSY: Duration = Duration::from_millis(50);
/// Tenants at the same time.
const AT_ONCE: usize = 3;

/// What became of a tenant's turn.
enum Turn {
    Idle,
    Busy,
    Numbered { is_full: bool },
}

/// Work until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, mut stop: Stop) {
    let mut rota = Rota::default();
    let mut tick = interval(shared.settings.poll);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut again: HashSet<TenantId> = HashSet::new();
    loop {
        let waiting = !again.is_empty();
        let mut tenants = tokio::select! {
            tenants = shared.committed().next() => {
                sleep(GATHER).await;
                tenants
            }
            () = sleep(BUSY), if waiting => HashSet::new(),
            _ = tick.tick() => survey_all(&shared, &mut rota).await,
            () = stop.asked() => return,
        };
        tenants.extend(again.drain());
        again = round(&shared, tenants).await;
    }
}

/// The tenants that have events without a number, wherever they live.
async fn survey_all(shared: &Shared, rota: &mut Rota) -> HashSet<TenantId> {
    let mut tenants = HashSet::new();
    let mut oldest = None;
    for worker in shared.places.round(rota).await {
        match survey::pending(&worker).await {
            Ok(found) => {
                oldest = found.iter().filter_map(|it| born(it.id.as_uuid())).chain(oldest).min();
                tenants.extend(found.iter().map(|it| it.tenant_id));
            }
            Err(error) => tracing::warn!(error = %error, "the outboxes cannot be surveyed"),
        }
    }
    let lag =
        oldest.map_or(0.0, |oldest| (shared.clock.now() - oldest).total(jiff::Unit::Second).unwrap_or(0.0));
    metrics::gauge!("tenantry_outbox_lag_seconds").set(lag.max(0.0));
    tenants
}

/// When an id was made.
fn born(id: uuid::Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
}

/// Number what these tenants have, and tell every node. Answers who must be looked at again soon.
async fn round(shared: &Shared, tenants: HashSet<TenantId>) -> HashSet<TenantId> {
    let numbered = Mutex::new(Vec::new());
    let again = Mutex::new(HashSet::new());
    stream::iter(tenants)
        .for_each_concurrent(AT_ONCE, |tenant| {
            let (numbered, again) = (&numbered, &again);
            async move {
                match turn(shared, tenant).await {
                    Ok(Turn::Idle) => {}
                    Ok(Turn::Busy) => drop(again.lock().await.insert(tenant)),
                    Ok(Turn::Numbered { is_full }) => {
                        numbered.lock().await.push(Signal { tenant, topic: Topic::Events });
                        if is_full {
                            shared.committed().tell(tenant);
                        }
                    }
                    Err(error) => {
                        tracing::warn!(tenant.id = %tenant, error = %error, "events could not be numbered");
                    }
                }
            }
        })
        .await;
    if let Err(error) = announce(shared.authority.databases(), &numbered.into_inner()).await {
        tracing::warn!(error = %error, "streams are not told of new events; they look every two seconds");
    }
    again.into_inner()
}

async fn turn(shared: &Shared, tenant: TenantId) -> Result<Turn, Error> {
    match shared.places.of(tenant).await? {
        Some(place) => number(shared, &place).await,
        None => Ok(Turn::Idle),
    }
}

/// Number one batch of a tenant's events.
async fn number(shared: &Shared, place: &Place) -> Result<Turn, Error> {
    let tenant = place.tenant;
    let mut tx = place.worker.begin().await?;
    let now = shared.clock.now();
    let start = (
        store::open_stream(tenant),
        store::lock_stream(tenant),
        store::pending(tenant),
        store::is_job_due(tenant, now),
    );
    let (_, last, found, due) = tx.run(start).await?;
    if due.is_some_and(|due| due.0) {
        // The same commit may have queued jobs.
        shared.hints.tell(tenant);
    }
    let Some(Scalar(last)) = last else { return Ok(Turn::Busy) };
    if found.is_empty() {
        return Ok(Turn::Idle);
    }
    let count = found.len();
    let events = order::batch(found, store::BATCH);
    let is_full = events.len() < count;
    let numbers: Vec<i64> = (last + 1..).take(events.len()).collect();
    let end = numbers.last().copied().unwrap_or(last);
    let jobs = events.iter().zip(&numbers).flat_map(|(event, number)| jobs_of(shared, event, *number));
    let mut statements: Vec<_> =
        jobs.map(|job| job::store::insert_for(tenant, job.write(&shared.clock, &shared.rng))).collect();
    let has_jobs = !statements.is_empty();
    let ids = events.iter().map(|event| event.id).collect();
    statements.extend([store::number(tenant, ids, numbers), store::advance(tenant, end)]);
    tx.commit_all(statements).await?;
    if has_jobs {
        shared.hints.tell(tenant);
    }
    Ok(Turn::Numbered { is_full })
}

/// One job for each subscriber that wants the event.
fn jobs_of<'a>(shared: &'a Shared, event: &'a Pending, number: i64) -> impl Iterator<Item = Job> + 'a {
    let wanted = shared
        .subscriptions
        .iter()
        .filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(&event.event_type)));
    wanted.map(move |(kind, _)| {
        Job::new(*kind, json!({"event_id": event.id}))
            .dedup(event.id.to_string())
            .ordering_key(format!("{kind}:{}/{}", event.aggregate_type, event.aggregate_id))
            .position(number)
            .caused_by(event.traceparent.clone())
    })
}
