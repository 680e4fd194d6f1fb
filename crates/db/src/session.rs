//! A transaction on one placement: opens lazily, ends in the same flush as its last statements.

use std::sync::Arc;

use tenantry_kernel::TenantId;

use crate::change::Change;
use crate::error::Error;
use crate::flight::{Closing, Conn, Opening};
use crate::notify::Topic;
use crate::origin::Origin;
use crate::pool::PoolHandle;
use crate::reply::{Committed, Reply};
use crate::row::Scalar;
use crate::statement::Step;
use crate::trail::{self, Outcome, Pen};
use crate::wire::Raw;

/// The part that [`TenantTx`](crate::TenantTx) and [`PlatformTx`](crate::PlatformTx) share.
pub(crate) struct Session {
    pub(crate) pool: PoolHandle,
    pub(crate) tenant: TenantId,
    pub(crate) origin: Arc<Origin>,
    pub(crate) pen: Pen,
    conn: Option<Conn>,
    queued: Vec<Step>,
    announced: Vec<(TenantId, Topic)>,
}

impl Session {
    pub(crate) fn new(pool: PoolHandle, tenant: TenantId, origin: Arc<Origin>, pen: Pen) -> Self {
        Self { pool, tenant, origin, pen, conn: None, queued: Vec::new(), announced: Vec::new() }
    }

    /// Run statements now; the first call opens the transaction in the same flush.
    pub(crate) async fn run(&mut self, steps: Vec<Step>) -> Result<Vec<Raw>, Error> {
        let queued = std::mem::take(&mut self.queued);
        if self.conn.is_some() || !queued.is_empty() {
            self.open().await?;
            let skip = queued.len();
            let all: Vec<Step> = queued.into_iter().chain(steps).collect();
            let mut answers = self.fly(None, &all, Closing::Stay).await?;
            check_queued(answers.iter().take(skip))?;
            return Ok(answers.split_off(skip));
        }
        self.open_with(steps).await
    }

    /// Run statements later, together with whatever comes next.
    pub(crate) fn queue(&mut self, steps: Vec<Step>) {
        self.queued.extend(steps);
    }

    async fn open(&mut self) -> Result<(), Error> {
        if self.conn.is_none() {
            self.open_with(Vec::new()).await?;
        }
        Ok(())
    }

    /// `BEGIN`, the tenant, the idempotency key if there is one, and the first statements.
    async fn open_with(&mut self, steps: Vec<Step>) -> Result<Vec<Raw>, Error> {
        self.conn = Some(self.pool.get().await?);
        let key = self.origin.idempotency.clone();
        let mut all = Vec::with_capacity(steps.len() + 2);
        if let Some(key) = &key {
            all.push(Step::bound(trail::lock_key(trail::lock_of(self.tenant, &key.key)), None));
            all.push(Step::bound(trail::find_reply(key.key.clone()), Some(self.tenant)));
        }
        let skip = all.len();
        all.extend(steps);
        let opening = Some(Opening::Tenant(self.tenant));
        let mut answers = match (self.fly(opening, &all, Closing::Stay).await, &key) {
            (Ok(answers), _) => answers,
            (Err(error), None) => return Err(error),
            // The first statements failed: perhaps because this very request has been answered before.
            (Err(error), Some(key)) => return Err(self.answered_before(key, error).await),
        };
        if let (Some(key), Some(locked), Some(kept)) = (&key, answers.first(), answers.get(1)) {
            let locked: Option<Scalar<bool>> = read(locked)?;
            let kept: Option<trail::Kept> = read(kept)?;
            if let Some(kept) = kept {
                return Err(kept.answer(key));
            }
            if locked != Some(Scalar(true)) {
                return Err(Error::IdempotencyInFlight);
            }
        }
        Ok(answers.split_off(skip))
    }

    /// The kept answer of a request whose first statements failed, or else their error.
    async fn answered_before(&mut self, key: &crate::Idempotency, error: Error) -> Error {
        if let Some(conn) = &mut self.conn
            && conn.roll_back().await.is_err()
        {
            return error;
        }
        let find = [Step::bound(trail::find_reply(key.key.clone()), Some(self.tenant))];
        let found = self.fly(Some(Opening::Tenant(self.tenant)), &find, Closing::Stay).await;
        let kept =
            found.ok().and_then(|answers| read::<Option<trail::Kept>>(answers.first()?).ok().flatten());
        kept.map_or(error, |kept| kept.answer(key))
    }

    async fn fly(
        &mut self,
        opening: Option<Opening>,
        steps: &[Step],
        closing: Closing,
    ) -> Result<Vec<Raw>, Error> {
        match &mut self.conn {
            Some(conn) => conn.fly(opening, steps, closing).await,
            None => Err(Error::Unknown("the transaction is not open".to_owned())),
        }
    }

    /// Tell every node about `topic` when this commits.
    pub(crate) fn announce(&mut self, tenant: TenantId, topic: Topic) {
        self.queued.push(Step::bound(trail::notify(topic.message(tenant)), None));
        self.announced.push((tenant, topic));
    }

    /// What this node's caches must hear once it has committed.
    pub(crate) fn take_announced(&mut self) -> Vec<(TenantId, Topic)> {
        std::mem::take(&mut self.announced)
    }

    /// Queued writes, the trail, the kept answer and `COMMIT`, in one flush.
    pub(crate) async fn commit<T: Reply>(
        mut self,
        changes: Vec<Change>,
        value: T,
    ) -> Result<Committed<T>, Error> {
        let reply = value.stored();
        if self.origin.idempotency.is_some() {
            self.open().await?;
        }
        let mut tail = Vec::new();
        for change in changes {
            tail.extend(self.pen.write(self.tenant, &self.origin, Outcome::Success, change));
        }
        if let Some(key) = &self.origin.idempotency {
            tail.push(self.pen.keep(self.tenant, key, &reply));
        }
        self.finish(tail).await?;
        Ok(Committed { value, reply })
    }

    /// End without having changed anything: what was done is rolled back, and only the answer that a repeated request
    /// gets is kept.
    pub(crate) async fn unchanged<T: Reply>(mut self, value: T) -> Result<Committed<T>, Error> {
        // The roll-back gives the key's lock up; a new transaction looks the key up again.
        if let Some(mut conn) = self.conn.take() {
            conn.roll_back().await?;
        }
        self.queued.clear();
        self.announced.clear();
        if self.origin.idempotency.is_none() {
            let reply = value.stored();
            return Ok(Committed { value, reply });
        }
        self.commit(Vec::new(), value).await
    }

    /// Check the idempotency key now, and then go on without keeping an answer under it.
    pub(crate) async fn forget_key(&mut self) -> Result<(), Error> {
        if self.origin.idempotency.is_some() {
            self.open().await?;
            let mut origin = (*self.origin).clone();
            origin.idempotency = None;
            self.origin = Arc::new(origin);
        }
        Ok(())
    }

    /// Commit what was written so far with a trail of the refusal.
    pub(crate) async fn refuse(mut self, change: Change) -> Result<(), Error> {
        let tail = self.pen.write(self.tenant, &self.origin, Outcome::Refused, change);
        self.finish(tail).await
    }

    async fn finish(&mut self, tail: Vec<Step>) -> Result<(), Error> {
        let opening = if self.conn.is_some() {
            None
        } else {
            self.conn = Some(self.pool.get().await?);
            Some(Opening::Tenant(self.tenant))
        };
        let steps: Vec<Step> = std::mem::take(&mut self.queued).into_iter().chain(tail).collect();
        let answers = self.fly(opening, &steps, Closing::Commit).await?;
        self.conn = None;
        check_queued(answers.iter())
    }
}

/// Queued writes are of rows that the transaction made or locked: touching none is a defect, and is told loudly.
fn check_queued<'a>(mut answers: impl Iterator<Item = &'a Raw>) -> Result<(), Error> {
    answers.find(|raw| raw.affected == 0).map_or(Ok(()), |raw| Err(Error::Missed(raw.statement)))
}

/// Read one answer.
pub(crate) fn read<A: crate::row::Answer>(raw: &Raw) -> Result<A, Error> {
    A::read(&raw.rows, raw.affected).map_err(|source| Error::Decode { statement: raw.statement, source })
}
