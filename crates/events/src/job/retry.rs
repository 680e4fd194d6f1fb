//! POST /jobs/{job_id}/retry

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, JobId, Rng, UserId};
use tenantry_web::ports::{Facts, Resource};
use tenantry_web::{Guard, Path, Success, View};
use uuid::Uuid;

use super::list::{RESOURCE, facts};
use super::model::{Job, JobState};
use super::{queue, store};
use crate::error::Error;
use crate::policy::RetryJobs;

tenantry_db::row! {
    /// What a dead letter says.
    pub(crate) struct Letter {
        id: JobId,
        kind: String,
        ordering_key: Option<String>,
        position: i64,
        payload: Value,
        max_attempts: Option<i32>,
        created_at: Timestamp,
    }
}

impl Resource for Letter {
    const TYPE: &'static str = RESOURCE.name;

    fn facts(&self) -> Facts {
        facts(&self.kind, JobState::Dead, self.created_at)
    }

    fn id(&self) -> Option<Uuid> {
        Some(self.id.as_uuid())
    }

    fn owner(&self) -> Option<UserId> {
        None
    }
}

/// The job that runs a dead letter again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Retried {
    /// The new job; none when the dead letter is being run again already.
    id: Option<JobId>,
    /// The dead letter, which stays as it is.
    retry_of: JobId,
}

impl View for Retried {}

/// Run a dead letter again, as a new job; the dead letter stays in the list.
///
/// While the new job is unfinished, a second call changes nothing.
pub(crate) async fn retry(
    guard: Guard<RetryJobs>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<JobId>,
) -> Result<Committed<Success<Retried>>, tenantry_web::Problem> {
    let mut tx = guard.tenant().begin()?;
    let letter = tx.read(store::find_dead(id)).await?.ok_or(Error::NoSuchDeadLetter)?;
    guard.permit(&letter)?;
    let new = queue(&mut tx, &clock, &rng, letter.again(id)).await?;
    let change = Change::named("job", Some(id.as_uuid()), "retried", json!({"job_id": new})).without_event();
    Ok(tx.commit(change, Success::ok(Retried { id: new, retry_of: id })).await?)
}

impl Letter {
    fn again(self, id: JobId) -> Job {
        let job = Job::new(self.kind, self.payload).position(self.position).dedup(format!("retry of {id}"));
        let job = match self.ordering_key {
            Some(key) => job.ordering_key(key),
            None => job,
        };
        match self.max_attempts {
            Some(attempts) => job.max_attempts(u32::try_from(attempts).unwrap_or(1)),
            None => job,
        }
    }
}
