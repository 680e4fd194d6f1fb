//! The scheduler: cron rows that make jobs.

mod model;
pub(crate) mod store;

use std::sync::Arc;

use jiff::tz::TimeZone;
use tenantry_db::{Claim, Error, Written};
use tenantry_kernel::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::cron::{Cron, CronError};
use crate::job::{self, Job};
use crate::places::{Place, Rota};
use crate::runtime::{Shared, Stop};
use crate::survey;

pub use model::{Schedule, unschedule};
use store::Due;

/// Work until told to stop.
pub(crate) async fn run(shared: Arc<Shared>, mut stop: Stop) {
    let mut rota = Rota::default();
    let mut tick = interval(shared.settings.poll);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = stop.asked() => return,
        }
        for worker in shared.places.round(&mut rota).await {
            let now = shared.clock.now();
            match survey::scheduled(&worker).await {
                Ok(found) => {
                    for tenant in found.iter().filter(|it| it.next_at <= now).map(|it| it.tenant_id) {
                        turn(&shared, tenant).await;
                    }
                }
                Err(error) => tracing::warn!(error = %error, "the schedules cannot be surveyed"),
            }
        }
    }
}

async fn turn(shared: &Shared, tenant: TenantId) {
    let result = match shared.places.of(tenant).await {
        Ok(Some(place)) => make_jobs(shared, &place).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => shared.hints.tell(tenant),
        Err(error) => {
            tracing::warn!(tenant.id = %tenant, error = %error, "schedules could not be worked off");
        }
    }
}

/// Make the jobs of a tenant's due schedules, and move these on, in one transaction.
///
/// However often a schedule was missed, it makes one job, and goes on after now.
async fn make_jobs(shared: &Shared, place: &Place) -> Result<(), Error> {
    let tenant = place.tenant;
    let now = shared.clock.now();
    let mut tx = place.worker.begin().await?;
    let due = tx.run(store::due(tenant, now)).await?;
    let mut statements: Vec<Claim<Written>> = Vec::new();
    for schedule in due {
        let next = read(&schedule).map(|(cron, zone)| cron.next(now, &zone));
        let next = next.unwrap_or_else(|error| {
            tracing::error!(tenant.id = %tenant, schedule.name = %schedule.name, error = %error, "a schedule is switched off");
            None
        });
        let Some(next) = next else {
            statements.push(store::disable(tenant, schedule.name));
            continue;
        };
        let job = Job::new(schedule.kind, schedule.payload)
            .dedup(format!("{}@{}", schedule.name, schedule.next_at));
        statements.push(job::store::insert_for(tenant, job.write(&shared.clock, &shared.rng)));
        statements.push(store::advance(tenant, schedule.name, next));
    }
    tx.commit_all(statements).await?;
    Ok(())
}

fn read(schedule: &Due) -> Result<(Cron, TimeZone), CronError> {
    let zone =
        TimeZone::get(&schedule.time_zone).map_err(|_| CronError::TimeZone(schedule.time_zone.clone()))?;
    Ok((schedule.cron.parse()?, zone))
}
