//! GET /roles

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Problem, Query};

use super::{Role, RoleView, store};
use crate::ReadRoles;
use crate::group::list::Sort;

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only roles of this family.
    role_family: Option<String>,
    /// Only the role of exactly this name.
    name: Option<String>,
    /// Only roles of the product, or only the tenant's own.
    is_system: Option<bool>,
    /// `created_at` (default: the product's roles come first) or `-created_at`.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List the tenant's roles.
pub(crate) async fn list(
    guard: Guard<ReadRoles>,
    Query(filter): Query<Filter>,
) -> Result<Listing<RoleView>, Problem> {
    let seen = guard.permit_each::<Role>()?;
    let Filter { role_family, name, is_system, .. } = filter;
    let statement = if filter.sort == Some(Sort::Newest) {
        let start = filter.cursor.unwrap_or_else(Cursor::newest);
        store::list_newest(start.at, start.id, role_family.clone(), name.clone(), is_system)
    } else {
        let start = filter.cursor.unwrap_or_else(Cursor::oldest);
        store::list_oldest(start.at, start.id, role_family.clone(), name.clone(), is_system)
    };
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) && !seen.is_filtered() {
        let (rows, count) = tenant.read((statement, store::count(role_family, name, is_system))).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |role| Cursor {
        at: role.created_at,
        id: role.id.as_uuid(),
    });
    Ok(Listing::new(seen.keep(page).map(|role| RoleView::new(role, None)), total))
}
