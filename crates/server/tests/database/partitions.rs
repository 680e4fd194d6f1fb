//! Tables that are cut by the time in their ids: partitions are made ahead, hold what is theirs, and go when they are over.

use jiff::{SignedDuration, Timestamp};
use tenantry_server::config::History;
use tenantry_server::modules;
use tenantry_testkit::{Cluster, Database};
use tokio_postgres::Client;
use uuid::{NoContext, Uuid};

use crate::support::{code, count, partitions, texts};

const NOW: &str = "2031-05-07T09:30:00Z";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn id_at(at: Timestamp) -> Uuid {
    let (seconds, nanos) = (at.as_second().unsigned_abs(), at.subsec_nanosecond().unsigned_abs());
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos))
}

async fn open() -> (Database, Client, Timestamp) {
    let database = Cluster::get().database().await;
    let admin = database.admin().await;
    admin.batch_execute("SET ROLE tenantry_owner; SET search_path = app").await.unwrap();
    (database, admin, NOW.parse().unwrap())
}

/// Make and drop partitions; how many were made, and dropped.
async fn keep_of(admin: &Client, table: &str, days: i32, kept: Option<i32>, at: Timestamp) -> (i32, i32) {
    let (mut made, mut dropped) = (0, 0);
    while admin.query_one("SELECT make_partition($1, $2, $3)", &[&table, &at, &days]).await.unwrap().get(0) {
        made += 1;
    }
    while admin.query_one("SELECT drop_partition($1, $2, $3)", &[&table, &at, &kept]).await.unwrap().get(0) {
        dropped += 1;
    }
    admin.execute("SELECT sweep_rest($1, $2, $3)", &[&table, &at, &kept]).await.unwrap();
    (made, dropped)
}

/// Those of challenges, a day each.
async fn keep(admin: &Client, at: Timestamp) -> (i32, i32) {
    keep_of(admin, "mfa_challenges", 1, None, at).await
}

async fn insert(admin: &Client, tenant: u128, at: Timestamp, expires_at: Timestamp) -> Uuid {
    let (tenant, id) = (Uuid::from_u128(tenant), id_at(at));
    let sql = "INSERT INTO mfa_challenges (tenant_id, id, purpose, secret_hash, amr, tries, created_at, expires_at) \
        VALUES ($1, $2, 'sign_in', '', '{}', 0, $3, $4)";
    admin.execute(sql, &[&tenant, &id, &at, &expires_at]).await.unwrap();
    id
}

/// Where a row lies.
async fn partition_of(admin: &Client, id: Uuid) -> Option<String> {
    let sql = "SELECT tableoid::regclass::text FROM mfa_challenges WHERE id = $1";
    texts(admin, sql, &[&id]).await.pop()
}

#[tokio::test]
async fn every_table_that_is_cut_is_listed_with_how_long_it_is_kept() {
    let (_database, admin, _) = open().await;
    let cut = "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'app'::regnamespace AND c.relkind = 'p' ORDER BY 1";
    let history = History { sign_ins_days: 400, decisions_days: 90 };
    let mut listed: Vec<&str> = modules::cuts(&history).iter().map(|cut| cut.table).collect();
    listed.sort_unstable();
    assert_eq!(texts(&admin, cut, &[]).await, listed);
    // And the test kit has made those of today, so that every other test runs on them.
    let all = partitions(&admin, "app").await;
    for table in listed {
        assert!(
            all.iter().filter(|name| name.starts_with(&format!("{table}_2"))).count() >= 2,
            "{table}: {all:?}"
        );
    }
}

#[tokio::test]
async fn partitions_are_made_ahead_and_take_what_came_before_them() {
    let (_database, admin, now) = open().await;
    let early = insert(&admin, 1, now, now + hours(1)).await;
    let tomorrow = insert(&admin, 1, now + hours(24), now + hours(25)).await;
    assert_eq!(partition_of(&admin, early).await.as_deref(), Some("mfa_challenges_rest"));
    // Between the test kit's today and this day nothing is made.
    assert_eq!(keep(&admin, now).await.0, 2);
    assert_eq!(keep(&admin, now).await, (0, 0));
    assert_eq!(partition_of(&admin, early).await.as_deref(), Some("mfa_challenges_20310507"));
    assert_eq!(partition_of(&admin, tomorrow).await.as_deref(), Some("mfa_challenges_20310508"));
    let late = insert(&admin, 2, now + hours(14), now + hours(15)).await;
    assert_eq!(partition_of(&admin, late).await.as_deref(), Some("mfa_challenges_20310507"));
    let edge: Timestamp = "2031-05-08T00:00:00Z".parse().unwrap();
    let last = insert(&admin, 2, edge - SignedDuration::from_millis(1), edge).await;
    let first = insert(&admin, 2, edge, edge).await;
    assert_eq!(partition_of(&admin, last).await.as_deref(), Some("mfa_challenges_20310507"));
    assert_eq!(partition_of(&admin, first).await.as_deref(), Some("mfa_challenges_20310508"));
}

#[tokio::test]
async fn a_partition_goes_when_none_of_its_rows_counts_any_more() {
    let (_database, admin, now) = open().await;
    keep(&admin, now).await;
    let over = insert(&admin, 1, now, now + hours(1)).await;
    let lasting = insert(&admin, 2, now, now + hours(72)).await;
    let stray = insert(&admin, 1, now - hours(24 * 30), now - hours(1)).await;
    assert_eq!(partition_of(&admin, stray).await.as_deref(), Some("mfa_challenges_rest"));
    assert_eq!(keep(&admin, now + hours(48)).await.1, 0);
    assert!(partition_of(&admin, over).await.is_some() && partition_of(&admin, lasting).await.is_some());
    assert_eq!(partition_of(&admin, stray).await, None);
    keep(&admin, now + hours(72 + 23)).await;
    assert!(partition_of(&admin, lasting).await.is_some());
    assert!(keep(&admin, now + hours(72 + 25)).await.1 >= 1);
    assert_eq!((partition_of(&admin, over).await, partition_of(&admin, lasting).await), (None, None));
}

#[tokio::test]
async fn what_has_happened_is_kept_for_its_days() {
    let (_database, admin, now) = open().await;
    let keep = async |at: Timestamp| keep_of(&admin, "sign_ins", 91, Some(400), at).await.1;
    keep(now).await;
    for at in [now, now - hours(24 * 399), now - hours(24 * 401)] {
        let sql = "INSERT INTO sign_ins (tenant_id, id, at, outcome, method) VALUES ($1, $2, $3, 'success', 'password')";
        admin.execute(sql, &[&Uuid::from_u128(1), &id_at(at), &at]).await.unwrap();
    }
    assert_eq!(keep(now).await, 0);
    assert_eq!(count(&admin, "SELECT count(*) FROM sign_ins").await, 2);
    // A partition ends at most 91 days after the row, and goes 400 days later.
    keep(now + hours(24 * 399)).await;
    assert_eq!(count(&admin, "SELECT count(*) FROM sign_ins").await, 1);
    keep(now + hours(24 * 492)).await;
    assert_eq!(count(&admin, "SELECT count(*) FROM sign_ins").await, 0);
}

#[tokio::test]
async fn the_application_reaches_rows_by_their_table_alone() {
    let (database, admin, now) = open().await;
    keep(&admin, now).await;
    let (mine, other) = (insert(&admin, 1, now, now).await, insert(&admin, 2, now, now).await);
    let app = database.as_role(tenantry_db::Role::App).await;
    let tenant = Uuid::from_u128(1);
    app.batch_execute(&format!("SET search_path = app; SET app.tenant_id = '{tenant}'")).await.unwrap();
    let seen =
        texts(&app, "SELECT id::text FROM mfa_challenges WHERE id = ANY ($1)", &[&vec![mine, other]]).await;
    assert_eq!(seen, [mine.to_string()]);
    for partition in ["mfa_challenges_20310507", "mfa_challenges_rest"] {
        let refused = app.query(&format!("SELECT id FROM {partition}"), &[]).await.unwrap_err();
        assert_eq!(code(&refused), "42501", "{partition}");
    }
    for call in ["make_partition('mfa_challenges', $1, 1)", "drop_partition('mfa_challenges', $1, NULL)"] {
        let refused = app.query(&format!("SELECT {call}"), &[&now]).await.unwrap_err();
        assert_eq!(code(&refused), "42501");
    }
}

#[tokio::test]
async fn whoever_is_at_work_goes_on_and_the_partition_comes_later() {
    let (database, admin, now) = open().await;
    let at_work = database.admin().await;
    at_work.batch_execute("SET search_path = app; BEGIN").await.unwrap();
    let first = insert(&at_work, 1, now, now + hours(1)).await;
    // The row is in no partition yet, so making one has to wait for it: not for long.
    admin.batch_execute("SET lock_timeout = '200ms'").await.unwrap();
    let sql = "SELECT make_partition('mfa_challenges', $1, 1)";
    let refused = admin.query_one(sql, &[&now]).await.unwrap_err();
    assert_eq!(code(&refused), "55P03");
    let second = insert(&at_work, 1, now, now + hours(1)).await;
    at_work.batch_execute("COMMIT").await.unwrap();
    keep(&admin, now).await;
    for id in [first, second] {
        assert_eq!(partition_of(&admin, id).await.as_deref(), Some("mfa_challenges_20310507"));
    }
}
