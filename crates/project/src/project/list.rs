//! GET /projects

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Problem, Query, Search};

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
    /// Only projects whose name begins so; goes with `-created_at` only.
    search: Option<Search>,
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
    if oldest && (owner.is_some() || filter.status.is_some() || filter.search.is_some()) {
        return Err(Problem::malformed("invalid_query", "query/sort", "created_at goes without a filter"));
    }
    let size = filter.limit.unwrap_or_default();
    let statement = statement(&filter, owner, size);
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) && !seen.is_filtered() {
        let count = match &filter.search {
            Some(search) => store::count_matching(owner, filter.status, search.from(), search.until()),
            None => store::count(owner, filter.status),
        };
        let (rows, count) = tenant.read((statement, count)).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let page = Page::cut(rows, size, |project| Cursor { at: project.created_at, id: project.id.as_uuid() });
    let page = seen.keep(page);
    Ok(Listing::new(page.map(|project| ProjectView::new(seen.permit(), project)), total))
}

fn statement(filter: &Filter, owner: Option<UserId>, size: PageSize) -> tenantry_db::Read<Vec<Project>> {
    if filter.sort == Some(Sort::Oldest) {
        let start = filter.cursor.unwrap_or_else(Cursor::oldest);
        return store::list_oldest(start.at, start.id);
    }
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    match (&filter.search, owner, filter.status) {
        (Some(search), owner, status) => {
            store::list_matching(start.at, start.id, owner, status, search.from(), search.until())
        }
        (None, None, None) if filter.cursor.is_none() && size.get() <= 20 => store::list_first(),
        (None, None, None) => store::list_newest(start.at, start.id),
        (None, Some(owner), status) => store::list_of(start.at, start.id, owner, status),
        (None, None, Some(status)) => store::list_in(start.at, start.id, status),
    }
}
