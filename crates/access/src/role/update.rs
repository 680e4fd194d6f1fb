//! PUT /roles/{role_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Rng, RoleId};
use tenantry_web::{Body, Guard, IfMatch, Path, Problem, Success, Use, not_blank, present};

use super::create::name_taken;
use super::model::RoleWithGrants;
use super::{GrantSpec, RoleView, rules, store};
use crate::permission::store as permissions;
use crate::policy::held::{Given, through};
use crate::{Catalogue, Error, UpdateRole, family};

/// What to change of a role; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedRole {
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
    /// `Provider`, `Internal`, `Customer`, or a family that the tenant defined.
    #[garde(inner(length(chars, max = 50)))]
    role_family: Option<String>,
    /// All that it grants from now on.
    #[garde(length(max = rules::MOST))]
    permissions: Option<Vec<GrantSpec>>,
}

/// Change a role. Nobody can grant, nor change a role that grants, what they do not hold.
pub(crate) async fn update(
    guard: Guard<UpdateRole>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<RoleId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<ChangedRole>,
) -> Result<Committed<Success<RoleView>>, Problem> {
    let caller = guard.caller()?;
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    let role = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&role)?;
    if role.is_system {
        return Err(Error::SystemRole.into());
    }
    expected.check(role.version)?;
    let before = rules::specs(tx.read(store::grants(id)).await.map_err(Error::from)?);
    rules::held(&catalogue, &caller.grants, &before)?;
    let asked = request.permissions.unwrap_or_else(|| before.clone());
    rules::exist(&catalogue, guard.tenant_info().is_root, &asked)?;
    rules::held(&catalogue, &caller.grants, &asked)?;
    let after = rules::distinct(asked);

    if let Some(name) = request.name.as_ref().filter(|name| **name != role.name) {
        rules::free(name)?;
    }
    // Whoever has the role gains and loses what policies say of its names.
    let names = [Some(&role.name), request.name.as_ref()];
    let families = [Some(&role.role_family), request.role_family.as_ref()];
    let given = Given {
        ids: vec![id.as_uuid()],
        roles: names.into_iter().flatten().map(String::as_str).collect(),
        families: families.into_iter().flatten().map(String::as_str).collect(),
        ..Given::default()
    };
    through(&mut tx, &catalogue, &caller.grants, &given, "path/role_id").await?;
    let now = clock.now();
    let mut changed = role.clone();
    changed.name = request.name.unwrap_or(changed.name);
    changed.description = request.description.unwrap_or(changed.description);
    if let Some(name) = request.role_family {
        family::known(&mut tx, &name).await?;
        changed.role_family = name;
    }
    changed.version += 1;
    changed.updated_at = now;
    let change = Change::between(
        &RoleWithGrants { role: &role, grants: &before },
        &RoleWithGrants { role: &changed, grants: &after },
    );
    if change.is_empty() {
        return Ok(tx.unchanged(Success::ok(RoleView::new(role, Some(after)))).await.map_err(Error::from)?);
    }
    tx.run(store::save(
        id,
        changed.name.clone(),
        changed.description.clone(),
        changed.role_family.clone(),
        changed.version,
        now,
        caller.user,
    ))
    .await
    .map_err(name_taken)?;
    tx.run(store::delete_grants(id)).await.map_err(Error::from)?;
    for grant in &after {
        tx.queue(store::insert_grant(id, grant.permission.to_string(), grant.extent, now));
        if !catalogue.permissions(true).any(|info| info.name == grant.permission.as_str()) {
            permissions::declare(&mut tx, &clock, &rng, &grant.permission, caller.user).await?;
        }
    }
    tx.announce(Topic::Access);
    Ok(tx.commit(change, Success::ok(RoleView::new(changed, Some(after)))).await.map_err(Error::from)?)
}
