//! GET /invites and GET /invites/{invitation_id}

use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_kernel::{Clock, Cursor, Page, PageSize};
use tenantry_web::{Guard, Listing, Path, Problem, Query, Success};

use super::{Invitation, InvitationId, InvitationState, InvitationView, store};
use crate::service::Identity;
use crate::{Error, ReadInvitations};

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Filter {
    /// Only invitations in this state.
    state: Option<InvitationState>,
    /// Only those to this address.
    email: Option<String>,
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// List invitations, newest first.
pub(crate) async fn list(
    guard: Guard<ReadInvitations>,
    clock: Clock,
    Query(filter): Query<Filter>,
) -> Result<Listing<InvitationView>, Problem> {
    let seen = guard.permit_each::<Invitation>()?;
    let (start, now) = (filter.cursor.unwrap_or_else(Cursor::newest), clock.now());
    let statement = match &filter.email {
        Some(email) => {
            let email = Identity::email("query/email", email)?;
            store::list_of(start.at, start.id, filter.state, now, seen.owner(), email)
        }
        None => store::list_newest(start.at, start.id, filter.state, now, seen.owner()),
    };
    let rows = guard.tenant().read(statement).await?;
    let page = Page::cut(rows, filter.limit.unwrap_or_default(), |row| Cursor {
        at: row.created_at,
        id: row.id.as_uuid(),
    });
    Ok(Listing::new(seen.keep(page).map(|row| InvitationView::new(row, now)), None))
}

/// Get an invitation.
pub(crate) async fn get(
    guard: Guard<ReadInvitations>,
    clock: Clock,
    Path(id): Path<InvitationId>,
) -> Result<Success<InvitationView>, Problem> {
    let invitation = guard.tenant().read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&invitation)?;
    Ok(Success::ok(InvitationView::new(invitation, clock.now())))
}
