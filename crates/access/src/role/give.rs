//! Giving roles in other modules' transactions: invitations, new users. The rule is that of assignment: nobody can give what they
//! do not hold.

use jiff::Timestamp;
use tenantry_db::TenantTx;
use tenantry_kernel::{RoleId, UserId};
use tenantry_web::Problem;
use tenantry_web::ports::{Extent, Grants};

use super::assign::may_give;
use super::store;
use crate::{AssignRole, Catalogue, Error};

/// Refuse unless somebody may give every one of these roles: by the permission to assign roles, and holding all that they grant.
///
/// # Errors
/// 404 for a role that does not exist; 403 `beyond_own` and its like.
pub async fn check_giving(
    tx: &mut TenantTx,
    catalogue: &Catalogue,
    giver: &Grants,
    roles: &[RoleId],
) -> Result<(), Problem> {
    use tenantry_web::Action as _;
    for role in roles {
        let role =
            tx.run(store::find_for_update(*role)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
        if giver.extent(AssignRole::INFO.name) != Some(Extent::Any) {
            let detail = "you may not give roles to users";
            return Err(Error::BeyondOwn(vec![tenantry_kernel::FieldError::new("#/role_ids", detail)]).into());
        }
        may_give(giver, catalogue, tx, &role).await?;
    }
    Ok(())
}

/// Whether somebody holds all that a role of the system grants, and so may let others have it by default.
///
/// # Errors
/// Those of the database.
pub async fn holds_role(
    tx: &mut TenantTx,
    catalogue: &Catalogue,
    giver: &Grants,
    name: &str,
) -> Result<bool, Problem> {
    let role = tx.read(store::find_by_name(name.to_owned())).await.map_err(Error::from)?;
    let role = role.ok_or(Error::NotFound)?;
    match may_give(giver, catalogue, tx, &role).await {
        Ok(()) => Ok(true),
        Err(problem) if problem.kind() == tenantry_kernel::ErrorKind::Forbidden => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Which of these roles still exist.
///
/// # Errors
/// Those of the database.
pub async fn existing_roles(tx: &mut TenantTx, roles: &[RoleId]) -> Result<Vec<RoleId>, Error> {
    let mut existing = Vec::new();
    for role in roles {
        existing.extend(tx.read(store::find(*role)).await?.map(|role| role.id));
    }
    Ok(existing)
}

/// Give roles to a user; the caller has checked that they may be given.
pub fn give_roles(tx: &mut TenantTx, user: UserId, roles: &[RoleId], by: Option<UserId>, at: Timestamp) {
    for role in roles {
        tx.queue(store::assign(user, *role, by, None, at));
    }
}

/// The id of a role, by its name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn role_named(tx: &mut TenantTx, name: &str) -> Result<RoleId, Error> {
    Ok(tx.read(store::find_by_name(name.to_owned())).await?.ok_or(Error::NotFound)?.id)
}
