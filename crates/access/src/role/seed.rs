//! The roles that a new tenant starts with.

use jiff::Timestamp;
use tenantry_db::TenantTx;
use tenantry_kernel::{Clock, Rng, RoleId, UserId};

use super::store;
use crate::{Error, SYSTEM_ROLES};

/// Give the tenant its system roles; those that it has stay.
pub async fn seed_roles(tx: &mut TenantTx, clock: &Clock, rng: &Rng, is_root: bool) -> Result<(), Error> {
    for role in SYSTEM_ROLES.iter().filter(|role| is_root || !role.is_root_only) {
        let id = RoleId::new(clock, rng);
        let ensure = store::ensure_system(
            id,
            role.name.to_owned(),
            role.description.to_owned(),
            role.family.as_str().to_owned(),
            clock.now(),
        );
        tx.run(ensure).await?;
    }
    Ok(())
}

/// Give a role to a user, by the role's name; for the product's own use (first administrator, default role).
pub async fn assign_role(tx: &mut TenantTx, user: UserId, role: &str, at: Timestamp) -> Result<(), Error> {
    let role = tx.read(store::find_by_name(role.to_owned())).await?.ok_or(Error::NotFound)?;
    tx.queue(store::assign(user, role.id, None, None, at));
    Ok(())
}

/// Refuse a change that leaves the tenant without an active administrator.
///
/// The role is locked, so that two such changes at once do not miss each other.
pub async fn keep_an_administrator(tx: &mut TenantTx) -> Result<(), Error> {
    for name in [crate::SUPER_ADMIN, crate::TENANT_ADMIN] {
        let Some(role) = tx.read(store::find_by_name(name.to_owned())).await? else { continue };
        tx.run(store::find_for_update(role.id)).await?;
        let left = tx.read(store::count_active(role.id)).await?;
        return if left.is_some_and(|left| left.0 > 0) { Ok(()) } else { Err(Error::LastAdministrator) };
    }
    Ok(())
}

/// Give and take roles because of what another system says of a user; for the product's own use.
///
/// A role that the user has already is not given, so that it is not taken later either; unknown ones are left out. The
/// tenant's last administrator stays one. Returns what was given and what was taken.
pub async fn confer_roles(
    tx: &mut TenantTx,
    user: UserId,
    give: &[RoleId],
    take: &[RoleId],
    at: Timestamp,
) -> Result<(Vec<RoleId>, Vec<RoleId>), Error> {
    let held: Vec<RoleId> = tx.read(store::roles_of(user)).await?.iter().map(|role| role.id).collect();
    let mut given = Vec::new();
    for role in give.iter().filter(|role| !held.contains(role)) {
        if tx.read(store::find(*role)).await?.is_some() {
            tx.run(store::assign(user, *role, None, None, at)).await?;
            given.push(*role);
        }
    }
    let mut taken = Vec::new();
    for role in take {
        let Some(known) = tx.read(store::find(*role)).await? else { continue };
        tx.run(store::unassign(user, *role)).await?;
        if known.name == crate::TENANT_ADMIN && keep_an_administrator(tx).await.is_err() {
            tx.run(store::assign(user, *role, None, None, at)).await?;
            continue;
        }
        taken.push(*role);
    }
    if !given.is_empty() || !taken.is_empty() {
        tx.announce(tenantry_db::Topic::Access);
    }
    Ok((given, taken))
}

/// Take roles that had been given because of what another system said of users, and says no longer.
///
/// # Errors
/// [`Error::LastAdministrator`] when nobody would be left to administer the tenant.
pub async fn take_roles(tx: &mut TenantTx, pairs: Vec<(UserId, RoleId)>) -> Result<(), Error> {
    if pairs.is_empty() {
        return Ok(());
    }
    let (users, roles) = pairs.into_iter().unzip();
    tx.run(store::unassign_many(users, roles)).await?;
    tx.announce(tenantry_db::Topic::Access);
    keep_an_administrator(tx).await
}

/// Refuse roles that do not exist (404), or that grant more than the caller holds.
pub async fn may_confer(
    tx: &mut TenantTx,
    caller: &tenantry_web::ports::Grants,
    catalogue: &crate::Catalogue,
    roles: impl IntoIterator<Item = RoleId>,
) -> Result<(), tenantry_web::Problem> {
    for id in roles {
        let role = tx.read(store::find(id)).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
        super::assign::may_give(caller, catalogue, tx, &role).await?;
    }
    Ok(())
}
