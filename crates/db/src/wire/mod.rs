//! A connection to PostgreSQL on which several statements share one flush and one `Sync`.
//!
//! The message formats, the authentication and the types are `postgres-protocol`'s and `postgres-types`'; the order of the
//! messages is ours. Between two `Sync`s PostgreSQL runs everything in one transaction, answers once at the end, and after
//! an error skips what follows: so a whole transaction costs one message each way, `BEGIN` and `COMMIT` need not be said,
//! and no statement can run after one that failed. Whoever holds the connection also drives it: no task in between.

mod connect;
mod error;
mod flow;
mod row;
mod socket;

pub(crate) use connect::connect;
pub use error::PostgresError;
pub(crate) use flow::Raw;
pub use row::Row;
pub(crate) use socket::Socket;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use postgres_types::Type;

use crate::statement::Statement;

/// What PostgreSQL says of a prepared statement.
struct Prepared {
    name: String,
    params: Vec<Type>,
    columns: Arc<[Type]>,
}

/// A connection. It may be dropped at any time; [`settle`](Self::settle) makes it usable again after an exchange that was
/// given up midway.
pub(crate) struct Connection {
    socket: Socket,
    inbox: BytesMut,
    outbox: BytesMut,
    /// By the statement's address: statements are constants.
    prepared: HashMap<usize, Prepared>,
    named: usize,
    /// How many `Sync`s have not been answered yet.
    unanswered: usize,
    state: State,
}

/// What PostgreSQL last said of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    InTransaction,
    Failed,
}

impl Connection {
    fn new(socket: Socket, inbox: BytesMut) -> Self {
        Self {
            socket,
            inbox,
            outbox: BytesMut::new(),
            prepared: HashMap::new(),
            named: 0,
            unanswered: 0,
            state: State::Idle,
        }
    }

    /// Whether nothing is under way and no transaction is open.
    pub(crate) fn is_settled(&self) -> bool {
        self.unanswered == 0 && self.outbox.is_empty() && self.state == State::Idle
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        self.state != State::Idle
    }

    /// Whether the other side has hung up; asks the operating system, not PostgreSQL.
    pub(crate) fn is_closed(&mut self) -> bool {
        loop {
            match self.socket.try_read(&mut self.inbox) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return true,
            }
        }
        // Between requests PostgreSQL has nothing to say but asides, and why it is going away.
        while let Ok(Some(message)) = Message::parse(&mut self.inbox) {
            if matches!(message, Message::ErrorResponse(_)) {
                return true;
            }
        }
        false
    }

    /// Finish what was given up midway, and roll back.
    pub(crate) async fn settle(&mut self) -> Result<(), PostgresError> {
        while self.unanswered > 0 {
            self.message().await?;
        }
        if self.in_transaction() {
            frontend::query("ROLLBACK", &mut self.outbox)?;
            self.unanswered += 1;
            while self.unanswered > 0 {
                self.message().await?;
            }
        }
        if self.is_settled() { Ok(()) } else { Err(PostgresError::Protocol("a rollback did not end it")) }
    }

    /// The next message that is not an aside.
    async fn message(&mut self) -> Result<Message, PostgresError> {
        loop {
            match Message::parse(&mut self.inbox)? {
                Some(Message::ReadyForQuery(body)) => {
                    self.unanswered = self.unanswered.saturating_sub(1);
                    self.state = match body.status() {
                        b'I' => State::Idle,
                        b'T' => State::InTransaction,
                        _ => State::Failed,
                    };
                    return Ok(Message::ReadyForQuery(body));
                }
                Some(
                    Message::NoticeResponse(_)
                    | Message::ParameterStatus(_)
                    | Message::NotificationResponse(_),
                ) => {}
                Some(message) => return Ok(message),
                None => self.socket.exchange(&mut self.outbox, &mut self.inbox).await?,
            }
        }
    }

    /// How this connection knows a statement.
    fn prepared(&self, statement: &'static Statement) -> Option<&Prepared> {
        self.prepared.get(&address(statement))
    }
}

/// What a statement is known by.
fn address(statement: &'static Statement) -> usize {
    std::ptr::from_ref(statement).addr()
}
