//! GET /api-keys and GET /api-keys/{api_key_id}

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Clock, Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::{ApiKey, ApiKeyId, ApiKeyView, store};
use crate::{Error, ReadKeys};

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only keys of this person or service account.
    user_id: Option<UserId>,
    /// Keys on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List keys, newest first, without their secrets. Who may only see their own sees only those.
pub(crate) async fn list(
    guard: Guard<ReadKeys>,
    clock: Clock,
    Query(filter): Query<Filter>,
) -> Result<Listing<ApiKeyView>, Problem> {
    let seen = guard.permit_each::<ApiKey>()?;
    let owner = match (seen.owner(), filter.user_id) {
        (Some(only), Some(asked)) if only != asked => {
            return Ok(Listing::new(Page { items: vec![], next: None }, None));
        }
        (only, asked) => only.or(asked),
    };
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let statement = match owner {
        Some(owner) => store::list_of(start.at, start.id, owner),
        None => store::list_newest(start.at, start.id),
    };
    let tenant = guard.tenant();
    let rows = tenant.read(statement).await?;
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |key| Cursor {
        at: key.created_at,
        id: key.id.as_uuid(),
    });
    let now = clock.now();
    Ok(Listing::new(seen.keep(page).map(|key| ApiKeyView::new(key, tenant.tenant_id(), now)), None))
}

/// Get a key, without its secret.
pub(crate) async fn get(
    guard: Guard<ReadKeys>,
    clock: Clock,
    Path(id): Path<ApiKeyId>,
) -> Result<Success<ApiKeyView>, Problem> {
    let tenant = guard.tenant();
    let key = tenant.read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&key)?;
    Ok(Success::ok(ApiKeyView::new(key, tenant.tenant_id(), clock.now())))
}
