//! GET and PUT /users/me

use tenantry_access::roles_of;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, Use};

use super::profile::ChangedProfile;
use super::{UserView, store};
use crate::service::Identity;
use crate::{Error, Myself, ReadMyself};

/// Get one's own profile.
pub(crate) async fn get(
    guard: Guard<ReadMyself>,
    Use(identity): Use<Identity>,
) -> Result<Success<UserView>, Problem> {
    let tenant = guard.tenant();
    let id = guard.caller()?.user;
    let (user, roles) = tenant.read((store::find(id), roles_of(id))).await?;
    let user = user.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    Ok(Success::ok(UserView::new(user, &keyring, Some(roles))?))
}

/// Change one's own profile.
pub(crate) async fn update(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    expected: IfMatch,
    Use(identity): Use<Identity>,
    Body(request): Body<ChangedProfile>,
) -> Result<Committed<Success<UserView>>, Problem> {
    let tenant = guard.tenant();
    let id = guard.caller()?.user;
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    let user = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    expected.check(user.version)?;
    let mut changed = user.with_profile(request, &keyring, &rng)?;
    let roles = tx.read(roles_of(id)).await?;
    if Change::between(&user, &changed).is_empty() {
        return Ok(tx.unchanged(Success::ok(UserView::new(user, &keyring, Some(roles))?)).await?);
    }
    changed.touch(clock.now());
    tx.queue(super::save(&changed, id));
    let change = Change::between(&user, &changed);
    Ok(tx.commit(change, Success::ok(UserView::new(changed, &keyring, Some(roles))?)).await?)
}
