//! PUT /users/{user_id}

use garde::Validate;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_access::roles_of;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, IfMatch, Path, Problem, Success, Use, present};

use super::profile::ChangedProfile;
use super::state::{put_out, save_state};
use super::{UserStatus, UserView, store};
use crate::service::Identity;
use crate::{Error, UpdateUser};

/// What to change of a user; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedUser {
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
    /// Anything but `active` signs the user out at once. Not every state follows every other; none follows to `pending`, and
    /// a ban is lifted to `inactive` first.
    #[garde(skip)]
    status: Option<UserStatus>,
    /// Why the state is changed; kept with it.
    #[garde(inner(length(chars, max = 500)))]
    status_reason: Option<String>,
    #[garde(skip)]
    email_verified: Option<bool>,
}

impl ChangedUser {
    /// The profile, and what only an administrator may change.
    fn into_parts(self) -> (ChangedProfile, (Option<UserStatus>, Option<String>), Option<bool>) {
        let Self {
            first_name,
            last_name,
            phone,
            avatar_url,
            metadata,
            status,
            status_reason,
            email_verified,
        } = self;
        let profile = ChangedProfile { first_name, last_name, phone, avatar_url, language: None, metadata };
        (profile, (status, status_reason), email_verified)
    }
}

/// Change a user.
pub(crate) async fn update(
    guard: Guard<UpdateUser>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<UserId>,
    expected: IfMatch,
    Use(identity): Use<Identity>,
    Body(request): Body<ChangedUser>,
) -> Result<Committed<Success<UserView>>, Problem> {
    let tenant = guard.tenant();
    let caller = guard.caller()?.user;
    let now = clock.now();
    let keyring = identity.keys.keyring(tenant.tenant_id()).await?;
    let mut tx = tenant.begin()?;
    let user = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    expected.check(user.version)?;
    let (profile, (status, reason), email_verified) = request.into_parts();
    let mut changed = user.with_profile(profile, &keyring, &rng)?;
    changed.email_verified = email_verified.unwrap_or(changed.email_verified);
    if let Some(status) = status {
        changed.put_into(status, reason, now)?;
    }
    if changed.status != user.status && id == caller {
        return Err(Error::OwnState.into());
    }
    let roles = tx.read(roles_of(id)).await?;
    if Change::between(&user, &changed).is_empty() {
        return Ok(tx.unchanged(Success::ok(UserView::new(user, &keyring, Some(roles))?)).await?);
    }
    changed.touch(now);
    if save_state(&mut tx, (&user, &changed), caller, now).await? {
        put_out(&identity, &tx, id).await?;
    }
    let change = Change::between(&user, &changed);
    Ok(tx.commit(change, Success::ok(UserView::new(changed, &keyring, Some(roles))?)).await?)
}
