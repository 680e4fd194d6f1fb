//! GET and PUT /users/me

use tenantry_access::roles_of;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, Use};

use super::profile::ChangedProfile;
use super::{UserView, store};
use crate::account::store as accounts;
use crate::mfa::own;
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

/// Change one's own profile. `managed` in the metadata is for administrators to change.
///
/// Another telephone number ends codes by text message as a second factor, and asks for recent proof where there are some.
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
    let mut changed = user.with_profile(request.by_oneself(&user)?, &keyring, &rng)?;
    let roles = tx.read(roles_of(id)).await?;
    if Change::between(&user, &changed).is_empty() {
        return Ok(tx.unchanged(Success::ok(UserView::new(user, &keyring, Some(roles))?)).await?);
    }
    changed.touch(clock.now());
    let mut told = vec![Change::between(&user, &changed)];
    if changed.phone(&keyring)? != user.phone(&keyring)? {
        told.extend(own::without_number(&guard, &mut tx, (&identity, &clock), &user).await?);
        changed.mfa_enabled = tx.read(store::find(id)).await?.is_some_and(|user| user.mfa_enabled);
    }
    tx.queue(super::save(&changed, id));
    if let Some(language) = changed.language.filter(|language| user.language != Some(*language)) {
        tx.queue(accounts::set_language(id, language));
    }
    Ok(tx.commit_all(told, Success::ok(UserView::new(changed, &keyring, Some(roles))?)).await?)
}
