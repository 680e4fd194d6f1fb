//! GET /users/{user_id}

use tenantry_access::roles_of;
use tenantry_kernel::UserId;
use tenantry_web::{Guard, Path, Problem, Success, Use};

use super::{UserView, store};
use crate::service::Identity;
use crate::{Error, ReadUsers};

/// Get a user with their roles.
pub(crate) async fn get(
    guard: Guard<ReadUsers>,
    Path(id): Path<UserId>,
    Use(identity): Use<Identity>,
) -> Result<Success<UserView>, Problem> {
    let tenant = guard.tenant();
    let (user, roles) = tenant.read((store::find(id), roles_of(id))).await?;
    let user = user.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    Ok(Success::ok(UserView::new(user, &keyring, Some(roles))?))
}
