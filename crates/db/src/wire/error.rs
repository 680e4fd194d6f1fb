//! What can go wrong on a connection.

use std::io;

use postgres_protocol::message::backend::ErrorResponseBody;

/// An error of PostgreSQL, or of the line to it.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// PostgreSQL refused a statement.
    #[error("{}: {} ({})", .0.severity, .0.message, .0.code)]
    Refused(Box<Refusal>),
    /// The line was cut, or could not be set up.
    #[error("the connection was lost: {0}")]
    Lost(#[from] io::Error),
    /// A value cannot be sent, or an answer cannot be read, as the type that the statement declares.
    #[error("{0}")]
    Mismatch(String),
    /// The other side does not speak as PostgreSQL does.
    #[error("the conversation with PostgreSQL broke: {0}")]
    Protocol(&'static str),
}

/// What PostgreSQL said. `detail` is not kept: it may quote rows.
#[derive(Debug, Default)]
pub struct Refusal {
    pub(crate) severity: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) constraint: Option<String>,
    pub(crate) column: Option<String>,
}

impl PostgresError {
    /// PostgreSQL's code (SQLSTATE), when it was PostgreSQL that refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }

    pub(super) fn refused(body: &ErrorResponseBody) -> Self {
        use fallible_iterator::FallibleIterator as _;
        let mut refusal = Refusal::default();
        let mut fields = body.fields();
        while let Ok(Some(field)) = fields.next() {
            let text = String::from_utf8_lossy(field.value_bytes()).into_owned();
            match field.type_() {
                b'V' => refusal.severity = text,
                b'C' => refusal.code = text,
                b'M' => refusal.message = text,
                b'n' => refusal.constraint = Some(text),
                b'c' => refusal.column = Some(text),
                _ => {}
            }
        }
        Self::Refused(Box::new(refusal))
    }
}

/// Migrations use a client of their own.
impl From<tokio_postgres::Error> for PostgresError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Self::Refused(Box::new(Refusal {
                severity: db.severity().to_owned(),
                code: db.code().code().to_owned(),
                message: db.message().to_owned(),
                constraint: db.constraint().map(str::to_owned),
                column: db.column().map(str::to_owned),
            })),
            None => Self::Lost(io::Error::other(error)),
        }
    }
}
