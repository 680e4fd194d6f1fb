//! Housekeeping: kept answers go after a day, finished jobs and dead letters after a week.
//!
//! Small batches with pauses between them; every tenant is visited in every pass, so none can keep the others waiting.

pub(crate) mod store;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tenantry_db::{Claim, Error, WorkerDb, Written};
use tenantry_kernel::TenantId;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::places::Rota;
use crate::runtime::{Shared, Stop};
use crate::survey;

const EVERY: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);
const KEPT_ANSWERS: SignedDuration = SignedDuration::from_hours(24);
const FINISHED_JOBS: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Work until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, mut stop: Stop) {
    let mut rota = Rota::default();
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = stop.asked() => return,
        }
        tokio::select! {
            () = pass(&shared, &mut rota) => {}
            () = stop.asked() => return,
        }
    }
}

async fn pass(shared: &Shared, rota: &mut Rota) {
    for worker in shared.places.round(rota).await {
        if let Err(error) = clean(&worker, shared.clock.now()).await {
            tracing::warn!(error = %error, "housekeeping goes on in a minute");
        }
    }
}

/// Clean one schema.
async fn clean(worker: &WorkerDb, now: Timestamp) -> Result<(), Error> {
    let before = now - KEPT_ANSWERS;
    for kept in survey::kept(worker).await?.iter().filter(|it| it.created_at < before) {
        sweep(worker, kept.tenant_id, before, store::delete_kept).await?;
    }
    let before = now - FINISHED_JOBS;
    for finished in survey::finished(worker).await?.iter().filter(|it| it.finished_at < before) {
        sweep(worker, finished.tenant_id, before, store::delete_finished).await?;
    }
    Ok(())
}

/// Delete a tenant's old rows, batch by batch.
async fn sweep(
    worker: &WorkerDb,
    tenant: TenantId,
    before: Timestamp,
    delete: fn(TenantId, Timestamp) -> Claim<Written>,
) -> Result<(), Error> {
    loop {
        let deleted = worker.run(delete(tenant, before)).await?;
        sleep(PAUSE).await;
        if deleted.0 < store::BATCH {
            return Ok(());
        }
    }
}
