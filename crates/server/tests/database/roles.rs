//! The roles that the server logs in as: none has power, and each reaches only what is its own.

use tenantry_db::Role;
use tenantry_testkit::Cluster;
use tokio_postgres::Client;

use crate::populated::Populated;
use crate::support::{count, refusal, tenant_tables, texts};

/// PostgreSQL's answer to who has no right.
const NO_RIGHT: &str = "42501";
/// The tables that the job worker may enter.
const OF_THE_WORKER: [&str; 5] = ["event_stream", "idempotency_keys", "jobs", "outbox", "schedules"];
/// The tables that an operator's transaction leaves its trail in.
const TRAIL: [&str; 4] = ["audit_log", "idempotency_keys", "jobs", "outbox"];

async fn control_tables(admin: &Client) -> Vec<String> {
    let sql = "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'control'::regnamespace AND c.relkind = 'r'";
    let tables = texts(admin, sql, &[]).await;
    assert!(tables.len() >= 8, "{tables:?}");
    tables
}

async fn assert_refused(client: &Client, statement: &str) {
    assert_eq!(refusal(client.batch_execute(statement).await, statement), NO_RIGHT, "{statement}");
}

#[tokio::test]
async fn no_role_has_power() {
    let admin = Cluster::get().database().await.admin().await;
    let powers = "SELECT concat_ws(' ', rolname, CASE WHEN rolcanlogin THEN 'logs in' END, CASE WHEN rolsuper OR \
        rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication THEN 'has power' END) FROM pg_roles \
        WHERE rolname LIKE 'tenantry%' ORDER BY 1";
    let expected = [
        "tenantry_app logs in",
        "tenantry_directory logs in",
        "tenantry_owner",
        "tenantry_platform logs in",
        "tenantry_worker logs in",
    ];
    assert_eq!(texts(&admin, powers, &[]).await, expected);
    let memberships = "SELECT format('%s in %s', m.member::regrole, m.roleid::regrole) FROM pg_auth_members m \
        WHERE m.member::regrole::text LIKE 'tenantry%' OR (m.roleid::regrole::text LIKE 'tenantry%' \
        AND NOT (SELECT rolsuper FROM pg_roles WHERE oid = m.member))";
    assert_eq!(texts(&admin, memberships, &[]).await, Vec::<String>::new());
    let settings =
        "SELECT setrole::regrole::text FROM pg_db_role_setting WHERE setrole::regrole::text LIKE 'tenantry%'";
    assert_eq!(texts(&admin, settings, &[]).await, Vec::<String>::new());
}

#[tokio::test]
async fn neither_the_application_nor_the_worker_enters_the_platforms_tables() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    for role in [Role::App, Role::Worker] {
        let client = database.as_role(role).await;
        for table in control_tables(&admin).await {
            assert_refused(&client, &format!("SELECT FROM control.{table}")).await;
            assert_refused(&client, &format!("DELETE FROM control.{table} WHERE false")).await;
        }
    }
}

#[tokio::test]
async fn the_worker_enters_its_own_tables_alone() {
    let database = Cluster::get().database().await;
    let client = database.as_role(Role::Worker).await;
    for table in tenant_tables(&database.admin().await, "app").await {
        let select = format!("SELECT FROM {table}");
        if OF_THE_WORKER.contains(&table.as_str()) {
            client.batch_execute(&select).await.unwrap();
        } else {
            assert_refused(&client, &select).await;
            assert_refused(&client, &format!("UPDATE {table} SET tenant_id = tenant_id WHERE false")).await;
        }
    }
}

#[tokio::test]
async fn the_directory_writes_revocations_alone() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    let client = database.as_role(Role::Directory).await;
    for table in control_tables(&admin).await {
        let column = if table == "tenants" { "id" } else { "tenant_id" };
        let statements = [
            format!("INSERT INTO control.{table} SELECT * FROM control.{table} WHERE false"),
            format!("UPDATE control.{table} SET {column} = {column} WHERE false"),
            format!("DELETE FROM control.{table} WHERE false"),
        ];
        for statement in statements {
            if table == "revocations" {
                client.batch_execute(&statement).await.unwrap();
            } else if table != "schema_migrations" {
                assert_refused(&client, &statement).await;
            }
        }
        assert_refused(&client, &format!("TRUNCATE control.{table}")).await;
    }
    for table in tenant_tables(&admin, "app").await {
        assert_refused(&client, &format!("SELECT FROM app.{table}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_sees_only_the_trail_of_the_tenant_in_the_setting() {
    let populated = Populated::new().await;
    for (tenant, own) in &populated.tenants {
        for (_, home) in &populated.tenants {
            let client = populated.at(home, Role::Platform).await;
            client.batch_execute(&format!("SET app.tenant_id = '{tenant}'")).await.unwrap();
            for table in home.tables().await {
                if !TRAIL.contains(&table.as_str()) {
                    assert_refused(&client, &format!("SELECT FROM {table}")).await;
                    continue;
                }
                let foreign = format!("SELECT count(*) FROM {table} WHERE tenant_id <> '{tenant}'");
                assert_eq!(count(&client, &foreign).await, 0, "{table}");
                let all = count(&client, &format!("SELECT count(*) FROM {table}")).await;
                assert_eq!(all > 0, home == own, "{table}");
                assert_refused(&client, &format!("UPDATE {table} SET tenant_id = tenant_id")).await;
                assert_refused(&client, &format!("DELETE FROM {table}")).await;
            }
        }
    }
    populated.world.end().await;
}
