//! GET /users

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Read, TenantDb};
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Problem, Query, Search, Use};

use super::{User, UserStatus, UserView, store};
use crate::service::Identity;
use crate::{Error, ReadUsers};

tenantry_kernel::text_enum! {
    /// The orders of a list of users.
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
    /// Only users in this state.
    status: Option<UserStatus>,
    /// Only users whose e-mail address, name or last name begins so; goes with `-created_at` only.
    search: Option<Search>,
    /// Only the user with this e-mail address.
    email: Option<String>,
    /// `-created_at` (default) or `created_at`.
    sort: Option<Sort>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List users. Who may only see their own sees themselves.
pub(crate) async fn list(
    guard: Guard<ReadUsers>,
    Query(filter): Query<Filter>,
    Use(identity): Use<Identity>,
) -> Result<Listing<UserView>, Problem> {
    let seen = guard.permit_each::<User>()?;
    let owner = seen.owner();
    if filter.search.is_some() && filter.sort == Some(Sort::Oldest) {
        return Err(Problem::malformed("invalid_query", "query/sort", "created_at goes without search"));
    }
    let tenant = guard.tenant();
    let (rows, total) = if owner.is_some() || filter.email.is_some() {
        single(&tenant, owner, &filter).await?
    } else {
        (tenant.read(statement(&filter)).await?, total(&tenant, &filter).await?)
    };
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |user| Cursor {
        at: user.created_at,
        id: user.id.as_uuid(),
    });
    let page = seen.keep(page);
    let total = total.filter(|_| !seen.is_filtered());
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let next = page.next;
    let items: Result<Vec<UserView>, Error> =
        page.items.into_iter().map(|user| UserView::new(user, &keyring, None)).collect();
    Ok(Listing::new(Page { items: items?, next }, total))
}

fn statement(filter: &Filter) -> Read<Vec<User>> {
    let oldest = filter.sort == Some(Sort::Oldest);
    let start = filter.cursor.unwrap_or_else(|| if oldest { Cursor::oldest() } else { Cursor::newest() });
    if let Some(search) = &filter.search {
        return store::list_matching(start.at, start.id, filter.status, search.from(), search.until());
    }
    match (filter.status, oldest) {
        (None, false) => store::list_newest(start.at, start.id),
        (None, true) => store::list_oldest(start.at, start.id),
        (Some(status), false) => store::list_newest_in(start.at, start.id, status),
        (Some(status), true) => store::list_oldest_in(start.at, start.id, status),
    }
}

async fn total(tenant: &TenantDb, filter: &Filter) -> Result<Option<i64>, Problem> {
    if filter.count != Some(true) {
        return Ok(None);
    }
    let count = match &filter.search {
        Some(search) => store::count_matching(filter.status, search.from(), search.until()),
        None => filter.status.map_or_else(store::count, store::count_in),
    };
    Ok(tenant.read(count).await?.map(|count| count.0))
}

/// A list of at most one user.
async fn single(
    tenant: &TenantDb,
    owner: Option<tenantry_kernel::UserId>,
    filter: &Filter,
) -> Result<(Vec<User>, Option<i64>), Problem> {
    let found = match (&filter.email, owner) {
        (Some(email), _) => {
            let email = Identity::email("query/email", email)?;
            tenant.read(store::find_by_email(email)).await?
        }
        (None, Some(owner)) => tenant.read(store::find(owner)).await?,
        (None, None) => None,
    };
    let fits = |user: &User| {
        owner.is_none_or(|owner| owner == user.id)
            && filter.status.is_none_or(|status| status == user.status)
            && filter.search.as_ref().is_none_or(|search| user.is_found_by(search))
    };
    let rows: Vec<User> = found.into_iter().filter(fits).collect();
    let total = (filter.count == Some(true)).then(|| i64::from(!rows.is_empty()));
    Ok((rows, total))
}
