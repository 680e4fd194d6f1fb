//! POST /permissions

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, FieldError, Permission, Rng};
use tenantry_web::{Body, Guard, Problem, Success, Use};

use super::store::PermissionId;
use super::{PermissionView, store};
use crate::role::Role;
use crate::{Catalogue, CreateRole, Error};

/// A permission to declare (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPermission {
    /// `resource:action`, or B's `resource.action`.
    #[garde(length(max = 100))]
    name: String,
    /// Must be the name's resource, when given.
    #[garde(skip)]
    resource: Option<String>,
    /// Must be the name's action, when given.
    #[garde(skip)]
    action: Option<String>,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
}

/// Declare a permission that the tenant's own roles and policies can speak of.
pub(crate) async fn create(
    guard: Guard<CreateRole>,
    clock: Clock,
    rng: Rng,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<NewPermission>,
) -> Result<Committed<Success<PermissionView>>, Problem> {
    guard.permit_all::<Role>()?;
    let invalid =
        |field: &str, detail: String| Problem::invalid(vec![FieldError::new(format!("#/{field}"), detail)]);
    let name: Permission = request.name.parse().map_err(|error| invalid("name", format!("{error}")))?;
    if request.resource.is_some_and(|resource| resource != name.resource()) {
        return Err(invalid("resource", "this is not the resource in the name".to_owned()));
    }
    if request.action.is_some_and(|action| action != name.action()) {
        return Err(invalid("action", "this is not the action in the name".to_owned()));
    }
    if catalogue.permissions(true).any(|info| info.name.split(':').next() == Some(name.resource())) {
        return Err(Error::PermissionTaken.into());
    }
    let id = PermissionId::new(&clock, &rng);
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    let insert =
        store::insert(id, name.to_string(), request.description.clone(), clock.now(), guard.caller()?.user);
    tx.run(insert).await.map_err(|error| match error.constraint() {
        Some("permissions_name_key") => Error::PermissionTaken,
        _ => error.into(),
    })?;
    let values = json!({"name": name, "description": request.description});
    let change = Change::named("permission", Some(id.as_uuid()), "created", values);
    let view = super::list::view(Some(id.as_uuid()), name, request.description, false);
    let location = format!("/permissions/{id}");
    Ok(tx.commit(change, Success::created(view, location)).await.map_err(Error::from)?)
}
