//! SQL of the dispatcher.

use jiff::Timestamp;
use tenantry_db::{Scalar, Written};
use tenantry_kernel::{EventId, TenantId};

use super::order::Pending;

/// How many events one transaction numbers; the survey of pending ones looks five times as far ahead.
pub(crate) const BATCH: usize = 200;

tenantry_db::statements! {
    /// Make the tenant's stream, when it has none.
    pub(crate) claim open_stream(tenant: TenantId) -> Written
        = "INSERT INTO event_stream (tenant_id, last_seq) VALUES ($1, 0) ON CONFLICT (tenant_id) DO NOTHING";

    /// Hold the stream until the transaction ends; none when another dispatcher does.
    pub(crate) claim lock_stream(tenant: TenantId) -> Option<Scalar<i64>>
        = "SELECT last_seq FROM event_stream WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED";

    /// The oldest events without a number.
    pub(crate) claim pending(tenant: TenantId) -> Vec<Pending>
        = "SELECT id, type AS event_type, aggregate_type, aggregate_id, aggregate_version, traceparent \
          FROM outbox \
          WHERE tenant_id = $1 AND seq IS NULL ORDER BY id LIMIT 1000";

    /// Whether a job may be run.
    pub(crate) claim is_job_due(tenant: TenantId, now: Timestamp) -> Option<Scalar<bool>>
        = "SELECT EXISTS (SELECT FROM jobs WHERE tenant_id = $1 AND state = 'ready' AND lane = 'default' \
          AND due_at <= $2)";

    /// Give these events these numbers.
    pub(crate) claim number(tenant: TenantId, ids: Vec<EventId>, numbers: Vec<i64>) -> Written
        = "UPDATE outbox SET seq = given.seq FROM unnest($2::uuid[], $3::bigint[]) AS given (id, seq) \
          WHERE outbox.tenant_id = $1 AND outbox.id = given.id AND outbox.seq IS NULL";

    /// Move the end of the stream.
    pub(crate) claim advance(tenant: TenantId, last: i64) -> Written
        = "UPDATE event_stream SET last_seq = $2 WHERE tenant_id = $1";
}
