//! GET and PUT /users/me

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_access::roles_of;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Body, Guard, IfMatch, Problem, Success, Use, present};

use super::model::{check_avatar, check_metadata};
use super::{UserView, store};
use crate::service::Identity;
use crate::{Error, Myself};

/// What to change of one's own profile; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedProfile {
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 100))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    first_name: Option<Option<String>>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 100))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    last_name: Option<Option<String>>,
    /// International form: `+1234567890`.
    #[garde(skip)]
    phone: Option<String>,
    #[garde(inner(length(max = 500)))]
    avatar_url: Option<String>,
    #[garde(skip)]
    metadata: Option<Value>,
}

/// Get one's own profile.
pub(crate) async fn get(
    guard: Guard<Myself>,
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
    let mut changed = user.clone();
    if let Some(phone) = &request.phone {
        changed.set_phone(&keyring, &rng, phone)?;
    }
    if let Some(metadata) = request.metadata {
        check_metadata(&metadata)?;
        changed.metadata = metadata;
    }
    if let Some(url) = &request.avatar_url {
        check_avatar(url)?;
        changed.avatar_url.clone_from(&request.avatar_url);
    }
    changed.first_name = request.first_name.unwrap_or(changed.first_name);
    changed.last_name = request.last_name.unwrap_or(changed.last_name);
    changed.touch(clock.now());
    tx.run(super::save(&changed, id)).await?;
    let roles = tx.read(roles_of(id)).await?;
    let change = Change::between(&user, &changed);
    Ok(tx.commit(change, Success::ok(UserView::new(changed, &keyring, Some(roles))?)).await?)
}
