//! SQL of the job worker: take, keep, end, give back.
//!
//! `attempts` is raised by every claim, so it tells one run of a job from another: whoever has lost its lease can change
//! nothing any more.

use jiff::Timestamp;
use tenantry_db::{Claim, Written};
use tenantry_kernel::{JobId, TenantId};

use crate::job::{JobRow, Lane};

/// In the order of the index, so that a claim ends as soon as it has found enough.
macro_rules! claim {
    ($size:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (SELECT job.id FROM jobs AS job WHERE job.tenant_id = $1 \
             AND job.state = 'ready' AND job.lane = $2 AND job.due_at <= $3 AND job.kind = ANY($5) \
             AND NOT EXISTS (SELECT FROM jobs AS earlier WHERE earlier.tenant_id = $1 \
             AND earlier.ordering_key = job.ordering_key AND earlier.state IN ('ready', 'running') \
             AND (earlier.position, earlier.id) < (job.position, job.id)) \
             AND NOT EXISTS (SELECT FROM jobs AS beside WHERE beside.tenant_id = $1 \
             AND beside.ordering_key = job.ordering_key AND beside.state = 'running') \
             ORDER BY job.due_at, job.position LIMIT ",
            $size,
            " FOR UPDATE OF job SKIP LOCKED) \
             UPDATE jobs SET state = 'running', attempts = jobs.attempts + 1, leased_until = $4 FROM picked \
             WHERE jobs.tenant_id = $1 AND jobs.id = picked.id RETURNING jobs.id, jobs.kind, jobs.lane, \
             jobs.ordering_key, jobs.position, jobs.payload, jobs.attempts, jobs.max_attempts, jobs.due_at, \
             jobs.created_at, jobs.traceparent"
        )
    };
}

tenantry_db::statements! {
    /// Take one due job whose ordering key is free.
    claim take_1(tenant: TenantId, lane: Lane, now: Timestamp, until: Timestamp, kinds: Vec<String>) -> Vec<JobRow>
        = claim!("1");

    /// Take up to four.
    claim take_4(tenant: TenantId, lane: Lane, now: Timestamp, until: Timestamp, kinds: Vec<String>) -> Vec<JobRow>
        = claim!("4");

    /// Take up to sixteen.
    claim take_16(tenant: TenantId, lane: Lane, now: Timestamp, until: Timestamp, kinds: Vec<String>) -> Vec<JobRow>
        = claim!("16");

    /// Keep a running job.
    pub(crate) claim extend(tenant: TenantId, id: JobId, attempt: i32, until: Timestamp) -> Written
        = "UPDATE jobs SET leased_until = $4 WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND attempts = $3";

    /// It has succeeded.
    pub(crate) claim finish(tenant: TenantId, id: JobId, attempt: i32, now: Timestamp) -> Written
        = "UPDATE jobs SET state = 'done', finished_at = $4, leased_until = NULL \
          WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND attempts = $3";

    /// It is tried again.
    pub(crate) claim retry(
        tenant: TenantId, id: JobId, attempt: i32, due_at: Timestamp, lane: Lane, error: String
    ) -> Written
        = "UPDATE jobs SET state = 'ready', due_at = $4, lane = $5, last_error = $6, leased_until = NULL \
          WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND attempts = $3";

    /// What waits for it is not due before it is: claims need not look at it.
    pub(crate) claim park(tenant: TenantId, id: JobId, key: String, due_at: Timestamp) -> Written
        = "UPDATE jobs SET due_at = $4 WHERE tenant_id = $1 AND ordering_key = $3 AND state = 'ready' AND due_at < $4 \
          AND EXISTS (SELECT FROM jobs AS head WHERE head.tenant_id = $1 AND head.id = $2 AND head.state = 'ready' \
          AND head.due_at = $4)";

    /// It is given up.
    pub(crate) claim bury(tenant: TenantId, id: JobId, attempt: i32, now: Timestamp, error: String) -> Written
        = "UPDATE jobs SET state = 'dead', finished_at = $4, last_error = $5, leased_until = NULL \
          WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND attempts = $3";

    /// It was interrupted by us: the attempt does not count.
    pub(crate) claim give_back(tenant: TenantId, id: JobId, attempt: i32) -> Written
        = "UPDATE jobs SET state = 'ready', attempts = attempts - 1, leased_until = NULL \
          WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND attempts = $3";

    /// Jobs whose node has not been heard of: they are ready again, or dead after their last attempt.
    pub(crate) claim release_expired(tenant: TenantId, now: Timestamp, most: i32) -> Written
        = "UPDATE jobs SET \
          state = CASE WHEN attempts >= coalesce(max_attempts, $3) THEN 'dead' ELSE 'ready' END, \
          finished_at = CASE WHEN attempts >= coalesce(max_attempts, $3) THEN $2 END, \
          last_error = 'its node was not heard of again', leased_until = NULL \
          WHERE tenant_id = $1 AND state = 'running' AND leased_until <= $2";
}

/// Take at most `most` due jobs; may take fewer although there are more.
pub(crate) fn take(
    tenant: TenantId,
    lane: Lane,
    (now, until): (Timestamp, Timestamp),
    kinds: Vec<String>,
    most: usize,
) -> (Claim<Vec<JobRow>>, usize) {
    match most {
        16.. => (take_16(tenant, lane, now, until, kinds), 16),
        4..16 => (take_4(tenant, lane, now, until, kinds), 4),
        _ => (take_1(tenant, lane, now, until, kinds), 1),
    }
}
