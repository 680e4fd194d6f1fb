//! SQL of jobs, as the application's role: write them, and look at them.

use jiff::Timestamp;
use serde_json::Value;
use tenantry_db::{Claim, Write, Written as Rows};
use tenantry_kernel::{JobId, TenantId};
use uuid::Uuid;

use super::list::JobView;
use super::model::{Lane, Written};
use super::retry::Letter;

macro_rules! insert {
    ($conflict:literal) => {
        concat!(
            "INSERT INTO jobs (tenant_id, id, kind, lane, dedup_key, ordering_key, position, payload, state, due_at, \
             attempts, max_attempts, created_at, traceparent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'ready', $9, 0, $10, $11, $12)",
            $conflict
        )
    };
}

macro_rules! list {
    ($where:literal) => {
        concat!(
            "SELECT id, kind, state, lane, ordering_key, attempts, max_attempts, due_at, last_error, created_at, \
             finished_at FROM jobs WHERE tenant_id = $1 AND id < $2",
            $where,
            " ORDER BY id DESC LIMIT 101"
        )
    };
}

tenantry_db::statements! {
    /// A job that nothing can keep out.
    write insert_row(
        id: JobId, kind: String, lane: Lane, dedup_key: Option<String>, ordering_key: Option<String>, position: i64,
        payload: Value, due_at: Timestamp, max_attempts: Option<i32>, at: Timestamp,
        traceparent: Option<String>
    ) -> Rows = insert!("");

    /// A job, unless an unfinished one of its kind has the same dedup key.
    write insert_row_once(
        id: JobId, kind: String, lane: Lane, dedup_key: Option<String>, ordering_key: Option<String>, position: i64,
        payload: Value, due_at: Timestamp, max_attempts: Option<i32>, at: Timestamp,
        traceparent: Option<String>
    ) -> Rows = insert!(" ON CONFLICT (tenant_id, kind, dedup_key) WHERE state IN ('ready', 'running') DO NOTHING");

    /// The same, by the dispatcher and the scheduler.
    claim insert_row_for(
        tenant: TenantId, id: JobId, kind: String, lane: Lane, dedup_key: Option<String>, ordering_key: Option<String>,
        position: i64, payload: Value, due_at: Timestamp, max_attempts: Option<i32>, at: Timestamp,
        traceparent: Option<String>
    ) -> Rows = insert!(" ON CONFLICT (tenant_id, kind, dedup_key) WHERE state IN ('ready', 'running') DO NOTHING");

    /// Jobs older than an id, newest first.
    pub(crate) read list(before: Uuid) -> Vec<JobView> = list!("");

    /// Those that wait.
    pub(crate) read list_ready(before: Uuid) -> Vec<JobView> = list!(" AND state = 'ready'");

    /// Those that run.
    pub(crate) read list_running(before: Uuid) -> Vec<JobView> = list!(" AND state = 'running'");

    /// Those that have succeeded.
    pub(crate) read list_done(before: Uuid) -> Vec<JobView> = list!(" AND state = 'done'");

    /// Dead letters.
    pub(crate) read list_dead(before: Uuid) -> Vec<JobView> = list!(" AND state = 'dead'");

    /// A dead letter's contents.
    pub(crate) read find_dead(id: JobId) -> Option<Letter>
        = "SELECT id, kind, ordering_key, position, payload, max_attempts, created_at FROM jobs \
          WHERE tenant_id = $1 AND id = $2 AND state = 'dead'";
}

/// Write a job that nothing can keep out.
pub(crate) fn insert(job: Written) -> Write<Rows> {
    insert_row(
        job.id,
        job.kind,
        job.lane,
        job.dedup_key,
        job.ordering_key,
        job.position,
        job.payload,
        job.due_at,
        job.max_attempts,
        job.at,
        job.traceparent,
    )
}

/// Write a job, unless an unfinished one of its kind has the same dedup key.
pub(crate) fn insert_once(job: Written) -> Write<Rows> {
    insert_row_once(
        job.id,
        job.kind,
        job.lane,
        job.dedup_key,
        job.ordering_key,
        job.position,
        job.payload,
        job.due_at,
        job.max_attempts,
        job.at,
        job.traceparent,
    )
}

/// The same, by the dispatcher and the scheduler.
pub(crate) fn insert_for(tenant: TenantId, job: Written) -> Claim<Rows> {
    insert_row_for(
        tenant,
        job.id,
        job.kind,
        job.lane,
        job.dedup_key,
        job.ordering_key,
        job.position,
        job.payload,
        job.due_at,
        job.max_attempts,
        job.at,
        job.traceparent,
    )
}
