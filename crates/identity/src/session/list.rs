//! GET /users/{user_id}/sessions

use tenantry_kernel::{Clock, Page, UserId};
use tenantry_web::{Guard, Listing, Path, Problem, Use};

use super::store::{self, SessionView};
use crate::service::Identity;
use crate::user::store as users;
use crate::{Error, ReadSessions};

/// List the sessions of a user that can still be used, newest first.
pub(crate) async fn list(
    guard: Guard<ReadSessions>,
    clock: Clock,
    Path(user): Path<UserId>,
    Use(identity): Use<Identity>,
) -> Result<Listing<SessionView>, Problem> {
    let now = clock.now();
    let used_since = now - identity.tokens.lifetimes().idle;
    let (user, items) =
        guard.tenant().read((users::find(user), store::list_active(user, now, used_since))).await?;
    guard.permit(&user.ok_or(Error::NotFound)?)?;
    Ok(Listing::new(Page { items, next: None }, None))
}
