//! GET and POST /policies/{policy_id}/assignments, DELETE /policies/{policy_id}/assignments/{assignment_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Cursor, Page, PageSize, Rng};
use tenantry_web::{Body, Guard, Listing, Message, Path, Path2, Problem, Query, Success, Use};
use uuid::Uuid;

use super::change::Desk;
use super::model::{AssigneeType, AssignmentView, PolicyId};
use super::store;
use crate::{Catalogue, Error, ReadPolicies, UpdatePolicy};

tenantry_kernel::id! {
    /// An assignment of a policy.
    AssignmentId,
}

/// Which page of assignments.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Paging {
    /// Items on a page: 10, 20, 50 or 100.
    limit: Option<PageSize>,
    /// Where to go on.
    cursor: Option<Cursor>,
}

/// Whom to assign a policy to.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAssignment {
    #[garde(skip)]
    assignee_type: AssigneeType,
    #[garde(skip)]
    assignee_id: Uuid,
}

/// List whom a policy is assigned to; without assignments, it concerns everybody.
pub(crate) async fn list(
    guard: Guard<ReadPolicies>,
    Path(id): Path<PolicyId>,
    Query(paging): Query<Paging>,
) -> Result<Listing<AssignmentView>, Problem> {
    let start = paging.cursor.unwrap_or_else(Cursor::oldest);
    let (policy, rows) =
        guard.tenant().read((store::find(id), store::assignments(id, start.at, start.id))).await?;
    guard.permit(&policy.ok_or(Error::NotFound)?)?;
    let page =
        Page::cut(rows, paging.limit.unwrap_or_default(), |row| Cursor { at: row.created_at, id: row.id });
    Ok(Listing::new(page, None))
}

/// Assign a policy to a user, a role or a group.
pub(crate) async fn assign(
    guard: Guard<UpdatePolicy>,
    clock: Clock,
    rng: Rng,
    Path(policy): Path<PolicyId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewAssignment>,
) -> Result<Committed<Success<AssignmentView>>, Problem> {
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let policy = desk.tx.run(store::find_for_update(policy)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    desk.may_touch(&policy)?;
    let NewAssignment { assignee_type, assignee_id } = request;
    let known = desk.tx.read(store::assignee_exists(assignee_id)).await?.ok_or(Error::NotFound)?;
    let exists = match assignee_type {
        AssigneeType::User => known.is_user,
        AssigneeType::Role => known.is_role,
        AssigneeType::Group => known.is_group,
    };
    if !exists {
        return Err(Error::NotFound.into());
    }
    let id = AssignmentId::new(&clock, &rng).as_uuid();
    let insert = store::assign(id, policy.id, assignee_type, assignee_id, desk.now, desk.by);
    desk.tx.run(insert).await.map_err(|error| match error.constraint() {
        Some("policy_assignments_assignee_key") => Error::AssignedAlready,
        _ => error.into(),
    })?;
    desk.tx.announce(Topic::Access);
    let values = json!({"policy": policy.name, "assignee_type": assignee_type, "assignee_id": assignee_id});
    let change = Change::named("policy", Some(policy.id.as_uuid()), "assigned", values);
    let view = AssignmentView { id, assignee_type, assignee_id, created_at: desk.now };
    let location = format!("/policies/{}/assignments/{id}", policy.id);
    Ok(desk.tx.commit(change, Success::created(view, location)).await?)
}

/// Take an assignment away. Without its last one, the policy would concern everybody: disable or delete it instead.
pub(crate) async fn unassign(
    guard: Guard<UpdatePolicy>,
    clock: Clock,
    Path2(policy, id): Path2<PolicyId, AssignmentId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut desk = Desk::open(&guard, &catalogue, &clock).await?;
    let policy = desk.tx.run(store::find_for_update(policy)).await?.ok_or(Error::NotFound)?;
    guard.permit(&policy)?;
    desk.may_touch(&policy)?;
    let found = desk.tx.read(store::assignment(policy.id, id.as_uuid())).await?.ok_or(Error::NotFound)?;
    desk.tx.run(store::unassign(policy.id, id.as_uuid())).await?;
    let left = desk.tx.read(store::assignments(policy.id, Cursor::oldest().at, Uuid::nil())).await?;
    if left.is_empty() && policy.is_enabled {
        return Err(Error::LastAssignment.into());
    }
    desk.tx.announce(Topic::Access);
    let AssignmentView { assignee_type, assignee_id, .. } = found;
    let values = json!({"policy": policy.name, "assignee_type": assignee_type, "assignee_id": assignee_id});
    let change = Change::named("policy", Some(policy.id.as_uuid()), "unassigned", values);
    Ok(desk.tx.commit(change, Success::ok(Message::new("Policy unassigned successfully"))).await?)
}
