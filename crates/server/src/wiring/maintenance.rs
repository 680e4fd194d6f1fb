//! The platform's own upkeep, as a job of the root tenant.

use futures_util::future::BoxFuture;
use tenantry_db::TenantDb;
use tenantry_events::{Handler, JobError, JobRow};
use tenantry_tenancy::Tenancy;

use std::sync::Arc;

use tenantry_identity::Revocations;

/// Completes tenants whose creation was interrupted, and forgets revocations that have lost their meaning.
pub(crate) struct Maintenance {
    pub(crate) tenancy: Tenancy,
    pub(crate) revocations: Arc<Revocations>,
}

/// The kind of the job, and the name of its schedule.
pub(crate) const MAINTENANCE: &str = "platform.maintenance";

impl Handler for Maintenance {
    fn kind(&self) -> &'static str {
        MAINTENANCE
    }

    fn run<'a>(&'a self, _: TenantDb, _: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            let retry = |what: &str| JobError::Retry(what.to_owned());
            let resumed = tenantry_tenancy::resume_all(&self.tenancy).await;
            let resumed = resumed.map_err(|problem| retry(problem.cause().unwrap_or(problem.code())))?;
            if resumed > 0 {
                tracing::info!(tenants = resumed, "completed tenants whose creation was interrupted");
            }
            self.revocations.clean().await.map_err(|error| retry(&error.to_string()))
        })
    }
}
