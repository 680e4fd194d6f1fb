//! Wall two and three as the application meets them: rows of another tenant cannot be seen, written or pointed at.

use tenantry_db::Role;
use tokio_postgres::Client;

use crate::populated::{Home, Populated};
use crate::support::{count, refusal, texts};

/// PostgreSQL's answers.
const NO_RIGHT: &str = "42501";
const NO_SETTING: &str = "42704";
const NOT_A_UUID: &str = "22P02";
const NO_SUCH_ROW: &str = "23503";

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_its_own_rows_and_no_others_in_every_table() {
    let populated = Populated::new().await;
    for (tenant, own) in &populated.tenants {
        for (_, home) in &populated.tenants {
            let client = populated.as_tenant(*tenant, home).await;
            for table in home.tables().await {
                let foreign = format!("SELECT count(*) FROM {table} WHERE tenant_id <> '{tenant}'");
                assert_eq!(count(&client, &foreign).await, 0, "{table} in {home:?}");
                let all = count(&client, &format!("SELECT count(*) FROM {table}")).await;
                assert_eq!(all > 0, home == own, "{table} in {home:?} shows {all} rows");
            }
        }
    }
    populated.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_changes_and_deletes_no_row_of_another() {
    let populated = Populated::new().await;
    let [(tenant, _), (_, foreign)] = &populated.tenants;
    let client = populated.as_tenant(*tenant, foreign).await;
    for table in foreign.tables().await {
        let others = format!("SELECT count(*) FROM {table} WHERE tenant_id <> '{tenant}'");
        let admin = foreign.admin().await;
        let before = count(&admin, &others).await;
        assert!(before > 0, "{table} holds nothing to change");
        for statement in ["UPDATE $ SET tenant_id = tenant_id", "DELETE FROM $"] {
            client.batch_execute("BEGIN").await.unwrap();
            let sql = format!("{} WHERE tenant_id <> '{tenant}'", statement.replace('$', &table));
            match client.execute(&sql, &[]).await {
                Ok(touched) => assert_eq!(touched, 0, "{sql}"),
                Err(error) => assert_eq!(crate::support::code(&error), NO_RIGHT, "{sql}"),
            }
            client.batch_execute("ROLLBACK").await.unwrap();
        }
        assert_eq!(count(&admin, &others).await, before, "{table}");
    }
    populated.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tenant_or_with_a_garbled_one_every_table_is_an_error() {
    let populated = Populated::new().await;
    for (tenant, home) in &populated.tenants {
        let client = populated.at(home, Role::App).await;
        let select = |table: &str| format!("SELECT * FROM {table}");
        for table in home.tables().await {
            assert_eq!(refusal(client.query(&select(&table), &[]).await, &table), NO_SETTING);
        }
        // What a connection is like after its first transaction.
        client.batch_execute(&format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'; COMMIT")).await.unwrap();
        for setting in ["", "SET app.tenant_id = 'garbage'", "SET app.tenant_id = '%'", "RESET app.tenant_id"]
        {
            client.batch_execute(setting).await.unwrap();
            for table in home.tables().await {
                let what = format!("{table} after {setting:?}");
                assert_eq!(refusal(client.query(&select(&table), &[]).await, &what), NOT_A_UUID, "{what}");
            }
        }
    }
    populated.world.end().await;
}

/// An insert of one of the tenant's own rows, with some columns changed.
fn copy_with(table: &str, changes: &str) -> String {
    format!(
        "INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(own) || {changes})).* \
         FROM (SELECT * FROM {table} LIMIT 1) AS own"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_tenant_cannot_be_written() {
    let populated = Populated::new().await;
    let [(tenant, home), (other, _)] = &populated.tenants;
    let client = populated.as_tenant(*tenant, home).await;
    for table in home.tables().await {
        let insert = copy_with(&table, &format!("jsonb_build_object('tenant_id', '{other}')"));
        let error = client.execute(&insert, &[]).await.expect_err(&table);
        let message = error.as_db_error().unwrap().message().to_owned();
        // Numbers are given by the worker alone.
        let is_refused = message.contains("row-level security") || table == "event_stream";
        assert!(is_refused, "{table}: {message}");
        let update = format!("UPDATE {table} SET tenant_id = '{other}'");
        assert_eq!(refusal(client.execute(&update, &[]).await, &update), NO_RIGHT);
    }
    populated.world.end().await;
}

/// Every foreign key: its table, its column beside the tenant, the table it points to.
async fn foreign_keys(home: &Home) -> Vec<(String, String, String)> {
    let sql = "SELECT concat_ws(' ', f.conrelid::regclass, a.attname, f.confrelid::regclass) FROM pg_constraint f \
        JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[2] \
        WHERE f.contype = 'f' AND f.conparentid = 0 AND f.connamespace = $1::text::regnamespace ORDER BY 1";
    let found = texts(&home.admin().await, sql, &[&home.schema]).await;
    found
        .iter()
        .map(|text| {
            let words: Vec<&str> = text.split(' ').collect();
            (words[0].to_owned(), words[1].to_owned(), words[2].to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_tenant_cannot_be_pointed_at() {
    let populated = Populated::new().await;
    let [(tenant, home), (other, theirs)] = &populated.tenants;
    let client = populated.as_tenant(*tenant, home).await;
    let keys = foreign_keys(home).await;
    assert!(keys.len() >= 6, "{keys:?}");
    for (table, column, target) in keys {
        let of = |tenant| format!("SELECT id::text FROM {target} WHERE tenant_id = '{tenant}' LIMIT 1");
        let foreign = texts(&theirs.admin().await, &of(other), &[]).await.remove(0);
        let changes = format!(
            "jsonb_build_object('id', gen_random_uuid(), 'name', gen_random_uuid(), 'subject', gen_random_uuid(), 'user_code_hash', gen_random_uuid(), 'email', gen_random_uuid(), 'credential_id', gen_random_uuid(), 'scope_id', gen_random_uuid(), 'code_hash', gen_random_uuid(), 'method_type', 'totp', 'verified_at', null, '{column}', '{foreign}')"
        );
        let insert = copy_with(&table, &changes);
        assert_eq!(refusal(client.execute(&insert, &[]).await, &insert), NO_SUCH_ROW, "{insert}");
    }
    populated.world.end().await;
}

async fn assert_refused(client: &Client, statements: &[&str]) {
    for statement in statements {
        assert_eq!(refusal(client.batch_execute(statement).await, statement), NO_RIGHT, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_happened_cannot_be_changed() {
    let populated = Populated::new().await;
    for (tenant, home) in &populated.tenants {
        let client = populated.as_tenant(*tenant, home).await;
        for table in
            ["audit_log", "access_log", "outbox", "idempotency_keys", "jobs", "event_stream", "sign_ins"]
        {
            let update = format!("UPDATE {table} SET tenant_id = tenant_id");
            let (delete, truncate) = (format!("DELETE FROM {table}"), format!("TRUNCATE {table}"));
            assert_refused(&client, &[&update, &delete, &truncate]).await;
        }
    }
    populated.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_cannot_free_itself() {
    let populated = Populated::new().await;
    let [(tenant, home), _] = &populated.tenants;
    let client = populated.as_tenant(*tenant, home).await;
    let switch_off = "SET row_security = off; SELECT * FROM users";
    let role = "SET ROLE tenantry_owner";
    let others = "SET ROLE tenantry_worker";
    let policy = "CREATE POLICY more ON users TO tenantry_app USING (true)";
    let table = "CREATE TABLE loose (id int)";
    let public = "CREATE TABLE public.loose (id int)";
    let temporary = "CREATE TEMPORARY TABLE users (id int)";
    let reading = "SELECT pg_read_file('postgresql.conf')";
    let running = "COPY users TO PROGRAM 'cat'";
    let disable = "ALTER TABLE users DISABLE ROW LEVEL SECURITY";
    let power = "ALTER ROLE tenantry_app BYPASSRLS";
    let statements =
        [switch_off, role, others, policy, table, public, temporary, reading, running, disable, power];
    assert_refused(&client, &statements).await;
    populated.world.end().await;
}
