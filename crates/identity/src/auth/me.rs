//! GET /auth/me

use tenantry_web::{Guard, Problem, Success};

use super::view::{MeView, permissions};
use crate::user::store;
use crate::{Error, ReadMyself};

/// Get the signed-in user.
pub(crate) async fn me(guard: Guard<ReadMyself>) -> Result<Success<MeView>, Problem> {
    let caller = guard.caller()?;
    let user = guard.tenant().read(store::find_anyone(caller.user)).await?.ok_or(Error::NotFound)?;
    guard.permit(&user)?;
    Ok(Success::ok(MeView {
        id: user.id,
        email: user.email,
        tenant_id: guard.tenant_info().id,
        status: user.status,
        mfa_enabled: user.mfa_enabled,
        impersonator_id: caller.impersonator,
        roles: caller.grants.roles.iter().map(|(_, name)| name.clone()).collect(),
        permissions: permissions(&caller.grants),
    }))
}
