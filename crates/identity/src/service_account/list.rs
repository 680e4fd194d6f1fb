//! GET /service-accounts and GET /service-accounts/{service_account_id}

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_access::roles_of;
use tenantry_kernel::{Cursor, Page, PageSize, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::{ServiceAccount, ServiceAccountId, ServiceAccountView, store};
use crate::{Error, ReadServiceAccounts};

/// Where to begin.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Accounts on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List service accounts, newest first. They are nobody's own: who may only see their own sees none.
pub(crate) async fn list(
    guard: Guard<ReadServiceAccounts>,
    Query(filter): Query<Filter>,
) -> Result<Listing<ServiceAccountView>, Problem> {
    let seen = guard.permit_each::<ServiceAccount>()?;
    if seen.owner().is_some() {
        return Ok(Listing::new(Page { items: vec![], next: None }, None));
    }
    let start = filter.cursor.unwrap_or_else(Cursor::newest);
    let rows = guard.tenant().read(store::list_newest(start.at, start.id)).await?;
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |account| Cursor {
        at: account.created_at,
        id: account.id.as_uuid(),
    });
    Ok(Listing::new(seen.keep(page).map(|account| ServiceAccountView::new(account, None)), None))
}

/// Get a service account with its roles.
pub(crate) async fn get(
    guard: Guard<ReadServiceAccounts>,
    Path(id): Path<ServiceAccountId>,
) -> Result<Success<ServiceAccountView>, Problem> {
    let user = UserId::from_uuid(id.as_uuid());
    let (account, roles) = guard.tenant().read((store::find(id), roles_of(user))).await?;
    let account = account.ok_or(Error::NotFound)?;
    guard.permit(&account)?;
    Ok(Success::ok(ServiceAccountView::new(account, Some(roles))))
}
