//! Rows as PostgreSQL sends them.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::DataRowBody;
use postgres_types::{FromSql, Type};

use super::error::PostgresError;

/// A row of an answer.
pub struct Row {
    columns: Arc<[Type]>,
    bytes: Bytes,
    ranges: Vec<Option<Range<usize>>>,
}

impl Row {
    pub(super) fn new(columns: Arc<[Type]>, body: &DataRowBody) -> Result<Self, PostgresError> {
        let mut ranges = Vec::with_capacity(columns.len());
        let mut found = body.ranges();
        while let Some(range) = found.next()? {
            ranges.push(range);
        }
        if ranges.len() != columns.len() {
            return Err(PostgresError::Protocol("a row has not the columns that were announced"));
        }
        Ok(Self { columns, bytes: body.buffer_bytes().clone(), ranges })
    }

    /// The value in a column, counted from 0.
    pub fn try_get<'a, T: FromSql<'a>>(&'a self, index: usize) -> Result<T, PostgresError> {
        let (Some(ty), Some(range)) = (self.columns.get(index), self.ranges.get(index)) else {
            return Err(PostgresError::Mismatch(format!("there is no column {index}")));
        };
        if !T::accepts(ty) {
            let wanted = std::any::type_name::<T>();
            return Err(PostgresError::Mismatch(format!("column {index} is {ty}, not {wanted}")));
        }
        let raw = range.clone().and_then(|range| self.bytes.get(range));
        T::from_sql_nullable(ty, raw)
            .map_err(|error| PostgresError::Mismatch(format!("column {index} cannot be read: {error}")))
    }
}
