//! Revocations: tokens that are refused before they expire, on every node within a second.
//!
//! A session's end is final: none of its tokens is good again. A user or a tenant may come back, so there it counts when
//! a token was issued: up to the millisecond of the revocation it is refused. Tokens tell milliseconds only, so one that
//! is issued in that very millisecond, but after the revocation, is dated into the next ([`Revocations::date_token`]).
//!
//! Each node holds all of them in memory, told by NOTIFY. After a cut line everything is loaded anew; while the line is
//! down, every check asks the database: closed, not open.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use tenantry_db::{Directory, Heard, Listener, Scalar, Topic, Written};
use tenantry_kernel::{Clock, SessionId, TenantId, UserId};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::Error;

tenantry_db::row! {
    /// A revocation in force.
    #[derive(Debug, Clone)]
    pub(crate) struct RevocationRow {
        tenant_id: TenantId,
        kind: String,
        subject_id: Uuid,
        not_before: Timestamp,
        expires_at: Timestamp,
    }
}

tenantry_db::statements! {
    /// Everything in force.
    control all(now: Timestamp) -> Vec<RevocationRow>
        = "SELECT tenant_id, kind, subject_id, not_before, expires_at FROM control.revocations WHERE expires_at > $1";

    /// Whether a token of this session, user and tenant, issued then, is refused.
    control is_revoked(tenant: TenantId, session: SessionId, user: UserId, issued: Timestamp) -> Option<Scalar<bool>>
        = "SELECT true FROM control.revocations WHERE tenant_id = $1 AND ((kind = 'session' AND subject_id = $2) \
           OR (((kind = 'user' AND subject_id = $3) OR (kind = 'tenant' AND subject_id = $1)) AND not_before >= $4)) LIMIT 1";

    /// Up to when tokens of this user are refused.
    control last_of(tenant: TenantId, user: UserId) -> Option<Scalar<Timestamp>>
        = "SELECT not_before FROM control.revocations WHERE tenant_id = $1 AND ((kind = 'user' AND subject_id = $2) \
           OR (kind = 'tenant' AND subject_id = $1)) ORDER BY not_before DESC LIMIT 1";

    /// Whether a token issued then is refused because of one of these.
    control is_any_revoked(tenant: TenantId, subjects: Vec<Uuid>, issued: Timestamp) -> Option<Scalar<bool>>
        = "SELECT true FROM control.revocations WHERE tenant_id = $1 AND kind IN ('session', 'user', 'client', 'tenant') \
           AND subject_id = ANY($2) AND not_before >= $3 LIMIT 1";

    /// Nothing that has lost its meaning.
    control delete_expired(before: Timestamp) -> Written = "DELETE FROM control.revocations WHERE expires_at < $1";
}

/// How long a token can live at most, whatever it is for: an operator's in a user's name lives up to an hour.
pub(crate) const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(1);

type Key = (TenantId, Uuid);
type Map = HashMap<Key, (Timestamp, Timestamp)>;

/// What is revoked, in memory. Subjects of all kinds share one map: ids are unique.
pub struct Revocations {
    map: RwLock<Option<Map>>,
    directory: Directory,
    listener: Listener,
    clock: Clock,
}

impl Revocations {
    /// Start listening, and load what is in force.
    pub fn start(directory: Directory, listener: &Listener, clock: Clock) -> Arc<Self> {
        let revocations =
            Arc::new(Self { map: RwLock::new(None), directory, listener: listener.clone(), clock });
        let mut heard = listener.subscribe();
        let weak = Arc::downgrade(&revocations);
        tokio::spawn(async move {
            // The line may have been set up before anybody listened here.
            if let Some(revocations) = weak.upgrade() {
                revocations.reload().await;
            }
            loop {
                let message = heard.recv().await;
                let Some(revocations) = weak.upgrade() else { return };
                match message {
                    Ok(Heard::Signal(signal)) => {
                        if let Topic::Revocation { subject, not_before, expires_at, .. } = signal.topic {
                            revocations.note(signal.tenant, subject, not_before, expires_at);
                        }
                    }
                    Ok(Heard::Reconnected) | Err(RecvError::Lagged(_)) => revocations.reload().await,
                    Err(RecvError::Closed) => return,
                }
            }
        });
        revocations
    }

    fn note(&self, tenant: TenantId, subject: Uuid, not_before: Timestamp, expires_at: Timestamp) {
        if let Some(map) = self.map.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            map.insert((tenant, subject), (not_before, expires_at));
        }
    }

    async fn reload(&self) {
        // Until the load is done, checks ask the database.
        *self.map.write().unwrap_or_else(PoisonError::into_inner) = None;
        match self.directory.find(all(self.clock.now())).await {
            Ok(rows) => {
                let map = rows
                    .into_iter()
                    .map(|row| ((row.tenant_id, row.subject_id), (row.not_before, row.expires_at)));
                *self.map.write().unwrap_or_else(PoisonError::into_inner) = Some(map.collect());
            }
            Err(error) => {
                tracing::warn!(error = %error, "revocations could not be loaded; checks ask the database");
            }
        }
    }

    /// Whether a token issued at `issued` is refused.
    pub async fn is_revoked(
        &self,
        tenant: TenantId,
        session: SessionId,
        user: UserId,
        issued: Timestamp,
    ) -> Result<bool, Error> {
        if self.listener.is_connected()
            && let Some(map) = self.map.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        {
            if map.is_empty() {
                return Ok(false);
            }
            return Ok(is_hit(map, tenant, session, user, issued));
        }
        let found = self.directory.find(is_revoked(tenant, session, user, issued)).await?;
        Ok(found.is_some())
    }

    /// Whether a session (or an API key) has been ended, as far as that is still told.
    pub(crate) async fn is_ended(&self, tenant: TenantId, session: SessionId) -> Result<bool, Error> {
        self.is_revoked(tenant, session, UserId::from_uuid(Uuid::nil()), Timestamp::MAX).await
    }

    /// When a token that is issued now says it was: in whole milliseconds, and after every revocation of the user and
    /// the tenant so far.
    pub(crate) async fn date_token(
        &self,
        tenant: TenantId,
        user: UserId,
        now: Timestamp,
    ) -> Result<Timestamp, Error> {
        if self.listener.is_connected()
            && let Some(map) = self.map.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        {
            let of = |subject| map.get(&(tenant, subject)).map(|(not_before, _)| *not_before);
            return Ok(dated(now, of(user.as_uuid()).max(of(tenant.as_uuid()))));
        }
        let last = self.directory.find(last_of(tenant, user)).await?;
        Ok(dated(now, last.map(|last| last.0)))
    }

    /// Whether a token issued at `issued` is refused because of its tenant or of one of `subjects`: its session, user,
    /// client, grant, or itself.
    ///
    /// # Errors
    /// Those of the database, which is asked while the line of announcements is down.
    pub async fn is_any_revoked(
        &self,
        tenant: TenantId,
        subjects: &[Uuid],
        issued: Timestamp,
    ) -> Result<bool, Error> {
        let with_tenant = || subjects.iter().copied().chain([tenant.as_uuid()]);
        if self.listener.is_connected()
            && let Some(map) = self.map.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        {
            let hit =
                |subject| map.get(&(tenant, subject)).is_some_and(|(not_before, _)| *not_before >= issued);
            return Ok(!map.is_empty() && with_tenant().any(hit));
        }
        let found = self.directory.find(is_any_revoked(tenant, with_tenant().collect(), issued)).await?;
        Ok(found.is_some())
    }

    /// Refuse the tokens of a session or user that have been issued so far.
    pub(crate) async fn revoke(
        &self,
        tenant: TenantId,
        kind: &'static str,
        subject: Uuid,
        life: SignedDuration,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let until = now + life.max(LONGEST_LIFE) + SignedDuration::from_mins(1);
        self.directory.revoke(tenant, kind, subject, now, until).await?;
        self.note(tenant, subject, now, until);
        Ok(())
    }

    /// Refuse a single token or a whole grant, by its id, for as long as any of its tokens could live.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refuse(
        &self,
        tenant: TenantId,
        subject: Uuid,
        life: jiff::SignedDuration,
    ) -> Result<(), Error> {
        let until = self.clock.now() + life + jiff::SignedDuration::from_mins(1);
        self.directory.revoke(tenant, "session", subject, until, until).await?;
        self.note(tenant, subject, until, until);
        Ok(())
    }

    /// Refuse what a client has been issued so far.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn refuse_client(
        &self,
        tenant: TenantId,
        client: Uuid,
        life: jiff::SignedDuration,
    ) -> Result<(), Error> {
        self.revoke(tenant, "client", client, life).await
    }

    /// Forget, here and in the database, what has lost its meaning.
    pub async fn clean(&self) -> Result<(), Error> {
        let now = self.clock.now();
        self.directory.clean(delete_expired(now)).await?;
        if let Some(map) = self.map.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            map.retain(|_, (_, expires_at)| *expires_at > now);
        }
        Ok(())
    }
}

fn is_hit(map: &Map, tenant: TenantId, session: SessionId, user: UserId, issued: Timestamp) -> bool {
    let is_refused =
        |subject| map.get(&(tenant, subject)).is_some_and(|(not_before, _)| *not_before >= issued);
    map.contains_key(&(tenant, session.as_uuid()))
        || is_refused(user.as_uuid())
        || is_refused(tenant.as_uuid())
}

/// `now` in whole milliseconds; later than `last`.
fn dated(now: Timestamp, last: Option<Timestamp>) -> Timestamp {
    let millis = last.map_or(i64::MIN, |last| last.as_millisecond().saturating_add(1));
    Timestamp::from_millisecond(millis.max(now.as_millisecond())).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(NOW * 1000 + micros).unwrap()
    }

    fn id<T>(number: u128, make: impl Fn(Uuid) -> T) -> T {
        make(Uuid::from_u128(number))
    }

    /// What is revoked at an instant, and whether a token of that millisecond is refused.
    fn refuses(subject: u128, not_before: Timestamp, issued: Timestamp) -> bool {
        let tenant = id(1, TenantId::from_uuid);
        let map = Map::from([((tenant, Uuid::from_u128(subject)), (not_before, not_before))]);
        is_hit(&map, tenant, id(2, SessionId::from_uuid), id(3, UserId::from_uuid), issued)
    }

    #[test]
    fn a_token_of_the_millisecond_of_its_revocation_is_refused() {
        for subject in [1, 2, 3] {
            for micros in [0, 1, 999] {
                assert!(refuses(subject, at(micros), at(0)), "{subject} {micros}");
            }
        }
        assert!(!refuses(4, at(0), at(0)));
    }

    #[test]
    fn a_token_issued_after_the_revocation_is_good_even_in_the_same_millisecond() {
        for revoked in [0, 1, 999] {
            for now in revoked..1000 {
                let issued = dated(at(now), Some(at(revoked)));
                assert!(!refuses(3, at(revoked), issued), "{revoked} {now}");
                assert!(!refuses(1, at(revoked), issued), "{revoked} {now}");
            }
        }
        assert_eq!(dated(at(2500), Some(at(0))), at(2000));
        assert_eq!(dated(at(2500), None), at(2000));
    }

    #[test]
    fn a_session_that_has_ended_stays_ended() {
        assert!(refuses(2, at(0), at(5_000_000)));
        assert!(!refuses(3, at(0), at(5_000_000)));
    }
}
