//! GET /policies, GET /policies/{policy_id}

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::model::{Policy, PolicyId, PolicyView};
use super::store;
use crate::group::list::Sort;
use crate::{Error, ReadPolicies};

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only the policy of exactly this name.
    name: Option<String>,
    /// Only policies that are enabled, or only those that are not.
    is_enabled: Option<bool>,
    /// `created_at` (default) or `-created_at`.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List policies.
pub(crate) async fn list(
    guard: Guard<ReadPolicies>,
    Query(filter): Query<Filter>,
) -> Result<Listing<PolicyView>, Problem> {
    guard.permit_all::<Policy>()?;
    let Filter { name, is_enabled, .. } = filter;
    let statement = if filter.sort == Some(Sort::Newest) {
        let start = filter.cursor.unwrap_or_else(Cursor::newest);
        store::list_newest(start.at, start.id, name.clone(), is_enabled)
    } else {
        let start = filter.cursor.unwrap_or_else(Cursor::oldest);
        store::list_oldest(start.at, start.id, name.clone(), is_enabled)
    };
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) {
        let (rows, count) = tenant.read((statement, store::count(name, is_enabled))).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |policy| Cursor {
        at: policy.created_at,
        id: policy.id.as_uuid(),
    });
    Ok(Listing::new(page.map(|policy| PolicyView::new(&policy)), total))
}

/// Get a policy.
pub(crate) async fn get(
    guard: Guard<ReadPolicies>,
    Path(id): Path<PolicyId>,
) -> Result<Success<PolicyView>, Problem> {
    let policy = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    Ok(Success::ok(PolicyView::new(&policy)))
}
