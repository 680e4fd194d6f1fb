//! GET /events

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Problem, Query};

use super::model::{CloudEvent, EventRow};
use super::store;
use crate::policy::ReadEvents;

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only events after this sequence number.
    after: Option<u64>,
    /// Only events of exactly this type.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on; takes the place of `after`.
    cursor: Option<Cursor>,
}

/// List the tenant's events, oldest first, in the order of their sequence numbers.
pub(crate) async fn list(
    guard: Guard<ReadEvents>,
    Query(filter): Query<Filter>,
) -> Result<Listing<CloudEvent>, Problem> {
    let seen = guard.permit_each::<EventRow>()?;
    let actor = seen.owner();
    let after = filter.cursor.map_or_else(|| number(filter.after), |cursor| cursor.at.as_microsecond());
    let tenant = guard.tenant();
    let rows = match filter.event_type {
        Some(event_type) => tenant.read(store::list_of_type(after, actor, event_type)).await?,
        None => tenant.read(store::list(after, actor)).await?,
    };
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), place);
    Ok(Listing::new(seen.keep(page).map(|row| row.show(tenant.tenant_id())), None))
}

/// A sequence number as a place in a list: the number takes the instant's room.
fn place(row: &EventRow) -> Cursor {
    Cursor {
        at: Timestamp::from_microsecond(row.number()).unwrap_or(Timestamp::UNIX_EPOCH),
        id: row.id.as_uuid(),
    }
}

/// A number that no event can reach is as good as the largest.
pub(super) fn number(text: Option<u64>) -> i64 {
    text.map_or(0, |number| i64::try_from(number).unwrap_or(i64::MAX))
}
