//! GET /oauth/clients and /oauth/clients/{client_id}

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::model::{Client, ClientId, ClientView};
use super::store;
use crate::{Error, ReadClients};

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only clients that are switched on, or off.
    is_active: Option<bool>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
    /// Also say how many there are.
    count: Option<bool>,
}

/// List clients, newest first.
pub(crate) async fn list(
    guard: Guard<ReadClients>,
    Query(filter): Query<Filter>,
) -> Result<Listing<ClientView>, Problem> {
    let seen = guard.permit_each::<Client>()?;
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let statement = store::list_newest(start.at, start.id, filter.is_active);
    let tenant = guard.tenant();
    let (rows, total) = if filter.count == Some(true) && !seen.is_filtered() {
        let (rows, count) = tenant.read((statement, store::count(filter.is_active))).await?;
        (rows, count.map(|count| count.0))
    } else {
        (tenant.read(statement).await?, None)
    };
    let size = filter.limit.unwrap_or_default();
    let page = Page::cut(rows, size, |client| Cursor { at: client.created_at, id: client.id.as_uuid() });
    let page = seen.keep(page);
    Ok(Listing::new(page.map(|client| ClientView::new(seen.permit(), client)), total))
}

/// Get a client.
pub(crate) async fn get(
    guard: Guard<ReadClients>,
    Path(id): Path<ClientId>,
) -> Result<Success<ClientView>, Problem> {
    let client = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?;
    let permit = guard.permit(&client)?;
    Ok(Success::ok(ClientView::new(&permit, client)))
}
