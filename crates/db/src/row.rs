//! From rows to values, with the column types declared so that a test can compare them with the schema.

use postgres_types::Type;

use crate::wire::{PostgresError, Row};

/// A column that a statement's answer must have.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether our type can hold values of that PostgreSQL type.
    pub accepts: fn(&Type) -> bool,
}

/// A value made from one row.
pub trait FromRow: Sized {
    /// The columns, in order.
    fn columns() -> Vec<Column>;

    /// Read the value; columns are read by position.
    fn from_row(row: &Row) -> Result<Self, PostgresError>;
}

/// Declare a struct that is read from a row, field by field, in the order of the statement's columns.
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident : $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),+ }

        impl $crate::FromRow for $name {
            fn columns() -> Vec<$crate::Column> {
                vec![$($crate::Column {
                    name: stringify!($field),
                    accepts: |ty| <$ty as $crate::FromSql<'_>>::accepts(ty),
                }),+]
            }

            fn from_row(row: &$crate::Row) -> Result<Self, $crate::PostgresError> {
                let mut index = 0;
                let mut next = || { index += 1; index - 1 };
                Ok(Self { $($field: row.try_get(next())?),+ })
            }
        }
    };
}

/// One value from a one-column row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scalar<T>(pub T);

impl<T: postgres_types::FromSqlOwned> FromRow for Scalar<T> {
    fn columns() -> Vec<Column> {
        vec![Column { name: "", accepts: |ty| <T as postgres_types::FromSql>::accepts(ty) }]
    }

    fn from_row(row: &Row) -> Result<Self, PostgresError> {
        row.try_get(0).map(Self)
    }
}

/// What a statement answers: rows of one type, at most one row, or how many rows it touched.
pub trait Answer: Sized {
    /// The columns of its rows.
    fn columns() -> Vec<Column>;

    /// Read the answer.
    fn read(rows: &[Row], affected: u64) -> Result<Self, PostgresError>;
}

impl<T: FromRow> Answer for Option<T> {
    fn columns() -> Vec<Column> {
        T::columns()
    }

    fn read(rows: &[Row], _: u64) -> Result<Self, PostgresError> {
        rows.first().map(T::from_row).transpose()
    }
}

impl<T: FromRow> Answer for Vec<T> {
    fn columns() -> Vec<Column> {
        T::columns()
    }

    fn read(rows: &[Row], _: u64) -> Result<Self, PostgresError> {
        rows.iter().map(T::from_row).collect()
    }
}

/// How many rows a write touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written(pub u64);

impl Answer for Written {
    fn columns() -> Vec<Column> {
        Vec::new()
    }

    fn read(_: &[Row], affected: u64) -> Result<Self, PostgresError> {
        Ok(Self(affected))
    }
}
