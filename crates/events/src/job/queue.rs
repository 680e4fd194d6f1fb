use tenantry_db::{Error, TenantTx};
use tenantry_kernel::{Clock, JobId, Rng};

use super::model::Job;
use super::store;

/// Write a job in the caller's transaction: it is run only if that commits.
///
/// Returns the job's id, or `None` when an unfinished job of the kind has the same dedup key. A job without a dedup key
/// travels with the next statements of the transaction; one with a dedup key is sent at once, because its row may be
/// left out.
pub async fn queue(tx: &mut TenantTx, clock: &Clock, rng: &Rng, job: Job) -> Result<Option<JobId>, Error> {
    let is_deduplicated = job.is_deduplicated();
    let job = job.write(clock, rng);
    let id = job.id;
    if is_deduplicated {
        let written = tx.run(store::insert_once(job)).await?;
        return Ok((written.0 > 0).then_some(id));
    }
    tx.queue(store::insert(job));
    Ok(Some(id))
}
