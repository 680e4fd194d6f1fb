//! POST /roles

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, Rng, RoleId};
use tenantry_web::{Body, Guard, Problem, Success, Use, not_blank};

use super::model::RoleWithGrants;
use super::{GrantSpec, Role, RoleView, rules, store};
use crate::permission::store as permissions;
use crate::policy::held::{Given, through};
use crate::{Catalogue, CreateRole, Error, family};

/// A new role (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// Unique in the tenant.
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    /// `Provider`, `Internal`, `Customer`, or a family that the tenant defined.
    #[garde(length(chars, max = 50))]
    role_family: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
    /// What it grants: `resource:action` (or B's `resource.action`), with `:own` for the user's own resources only.
    #[serde(default)]
    #[garde(length(max = rules::MOST))]
    permissions: Vec<GrantSpec>,
}

/// Create a role. Nobody can grant what they do not hold.
pub(crate) async fn create(
    guard: Guard<CreateRole>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewRole>,
) -> Result<Committed<Success<RoleView>>, Problem> {
    guard.permit_all::<Role>()?;
    let caller = guard.caller()?;
    rules::free(&request.name)?;
    rules::exist(&catalogue, guard.tenant_info().is_root, &request.permissions)?;
    rules::held(&catalogue, &caller.grants, &request.permissions)?;
    let grants = rules::distinct(request.permissions);

    let now = clock.now();
    let role = Role {
        id: RoleId::new(&clock, &rng),
        name: request.name,
        description: request.description,
        role_family: request.role_family,
        is_system: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    family::known(&mut tx, &role.role_family).await?;
    // Policies may speak of a role of this name already.
    let given = Given { roles: vec![&role.name], ..Given::default() };
    through(&mut tx, &catalogue, &caller.grants, &given, "#/name").await?;
    let insert = store::insert(
        role.id,
        role.name.clone(),
        role.description.clone(),
        role.role_family.clone(),
        false,
        now,
        Some(caller.user),
    );
    tx.run(insert).await.map_err(name_taken)?;
    for grant in &grants {
        tx.queue(store::insert_grant(role.id, grant.permission.to_string(), grant.extent, now));
        if !catalogue.permissions(true).any(|info| info.name == grant.permission.as_str()) {
            permissions::declare(&mut tx, &clock, &rng, &grant.permission, caller.user).await?;
        }
    }
    tx.announce(Topic::Access);
    let change = Change::created(&RoleWithGrants { role: &role, grants: &grants });
    let location = format!("/roles/{}", role.id);
    Ok(tx
        .commit(change, Success::created(RoleView::new(role, Some(grants)), location))
        .await
        .map_err(Error::from)?)
}

pub(super) fn name_taken(error: tenantry_db::Error) -> Error {
    if error.constraint() == Some("roles_name_key") { Error::NameTaken } else { error.into() }
}
