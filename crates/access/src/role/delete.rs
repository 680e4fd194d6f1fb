//! DELETE /roles/{role_id}

use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::RoleId;
use tenantry_web::{Guard, IfMatch, Message, Path, Problem, Success, Use};

use super::model::RoleWithGrants;
use super::{rules, store};
use crate::{Catalogue, DeleteRole, Error};

/// Delete a role that nobody has.
pub(crate) async fn delete(
    guard: Guard<DeleteRole>,
    Path(id): Path<RoleId>,
    expected: IfMatch,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin().map_err(Error::from)?;
    let role = tx.run(store::find_for_update(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    guard.permit(&role)?;
    if role.is_system {
        return Err(Error::SystemRole.into());
    }
    expected.check(role.version)?;
    let grants = rules::specs(tx.read(store::grants(id)).await.map_err(Error::from)?);
    rules::held(&catalogue, &guard.caller()?.grants, &grants)?;
    tx.run(store::delete(id)).await.map_err(|error| match error.constraint() {
        Some("user_roles_role_fkey" | "group_roles_role_fkey") => Error::RoleInUse,
        _ => error.into(),
    })?;
    tx.announce(Topic::Access);
    let change = Change::deleted(&RoleWithGrants { role: &role, grants: &grants });
    Ok(tx
        .commit(change, Success::ok(Message::new("Role deleted successfully")))
        .await
        .map_err(Error::from)?)
}
