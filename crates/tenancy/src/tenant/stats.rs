//! GET /tenants/stats and /tenants/{tenant_id}/stats

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::Mode;
use tenantry_kernel::{Clock, TenantId};
use tenantry_web::ports::TenantStatus;
use tenantry_web::stats::{Daily, Span, by_name};
use tenantry_web::{Guard, Path, Problem, Query, Success, Use, View};

use super::{Isolation, Plan, Tenant, store};
use crate::directory::find_by_id;
use crate::operate::Tenancy;
use crate::ports::TenantFigures;
use crate::{Error, ReadTenants};

/// How many tenants there are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FleetFigures {
    /// All of them, also deleted ones.
    total: i64,
    /// By state; every state is there.
    by_status: BTreeMap<String, i64>,
    /// By plan; every plan is there.
    by_plan: BTreeMap<String, i64>,
    /// By how they are kept apart: `pooled`, `schema`, `dedicated`.
    by_isolation: BTreeMap<String, i64>,
    /// How many were created on each day.
    created_per_day: Vec<Daily>,
}

impl View for FleetFigures {}

/// Count tenants by state, plan, isolation and day.
pub(crate) async fn fleet(
    guard: Guard<ReadTenants>,
    clock: Clock,
    Query(span): Query<Span>,
) -> Result<Success<FleetFigures>, Problem> {
    guard.permit_all::<Tenant>()?;
    let period = span.until(clock.now());
    let mut tx = guard.platform("count tenants")?;
    let batch = (
        store::count_by_status(),
        store::count_by_plan(),
        store::count_by_isolation(),
        store::created_per_day(period.start()),
    );
    let (statuses, plans, isolations, created) = tx.run(batch).await.map_err(Error::from)?;
    Ok(Success::ok(FleetFigures {
        total: statuses.iter().map(|row| row.count).sum(),
        by_status: by_name(TenantStatus::ALL.iter().map(|status| status.as_str()), &statuses),
        by_plan: by_name(Plan::ALL.iter().map(|plan| plan.as_str()), &plans),
        by_isolation: by_name(Isolation::ALL.iter().map(|one| Mode::from(*one).as_str()), &isolations),
        created_per_day: period.fill(&created),
    }))
}

/// What one tenant has, and what happens in it: counts and days, never contents.
pub(crate) async fn of_tenant(
    guard: Guard<ReadTenants>,
    clock: Clock,
    Path(id): Path<TenantId>,
    Query(span): Query<Span>,
    Use(tenancy): Use<Tenancy>,
) -> Result<Success<TenantFigures>, Problem> {
    let mut tx = guard.platform("count what a tenant has")?;
    let tenant = tx.run((store::find(id), find_by_id(id))).await.map_err(Error::from)?;
    let (Some(tenant), Some(found)) = tenant else { return Err(Error::NotFound.into()) };
    guard.permit(&tenant)?;
    if tenant.status == TenantStatus::Provisioning {
        return Err(Error::WrongState(tenant.status.as_str()).into());
    }
    drop(tx);
    let placement = found.info(tenancy.authority.root()).placement;
    let figures = tenancy.figures.of(guard.operate(&placement)?, span.until(clock.now())).await?;
    Ok(Success::ok(figures))
}
