//! Every registered statement fits the schema, may be run by the role of its class, and keeps to its tenant.

use std::collections::BTreeSet;
use std::path::Path;

use tenantry_db::{Class, Role, Statement};
use tenantry_server::modules;
use tenantry_testkit::{Cluster, Database};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::notes;
use crate::plan::scans;
use crate::support::{partitions, tenant_tables};

/// Statements in a tenant's name that touch no table of tenants.
const TOUCH_NONE: [&str; 2] =
    ["tenantry_identity::mfa::policy::claim", "tenantry_identity::mfa::policy::hold"];

/// Statements of the job worker that look for tenants instead of being told one.
pub(crate) const FIND_TENANTS: [&str; 6] = [
    "tenantry_events::survey::finished_after",
    "tenantry_events::survey::kept_after",
    "tenantry_events::survey::leased_after",
    "tenantry_events::survey::pending_after",
    "tenantry_events::survey::scheduled_after",
    "tenantry_events::survey::waiting_after",
];

/// Whether the scope binds the tenant as `$1`.
fn is_bound(statement: &Statement) -> bool {
    matches!(statement.class, Class::Read | Class::Write | Class::Log)
}

async fn as_role(database: &Database, role: Role, path: &str) -> Client {
    let client = database.as_role(role).await;
    let tenant = "SET app.tenant_id = '00000000-0000-0000-0000-000000000000'";
    client.batch_execute(&format!("SET search_path = {path}; {tenant}")).await.unwrap();
    client
}

/// Where the declaration and the schema differ.
async fn misfit(client: &Client, statement: &Statement) -> Option<String> {
    let prepared = match client.prepare(statement.sql).await {
        Ok(prepared) => prepared,
        Err(error) => return Some(format!("cannot be prepared: {error:?}")),
    };
    let (wanted, mut given) = ((statement.params)(), prepared.params());
    if is_bound(statement) {
        match given.split_first() {
            Some((&Type::UUID, rest)) => given = rest,
            _ => return Some("$1 is not the tenant".to_owned()),
        }
    }
    if wanted.len() != given.len() {
        return Some(format!("{} parameters are declared, PostgreSQL takes {given:?}", wanted.len()));
    }
    if let Some((at, (_, ty))) = wanted.iter().zip(given).enumerate().find(|(_, (accepts, ty))| !accepts(ty))
    {
        return Some(format!("parameter {at} of the declaration is {ty} to PostgreSQL"));
    }
    let (wanted, given) = ((statement.columns)(), prepared.columns());
    if wanted.is_empty() {
        return None;
    }
    if wanted.len() != given.len() {
        return Some(format!("{} columns are declared, PostgreSQL gives {}", wanted.len(), given.len()));
    }
    let mut columns = wanted.iter().zip(given);
    columns.find_map(|(want, have)| {
        let is_named = want.name.is_empty() || want.name == have.name();
        let fits = is_named && (want.accepts)(have.type_());
        (!fits).then(|| format!("the column {:?} is {} {}", want.name, have.name(), have.type_()))
    })
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let database = Cluster::get().database().await;
    let app = as_role(&database, Role::App, "app").await;
    let worker = as_role(&database, Role::Worker, "app").await;
    let platform = as_role(&database, Role::Platform, "control, app").await;
    let mut problems = Vec::new();
    for statement in modules::statements().into_iter().chain(notes::STATEMENTS.iter().copied()) {
        let client = match statement.class {
            Class::Read | Class::Write | Class::Log => &app,
            Class::Claim => &worker,
            Class::Control => &platform,
        };
        problems.extend(misfit(client, statement).await.map(|problem| format!("{statement:?}: {problem}")));
    }
    assert_none(&problems);
}

#[tokio::test]
async fn every_statement_may_be_run_by_the_role_of_its_class() {
    let database = Cluster::get().database().await;
    let app = as_role(&database, Role::App, "app").await;
    let worker = as_role(&database, Role::Worker, "app").await;
    let platform = as_role(&database, Role::Platform, "control, app").await;
    let directory = as_role(&database, Role::Directory, "control, app").await;
    let mut problems = Vec::new();
    for statement in modules::statements() {
        let clients: &[&Client] = match statement.class {
            Class::Read | Class::Write | Class::Log => &[&app],
            Class::Claim => &[&worker],
            Class::Control => &[&platform, &directory],
        };
        let mut refusals = Vec::new();
        for client in clients {
            refusals.extend(scans(client, statement).await.err());
        }
        if refusals.len() == clients.len() {
            problems.push(format!("{statement:?}: {refusals:?}"));
        }
    }
    assert_none(&problems);
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeSet::new();
    for statement in modules::statements() {
        assert!(seen.insert(statement.name), "{statement:?} is there twice");
    }
    assert!(seen.len() > 100, "only {} statements are registered", seen.len());
}

/// A superuser's plan has no policy in it: what keeps to the tenant there is the statement's own text.
#[tokio::test]
async fn every_scan_of_a_tenant_table_says_its_tenant() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    admin.batch_execute("SET search_path = app").await.unwrap();
    let mut tables = tenant_tables(&admin, "app").await;
    tables.extend(partitions(&admin, "app").await);
    let mut problems = Vec::new();
    for statement in modules::statements() {
        if statement.class == Class::Control || FIND_TENANTS.contains(&statement.name) {
            continue;
        }
        let found = scans(&admin, statement).await.unwrap_or_else(|error| panic!("{statement:?}: {error:?}"));
        let scanned: Vec<_> = found.iter().filter(|scan| tables.contains(&scan.table)).collect();
        problems.extend(
            scanned
                .iter()
                .filter(|scan| !scan.keeps_to("tenant_id = $1"))
                .map(|scan| format!("{statement:?} scans {} without tenant_id = $1", scan.table)),
        );
        let inserts = inserted(statement.sql);
        problems.extend(inserts.iter().filter(|(_, of_tenant)| !of_tenant).map(|(table, _)| {
            format!("{statement:?} inserts into {table} without (tenant_id, …) VALUES ($1, …)")
        }));
        if scanned.is_empty() && inserts.is_empty() && !TOUCH_NONE.contains(&statement.name) {
            problems.push(format!("{statement:?} touches no table of tenants: list it in TOUCH_NONE"));
        }
    }
    assert_none(&problems);
}

/// The tables that a statement inserts into, and whether the tenant comes first.
fn inserted(sql: &str) -> Vec<(&str, bool)> {
    sql.split("INSERT INTO ")
        .skip(1)
        .map(|rest| {
            let (table, columns) = rest.split_once(' ').unwrap_or((rest, ""));
            let values = columns.split_once(" VALUES ").map_or("", |(_, values)| values);
            // Rows that are a parameter: `SELECT $1, … FROM jsonb_to_recordset($2)`.
            let given = columns.split_once(" SELECT ").map_or("", |(_, given)| given);
            let is_of_tenant = values.starts_with("($1,") || given.starts_with("$1,");
            (table, columns.starts_with("(tenant_id,") && is_of_tenant)
        })
        .collect()
}

#[test]
fn an_insert_for_another_tenant_is_noticed() {
    assert_eq!(inserted("INSERT INTO t (tenant_id, id) VALUES ($1, $2)"), [("t", true)]);
    assert_eq!(inserted("INSERT INTO t (tenant_id, id) SELECT $1, id FROM given"), [("t", true)]);
    assert_eq!(inserted("INSERT INTO t (tenant_id, id) SELECT tenant_id, id FROM u"), [("t", false)]);
    assert_eq!(inserted("INSERT INTO t (tenant_id, id) VALUES ($2, $1)"), [("t", false)]);
    assert_eq!(inserted("INSERT INTO t (id, tenant_id) VALUES ($1, $2)"), [("t", false)]);
}

/// A store that nobody lists would escape every test here.
#[test]
fn every_store_is_registered() {
    let registered: BTreeSet<&str> = modules::statements()
        .iter()
        .filter_map(|statement| statement.name.rsplit_once("::"))
        .map(|(store, _)| store)
        .collect();
    let mut declared = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for folder in std::fs::read_dir(crates).unwrap() {
        let folder = folder.unwrap();
        let name = format!("tenantry_{}", folder.file_name().to_string_lossy().replace('-', "_"));
        declare(&folder.path().join("src"), &name, &mut declared);
    }
    assert_eq!(declared.iter().map(String::as_str).collect::<BTreeSet<_>>(), registered);
}

/// Collect the modules below `folder` that declare statements.
fn declare(folder: &Path, module: &str, declared: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let inner = if matches!(stem.as_str(), "lib" | "mod") {
            module.to_owned()
        } else {
            format!("{module}::{stem}")
        };
        if path.is_dir() {
            declare(&path, &inner, declared);
        } else if std::fs::read_to_string(&path).unwrap().lines().any(is_declaration) {
            declared.insert(inner);
        }
    }
}

fn is_declaration(line: &str) -> bool {
    matches!(line, "tenantry_db::statements! {" | "crate::statements! {")
}
