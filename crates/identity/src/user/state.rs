//! The states of a user, and which may follow which.
//!
//! Nobody returns to `pending`: what was verified stays verified. A ban is lifted first (to `inactive`), and only then is the
//! user let in again, so that it takes two deliberate steps.

use jiff::Timestamp;
use tenantry_access::keep_an_administrator;
use tenantry_db::{TenantTx, Topic};
use tenantry_kernel::UserId;

use super::{User, UserStatus};
use crate::Error;
use crate::device::trust;
use crate::service::Identity;
use crate::session::store as sessions;

impl UserStatus {
    /// Whether a user in this state may be put into another.
    const fn may_become(self, next: Self) -> bool {
        use UserStatus::{Active, Banned, Hold, Inactive, Pending, Suspended};
        match (self, next) {
            (Pending | Hold, Active | Inactive | Suspended | Banned)
            | (Pending, Hold)
            | (Active, Inactive | Hold | Suspended | Banned)
            | (Inactive, Active | Suspended | Banned)
            | (Suspended, Active | Inactive | Banned)
            | (Banned, Inactive) => true,
            (Pending | Active | Inactive | Hold | Suspended | Banned, _) => false,
        }
    }
}

impl User {
    /// Put the user into a state, for a reason. The same state again changes nothing.
    ///
    /// # Errors
    /// When the state cannot follow, or the user is deleted.
    pub(crate) fn put_into(
        &mut self,
        next: UserStatus,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.status == next {
            return Ok(());
        }
        if self.deleted_at.is_some() {
            return Err(Error::Deleted);
        }
        if !self.status.may_become(next) {
            return Err(Error::Transition { from: self.status, to: next });
        }
        self.status = next;
        self.status_reason = reason;
        self.status_changed_at = Some(now);
        Ok(())
    }

    /// Delete the user softly: the row stays, and can be restored.
    pub(crate) fn delete(&mut self, now: Timestamp) {
        if self.deleted_at.is_none() {
            self.deleted_at = Some(now);
            self.deleted_from = Some(self.status);
            self.status = UserStatus::Inactive;
            self.status_changed_at = Some(now);
        }
    }

    /// Take a deletion back: the user is in the state again that they were deleted from, be it a ban.
    pub(crate) fn restore(&mut self, now: Timestamp) {
        if self.deleted_at.take().is_some() {
            self.status = self.deleted_from.take().unwrap_or(self.status);
            self.status_changed_at = Some(now);
        }
    }
}

/// Save a user whose state may have changed, and end the sessions of whoever may no longer be in.
///
/// Returns whether the user must be [put out](put_out) as well, which no roll-back takes back: last of all.
pub(crate) async fn save_state(
    tx: &mut TenantTx,
    (before, after): (&User, &User),
    by: UserId,
    now: Timestamp,
) -> Result<bool, Error> {
    tx.run(super::save(after, by)).await?;
    let is_out = before.status == UserStatus::Active && after.status != UserStatus::Active;
    if is_out {
        keep_an_administrator(tx).await?;
        tx.run(sessions::revoke_all(after.id, now)).await?;
        trust::end(tx, after.id).await?;
    }
    if (before.status, before.email_verified) != (after.status, after.email_verified) {
        // Policies may ask for either, and keys for the state.
        tx.announce(Topic::Access);
    }
    Ok(is_out)
}

/// Refuse a user's access tokens from now on, on every node.
pub(crate) async fn put_out(identity: &Identity, tx: &TenantTx, user: UserId) -> Result<(), Error> {
    let life = identity.tokens.lifetimes().access;
    identity.revocations.revoke(tx.tenant_id(), "user", user.as_uuid(), life).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use UserStatus::{Active, Banned, Hold, Inactive, Pending, Suspended};

    fn user(status: UserStatus) -> User {
        let mut user =
            User::new(UserId::from_uuid(uuid::Uuid::nil()), "ada@acme.example".into(), Timestamp::UNIX_EPOCH);
        user.status = status;
        user
    }

    #[test]
    fn the_transitions_are_these() {
        let allowed: Vec<(UserStatus, UserStatus)> = UserStatus::ALL
            .iter()
            .flat_map(|from| UserStatus::ALL.iter().map(|to| (*from, *to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        let mut expected = vec![
            (Active, Inactive),
            (Active, Banned),
            (Active, Hold),
            (Active, Suspended),
            (Inactive, Active),
            (Inactive, Banned),
            (Inactive, Suspended),
            (Banned, Inactive),
            (Hold, Active),
            (Hold, Inactive),
            (Hold, Banned),
            (Hold, Suspended),
            (Pending, Active),
            (Pending, Inactive),
            (Pending, Banned),
            (Pending, Hold),
            (Pending, Suspended),
            (Suspended, Active),
            (Suspended, Inactive),
            (Suspended, Banned),
        ];
        expected.sort();
        let mut found = allowed;
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_deleted_user_comes_back_by_restoring_only() {
        let now = Timestamp::UNIX_EPOCH;
        for before in [Active, Inactive, Hold, Pending, Suspended, Banned] {
            let mut user = user(before);
            user.delete(now);
            user.delete(now);
            assert_eq!(user.status, Inactive);
            assert!(matches!(user.put_into(Active, None, now), Err(Error::Deleted)));
            user.restore(now);
            assert_eq!((user.status, user.deleted_at), (before, None));
            user.restore(now);
            assert_eq!(user.status, before);
        }
    }
}
