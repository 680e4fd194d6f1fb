//! Every table is protected, wherever a tenant may live: see [`RULES`].

use tenantry_db::{HOME_CELL, migrate};
use tenantry_testkit::{Cluster, Database};
use tokio_postgres::Client;

use crate::rules::{RULES, Rule};
use crate::support::{tenant_tables, texts};

/// A tenant's own schema, as the product makes it.
const OWN: &str = "t_00000000000000000000000000000001";

async fn with_own_schema() -> (Database, Client) {
    let database = Cluster::get().database().await;
    migrate::migrate_schema(database.authority().databases(), HOME_CELL, database.name(), OWN).await.unwrap();
    let admin = database.admin().await;
    (database, admin)
}

async fn offenders(admin: &Client, rule: &Rule, schema: &str) -> Vec<String> {
    texts(admin, rule.offenders, &[&schema]).await
}

#[tokio::test]
async fn every_rule_holds_in_the_pooled_schema_and_in_a_tenants_own() {
    let (_database, admin) = with_own_schema().await;
    let mut problems = Vec::new();
    for schema in ["app", OWN] {
        for rule in RULES {
            let found = offenders(&admin, rule, schema).await;
            problems.extend(found.iter().map(|offender| format!("{schema}: {}, but: {offender}", rule.says)));
        }
        assert!(tenant_tables(&admin, schema).await.len() >= 15, "{schema} has hardly a table");
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[tokio::test]
async fn every_breach_of_a_rule_is_found() {
    let (_database, admin) = with_own_schema().await;
    for schema in ["app", OWN] {
        for rule in RULES {
            assert!(!rule.broken_by.is_empty(), "nothing shows that this can fail: {}", rule.says);
            for breach in rule.broken_by {
                admin
                    .batch_execute(&format!("BEGIN; SET LOCAL search_path = {schema}; {breach}"))
                    .await
                    .unwrap();
                let found = offenders(&admin, rule, schema).await;
                admin.batch_execute("ROLLBACK").await.unwrap();
                assert!(!found.is_empty(), "{schema}: {}, and nobody sees:\n{breach}", rule.says);
            }
        }
    }
}

#[tokio::test]
async fn the_platforms_tables_are_for_operators_and_look_ups_alone() {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    let users = "SELECT format('%s %s', a.grantee::regrole, a.privilege_type) FROM pg_namespace n, aclexplode(n.nspacl) a \
        WHERE n.nspname = 'control' AND a.grantee <> n.nspowner ORDER BY 1";
    assert_eq!(texts(&admin, users, &[]).await, ["tenantry_directory USAGE", "tenantry_platform USAGE"]);
    let rights = "SELECT format('%s %s', c.relname, string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type)) \
        FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'control'::regnamespace \
        AND a.grantee = 'tenantry_directory'::regrole GROUP BY c.relname ORDER BY 1";
    let expected = [
        "data_keys SELECT",
        "placements SELECT",
        "revocations DELETE INSERT SELECT UPDATE",
        "signing_keys SELECT",
        "tenant_domains SELECT",
        "tenants SELECT",
    ];
    assert_eq!(texts(&admin, rights, &[]).await, expected);
    let others = "SELECT c.relname::text FROM pg_class c, aclexplode(c.relacl) a \
        WHERE c.relnamespace = 'control'::regnamespace AND a.grantee <> c.relowner \
        AND a.grantee <> ALL (ARRAY['tenantry_directory', 'tenantry_platform']::regrole[]::oid[])";
    assert_eq!(texts(&admin, others, &[]).await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_outside_the_listed_schemas_is_ours() {
    let (_database, admin) = with_own_schema().await;
    let schemas = "SELECT n.nspname::text FROM pg_namespace n WHERE n.nspname !~ '^pg_' \
        AND n.nspname NOT IN ('information_schema', 'app', 'control', $1) \
        AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid)";
    assert_eq!(texts(&admin, schemas, &[&OWN]).await, Vec::<String>::new());
    let definers = "SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')";
    assert_eq!(texts(&admin, definers, &[]).await, Vec::<String>::new());
}
