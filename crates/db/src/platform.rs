//! Work across tenants: operators' transactions on the platform's tables, and look-ups before anyone is known.

use std::sync::Arc;

use jiff::Timestamp;
use tenantry_kernel::TenantId;
use uuid::Uuid;

use crate::change::Change;
use crate::error::Error;
use crate::flight::{Closing, Opening};
use crate::notify::Topic;
use crate::origin::Origin;
use crate::pool::{Databases, PoolHandle, Role};
use crate::reply::{Committed, Reply};
use crate::row::Written;
use crate::session::Session;
use crate::statement::{Batch, Controlling, Step};
use crate::trail::{self, Pen};

/// An operator's transaction on the platform's own tables; its trail is the root tenant's.
pub struct PlatformTx {
    session: Session,
    reason: String,
    signal: crate::notify::Committed,
}

impl PlatformTx {
    pub(crate) fn new(
        databases: &Databases,
        root: TenantId,
        origin: Arc<Origin>,
        reason: &str,
    ) -> Result<Self, Error> {
        let pool = databases.home_pool(Role::Platform)?;
        let pen = Pen { clock: databases.clock().clone(), rng: databases.rng().clone() };
        let session = Session::new(pool, root, origin, pen);
        Ok(Self { session, reason: reason.to_owned(), signal: databases.committed().clone() })
    }

    /// Run statements now.
    pub async fn run<B: Batch<Controlling>>(&mut self, batch: B) -> Result<B::Output, Error> {
        let answers = self.session.run(batch.steps(None)).await?;
        B::read(&answers)
    }

    /// Tell every node that what the directory says of `tenant` has changed.
    pub fn announce(&mut self, tenant: TenantId, topic: Topic) {
        self.session.announce(tenant, topic);
    }

    /// Commit, with the trail of the change and the operator's reason.
    pub async fn commit<T: Reply>(mut self, change: Change, reply: T) -> Result<Committed<T>, Error> {
        let tenant = self.session.tenant;
        let announced = self.session.take_announced();
        let change = if change.reason.is_none() { change.reason(self.reason) } else { change };
        let committed = self.session.commit(vec![change], reply).await?;
        self.signal.announced(&announced);
        self.signal.tell(tenant);
        Ok(committed)
    }

    /// End with nothing to tell of, as [`TenantTx::unchanged`](crate::TenantTx::unchanged).
    pub async fn unchanged<T: Reply>(self, reply: T) -> Result<Committed<T>, Error> {
        self.session.unchanged(reply).await
    }

    /// Commit one step of a longer work: like [`commit`](Self::commit), but the answer that a repeated request gets is
    /// not kept yet. A later step keeps it.
    pub async fn commit_step(mut self, change: Change) -> Result<(), Error> {
        let change = if change.reason.is_none() { change.reason(self.reason) } else { change };
        self.session.forget_key().await?;
        self.session.commit(vec![change], ()).await?;
        Ok(())
    }
}

/// Look-ups before anyone is known: host → tenant, tenant → placement and keys; and telling that something is revoked.
///
/// Runs as `tenantry_directory`, which may read the platform's tables and write `control.revocations`.
#[derive(Clone)]
pub struct Directory {
    pool: PoolHandle,
    root: TenantId,
}

crate::statements! {
    /// Refuse tokens of the subject that were issued before `not_before`.
    control upsert_revocation(
        tenant: TenantId, kind: &'static str, subject: Uuid, not_before: Timestamp, expires_at: Timestamp
    ) -> Written = "INSERT INTO control.revocations (tenant_id, kind, subject_id, not_before, expires_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, kind, subject_id) DO UPDATE \
        SET not_before = excluded.not_before, expires_at = excluded.expires_at";
}

impl Directory {
    pub(crate) fn new(databases: &Databases, root: TenantId) -> Result<Self, Error> {
        Ok(Self { pool: databases.home_pool(Role::Directory)?, root })
    }

    /// Look something up: one round trip.
    pub async fn find<B: Batch<Controlling>>(&self, batch: B) -> Result<B::Output, Error> {
        let mut conn = self.pool.get().await?;
        let steps = batch.steps(None);
        let answers = conn.fly(Some(Opening::Reading), &steps, Closing::Commit).await?;
        B::read(&answers)
    }

    /// Delete revocations that have lost their meaning. (The role may write nothing else.)
    pub async fn clean(&self, statement: crate::Control<Written>) -> Result<Written, Error> {
        let mut conn = self.pool.get().await?;
        let answers = conn.fly(Some(Opening::Plain), &statement.steps(None), Closing::Commit).await?;
        <crate::Control<Written> as Batch<Controlling>>::read(&answers)
    }

    /// Revoke, on every node: tokens of the subject issued before `not_before` are refused until `expires_at`.
    ///
    /// `kind` is `session`, `user`, `client` or `tenant`.
    pub async fn revoke(
        &self,
        tenant: TenantId,
        kind: &'static str,
        subject: Uuid,
        not_before: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let topic = Topic::Revocation { kind: kind.to_owned(), subject, not_before, expires_at };
        let steps = [
            Step::bound(upsert_revocation(tenant, kind, subject, not_before, expires_at), None),
            Step::bound(trail::notify(topic.message(tenant)), None),
        ];
        conn.fly(Some(Opening::Tenant(self.root)), &steps, Closing::Commit).await?;
        Ok(())
    }
}
pub(crate) use self::STATEMENTS as PLATFORM_STATEMENTS;
