//! Tenancy asks what a tenant has; every module counts its own.

use futures_util::future::BoxFuture;
use tenantry_db::TenantDb;
use tenantry_tenancy::ports::{Counting, TenantFigures};
use tenantry_web::stats::Period;
use tenantry_web::{Problem, audit};

/// The modules' figures, as tenancy sees them.
pub(crate) struct FiguresOf;

impl Counting for FiguresOf {
    fn of(&self, tenant: TenantDb, period: Period) -> BoxFuture<'_, Result<TenantFigures, Problem>> {
        Box::pin(async move {
            Ok(TenantFigures {
                users: tenantry_identity::user_figures(&tenant, &period, None).await?,
                projects: tenantry_project::figures(&tenant, &period, None).await?,
                audit: audit::figures(&tenant, &period, None).await?,
            })
        })
    }
}
