//! Several messages, one flush.
//!
//! Everything about pipelining lives here, because done naively it is silently wrong:
//! - statements are prepared (and cached per connection) *before* the flush, or `COMMIT` would overtake them;
//! - futures are first polled in order, because the first poll is what sends;
//! - `COMMIT` answers "ok" also when the server rolled back, so every future is checked;
//! - a transaction dropped midway sends `ROLLBACK` before its connection goes back, so that the next user of the
//!   connection cannot see another tenant's setting.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_util::future::{MaybeDone, maybe_done};
use futures_util::{FutureExt as _, TryStreamExt as _};
use tokio_postgres::Row;
use tracing::Instrument as _;

use crate::error::Error;
use crate::statement::Step;

/// What PostgreSQL answered to one statement.
pub struct Raw {
    pub(crate) statement: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) affected: u64,
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Option<Raw>, tokio_postgres::Error>> + Send + 'a>>;

/// Polls futures strictly in order, so that their messages leave in order and in one flush.
struct InOrder<'a>(Vec<MaybeDone<Sent<'a>>>);

impl Future for InOrder<'_> {
    type Output = Result<Vec<Raw>, tokio_postgres::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut waiting = false;
        for sent in &mut self.0 {
            waiting |= Pin::new(sent).poll(cx).is_pending();
        }
        if waiting {
            return Poll::Pending;
        }
        let mut answers = Vec::with_capacity(self.0.len());
        for sent in &mut self.0 {
            match Pin::new(sent).take_output() {
                Some(Ok(answer)) => answers.extend(answer),
                Some(Err(error)) => return Poll::Ready(Err(error)),
                None => {}
            }
        }
        Poll::Ready(Ok(answers))
    }
}

/// A connection on loan from its pool. When it is dropped inside a transaction, the transaction is rolled back first.
pub(crate) struct Conn {
    client: deadpool_postgres::Object,
    in_transaction: bool,
}

impl Conn {
    pub(crate) fn new(client: deadpool_postgres::Object) -> Self {
        Self { client, in_transaction: false }
    }

    pub(crate) const fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// [`send`](Self::send), as a span of the trace when traces are exported.
    pub(crate) async fn fly(
        &mut self,
        before: Option<&str>,
        steps: &[Step],
        after: Option<&str>,
    ) -> Result<Vec<Raw>, Error> {
        let span = tracing::trace_span!(
            target: tenantry_kernel::trace::TARGET, "sql", otel.kind = "client", db.system.name = "postgresql",
            db.operation.name = tracing::field::Empty, db.operation.batch.size = steps.len()
        );
        if span.is_disabled() {
            return self.send(before, steps, after).await;
        }
        let names: Vec<&str> = steps.iter().map(|step| step.statement.name).collect();
        span.record("db.operation.name", names.join(" "));
        self.send(before, steps, after).instrument(span).await
    }

    /// Send `before`, the statements and `after` in one flush, and wait for all the answers.
    ///
    /// `before` opens a transaction and `after` ends it; the first error of the flush is returned.
    async fn send(
        &mut self,
        before: Option<&str>,
        steps: &[Step],
        after: Option<&str>,
    ) -> Result<Vec<Raw>, Error> {
        let mut prepared = Vec::with_capacity(steps.len());
        for step in steps {
            prepared.push(self.client.prepare_cached(step.statement.sql).await?);
        }
        let client = &self.client;
        let mut sent: Vec<MaybeDone<Sent<'_>>> = Vec::with_capacity(steps.len() + 2);
        let simple = |text: &'_ str| -> MaybeDone<Sent<'_>> {
            let text = text.to_owned();
            maybe_done(Box::pin(async move { client.batch_execute(&text).await.map(|()| None) }))
        };
        if let Some(text) = before {
            self.in_transaction = true;
            sent.push(simple(text));
        }
        for (step, statement) in steps.iter().zip(&prepared) {
            sent.push(maybe_done(Box::pin(async move {
                let params = step.params.iter().map(|param| &**param as &(dyn postgres_types::ToSql + Sync));
                let mut rows = pin!(client.query_raw(statement, params).await?);
                let mut raw = Raw { statement: step.statement.name, rows: Vec::new(), affected: 0 };
                while let Some(row) = rows.try_next().await? {
                    raw.rows.push(row);
                }
                raw.affected = rows.rows_affected().unwrap_or_default();
                Ok(Some(raw))
            })));
        }
        if let Some(text) = after {
            sent.push(simple(text));
        }
        let answers = InOrder(sent).await;
        // After an error the server has rolled back at `after`; a further ROLLBACK by the guard does no harm.
        if answers.is_ok() && after.is_some() {
            self.in_transaction = false;
        }
        Ok(answers?)
    }

    /// Give the transaction up.
    pub(crate) fn roll_back(&mut self) {
        if self.in_transaction {
            self.in_transaction = false;
            // One poll sends the message; whoever uses the connection next comes after it.
            let _ = self.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        self.roll_back();
    }
}
