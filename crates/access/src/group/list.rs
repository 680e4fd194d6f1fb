//! GET /groups, GET /groups/{group_id}, GET /users/{user_id}/groups

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Clock, Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::{Group, GroupId, GroupView, store};
use crate::{Error, ReadGroups, role};

tenantry_kernel::text_enum! {
    /// The orders of a list.
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
    /// Only the group of exactly this name.
    name: Option<String>,
    /// `created_at` (default) or `-created_at`.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List groups.
pub(crate) async fn list(
    guard: Guard<ReadGroups>,
    Query(filter): Query<Filter>,
) -> Result<Listing<GroupView>, Problem> {
    let seen = guard.permit_each::<Group>()?;
    let statement = if filter.sort == Some(Sort::Newest) {
        let start = filter.cursor.unwrap_or_else(Cursor::newest);
        store::list_newest(start.at, start.id, filter.name.clone())
    } else {
        let start = filter.cursor.unwrap_or_else(Cursor::oldest);
        store::list_oldest(start.at, start.id, filter.name.clone())
    };
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) && !seen.is_filtered() {
        let (rows, count) = tenant.read((statement, store::count(filter.name))).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |group| Cursor {
        at: group.created_at,
        id: group.id.as_uuid(),
    });
    Ok(Listing::new(seen.keep(page).map(GroupView::new), total))
}

/// Get a group.
pub(crate) async fn get(
    guard: Guard<ReadGroups>,
    Path(id): Path<GroupId>,
) -> Result<Success<GroupView>, Problem> {
    let group = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&group)?;
    Ok(Success::ok(GroupView::new(group)))
}

/// List the groups that a user is in, also through other groups. They come on one page.
pub(crate) async fn of_user(
    guard: Guard<ReadGroups>,
    clock: Clock,
    Path(user): Path<UserId>,
) -> Result<Listing<GroupView>, Problem> {
    guard.permit_all::<Group>()?;
    let (exists, groups) =
        guard.tenant().read((role::store::user_exists(user), store::of_user(user, clock.now()))).await?;
    exists.ok_or(Error::NotFound)?;
    Ok(Listing::new(Page { items: groups, next: None }.map(GroupView::new), None))
}
