//! GET /roles

use tenantry_kernel::Page;
use tenantry_web::{Guard, Listing};

use super::{Role, RoleView, store};
use crate::{Error, ReadRoles};

/// List the tenant's roles, by name. A tenant has tens of roles, not thousands: they come on one page.
pub(crate) async fn list(guard: Guard<ReadRoles>) -> Result<Listing<RoleView>, tenantry_web::Problem> {
    guard.permit_all::<Role>()?;
    let roles = guard.tenant().read(store::list()).await.map_err(Error::from)?;
    let items: Vec<RoleView> = roles.into_iter().map(|role| RoleView::new(role, None)).collect();
    Ok(Listing::new(Page { items, next: None }, None))
}
