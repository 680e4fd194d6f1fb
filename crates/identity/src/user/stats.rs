//! GET /users/stats

use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, UserId};
use tenantry_web::stats::{Figures, Period, Span};
use tenantry_web::{Guard, Problem, Query, Success};

use super::{User, UserStatus, store};
use crate::{Error, ReadUsers};

/// How many users there are, by state and by the day they were created. Who may only see their own sees themselves.
pub(crate) async fn stats(
    guard: Guard<ReadUsers>,
    clock: Clock,
    Query(span): Query<Span>,
) -> Result<Success<Figures>, Problem> {
    let (_permit, only) = guard.permit_all::<User>()?;
    Ok(Success::ok(figures(&guard.tenant(), &span.until(clock.now()), only).await?))
}

/// Figures about a tenant's users.
pub async fn figures(tenant: &TenantDb, period: &Period, only: Option<UserId>) -> Result<Figures, Error> {
    let batch = (store::count_by_status(only), store::created_per_day(period.start(), only));
    let (by_status, created) = tenant.read(batch).await?;
    Ok(Figures::new(UserStatus::ALL.iter().map(|status| status.as_str()), &by_status, period, &created))
}
