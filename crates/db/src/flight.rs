//! A connection on loan, and what opens and closes a transaction on it.
//!
//! A flight that opens and closes is one transaction by itself: PostgreSQL commits it at the end of the flush, and no `BEGIN`
//! or `COMMIT` travels. The tenant is set by the first statement of a transaction and ends with it, never before and never
//! after: the setting is local to the transaction.

use std::time::Duration;

use deadpool::managed::Object;
use tenantry_kernel::TenantId;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use crate::error::Error;
use crate::pool::Door;
use crate::row::Scalar;
use crate::statement::{Class, Statement, Step};
use crate::wire::{PostgresError, Raw};

/// How long cleaning up after a request that was given up may take, before its connection is closed instead.
const PATIENCE: Duration = Duration::from_secs(5);

static BEGIN: Statement =
    Statement { name: "begin", sql: "BEGIN", class: Class::Control, params: Vec::new, columns: Vec::new };
static COMMIT: Statement =
    Statement { name: "commit", sql: "COMMIT", class: Class::Control, params: Vec::new, columns: Vec::new };

crate::statements! {
    /// From here to the end of the transaction, rows of this tenant alone are there.
    control enter(tenant: TenantId) -> Option<Scalar<String>> = "SELECT set_config('app.tenant_id', $1::uuid::text, true)";

    /// The same, and nothing may be written.
    control enter_to_read(tenant: TenantId) -> Option<Scalar<String>>
        = "SELECT set_config('app.tenant_id', $1::uuid::text, true) || set_config('transaction_read_only', 'on', true)";

    /// Nothing may be written until the end of the transaction.
    control only_read() -> Option<Scalar<String>> = "SELECT set_config('transaction_read_only', 'on', true)";
}

/// How a transaction opens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Opening {
    /// In a tenant's name.
    Tenant(TenantId),
    /// In a tenant's name, without writing.
    TenantReading(TenantId),
    /// On the platform's own tables, without writing.
    Reading,
    /// On the platform's own tables, or as the worker.
    Plain,
}

impl Opening {
    fn step(self) -> Option<Step> {
        match self {
            Self::Tenant(tenant) => Some(Step::bound(enter(tenant), None)),
            Self::TenantReading(tenant) => Some(Step::bound(enter_to_read(tenant), None)),
            Self::Reading => Some(Step::bound(only_read(), None)),
            Self::Plain => None,
        }
    }
}

/// Whether the transaction ends with the flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// It is committed.
    Commit,
    /// It stays open.
    Stay,
}

/// A connection on loan from its pool. When it is dropped inside a transaction, the transaction is rolled back before
/// anyone else gets the connection.
pub(crate) struct Conn(Option<Object<Door>>);

impl Conn {
    pub(crate) const fn new(object: Object<Door>) -> Self {
        Self(Some(object))
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.0.as_ref().is_some_and(|connection| connection.in_transaction())
    }

    /// [`send`](Self::send), as a span of the trace when traces are exported.
    pub(crate) async fn fly(
        &mut self,
        opening: Option<Opening>,
        steps: &[Step],
        closing: Closing,
    ) -> Result<Vec<Raw>, Error> {
        let span = tracing::trace_span!(
            target: tenantry_kernel::trace::TARGET, "sql", otel.kind = "client", db.system.name = "postgresql",
            db.operation.name = tracing::field::Empty, db.operation.batch.size = steps.len(),
            tenant.id = tracing::field::Empty
        );
        if span.is_disabled() {
            return self.send(opening, steps, closing).await;
        }
        let names: Vec<&str> = steps.iter().map(|step| step.statement.name).collect();
        span.record("db.operation.name", names.join(" "));
        if let Some(Opening::Tenant(tenant) | Opening::TenantReading(tenant)) = opening {
            span.record("tenant.id", tracing::field::display(tenant));
        }
        self.send(opening, steps, closing).instrument(span).await
    }

    /// Send the statements in one flush, and wait for all the answers.
    ///
    /// `opening` opens a transaction first. The first error is returned; after it, nothing has been run.
    async fn send(
        &mut self,
        opening: Option<Opening>,
        steps: &[Step],
        closing: Closing,
    ) -> Result<Vec<Raw>, Error> {
        let Some(connection) = &mut self.0 else {
            return Err(PostgresError::Protocol("no connection").into());
        };
        let is_whole = opening.is_some() && closing == Closing::Commit;
        let (begin, commit) = (Step::of(&BEGIN), Step::of(&COMMIT));
        let enter = opening.and_then(Opening::step);
        let mut all: Vec<&Step> = Vec::with_capacity(steps.len() + 3);
        all.extend((opening.is_some() && !is_whole).then_some(&begin));
        all.extend(&enter);
        let skip = all.len();
        all.extend(steps);
        all.extend((closing == Closing::Commit && !is_whole).then_some(&commit));
        let mut answers = connection.run(&all).await?;
        if closing == Closing::Commit && connection.in_transaction() {
            return Err(PostgresError::Protocol("the transaction did not end").into());
        }
        answers.truncate(skip + steps.len());
        answers.drain(..skip);
        Ok(answers)
    }

    /// Give the transaction up.
    pub(crate) async fn roll_back(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Some(connection) => Ok(connection.settle().await?),
            None => Ok(()),
        }
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take_if(|connection| !connection.is_settled()) else { return };
        // Out of the pool until it is clean; without a runtime it is closed, which rolls back too.
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(connection)) };
        runtime.spawn(async move {
            let cleaned = tokio::time::timeout(PATIENCE, connection.settle()).await;
            if !matches!(cleaned, Ok(Ok(()))) {
                drop(Object::take(connection));
            }
        });
    }
}
