//! GET /tenants

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::ports::TenantStatus;
use tenantry_web::{Guard, Listing, Problem, Query};

use super::{Plan, Tenant, TenantView, store};
use crate::{Error, ReadTenants};

tenantry_kernel::text_enum! {
    /// The orders of a list of tenants.
    pub(crate) enum Sort {
        /// Newest first.
        Newest = "-created_at",
        /// Oldest first.
        Oldest = "created_at",
    }
}

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only tenants in this state.
    status: Option<TenantStatus>,
    /// Only tenants with this plan.
    plan: Option<Plan>,
    /// Only tenants whose name or slug holds this text.
    search: Option<String>,
    /// `-created_at` (default) or `created_at`.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List tenants.
pub(crate) async fn list(
    guard: Guard<ReadTenants>,
    Query(filter): Query<Filter>,
) -> Result<Listing<TenantView>, Problem> {
    let seen = guard.permit_each::<Tenant>()?;
    let oldest = filter.sort == Some(Sort::Oldest);
    let start = filter.cursor.unwrap_or_else(|| if oldest { Cursor::oldest() } else { Cursor::newest() });
    let list = if oldest { store::list_oldest } else { store::list_newest };
    let mut tx = guard.platform("list tenants")?;
    let rows = tx.run(list(start.at, start.id, filter.status, filter.plan, filter.search.clone())).await;
    let page = Page::cut(rows.map_err(Error::from)?, filter.limit.unwrap_or_default(), |tenant| Cursor {
        at: tenant.created_at,
        id: tenant.id.as_uuid(),
    });
    let total = if filter.count == Some(true) && !seen.is_filtered() {
        let count =
            tx.run(store::count(filter.status, filter.plan, filter.search)).await.map_err(Error::from)?;
        count.map(|count| count.0)
    } else {
        None
    };
    Ok(Listing::new(seen.keep(page).map(|tenant| TenantView::new(tenant, None)), total))
}
