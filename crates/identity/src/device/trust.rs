//! POST and DELETE /users/me/devices/{device_id}/trust: whether a device stands for the second factor.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tenantry_db::{Committed, TenantTx, Topic};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Asker, Guard, Path, Problem, Success, View, WithCookies};

use super::model::{DeviceId, DeviceView, told, trusted_until};
use super::shown::{Fresh, Kept, Shown};
use super::store;
use crate::mfa::{ACR_TWO, acr_of, policy, recent, store as factors};
use crate::user::store as users;
use crate::{Error, Myself};

/// None of a user's devices stands for a second factor any longer.
pub(crate) async fn end(tx: &mut TenantTx, user: UserId) -> Result<(), Error> {
    if tx.run(store::distrust_all(user)).await?.0 > 0 {
        tx.announce(Topic::Access);
    }
    Ok(())
}

/// A device that stands for the second factor from now on, by a secret that nobody had before.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TrustedDevice {
    #[serde(flatten)]
    device: DeviceView,
    /// Keep it instead of the one before, and send it with the next sign-in. Told once; pages with cookies have it in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

impl View for TrustedDevice {}

/// Let the device that asks stand for the second factor, for the days that the tenant allows. It gets another secret: the one that it
/// had may have been copied while it gave nothing.
///
/// # Errors
/// 401 `proof_too_old` unless the second factor was shown in this session a short while ago; 409 `device_not_current` for another
/// device than the one that asks, `trust_not_allowed` where the tenant allows none.
pub(crate) async fn trust(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    asker: Asker,
    Path(id): Path<DeviceId>,
) -> Result<WithCookies<Committed<Success<TrustedDevice>>>, Problem> {
    let (caller, now) = (guard.caller()?, clock.now());
    let (user, session) = (caller.user, caller.session);
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    tx.run(policy::hold()).await?;
    let own = store::find_own(user, now, session, id);
    let (device, policy, amr) = tx.read((own, policy::find(), factors::amr_of(session))).await?;
    let device = device.ok_or(Error::NotFound)?;
    recent::require(&guard, &mut tx, now).await?;
    if !device.is_current {
        return Err(Error::DeviceNotCurrent.into());
    }
    let days = policy.unwrap_or_default().trusted_device_days;
    if days == 0 || !person.mfa_enabled {
        return Err(Error::TrustNotAllowed.into());
    }
    if amr.is_none_or(|amr| acr_of(&amr.0) != ACR_TWO) {
        return Err(Error::ProofTooOld.into());
    }
    let (until, fresh) = (trusted_until(now, days), Fresh::make(&rng));
    tx.run(store::trust(id, fresh.hash.clone(), now, until)).await?;
    tx.announce(Topic::Access);
    let values = json!({"device_id": id, "name": device.name, "trusted_until": until});
    let change = told((&clock, &rng), user, ("trusted", "auth:device_trusted"), values);
    let (device_token, cookie) = match Shown::by_caller(&asker, guard.tenant_info()).kept(id, Some(&fresh)) {
        Some(Kept::Token(token)) => (Some(token), None),
        Some(Kept::Cookie(value)) => (None, Some(value)),
        None => (None, None),
    };
    let device = DeviceView { trusted_until: Some(until), ..device };
    let answer = tx.commit(change, Success::ok(TrustedDevice { device, device_token })).await?;
    let answer = WithCookies::none(answer);
    Ok(match cookie {
        Some(value) => answer.with_device(guard.tenant_info(), &value),
        None => answer,
    })
}

/// Ask for the second factor again on one of one's own devices.
pub(crate) async fn distrust(
    guard: Guard<Myself>,
    clock: Clock,
    rng: Rng,
    Path(id): Path<DeviceId>,
) -> Result<Committed<Success<DeviceView>>, Problem> {
    let (caller, now) = (guard.caller()?, clock.now());
    let mut tx = guard.tenant().begin()?;
    let person = tx.run(users::find_for_update(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&person)?;
    let device =
        tx.read(store::find_own(caller.user, now, caller.session, id)).await?.ok_or(Error::NotFound)?;
    let answer = Success::ok(DeviceView { trusted_until: None, ..device.clone() });
    if tx.run(store::distrust(id)).await?.0 == 0 {
        return Ok(tx.unchanged(answer).await?);
    }
    tx.announce(Topic::Access);
    let values = json!({"device_id": id, "name": device.name});
    let change = told((&clock, &rng), caller.user, ("distrusted", "auth:device_distrusted"), values);
    Ok(tx.commit(change, answer).await?)
}
