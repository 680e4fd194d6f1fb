//! DELETE /users/{user_id}/mfa: for whoever has lost every second factor.

use serde_json::json;
use tenantry_access::{Catalogue, covers};
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Guard, Message, Path, Problem, Success, Use};

use super::store;
use crate::device::trust;
use crate::passkey::store as passkeys;
use crate::service::Identity;
use crate::session::store as sessions;
use crate::user::state::put_out;
use crate::user::store as users;
use crate::{Error, ResetMfa};

/// Remove all second factors, passkeys and backup codes of a user, and end their sessions. They sign in with the password alone, until
/// they set up another.
///
/// # Errors
/// 409 for one's own: whoever is signed in removes their own with recent proof; 403 for somebody who holds more.
pub(crate) async fn reset(
    guard: Guard<ResetMfa>,
    clock: Clock,
    Path(id): Path<UserId>,
    Use(identity): Use<Identity>,
    Use(catalogue): Use<Catalogue>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let user = tx.run(users::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    if id == guard.caller()?.user {
        return Err(Error::OwnState.into());
    }
    let theirs = guard.grants_of_other(id).await?;
    if !covers(&catalogue, &guard.caller()?.grants, &theirs) {
        return Err(Error::BeyondOwn.into());
    }
    let answer = Success::ok(Message::new("MFA reset successfully"));
    let gone =
        tx.run((store::delete_all(id), passkeys::delete_all(id), store::delete_backup_codes(id))).await?;
    let methods = gone.0.0 + gone.1.0;
    if methods == 0 && !user.mfa_enabled {
        return Ok(tx.unchanged(answer).await?);
    }
    tx.run((store::set_enabled(id, false, clock.now()), sessions::revoke_all(id, clock.now()))).await?;
    trust::end(&mut tx, id).await?;
    tx.announce(Topic::Access);
    put_out(&identity, &tx, id).await?;
    let change = Change::named("user", Some(id.as_uuid()), "mfa_reset", json!({"methods": methods}));
    Ok(tx.commit(change, answer).await?)
}
