//! POST /users/bulk/action

use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_db::{Change, Committed};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Body, Guard, Problem, Success, Use, View};

use crate::auth::store as credentials;
use crate::service::Identity;
use crate::user::state::{put_out, save_state};
use crate::user::{UserStatus, store};
use crate::{Error, UpdateUser};

tenantry_kernel::text_enum! {
    /// What to do with many users.
    pub(crate) enum BulkVerb {
        /// Put them into the state `active`.
        Activate = "activate",
        /// Put them into the state `inactive`.
        Deactivate = "deactivate",
        /// Put them into the state `suspended`.
        Suspend = "suspend",
        /// Put them into the state `hold`.
        Hold = "hold",
        /// Put them into the state `banned`.
        Ban = "ban",
        /// Let them try to sign in again.
        Unlock = "unlock",
    }
}

impl BulkVerb {
    const fn state(self) -> Option<UserStatus> {
        match self {
            Self::Activate => Some(UserStatus::Active),
            Self::Deactivate => Some(UserStatus::Inactive),
            Self::Suspend => Some(UserStatus::Suspended),
            Self::Hold => Some(UserStatus::Hold),
            Self::Ban => Some(UserStatus::Banned),
            Self::Unlock => None,
        }
    }
}

/// What to do, and with whom (document D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkAction {
    #[garde(skip)]
    action: BulkVerb,
    #[garde(length(min = 1, max = 100))]
    user_ids: Vec<UserId>,
    /// Why; kept with the state.
    #[garde(inner(length(chars, max = 500)))]
    reason: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BulkDone {
    /// How many users were asked for.
    requested: usize,
    /// Those that are different now.
    changed: Vec<UserId>,
}

impl View for BulkDone {}

/// Do the same to many users: to all of them, or to none.
pub(crate) async fn act(
    guard: Guard<UpdateUser>,
    clock: Clock,
    Use(identity): Use<Identity>,
    Body(request): Body<BulkAction>,
) -> Result<Committed<Success<BulkDone>>, Problem> {
    let (caller, now) = (guard.caller()?.user, clock.now());
    // In one order, so that two such requests do not wait for each other.
    let mut ids = request.user_ids;
    ids.sort();
    ids.dedup();
    let mut tx = guard.tenant().begin()?;
    let (mut trail, mut changed, mut out) = (Vec::new(), Vec::new(), Vec::new());
    for id in &ids {
        let user = tx.run(store::find_for_update(*id)).await?.ok_or(Error::NotFound)?;
        guard.permit(&user)?;
        let Some(state) = request.action.state() else {
            let account = tx.run(credentials::account_for_update(*id)).await?;
            if account.is_some_and(|account| account.failed_attempts.is_some_and(|count| count > 0)) {
                tx.run(credentials::save_state(*id, 0, None, None)).await?;
                trail.push(Change::named("user", Some(id.as_uuid()), "unlocked", json!({})));
                changed.push(*id);
            }
            continue;
        };
        let mut after = user.clone();
        after.put_into(state, request.reason.clone(), now)?;
        if after.status == user.status {
            continue;
        }
        if *id == caller {
            return Err(Error::OwnState.into());
        }
        after.touch(now);
        if save_state(&mut tx, (&user, &after), caller, now).await? {
            out.push(*id);
        }
        trail.push(Change::between(&user, &after));
        changed.push(*id);
    }
    let answer = Success::ok(BulkDone { requested: ids.len(), changed });
    if trail.is_empty() {
        return Ok(tx.unchanged(answer).await?);
    }
    // Only when nothing can be refused any more: for none of them before it is for all.
    for id in out {
        put_out(&identity, &tx, id).await?;
    }
    Ok(tx.commit_all(trail, answer).await?)
}
