//! GET and POST /groups/{group_id}/roles, DELETE /groups/{group_id}/roles/{role_id}

use serde_json::json;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, FieldError, Page, RoleId};
use tenantry_web::{Body, Guard, Listing, Message, Path, Path2, Problem, Success, Use};

use super::member::opened;
use super::model::GroupRoleView;
use super::{GroupId, store};
use crate::role::assign::{Assignment, may_give};
use crate::role::store as roles;
use crate::{Catalogue, Error, ManageGroup, ReadGroups};

/// List the roles that a group gives its members.
pub(crate) async fn list(
    guard: Guard<ReadGroups>,
    Path(id): Path<GroupId>,
) -> Result<Listing<GroupRoleView>, Problem> {
    let (group, items) = guard.tenant().read((store::find(id), store::roles(id))).await?;
    guard.permit(&group.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Give a role to all members of a group. Nobody can give what they do not hold.
pub(crate) async fn add(
    guard: Guard<ManageGroup>,
    clock: Clock,
    Path(id): Path<GroupId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Assignment>,
) -> Result<Committed<Success<Message>>, Problem> {
    let now = clock.now();
    if request.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::invalid(vec![FieldError::new("#/expires_at", "this is in the past")]));
    }
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    let role = tx.run(roles::find_for_update(request.role_id)).await?.ok_or(Error::NotFound)?;
    let caller = guard.caller()?;
    may_give(&caller.grants, &catalogue, &mut tx, &role).await?;
    tx.queue(store::add_role(id, role.id, request.expires_at, caller.user, now));
    tx.announce(Topic::Access);
    let values =
        json!({"group": group.name, "role_id": role.id, "role": role.name, "expires_at": request.expires_at});
    let change = Change::named("group", Some(id.as_uuid()), "role_assigned", values);
    Ok(tx.commit(change, Success::ok(Message::new("Role assigned successfully"))).await?)
}

/// Take a role from a group.
pub(crate) async fn remove(
    guard: Guard<ManageGroup>,
    Path2(id, role): Path2<GroupId, RoleId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = opened(&guard, &mut tx, id).await?;
    let role = tx.run(roles::find_for_update(role)).await?.ok_or(Error::NotFound)?;
    may_give(&guard.caller()?.grants, &catalogue, &mut tx, &role).await?;
    if tx.run(store::remove_role(id, role.id)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    tx.announce(Topic::Access);
    let values = json!({"group": group.name, "role_id": role.id, "role": role.name});
    let change = Change::named("group", Some(id.as_uuid()), "role_unassigned", values);
    Ok(tx.commit(change, Success::ok(Message::new("Role unassigned successfully"))).await?)
}
