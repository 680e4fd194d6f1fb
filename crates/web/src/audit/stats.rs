//! GET /audit/stats

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use tenantry_db::TenantDb;
use tenantry_kernel::{Clock, UserId};

use super::model::{AuditView, Outcome, floor};
use super::{ReadAudit, store};
use crate::stats::{Period, Span};
use crate::{Guard, Problem, Query, Success, View};

tenantry_db::row! {
    /// How many entries of one outcome on one day.
    #[derive(Debug, Clone)]
    pub(crate) struct DailyOutcome {
        pub(crate) day: Date,
        pub(crate) outcome: String,
        pub(crate) count: i64,
    }
}

/// What one day's entries were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayOfTrail {
    /// The day, in UTC.
    pub day: Date,
    /// What was done.
    pub success: i64,
    /// What was refused.
    pub refused: i64,
}

/// How much happened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AuditFigures {
    /// Everything in the period.
    pub total: i64,
    /// One entry for each day of the period.
    pub per_day: Vec<DayOfTrail>,
}

impl View for AuditFigures {}

/// How much was done and refused on each day. Who may only see their own entries counts those.
pub(crate) async fn stats(
    guard: Guard<ReadAudit>,
    clock: Clock,
    Query(span): Query<Span>,
) -> Result<Success<AuditFigures>, Problem> {
    let (_permit, only) = guard.permit_all::<AuditView>()?;
    Ok(Success::ok(figures(&guard.tenant(), &span.until(clock.now()), only).await?))
}

/// Figures about a tenant's trail.
pub async fn figures(
    tenant: &TenantDb,
    period: &Period,
    only: Option<UserId>,
) -> Result<AuditFigures, tenantry_db::Error> {
    let rows = tenant.read(store::count_per_day(floor(period.start()), only)).await?;
    let mut days: BTreeMap<Date, DayOfTrail> =
        period.days().map(|day| (day, DayOfTrail { day, success: 0, refused: 0 })).collect();
    for row in &rows {
        let Some(day) = days.get_mut(&row.day) else { continue };
        let is_success = row.outcome == Outcome::Success.as_str();
        *(if is_success { &mut day.success } else { &mut day.refused }) += row.count;
    }
    let per_day: Vec<DayOfTrail> = days.into_values().collect();
    Ok(AuditFigures { total: per_day.iter().map(|day| day.success + day.refused).sum(), per_day })
}
