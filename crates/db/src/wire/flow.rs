//! Statements on their way out, and their answers on the way back.

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend::{self, BindError};
use postgres_types::Type;

use super::error::PostgresError;
use super::row::Row;
use super::{Connection, Prepared, address};
use crate::statement::{Statement, Step};

/// What PostgreSQL answered to one statement.
pub struct Raw {
    pub(crate) statement: &'static str,
    pub(crate) rows: Vec<Row>,
    pub(crate) affected: u64,
}

impl Connection {
    /// Run statements in one flush. Outside a transaction they are one by themselves, and have committed when this
    /// answers; after the first error nothing more is run, and that error is the answer.
    pub(crate) async fn run(&mut self, steps: &[&Step]) -> Result<Vec<Raw>, PostgresError> {
        if self.unanswered > 0 || !self.outbox.is_empty() {
            return Err(PostgresError::Protocol("an exchange is still under way"));
        }
        self.prepare(steps).await?;
        for step in steps {
            if let Err(error) = self.encode(step) {
                self.outbox.clear();
                return Err(error);
            }
        }
        self.sync();
        self.answers(steps).await
    }

    /// Prepare what this connection has not seen yet: everything in one flush, before the statements' own.
    async fn prepare(&mut self, steps: &[&Step]) -> Result<(), PostgresError> {
        let mut unknown: Vec<&'static Statement> = Vec::new();
        for step in steps {
            let is_known = self.prepared(step.statement).is_some();
            if !is_known && !unknown.iter().any(|other| address(other) == address(step.statement)) {
                unknown.push(step.statement);
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let first = self.named;
        for statement in &unknown {
            let name = format!("s{}", self.named);
            self.named += 1;
            frontend::parse(&name, statement.sql, std::iter::empty(), &mut self.outbox)?;
            frontend::describe(b'S', &name, &mut self.outbox)?;
        }
        self.sync();
        let mut failure = None;
        let mut described = Vec::with_capacity(unknown.len());
        while self.unanswered > 0 {
            match self.message().await? {
                Message::ParameterDescription(body) => {
                    let params = body.parameters().map(|oid| Ok(type_of(oid))).collect()?;
                    let name = format!("s{}", first + described.len());
                    described.push(Prepared { name, params, columns: [].into() });
                }
                Message::RowDescription(body) => {
                    let columns: Vec<Type> =
                        body.fields().map(|field| Ok(type_of(field.type_oid()))).collect()?;
                    if let Some(last) = described.last_mut() {
                        last.columns = columns.into();
                    }
                }
                Message::ErrorResponse(body) => {
                    failure.get_or_insert_with(|| PostgresError::refused(&body));
                }
                _ => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None if described.len() != unknown.len() => {
                Err(PostgresError::Protocol("a statement was not described"))
            }
            None => {
                let known = unknown.iter().map(|statement| address(statement)).zip(described);
                self.prepared.extend(known);
                Ok(())
            }
        }
    }

    fn sync(&mut self) {
        frontend::sync(&mut self.outbox);
        self.unanswered += 1;
    }

    fn encode(&mut self, step: &Step) -> Result<(), PostgresError> {
        let known = self
            .prepared
            .get(&address(step.statement))
            .ok_or(PostgresError::Protocol("a statement was not prepared"))?;
        if known.params.len() != step.params.len() {
            let (wants, has) = (known.params.len(), step.params.len());
            let name = step.statement.name;
            return Err(PostgresError::Mismatch(format!("{name} wants {wants} parameters, not {has}")));
        }
        let values = step.params.iter().zip(&known.params);
        let bound = frontend::bind(
            "",
            &known.name,
            [1],
            values,
            |(value, ty), buffer| match value.to_sql_checked(ty, buffer)? {
                postgres_types::IsNull::Yes => Ok(IsNull::Yes),
                postgres_types::IsNull::No => Ok(IsNull::No),
            },
            [1],
            &mut self.outbox,
        );
        match bound {
            Ok(()) => Ok(frontend::execute("", 0, &mut self.outbox)?),
            Err(BindError::Conversion(error)) => {
                Err(PostgresError::Mismatch(format!("{} cannot be sent: {error}", step.statement.name)))
            }
            Err(BindError::Serialization(error)) => Err(error.into()),
        }
    }

    async fn answers(&mut self, steps: &[&Step]) -> Result<Vec<Raw>, PostgresError> {
        let mut answers: Vec<Raw> = Vec::with_capacity(steps.len());
        let mut failure = None;
        let mut rows = Vec::new();
        while self.unanswered > 0 {
            match self.message().await? {
                Message::DataRow(body) => {
                    let prepared = steps.get(answers.len()).and_then(|step| self.prepared(step.statement));
                    let columns = prepared.map_or_else(|| [].into(), |it| it.columns.clone());
                    match Row::new(columns, &body) {
                        Ok(row) => rows.push(row),
                        Err(error) => drop(failure.get_or_insert(error)),
                    }
                }
                Message::CommandComplete(body) => {
                    let statement = steps.get(answers.len()).map_or("", |step| step.statement.name);
                    let affected = affected(body.tag()?);
                    answers.push(Raw { statement, rows: std::mem::take(&mut rows), affected });
                }
                Message::ErrorResponse(body) => {
                    failure.get_or_insert_with(|| PostgresError::refused(&body));
                }
                _ => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None if answers.len() == steps.len() => Ok(answers),
            None => Err(PostgresError::Protocol("an answer is missing")),
        }
    }
}

/// The number of rows in `INSERT 0 5`, `UPDATE 3`, `SELECT 1`.
fn affected(tag: &str) -> u64 {
    tag.rsplit(' ').next().and_then(|last| last.parse().ok()).unwrap_or_default()
}

/// The type with this number. We use none that PostgreSQL does not come with; another fits no Rust type of ours.
fn type_of(oid: u32) -> Type {
    Type::from_oid(oid).unwrap_or(Type::UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_rows_is_the_last_word_of_the_tag() {
        let tags = ["INSERT 0 5", "UPDATE 3", "SELECT 12", "BEGIN", ""];
        assert_eq!(tags.map(affected), [5, 3, 12, 0, 0]);
    }

    proptest::proptest! {
        #[test]
        fn reading_a_tag_never_panics(tag: String) {
            let _ = affected(&tag);
        }

        #[test]
        fn whatever_the_other_side_sends_is_an_error_or_a_message(bytes: Vec<u8>) {
            let mut inbox = bytes::BytesMut::from(bytes.as_slice());
            while let Ok(Some(message)) = Message::parse(&mut inbox) {
                if let Message::DataRow(body) = &message {
                    let _ = Row::new([Type::TEXT].into(), body).map(|row| row.try_get::<Option<String>>(0).is_ok());
                }
                if let Message::ErrorResponse(body) = &message {
                    let _ = PostgresError::refused(body).to_string();
                }
            }
        }
    }
}
