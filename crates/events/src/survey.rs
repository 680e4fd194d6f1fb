//! Which tenants have work: loose index scans, so that a survey costs as much as there are tenants with work.
//!
//! Each statement hops from tenant to tenant over an index that begins with `tenant_id`, and tells the earliest entry of
//! each. `SKIP LOCKED` across tenants would let a busy tenant hide the others; so tenants are found here and their rows are
//! claimed tenant by tenant.

use jiff::Timestamp;
use tenantry_db::{Claim, Error, WorkerDb};
use tenantry_kernel::{EventId, TenantId};
use uuid::Uuid;

use crate::job::Lane;

/// The most tenants in one answer; the next one goes on behind the last of them.
const PAGE: usize = 1000;

/// From tenant to tenant, each with the least value of a column.
macro_rules! hop {
    ($table:literal, $column:literal, $where:literal) => {
        concat!(
            "WITH RECURSIVE hop AS ((SELECT tenant_id, ",
            $column,
            " FROM ",
            $table,
            " WHERE ",
            $where,
            " tenant_id > $1 ORDER BY tenant_id, ",
            $column,
            " LIMIT 1) UNION ALL SELECT following.* FROM hop ",
            "CROSS JOIN LATERAL (SELECT tenant_id, ",
            $column,
            " FROM ",
            $table,
            " WHERE ",
            $where,
            " tenant_id > hop.tenant_id ORDER BY tenant_id, ",
            $column,
            " LIMIT 1) AS following) ",
            "SELECT tenant_id, ",
            $column,
            " FROM hop LIMIT 1000"
        )
    };
}

tenantry_db::statements! {
    /// Tenants with events that have no number yet, each with its oldest.
    claim pending_after(tenant: TenantId) -> Vec<Pending> = hop!("outbox", "id", "seq IS NULL AND");

    /// Tenants and lanes with jobs that wait, each with the first due instant.
    claim waiting_after(tenant: TenantId, lane: String) -> Vec<Waiting>
        // check-sql: allow(tenant-key) finds the tenants
        = "WITH RECURSIVE hop AS ((SELECT tenant_id, lane, due_at FROM jobs WHERE state = 'ready' \
          AND (tenant_id, lane) > ($1, $2) ORDER BY tenant_id, lane, due_at LIMIT 1) UNION ALL \
          SELECT following.* FROM hop CROSS JOIN LATERAL (SELECT tenant_id, lane, due_at FROM jobs WHERE state = 'ready' \
          AND (tenant_id, lane) > (hop.tenant_id, hop.lane) ORDER BY tenant_id, lane, due_at LIMIT 1) AS following) \
          SELECT tenant_id, lane, due_at FROM hop LIMIT 1000";

    /// Tenants with running jobs, each with the lease that ends first.
    claim leased_after(tenant: TenantId) -> Vec<Leased>
        = hop!("jobs", "leased_until", "state = 'running' AND leased_until IS NOT NULL AND");

    /// Tenants with schedules, each with the instant of the first.
    claim scheduled_after(tenant: TenantId) -> Vec<Scheduled> = hop!("schedules", "next_at", "is_enabled AND");

    /// Tenants with finished jobs, each with the instant of the oldest.
    claim finished_after(tenant: TenantId) -> Vec<Finished>
        = hop!("jobs", "finished_at", "state IN ('done', 'dead') AND finished_at IS NOT NULL AND");

    /// Tenants with kept answers, each with the instant of the oldest.
    claim kept_after(tenant: TenantId) -> Vec<Kept> = hop!("idempotency_keys", "created_at", "");
}

/// Declare what a survey tells of one tenant.
macro_rules! found {
    ($($(#[$doc:meta])* $name:ident { $column:ident: $ty:ty }),+) => {$(
        tenantry_db::row! {
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub(crate) struct $name {
                pub(crate) tenant_id: TenantId,
                pub(crate) $column: $ty,
            }
        }

        impl Found for $name {
            fn tenant(&self) -> TenantId {
                self.tenant_id
            }
        }
    )+};
}

/// A tenant that a survey has found.
pub(crate) trait Found {
    /// Which one.
    fn tenant(&self) -> TenantId;
}

found! {
    /// Events wait for their numbers.
    Pending { id: EventId },
    /// Jobs run.
    Leased { leased_until: Timestamp },
    /// Schedules wait.
    Scheduled { next_at: Timestamp },
    /// Jobs are finished.
    Finished { finished_at: Timestamp },
    /// Answers are kept.
    Kept { created_at: Timestamp }
}

tenantry_db::row! {
    /// Jobs wait in a lane.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Waiting {
        pub(crate) tenant_id: TenantId,
        pub(crate) lane: Lane,
        pub(crate) due_at: Timestamp,
    }
}

async fn all<T: tenantry_db::FromRow + Found>(
    worker: &WorkerDb,
    page: fn(TenantId) -> Claim<Vec<T>>,
) -> Result<Vec<T>, Error> {
    let mut found: Vec<T> = Vec::new();
    loop {
        let last = found.last().map_or(TenantId::from_uuid(Uuid::nil()), Found::tenant);
        let rows = worker.run(page(last)).await?;
        let is_last = rows.len() < PAGE;
        found.extend(rows);
        if is_last {
            return Ok(found);
        }
    }
}

/// Declare a survey over all pages.
macro_rules! surveys {
    ($($(#[$doc:meta])* $name:ident $page:ident $row:ident),+) => {$(
        $(#[$doc])*
        pub(crate) async fn $name(worker: &WorkerDb) -> Result<Vec<$row>, Error> {
            all(worker, $page).await
        }
    )+};
}
surveys! {
    /// Tenants with events that have no number yet.
    pending pending_after Pending,
    /// Tenants with running jobs.
    leased leased_after Leased,
    /// Tenants with schedules.
    scheduled scheduled_after Scheduled,
    /// Tenants with finished jobs.
    finished finished_after Finished,
    /// Tenants with kept answers.
    kept kept_after Kept
}

/// Tenants and lanes with jobs that wait, due or not.
pub(crate) async fn waiting(worker: &WorkerDb) -> Result<Vec<Waiting>, Error> {
    let mut found: Vec<Waiting> = Vec::new();
    loop {
        let (tenant, lane) = found.last().map_or((TenantId::from_uuid(Uuid::nil()), String::new()), |last| {
            (last.tenant_id, last.lane.to_string())
        });
        let rows = worker.run(waiting_after(tenant, lane)).await?;
        let is_last = rows.len() < PAGE;
        found.extend(rows);
        if is_last {
            return Ok(found);
        }
    }
}
