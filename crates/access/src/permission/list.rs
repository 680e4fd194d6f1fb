//! GET /permissions

use tenantry_kernel::{Page, Permission};
use tenantry_web::{Guard, Listing, Problem, Use};

use super::{PermissionView, store};
use crate::role::Role;
use crate::{Catalogue, Error, ReadRoles};

/// List every permission that a role of the tenant can grant.
pub(crate) async fn list(
    guard: Guard<ReadRoles>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Listing<PermissionView>, Problem> {
    guard.permit_all::<Role>()?;
    let declared = guard.tenant().read(store::list()).await.map_err(Error::from)?;
    let mut items: Vec<PermissionView> = catalogue
        .permissions(guard.tenant_info().is_root)
        .map(|info| view(None, Permission::from_static(info.name), Some(info.description.to_owned()), true))
        .collect();
    items.extend(declared.into_iter().filter_map(|one| {
        let permission = one.name.parse().ok()?;
        Some(view(Some(one.id), permission, one.description, false))
    }));
    Ok(Listing::new(Page { items, next: None }, None))
}

pub(super) fn view(
    id: Option<uuid::Uuid>,
    permission: Permission,
    description: Option<String>,
    is_system: bool,
) -> PermissionView {
    PermissionView {
        id,
        resource: permission.resource().to_owned(),
        action: permission.action().to_owned(),
        name: permission.to_string(),
        description,
        is_system,
    }
}
