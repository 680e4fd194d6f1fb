//! GET /projects/stats

use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, UserId};
use tenantry_web::stats::{Figures, Period, Span};
use tenantry_web::{Guard, Problem, Query, Success};

use super::{Project, ProjectStatus, store};
use crate::Error;
use crate::policy::Read;

/// How many projects there are, by state and by the day they were created. Who may only see their own counts those.
pub(crate) async fn stats(
    guard: Guard<Read>,
    clock: Clock,
    Query(span): Query<Span>,
) -> Result<Success<Figures>, Problem> {
    let (_permit, only) = guard.permit_all::<Project>()?;
    Ok(Success::ok(figures(&guard.tenant(), &span.until(clock.now()), only).await?))
}

/// Figures about a tenant's projects.
pub async fn figures(tenant: &TenantDb, period: &Period, only: Option<UserId>) -> Result<Figures, Error> {
    let batch = (store::count_by_status(only), store::created_per_day(period.start(), only));
    let (by_status, created) = tenant.read(batch).await?;
    Ok(Figures::new(ProjectStatus::ALL.iter().map(|status| status.as_str()), &by_status, period, &created))
}
