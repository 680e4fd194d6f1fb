//! Revocations: tokens that are refused before they expire, on every node within a second.
//!
//! Each node holds all of them in memory, told by NOTIFY. After a cut line everything is loaded anew; while the line is
//! down, every check asks the database: closed, not open.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
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
           OR (kind = 'user' AND subject_id = $3) OR (kind = 'tenant' AND subject_id = $1)) AND not_before > $4 LIMIT 1";

    /// Whether a token issued then is refused because of one of these.
    control is_any_revoked(tenant: TenantId, subjects: Vec<Uuid>, issued: Timestamp) -> Option<Scalar<bool>>
        = "SELECT true FROM control.revocations WHERE tenant_id = $1 AND kind IN ('session', 'user', 'client', 'tenant') \
           AND subject_id = ANY($2) AND not_before > $3 LIMIT 1";

    /// Nothing that has lost its meaning.
    control delete_expired(before: Timestamp) -> Written = "DELETE FROM control.revocations WHERE expires_at < $1";
}

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
            let subjects = [session.as_uuid(), user.as_uuid(), tenant.as_uuid()];
            let hit =
                |subject| map.get(&(tenant, subject)).is_some_and(|(not_before, _)| *not_before > issued);
            return Ok(subjects.into_iter().any(hit));
        }
        let found = self.directory.find(is_revoked(tenant, session, user, issued)).await?;
        Ok(found.is_some())
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
                |subject| map.get(&(tenant, subject)).is_some_and(|(not_before, _)| *not_before > issued);
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
        life: jiff::SignedDuration,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let until = now + life + jiff::SignedDuration::from_mins(1);
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
