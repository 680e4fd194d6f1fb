//! POST /groups, PUT and DELETE /groups/{group_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, IfMatch, Message, Path, Problem, Success, Use, not_blank, present};

use super::{Group, GroupId, GroupView, confer, store};
use crate::policy::held::{Given, through};
use crate::{Catalogue, CreateGroup, DeleteGroup, Error, UpdateGroup};

/// A new group.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGroup {
    /// Unique in the tenant.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
}

/// What to change of a group; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedGroup {
    /// Unique in the tenant.
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
}

/// Create a group.
pub(crate) async fn create(
    guard: Guard<CreateGroup>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewGroup>,
) -> Result<Committed<Success<GroupView>>, Problem> {
    guard.permit_all::<Group>()?;
    let now = clock.now();
    let group = Group {
        id: GroupId::new(&clock, &rng),
        name: request.name,
        description: request.description,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut tx = guard.tenant().begin()?;
    let by = guard.caller()?.user;
    // Policies may speak of a group of this name already.
    let given = Given { groups: vec![&group.name], ..Given::default() };
    through(&mut tx, &catalogue, &guard.caller()?.grants, &given, "#/name").await?;
    tx.run(store::insert(group.id, group.name.clone(), group.description.clone(), now, by))
        .await
        .map_err(name_taken)?;
    let (change, location) = (Change::created(&group), format!("/groups/{}", group.id));
    Ok(tx.commit(change, Success::created(GroupView::new(group), location)).await?)
}

/// Change a group's name or description. Policies and people know groups by name, so the roles must be the caller's.
pub(crate) async fn update(
    guard: Guard<UpdateGroup>,
    clock: Clock,
    Path(id): Path<GroupId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<ChangedGroup>,
) -> Result<Committed<Success<GroupView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&group)?;
    expected.check(group.version)?;
    let caller = guard.caller()?;
    confer::held(&mut tx, &catalogue, &caller.grants, id, "path/group_id").await?;
    if let Some(name) = &request.name {
        let given = Given { groups: vec![name], ..Given::default() };
        through(&mut tx, &catalogue, &caller.grants, &given, "#/name").await?;
    }
    let mut changed = group.clone();
    changed.name = request.name.unwrap_or(changed.name);
    changed.description = request.description.unwrap_or(changed.description);
    changed.version += 1;
    changed.updated_at = clock.now();
    let Group { name, description, version, updated_at, .. } = changed.clone();
    tx.run(store::save(id, name, description, version, updated_at, caller.user)).await.map_err(name_taken)?;
    tx.announce(Topic::Access);
    let change = Change::between(&group, &changed);
    Ok(tx.commit(change, Success::ok(GroupView::new(changed))).await?)
}

/// Delete a group; its members lose what it gave them.
pub(crate) async fn delete(
    guard: Guard<DeleteGroup>,
    Path(id): Path<GroupId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let group = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&group)?;
    expected.check(group.version)?;
    confer::held(&mut tx, &catalogue, &guard.caller()?.grants, id, "path/group_id").await?;
    tx.run(store::delete(id)).await?;
    tx.announce(Topic::Access);
    Ok(tx.commit(Change::deleted(&group), Success::ok(Message::new("Group deleted successfully"))).await?)
}

fn name_taken(error: tenantry_db::Error) -> Error {
    if error.constraint() == Some("user_groups_name_key") { Error::GroupTaken } else { error.into() }
}
