//! Where tenants live, and how to look at it from outside the product.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error};

/// The SQLSTATE of a refusal; the text when there is none.
pub(crate) fn code(error: &Error) -> String {
    error.code().map_or_else(|| error.to_string(), |state| state.code().to_owned())
}

/// What PostgreSQL refuses a statement with; the test fails when it is not refused.
#[track_caller]
pub(crate) fn refusal<T>(result: Result<T, Error>, what: &str) -> String {
    match result {
        Ok(_) => panic!("{what}: was not refused"),
        Err(error) => code(&error),
    }
}

/// The first column of every row, as text.
pub(crate) async fn texts(client: &Client, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Vec<String> {
    let rows = client.query(sql, params).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// One number.
pub(crate) async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}")).get(0)
}

/// The tables of a schema that have a `tenant_id`; not their partitions.
pub(crate) async fn tenant_tables(client: &Client, schema: &str) -> Vec<String> {
    tables(client, schema, false).await
}

/// The partitions of a schema's tables.
pub(crate) async fn partitions(client: &Client, schema: &str) -> Vec<String> {
    tables(client, schema, true).await
}

async fn tables(client: &Client, schema: &str, are_partitions: bool) -> Vec<String> {
    let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
        WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p') AND c.relispartition = $2 \
        AND a.attname = 'tenant_id' ORDER BY 1";
    texts(client, sql, &[&schema, &are_partitions]).await
}
