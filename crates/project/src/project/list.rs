//! GET /projects

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Problem, Query};

use super::{Project, ProjectStatus, ProjectView, store};
use crate::policy::Read;

tenantry_kernel::text_enum! {
    /// The orders of a list of projects.
    pub(crate) enum Sort {
        /// Newest first.
        Newest = "-created_at",
        /// Oldest first; not together with a filter.
        Oldest = "created_at",
    }
}

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only projects in this state.
    status: Option<ProjectStatus>,
    /// Only projects of this user.
    owner_id: Option<UserId>,
    /// `-created_at` (default), or `created_at` without a filter.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List projects. Who may only see their own sees only those.
pub(crate) async fn list(
    guard: Guard<Read>,
    Query(filter): Query<Filter>,
) -> Result<Listing<ProjectView>, Problem> {
    let seen = guard.permit_each::<Project>()?;
    let owner = match (seen.owner(), filter.owner_id) {
        (Some(only), Some(asked)) if only != asked => {
            return Ok(Listing::new(Page { items: vec![], next: None }, None));
        }
        (only, asked) => only.or(asked),
    };
    let oldest = filter.sort == Some(Sort::Oldest);
    if oldest && (owner.is_some() || filter.status.is_some()) {
        return Err(Problem::malformed("invalid_query", "query/sort", "created_at goes without a filter"));
    }
    let size = filter.limit.unwrap_or_default();
    let statement = match (filter.cursor, owner, filter.status) {
        (None, None, None) if !oldest && size.get() <= 20 => store::list_first(),
        (cursor, None, None) if oldest => {
            let start = cursor.unwrap_or_else(Cursor::oldest);
            store::list_oldest(start.at, start.id)
        }
        (cursor, owner, status) => {
            let start = cursor.unwrap_or_else(Cursor::newest);
            match (owner, status) {
                (Some(owner), status) => store::list_of(start.at, start.id, owner, status),
                (None, Some(status)) => store::list_in(start.at, start.id, status),
                (None, None) => store::list_newest(start.at, start.id),
            }
        }
    };
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) && !seen.is_filtered() {
        let (rows, count) = tenant.read((statement, store::count(owner, filter.status))).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let page = Page::cut(rows, size, |project| Cursor { at: project.created_at, id: project.id.as_uuid() });
    let page = seen.keep(page);
    Ok(Listing::new(page.map(|project| ProjectView::new(seen.permit(), project)), total))
}
