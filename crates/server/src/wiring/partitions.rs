//! Partitions of the tables whose rows are over one day, as a job of the root tenant.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tenantry_db::{Authority, Cut, Error, Mode, Placement, TenantDb, Tidied, tidy};
use tenantry_events::{Handler, JobError, JobRow};
use tenantry_kernel::TenantId;
use tenantry_tenancy::AllPlacements;
use uuid::Uuid;

/// The kind of the job, and the name of its schedule.
pub(crate) const PARTITIONS: &str = "platform.partitions";

/// Makes the partitions that will be needed, and drops those that are over, wherever tenants live.
pub(crate) struct Partitions {
    pub(crate) authority: Arc<Authority>,
    pub(crate) placements: Arc<AllPlacements>,
    pub(crate) cuts: Vec<Cut>,
}

impl Partitions {
    /// In the shared schema of each cell.
    pub(crate) async fn tidy_shared(&self) -> Result<(), Error> {
        let databases = self.authority.databases();
        for cell in databases.cells() {
            self.tidy(&databases.shared(cell, self.authority.root())?).await?;
        }
        Ok(())
    }

    /// In the schemas and databases of single tenants. One that cannot be reached does not keep the others waiting.
    async fn tidy_own(&self) -> Result<(), tenantry_tenancy::Error> {
        let mut after = TenantId::from_uuid(Uuid::nil());
        loop {
            let page = self.placements.page(after).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.tenant;
            for placement in page.iter().filter(|placement| placement.mode != Mode::Pooled) {
                if let Err(error) = self.tidy(placement).await {
                    tracing::warn!(error = %error, tenant.id = %placement.tenant, "partitions wait");
                }
            }
        }
    }

    async fn tidy(&self, placement: &Placement) -> Result<(), Error> {
        let Tidied { made, dropped } = tidy(self.authority.databases(), placement, &self.cuts).await?;
        if made + dropped > 0 {
            tracing::info!(db.schema = placement.schema, made, dropped, "partitions made and dropped");
        }
        Ok(())
    }
}

impl Handler for Partitions {
    fn kind(&self) -> &'static str {
        PARTITIONS
    }

    fn run<'a>(&'a self, _: TenantDb, _: &'a JobRow) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async move {
            self.tidy_shared().await.map_err(|error| JobError::Retry(error.to_string()))?;
            self.tidy_own().await.map_err(|error| JobError::Retry(error.to_string()))
        })
    }
}
