//! GET /roles/{role_id}

use tenantry_kernel::RoleId;
use tenantry_web::{Guard, Path, Problem, Success, Use};

use super::{RoleView, rules, store};
use crate::{Catalogue, Error, ReadRoles};

/// Get a role and what it grants.
pub(crate) async fn get(
    guard: Guard<ReadRoles>,
    Path(id): Path<RoleId>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Success<RoleView>, Problem> {
    let (role, stored) =
        guard.tenant().read((store::find(id), store::grants(id))).await.map_err(Error::from)?;
    let role = role.ok_or(Error::NotFound)?;
    guard.permit(&role)?;
    let grants = rules::grants_of(&catalogue, &role, stored);
    Ok(Success::ok(RoleView::new(role, Some(grants))))
}
