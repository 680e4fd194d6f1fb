//! The job worker's scope: it may claim jobs and number events of every tenant, and see nothing else.

use crate::error::Error;
use crate::flight::{Closing, Conn, Opening};
use crate::pool::PoolHandle;
use crate::row::Answer;
use crate::statement::{Batch, Claim, Claiming};

/// The worker's way into one schema of one database.
#[derive(Clone)]
pub struct WorkerDb {
    pool: PoolHandle,
}

impl WorkerDb {
    pub(crate) const fn new(pool: PoolHandle) -> Self {
        Self { pool }
    }

    /// Run statements in a transaction of their own: one round trip.
    pub async fn run<B: Batch<Claiming>>(&self, batch: B) -> Result<B::Output, Error> {
        let mut conn = self.pool.get().await?;
        let answers = conn.fly(Some(Opening::Plain), &batch.steps(None), Closing::Commit).await?;
        B::read(&answers)
    }

    /// Start a transaction.
    pub async fn begin(&self) -> Result<WorkerTx, Error> {
        Ok(WorkerTx { conn: self.pool.get().await? })
    }
}

/// A transaction of the worker; dropping it rolls back.
pub struct WorkerTx {
    conn: Conn,
}

impl WorkerTx {
    fn opening(&self) -> Option<Opening> {
        (!self.conn.in_transaction()).then_some(Opening::Plain)
    }

    /// Run statements now.
    pub async fn run<B: Batch<Claiming>>(&mut self, batch: B) -> Result<B::Output, Error> {
        let opening = self.opening();
        let answers = self.conn.fly(opening, &batch.steps(None), Closing::Stay).await?;
        B::read(&answers)
    }

    /// Run the last statements and commit, in one flush.
    pub async fn commit<B: Batch<Claiming>>(mut self, batch: B) -> Result<B::Output, Error> {
        let opening = self.opening();
        let answers = self.conn.fly(opening, &batch.steps(None), Closing::Commit).await?;
        B::read(&answers)
    }

    /// The same, for any number of statements of one shape.
    pub async fn commit_all<A: Answer>(mut self, queries: Vec<Claim<A>>) -> Result<Vec<A>, Error> {
        let opening = self.opening();
        let steps: Vec<_> = queries.into_iter().flat_map(|query| query.steps(None)).collect();
        let answers = self.conn.fly(opening, &steps, Closing::Commit).await?;
        answers.iter().map(crate::session::read).collect()
    }
}
