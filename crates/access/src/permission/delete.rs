//! DELETE /permissions/{permission_id}

use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_web::{Guard, Message, Path, Problem, Success};

use super::store::{self, PermissionId};
use crate::role::Role;
use crate::{DeleteRole, Error};

/// Withdraw a permission that the tenant declared and no role grants.
pub(crate) async fn delete(
    guard: Guard<DeleteRole>,
    Path(id): Path<PermissionId>,
) -> Result<Committed<Success<Message>>, Problem> {
    guard.permit_all::<Role>()?;
    let mut tx = guard.tenant().begin()?;
    let declared = tx.read(store::find(id)).await?.ok_or(Error::NotFound)?;
    if tx.read(store::is_granted(declared.name.clone())).await?.is_some() {
        return Err(Error::PermissionInUse.into());
    }
    if tx.run(store::delete(id)).await?.0 == 0 {
        return Err(Error::NotFound.into());
    }
    let change = Change::named("permission", Some(id.as_uuid()), "deleted", json!({"name": declared.name}));
    Ok(tx.commit(change, Success::ok(Message::new("Permission deleted successfully"))).await?)
}
