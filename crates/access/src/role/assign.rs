//! GET and POST /users/{user_id}/roles, DELETE /users/{user_id}/roles/{role_id}

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use tenantry_db::{Change, Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, FieldError, Page, RoleId, UserId};
use tenantry_web::ports::Grants;
use tenantry_web::{Body, Guard, Listing, Message, Path, Path2, Problem, Success, Use};

use super::{Role, RoleSummary, rules, store};
use crate::policy::held::{Given, through};
use crate::{AssignRole, Catalogue, Error, ReadRoles, SUPER_ADMIN, TENANT_ADMIN};

/// Which role to give (document B).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    #[garde(skip)]
    pub(crate) role_id: RoleId,
    /// When the user loses it again.
    #[garde(skip)]
    pub(crate) expires_at: Option<Timestamp>,
}

/// List a user's roles.
pub(crate) async fn list(
    guard: Guard<ReadRoles>,
    Path(user): Path<UserId>,
) -> Result<Listing<RoleSummary>, Problem> {
    guard.permit_all::<Role>()?;
    let (exists, items) =
        guard.tenant().read((store::user_exists(user), store::roles_of(user))).await.map_err(Error::from)?;
    exists.ok_or(Error::NotFound)?;
    Ok(Listing::new(Page { items, next: None }, None))
}

/// Give a role to a user. Nobody can give what they do not hold.
pub(crate) async fn assign(
    guard: Guard<AssignRole>,
    clock: Clock,
    Path(user): Path<UserId>,
    Use(catalogue): Use<Catalogue>,
    Body(request): Body<Assignment>,
) -> Result<Committed<Success<Message>>, Problem> {
    let now = clock.now();
    if request.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::invalid(vec![FieldError::new("#/expires_at", "this is in the past")]));
    }
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    let role =
        tx.run(store::find_for_update(request.role_id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&role)?;
    may_give(&guard.caller()?.grants, &catalogue, &mut tx, &role).await?;
    tx.read(store::user_exists(user)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    tx.queue(store::assign(user, role.id, Some(guard.caller()?.user), request.expires_at, now));
    tx.announce(Topic::Access);
    let values = json!({"role_id": role.id, "role": role.name, "expires_at": request.expires_at});
    let change = Change::named("user", Some(user.as_uuid()), "role_assigned", values);
    Ok(tx
        .commit(change, Success::ok(Message::new("Role assigned successfully")))
        .await
        .map_err(Error::from)?)
}

/// Take a role from a user. A tenant keeps at least one administrator.
pub(crate) async fn unassign(
    guard: Guard<AssignRole>,
    Path2(user, role): Path2<UserId, RoleId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    // The role is locked, so that two administrators cannot remove each other at once.
    let role = tx.run(store::find_for_update(role)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&role)?;
    may_give(&guard.caller()?.grants, &catalogue, &mut tx, &role).await?;
    let written = tx.run(store::unassign(user, role.id)).await.map_err(Error::from)?;
    if written.0 == 0 {
        return Err(Error::NotFound.into());
    }
    if role.is_system && (role.name == TENANT_ADMIN || role.name == SUPER_ADMIN) {
        let left = tx.read(store::count_active(role.id)).await.map_err(Error::from)?;
        if left.is_none_or(|left| left.0 == 0) {
            return Err(Error::LastAdministrator.into());
        }
    }
    tx.announce(Topic::Access);
    let values = json!({"role_id": role.id, "role": role.name});
    let change = Change::named("user", Some(user.as_uuid()), "role_unassigned", values);
    Ok(tx
        .commit(change, Success::ok(Message::new("Role unassigned successfully")))
        .await
        .map_err(Error::from)?)
}

/// Refuse unless the caller holds all that the role grants.
pub(crate) async fn may_give(
    caller: &Grants,
    catalogue: &Catalogue,
    tx: &mut TenantTx,
    role: &Role,
) -> Result<(), Problem> {
    let stored = tx.read(store::grants(role.id)).await.map_err(Error::from)?;
    let grants = rules::grants_of(catalogue, role, stored);
    rules::held(catalogue, caller, &grants).map_err(|error| match error {
        Error::BeyondOwn(_) => {
            Error::BeyondOwn(vec![FieldError::new("#/role_id", "the role grants more than you hold")])
        }
        other => other,
    })?;
    let given = Given {
        ids: vec![role.id.as_uuid()],
        roles: vec![&role.name],
        families: vec![&role.role_family],
        ..Given::default()
    };
    Ok(through(tx, catalogue, caller, &given, "#/role_id").await?)
}
