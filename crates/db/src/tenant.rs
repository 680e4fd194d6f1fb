//! The scope of one tenant.

use std::sync::Arc;

use tenantry_kernel::TenantId;

use crate::change::Change;
use crate::error::Error;
use crate::flight::{Closing, Opening};
use crate::notify::Topic;
use crate::origin::Origin;
use crate::placement::Placement;
use crate::pool::{Databases, Role};
use crate::reply::{Committed, Reply};
use crate::row::Written;
use crate::session::Session;
use crate::statement::{Batch, Log, Reading, Step, Writing};
use crate::trail::Pen;

/// A tenant and an actor, bound by authentication: the only way to a tenant's rows.
#[derive(Clone)]
pub struct TenantDb {
    databases: Databases,
    placement: Arc<Placement>,
    origin: Arc<Origin>,
}

impl TenantDb {
    pub(crate) fn new(databases: Databases, placement: Arc<Placement>, origin: Arc<Origin>) -> Self {
        Self { databases, placement, origin }
    }

    /// The tenant.
    pub fn tenant_id(&self) -> TenantId {
        self.placement.tenant
    }

    /// Where the tenant's rows live.
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// Who asks, and from where.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Read in a transaction of its own: one network round trip, however many statements the batch has.
    pub async fn read<B: Batch<Reading>>(&self, batch: B) -> Result<B::Output, Error> {
        let steps = batch.steps(Some(self.placement.tenant));
        let mut conn = self.databases.pool(&self.placement, Role::App)?.get().await?;
        let opening = Opening::TenantReading(self.placement.tenant);
        let answers = conn.fly(Some(opening), &steps, Closing::Commit).await?;
        B::read(&answers)
    }

    /// Append to a log (decisions, deliveries) that is not itself a change: one round trip for all rows.
    pub async fn log(&self, rows: Vec<Log<Written>>) -> Result<(), Error> {
        let steps: Vec<Step> =
            rows.into_iter().map(|row| Step::bound(row, Some(self.placement.tenant))).collect();
        let mut conn = self.databases.pool(&self.placement, Role::App)?.get().await?;
        conn.fly(Some(Opening::Tenant(self.placement.tenant)), &steps, Closing::Commit).await?;
        Ok(())
    }

    /// Start a transaction. Nothing is sent until its first statement.
    pub fn begin(&self) -> Result<TenantTx, Error> {
        let pool = self.databases.pool(&self.placement, Role::App)?;
        let pen = Pen { clock: self.databases.clock().clone(), rng: self.databases.rng().clone() };
        let read =
            TenantRead { session: Session::new(pool, self.placement.tenant, Arc::clone(&self.origin), pen) };
        Ok(TenantTx { read, signal: self.databases.committed().clone() })
    }
}

impl std::fmt::Debug for TenantDb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TenantDb({})", self.placement.tenant)
    }
}

/// Reads inside a transaction of one tenant.
pub struct TenantRead {
    session: Session,
}

impl TenantRead {
    /// Run reads now, in one flush.
    pub async fn read<B: Batch<Reading>>(&mut self, batch: B) -> Result<B::Output, Error> {
        let answers = self.session.run(batch.steps(Some(self.session.tenant))).await?;
        B::read(&answers)
    }

    /// The tenant.
    pub const fn tenant_id(&self) -> TenantId {
        self.session.tenant
    }
}

/// A transaction of one tenant. Dropping it rolls back; [`commit`](Self::commit) is the only other way to end it, and
/// it takes the [`Change`] that the trail will show.
pub struct TenantTx {
    read: TenantRead,
    signal: crate::notify::Committed,
}

impl std::ops::Deref for TenantTx {
    type Target = TenantRead;

    fn deref(&self) -> &TenantRead {
        &self.read
    }
}

impl std::ops::DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut TenantRead {
        &mut self.read
    }
}

impl TenantTx {
    /// Run writes (or locking reads) now.
    pub async fn run<B: Batch<Writing>>(&mut self, batch: B) -> Result<B::Output, Error> {
        let answers = self.read.session.run(batch.steps(Some(self.read.session.tenant))).await?;
        B::read(&answers)
    }

    /// Run a write together with what comes next, at the latest with `COMMIT`.
    ///
    /// Only for writes that cannot miss: inserts, and rows that this transaction has locked. A queued write that
    /// touches no row is reported as [`Error::Missed`].
    pub fn queue<B: Batch<Writing>>(&mut self, batch: B) {
        let steps = batch.steps(Some(self.read.session.tenant));
        self.read.session.queue(steps);
    }

    /// Tell every node about `topic` when this commits.
    pub fn announce(&mut self, topic: Topic) {
        let tenant = self.read.session.tenant;
        self.read.session.announce(tenant, topic);
    }

    /// Commit, with the trail of the change and the answer that a repeated request will get.
    pub async fn commit<T: Reply>(self, change: Change, reply: T) -> Result<Committed<T>, Error> {
        self.commit_all(vec![change], reply).await
    }

    /// Commit several changes.
    ///
    /// # Panics
    /// In debug builds, when there is no change to tell of.
    pub async fn commit_all<T: Reply>(
        mut self,
        changes: Vec<Change>,
        reply: T,
    ) -> Result<Committed<T>, Error> {
        debug_assert!(!changes.is_empty(), "a commit tells what changed");
        let tenant = self.read.session.tenant;
        let announced = self.read.session.take_announced();
        let committed = self.read.session.commit(changes, reply).await?;
        self.signal.announced(&announced);
        self.signal.tell(tenant);
        Ok(committed)
    }

    /// End with nothing to tell of: the request asked for what is so already. Whatever was written is rolled back, so
    /// this is no way round [`commit`](Self::commit); the answer is kept for a repeated request.
    pub async fn unchanged<T: Reply>(self, reply: T) -> Result<Committed<T>, Error> {
        self.read.session.unchanged(reply).await
    }

    /// Commit what has been written so far (a failed-sign-in counter, a revoked family), with a trail of the refusal.
    ///
    /// The caller then returns its error; `?` alone would roll back.
    pub async fn refuse(self, change: Change) -> Result<(), Error> {
        self.read.session.refuse(change).await
    }
}
