//! GET /impersonations

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Clock, Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Problem, Query};

use super::{Impersonation, ImpersonationView, store};
use crate::ReadImpersonations;

/// Where to begin.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Impersonations on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List the impersonations of the tenant's users by operators, newest first, also those that are over.
pub(crate) async fn list(
    guard: Guard<ReadImpersonations>,
    clock: Clock,
    Query(filter): Query<Filter>,
) -> Result<Listing<ImpersonationView>, Problem> {
    let seen = guard.permit_each::<Impersonation>()?;
    let (start, now) = (filter.cursor.unwrap_or_else(Cursor::newest), clock.now());
    let rows = guard.tenant().read(store::list_newest(start.at, start.id)).await?;
    let mut page = Page::cut(rows, filter.limit.unwrap_or_default(), |row| Cursor {
        at: row.created_at,
        id: row.id.as_uuid(),
    });
    // Few enough to be filtered here: the page may get shorter, its cursor stays.
    page.items.retain(|row| seen.owner().is_none_or(|only| only == row.user_id));
    Ok(Listing::new(seen.keep(page).map(|row| ImpersonationView::new(row, now)), None))
}
