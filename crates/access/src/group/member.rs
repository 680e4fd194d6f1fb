//! GET and POST /groups/{group_id}/members, DELETE /groups/{group_id}/members/{user_id}

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Cursor, FieldError, Page, PageSize, UserId};
use tenantry_web::{Body, Guard, Listing, Message, Path, Path2, Problem, Query, Success, Use};

use super::model::MemberView;
use super::{Group, GroupId, confer, store};
use crate::{Catalogue, Error, ManageGroup, ReadGroups, role};

/// Which page of members.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Paging {
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// Whom to add to a group.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    #[garde(skip)]
    user_id: UserId,
    /// When the user is a member no longer.
    #[garde(skip)]
    expires_at: Option<Timestamp>,
}

/// List the members of a group itself, in the order of joining.
pub(crate) async fn list(
    guard: Guard<ReadGroups>,
    Path(id): Path<GroupId>,
    Query(paging): Query<Paging>,
) -> Result<Listing<MemberView>, Problem> {
    let start = paging.cursor.unwrap_or_else(Cursor::oldest);
    let (group, members) =
        guard.tenant().read((store::find(id), store::members(id, start.at, start.id))).await?;
    guard.permit(&group.ok_or(Error::NotFound)?)?;
    let page = Page::cut(members, paging.limit.unwrap_or_default(), |member| Cursor {
        at: member.created_at,
        id: member.user_id.as_uuid(),
    });
    Ok(Listing::new(page, None))
}

/// Add a user to a group. Nobody can give what they do not hold.
pub(crate) async fn add(
    guard: Guard<ManageGroup>,
    clock: Clock,
    Path(id): Path<GroupId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Membership>,
) -> Result<Committed<Success<Message>>, Problem> {
    let now = clock.now();
    if request.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::invalid(vec![FieldError::new("#/expires_at", "this is in the past")]));
    }
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    let caller = guard.caller()?;
    confer::held(&mut tx, &catalogue, &caller.grants, id, "#/user_id").await?;
    tx.read(role::store::user_exists(request.user_id)).await?.ok_or(Error::NotFound)?;
    tx.queue(store::add_member(id, request.user_id, request.expires_at, caller.user, now));
    tx.announce(Topic::Access);
    let values = json!({"user_id": request.user_id, "group": group.name, "expires_at": request.expires_at});
    let change = Change::named("group", Some(id.as_uuid()), "member_added", values);
    Ok(tx.commit(change, Success::ok(Message::new("Member added successfully"))).await?)
}

/// Take a user out of a group.
pub(crate) async fn remove(
    guard: Guard<ManageGroup>,
    Path2(id, user): Path2<GroupId, UserId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    confer::held(&mut tx, &catalogue, &guard.caller()?.grants, id, "path/group_id").await?;
    if tx.run(store::remove_member(id, user)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    tx.announce(Topic::Access);
    let values = json!({"user_id": user, "group": group.name});
    let change = Change::named("group", Some(id.as_uuid()), "member_removed", values);
    Ok(tx.commit(change, Success::ok(Message::new("Member removed successfully"))).await?)
}

/// The group, when the caller may manage it. Changes of groups and nesting are one after the other, so that what a group
/// gives does not change between the look and the write.
pub(super) async fn opened(
    guard: &Guard<ManageGroup>,
    tx: &mut tenantry_db::TenantTx,
    id: GroupId,
) -> Result<Group, Problem> {
    let group = tx.read(store::find(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&group)?;
    tx.run(store::advance()).await?;
    Ok(group)
}
