//! Migrations: repeatable, safe to run by two at once, and the same tables wherever a tenant lives.

use std::collections::BTreeSet;

use tenantry_db::{Error, HOME_CELL, Role, migrate};
use tenantry_testkit::{Cluster, Database};
use tokio_postgres::Client;

use crate::ground::Tenant;
use crate::notes::{self, insert, new_id, noted};
use crate::support::{code, texts};

/// Everything about a schema that two of its kind have in common, with the schema's own name taken out. Partitions are made
/// as time goes by.
const SHAPE: &str = "
    WITH own AS (SELECT c.* FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace),
    lines AS (
        SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity, relowner::regrole, relacl)
            FROM own WHERE relkind <> 'i'
        UNION ALL SELECT concat_ws(' ', 'column', relname, attnum, attname, format_type(atttypid, atttypmod), attnotnull,
            pg_get_expr(adbin, adrelid)) FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND attnum > 0
            LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
        UNION ALL SELECT concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid), convalidated)
            FROM pg_constraint WHERE connamespace = $1::text::regnamespace
        UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(oid)) FROM own WHERE relkind = 'i'
        UNION ALL SELECT concat_ws(' ', 'policy', relname, polname, polpermissive, polcmd, polroles::regrole[],
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
            FROM own JOIN pg_policy ON polrelid = own.oid
        UNION ALL SELECT concat_ws(' ', 'function', pg_get_functiondef(oid), proacl)
            FROM pg_proc WHERE pronamespace = $1::text::regnamespace
        UNION ALL SELECT concat_ws(' ', 'schema', nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname = $1
    ) SELECT regexp_replace(concat_ws, '\\m' || $1 || '\\.(?!tenant_id)', '', 'g') FROM lines
    WHERE concat_ws !~ '_20[0-9]{5}' ORDER BY 1";

async fn shape(admin: &Client, schema: &str) -> BTreeSet<String> {
    let lines = texts(admin, SHAPE, &[&schema]).await;
    assert!(lines.len() > 50, "{schema} has only {} lines", lines.len());
    lines.into_iter().collect()
}

#[track_caller]
fn assert_alike(left: &BTreeSet<String>, right: &BTreeSet<String>) {
    let differences: Vec<_> = left.symmetric_difference(right).map(String::as_str).collect();
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

async fn applied(admin: &Client, schema: &str) -> Vec<String> {
    let sql = format!(
        "SELECT concat_ws(' ', version, name, applied_on, checksum) FROM {schema}.schema_migrations ORDER BY 1"
    );
    texts(admin, &sql, &[]).await
}

/// A database that nobody has migrated.
async fn empty() -> (Database, Client) {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    admin.batch_execute("DROP SCHEMA app CASCADE; DROP SCHEMA control CASCADE").await.unwrap();
    (database, admin)
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    let (app, control) = (shape(&admin, "app").await, shape(&admin, "control").await);
    let lists = (applied(&admin, "app").await, applied(&admin, "control").await);
    migrate::migrate_cell(database.authority().databases(), HOME_CELL).await.unwrap();
    assert_alike(&shape(&admin, "app").await, &app);
    assert_alike(&shape(&admin, "control").await, &control);
    assert_eq!((applied(&admin, "app").await, applied(&admin, "control").await), lists);
    let (control, tenant) = migrate::latest_versions();
    let last =
        |list: &[String], version: i32| list.iter().any(|line| line.starts_with(&format!("{version} ")));
    assert!(last(&lists.0, tenant) && last(&lists.1, control), "{lists:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_may_migrate_at_once() {
    let (database, admin) = empty().await;
    let expected = shape(&Cluster::get().database().await.admin().await, "app").await;
    let authorities = [database.authority(), database.authority(), database.authority()];
    let all = authorities.iter().map(|authority| migrate::migrate_cell(authority.databases(), HOME_CELL));
    for result in futures_util::future::join_all(all).await {
        result.unwrap();
    }
    assert_alike(&shape(&admin, "app").await, &expected);
    let files = |set: &str| {
        std::fs::read_dir(format!("{}/../../migrations/{set}", env!("CARGO_MANIFEST_DIR"))).unwrap().count()
    };
    assert_eq!(applied(&admin, "app").await.len(), files("tenant"));
    assert_eq!(applied(&admin, "control").await.len(), files("control"));
}

#[tokio::test]
async fn a_tenants_own_schema_is_like_the_shared_one() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    let authority = database.authority();
    for _ in 0..2 {
        migrate::migrate_schema(authority.databases(), HOME_CELL, database.name(), "t_alike").await.unwrap();
        assert_alike(&shape(&admin, "t_alike").await, &shape(&admin, "app").await);
    }
    migrate::drop_schema(authority.databases(), HOME_CELL, database.name(), "t_alike").await.unwrap();
    let left = texts(&admin, "SELECT nspname::text FROM pg_namespace WHERE nspname = 't_alike'", &[]).await;
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test]
async fn a_tenants_own_database_is_like_the_shared_one_and_as_closed() {
    let database = Cluster::get().database().await;
    let authority = database.authority();
    let tenant = Tenant::dedicated(&database, &authority).await;
    let admin = tenant.admin().await;
    assert_alike(&shape(&admin, "app").await, &shape(&database.admin().await, "app").await);

    let open = "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'tenantry%' AND (rolname <> 'tenantry_owner' \
        AND has_database_privilege(oid, current_database(), 'CREATE, TEMPORARY') \
        OR has_schema_privilege(oid, 'public', 'CREATE'))";
    assert_eq!(texts(&admin, open, &[]).await, Vec::<String>::new());
    let strangers = "SELECT datname::text FROM pg_database, aclexplode(datacl) a \
        WHERE datname = current_database() AND a.grantee = 0";
    assert_eq!(texts(&admin, strangers, &[]).await, Vec::<String>::new());

    let id = new_id();
    let mut tx = tenant.scope(&authority).begin().unwrap();
    tx.queue(insert(id, "here"));
    tx.commit(noted(id, "here"), ()).await.unwrap();
    assert_eq!(tenant.rows().await, (1, 1, 1));
    admin.batch_execute(&format!("SET ROLE {}; SET search_path = app", Role::App.name())).await.unwrap();
    let error = admin.query("SELECT * FROM permissions", &[]).await.unwrap_err();
    assert_eq!(code(&error), "42704", "the application reads without a tenant");
    let stranger = Tenant::beside(&tenant);
    assert_eq!(stranger.scope(&authority).read(notes::in_sight()).await.unwrap(), []);

    authority.databases().forget(tenant.placement());
    migrate::drop_database(authority.databases(), HOME_CELL, &tenant.placement().database).await.unwrap();
    let gone = tenant.scope(&authority).read(notes::list()).await;
    assert!(matches!(gone, Err(Error::Unavailable(_))), "{gone:?}");
}
