//! Migrations: the roles, the control schema, and the tables of every schema that tenants live in.

use std::time::Duration;

use refinery::{Migration, Runner};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::Error;
use crate::placement::POOLED_SCHEMA;
use crate::pool::{Databases, Role, parse};
use crate::tls::Tls;

mod embedded {
    //! The migrations, as files in `migrations/`.
    pub(super) mod control {
        refinery::embed_migrations!("../../migrations/control");
    }
    pub(super) mod tenant {
        refinery::embed_migrations!("../../migrations/tenant");
    }
}

/// The lock that one migrating process holds: "tenantry" in ASCII, as a number.
const MIGRATION_LOCK: i64 = 0x7465_6e61_6e74_7279;

#[expect(clippy::disallowed_types, reason = "migrations run as the owner, before any scope exists")]
pub(crate) type Admin = tokio_postgres::Client;

pub(crate) async fn connect(config: &tokio_postgres::Config, tls: &Tls) -> Result<Admin, Error> {
    let (client, connection) = config.connect(tls.connector()).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = %error, "the administrative connection ended");
        }
    });
    Ok(client)
}

/// Create the database that `url` names, when it does not exist. Connects to `postgres` in the same cluster.
pub async fn create_database(url: &SecretString, trusted: Option<&std::path::Path>) -> Result<(), Error> {
    let mut config = parse(url)?;
    let tls = Tls::new(std::iter::once(&config), trusted)?;
    let name = config.get_dbname().unwrap_or_default().to_owned();
    config.dbname("postgres");
    let client = connect(&config, &tls).await?;
    let exists = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?.is_some();
    if !exists {
        let quoted = quote(&name);
        client.batch_execute(&format!("CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0")).await?;
    }
    Ok(())
}

/// The id of the master key that the tenants' keys are wrapped by; none in a new installation.
pub async fn sealed_by(databases: &Databases) -> Result<Option<String>, Error> {
    let admin = connect(databases.config(crate::placement::HOME_CELL)?, databases.tls()).await?;
    let exists: bool =
        admin.query_one("SELECT to_regclass('control.data_keys') IS NOT NULL", &[]).await?.get(0);
    if !exists {
        return Ok(None);
    }
    admin.batch_execute(&format!("SET ROLE {}", Role::Owner.name())).await?;
    let row =
        admin.query_opt("SELECT master_key_id FROM control.data_keys WHERE is_current LIMIT 1", &[]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Bring a whole cell up to date: roles, control schema (in the home cell), pooled schema.
pub async fn migrate_cell(databases: &Databases, cell: &str) -> Result<(), Error> {
    let config = databases.config(cell)?.clone();
    let mut admin = connect(&config, databases.tls()).await?;
    lock(&admin).await?;
    create_roles(&admin, databases).await?;
    if cell == crate::placement::HOME_CELL {
        run(&mut admin, "control", embedded::control::migrations::runner()).await?;
    }
    run(&mut admin, POOLED_SCHEMA, embedded::tenant::migrations::runner()).await?;
    admin.batch_execute("SELECT pg_advisory_unlock_all()").await?;
    Ok(())
}

/// Bring one schema of a cell up to date, creating it when it does not exist: a tenant of its own schema or database.
pub async fn migrate_schema(
    databases: &Databases,
    cell: &str,
    database: &str,
    schema: &str,
) -> Result<(), Error> {
    let mut config = databases.config(cell)?.clone();
    config.dbname(database);
    let mut admin = connect(&config, databases.tls()).await?;
    lock(&admin).await?;
    run(&mut admin, schema, embedded::tenant::migrations::runner()).await?;
    admin.batch_execute("SELECT pg_advisory_unlock_all()").await?;
    Ok(())
}

/// Create a tenant's own database in a cell, with the roles' rights, when it does not exist.
pub async fn create_tenant_database(databases: &Databases, cell: &str, database: &str) -> Result<(), Error> {
    let config = databases.config(cell)?.clone();
    let admin = connect(&config, databases.tls()).await?;
    let exists =
        admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&database]).await?.is_some();
    if !exists {
        admin
            .batch_execute(&format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", quote(database)))
            .await?;
    }
    let mut config = config;
    config.dbname(database);
    grant_database(&connect(&config, databases.tls()).await?).await
}

/// Remove a tenant's own schema.
pub async fn drop_schema(
    databases: &Databases,
    cell: &str,
    database: &str,
    schema: &str,
) -> Result<(), Error> {
    let mut config = databases.config(cell)?.clone();
    config.dbname(database);
    connect(&config, databases.tls())
        .await?
        .batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quote(schema)))
        .await?;
    Ok(())
}

/// Remove a tenant's own database.
pub async fn drop_database(databases: &Databases, cell: &str, database: &str) -> Result<(), Error> {
    let config = databases.config(cell)?.clone();
    let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(database));
    connect(&config, databases.tls()).await?.batch_execute(&statement).await?;
    Ok(())
}

/// Wait for the lock by polling: waiting inside `pg_advisory_lock` can deadlock with CREATE INDEX CONCURRENTLY.
async fn lock(admin: &Admin) -> Result<(), Error> {
    loop {
        let row = admin.query_one("SELECT pg_try_advisory_lock($1)", &[&MIGRATION_LOCK]).await?;
        if row.get::<_, bool>(0) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The roles that the server logs in as. None may bypass row-level security.
async fn create_roles(admin: &Admin, databases: &Databases) -> Result<(), Error> {
    for role in Role::ALL {
        let name = role.name();
        let exists = admin.query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&name]).await?.is_some();
        if !exists {
            let create =
                format!("CREATE ROLE {name} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT");
            match admin.batch_execute(&create).await {
                // Another cell's migration on the same cluster was faster.
                Err(error) if error.code().is_some_and(|code| matches!(code.code(), "42710" | "23505")) => {}
                other => other?,
            }
        }
        if role == Role::Owner {
            continue;
        }
        let password = (databases.settings().password)(name);
        // Passwords are base64url, so they hold no quote; the statement is never logged by us.
        let set = format!("ALTER ROLE {name} LOGIN PASSWORD '{}'", password.expose_secret());
        retry_concurrent(admin, &set).await?;
    }
    retry_concurrent(admin, &format!("GRANT {} TO CURRENT_USER", Role::Owner.name())).await?;
    grant_database(admin).await
}

async fn grant_database(admin: &Admin) -> Result<(), Error> {
    let name: String = admin.query_one("SELECT current_database()::text", &[]).await?.get(0);
    let database = quote(&name);
    let roles = [Role::App, Role::Directory, Role::Worker, Role::Platform].map(Role::name).join(", ");
    let grant = format!(
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC; REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
         GRANT CONNECT ON DATABASE {database} TO {roles}; GRANT CREATE, CONNECT ON DATABASE {database} TO {}",
        Role::Owner.name()
    );
    retry_concurrent(admin, &grant).await
}

/// Catalogue rows of roles are shared by all databases of a cluster: two migrations may meet there.
async fn retry_concurrent(admin: &Admin, sql: &str) -> Result<(), Error> {
    for _ in 0..50 {
        match admin.batch_execute(sql).await {
            Err(error) if error.as_db_error().is_some_and(|e| e.message().contains("concurrently")) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return Ok(other?),
        }
    }
    Err(Error::Migration("the roles are being changed by somebody else all the time".to_owned()))
}

async fn run(admin: &mut Admin, schema: &str, mut runner: Runner) -> Result<(), Error> {
    let quoted = quote(schema);
    let owner = Role::Owner.name();
    admin
        .batch_execute(&format!(
            "SET ROLE {owner}; CREATE SCHEMA IF NOT EXISTS {quoted}; SET search_path = {quoted}; SET lock_timeout = '10s'"
        ))
        .await?;
    runner.set_migration_table_name("schema_migrations");
    let result = runner.run_async(admin).await.map_err(|error| {
        Error::Migration(format!(
            "{error} {}",
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        ))
    });
    admin.batch_execute("RESET ROLE; RESET search_path; RESET lock_timeout").await?;
    let report = result?;
    for migration in report.applied_migrations() {
        tracing::info!(db.schema = schema, migration = %migration, "migrated");
    }
    Ok(())
}

/// How many migrations each set has: `(control, tenant)`.
pub fn latest_versions() -> (i32, i32) {
    let latest =
        |runner: &Runner| runner.get_migrations().iter().map(Migration::version).max().unwrap_or_default();
    (latest(&embedded::control::migrations::runner()), latest(&embedded::tenant::migrations::runner()))
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
