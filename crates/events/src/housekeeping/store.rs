//! SQL of housekeeping.

use jiff::Timestamp;
use tenantry_db::Written;
use tenantry_kernel::TenantId;

/// How many rows one statement deletes.
pub(crate) const BATCH: u64 = 500;

// `= ANY (ARRAY(…))` and not `IN`: the latter is planned as a join that reads every row of the tenant for each batch.
tenantry_db::statements! {
    /// Answers that were kept for repeated requests.
    pub(crate) claim delete_kept(tenant: TenantId, before: Timestamp) -> Written
        = "DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = ANY (ARRAY(SELECT key FROM idempotency_keys \
          WHERE tenant_id = $1 AND created_at < $2 ORDER BY created_at LIMIT 500))";

    /// Jobs that have ended.
    pub(crate) claim delete_finished(tenant: TenantId, before: Timestamp) -> Written
        = "DELETE FROM jobs WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT id FROM jobs WHERE tenant_id = $1 \
          AND state IN ('done', 'dead') AND finished_at < $2 ORDER BY finished_at LIMIT 500))";
}
