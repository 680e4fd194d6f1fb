//! GET and POST /groups/{group_id}/groups, DELETE /groups/{group_id}/groups/{child_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Page};
use tenantry_web::{Body, Guard, Listing, Message, Path, Path2, Problem, Success, Use};

use super::member::opened;
use super::{GroupId, GroupView, confer, store};
use crate::{Catalogue, Error, ManageGroup, ReadGroups};

/// Which group to put into the group.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nesting {
    /// Its members inherit the roles of the outer group.
    #[garde(skip)]
    group_id: GroupId,
}

/// List the groups in a group.
pub(crate) async fn list(
    guard: Guard<ReadGroups>,
    Path(id): Path<GroupId>,
) -> Result<Listing<GroupView>, Problem> {
    let (group, children) = guard.tenant().read((store::find(id), store::children(id))).await?;
    guard.permit(&group.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items: children, next: None }.map(GroupView::new), None))
}

/// Put a group into a group. There are no circles, and nobody gives what they do not hold.
pub(crate) async fn add(
    guard: Guard<ManageGroup>,
    clock: Clock,
    Path(id): Path<GroupId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Nesting>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    let caller = guard.caller()?;
    confer::held(&mut tx, &catalogue, &caller.grants, id, "#/group_id").await?;
    let child = tx.read(store::find(request.group_id)).await?.ok_or(Error::NotFound)?;
    let above = tx.read(store::with_ancestors(id)).await?;
    if above.iter().any(|one| one.0 == child.id) {
        return Err(Error::Circle.into());
    }
    tx.run(store::add_child(id, child.id, caller.user, clock.now())).await?;
    tx.announce(Topic::Access);
    let values = json!({"group": group.name, "child_id": child.id, "child": child.name});
    let change = Change::named("group", Some(id.as_uuid()), "group_added", values);
    Ok(tx.commit(change, Success::ok(Message::new("Group added successfully"))).await?)
}

/// Take a group out of a group.
pub(crate) async fn remove(
    guard: Guard<ManageGroup>,
    Path2(id, child): Path2<GroupId, GroupId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    confer::held(&mut tx, &catalogue, &guard.caller()?.grants, id, "path/group_id").await?;
    if tx.run(store::remove_child(id, child)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    tx.announce(Topic::Access);
    let values = json!({"group": group.name, "child_id": child});
    let change = Change::named("group", Some(id.as_uuid()), "group_removed", values);
    Ok(tx.commit(change, Success::ok(Message::new("Group removed successfully"))).await?)
}
