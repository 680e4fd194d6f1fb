//! GET /audit/logs

use tenantry_db::{Read, TenantDb};
use tenantry_kernel::{Cursor, Page};
use uuid::Uuid;

use super::model::{AuditView, Filter};
use super::{ReadAudit, store};
use crate::{Guard, Listing, Problem, Query};

/// List the audit trail, newest first.
pub(crate) async fn list(
    guard: Guard<ReadAudit>,
    Query(filter): Query<Filter>,
) -> Result<Listing<AuditView>, Problem> {
    let seen = guard.permit_each::<AuditView>()?;
    let size = filter.limit.unwrap_or_default();
    let Some(filter) = filter.only(seen.owner()) else {
        return Ok(Listing::new(Page { items: vec![], next: None }, None));
    };
    let rows = page(&guard.tenant(), &filter).await?;
    let page = Page::cut(rows, size, |row| Cursor { at: row.at, id: row.id.as_uuid() });
    Ok(Listing::new(seen.keep(page), None))
}

/// Up to 101 entries that fit the filter.
pub(super) async fn page(tenant: &TenantDb, filter: &Filter) -> Result<Vec<AuditView>, Problem> {
    let (from, before) = filter.bounds();
    Ok(tenant.read(statement(filter, from, before)).await?)
}

fn statement(filter: &Filter, from: Uuid, before: Uuid) -> Read<Vec<AuditView>> {
    let list = if filter.resource_id.is_some() && filter.resource_type.is_some() {
        store::list_of_resource
    } else if filter.actor_id.is_some() {
        store::list_of_actor
    } else if filter.action.is_some() {
        store::list_of_action
    } else {
        store::list
    };
    list(
        from,
        before,
        filter.outcome.map(super::model::Outcome::as_str),
        filter.action.clone(),
        filter.resource_type.clone(),
        filter.resource_id,
        filter.actor_id,
    )
}
