use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tenantry_events::Runtime;
use tenantry_events::ports::Placements;
use uuid::Uuid;

use crate::support::{Database, Tenant, quick};

async fn write(tenant: Tenant, writer: u128) {
    for version in 1..=12 {
        for thing in 0..3_u128 {
            tenant.change(Uuid::from_u128(writer * 100 + thing), version).await;
        }
    }
}

async fn check(database: &Database, tenant: &Tenant, events: i64) {
    let sql = "SELECT seq, aggregate_id, aggregate_version FROM outbox WHERE tenant_id = $1 ORDER BY seq";
    let rows = database.admin.query(sql, &[&tenant.id]).await.unwrap();
    let numbers: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(numbers, (1..=events).collect::<Vec<_>>());
    let mut versions: HashMap<Uuid, i64> = HashMap::new();
    for row in rows {
        let last = versions.entry(row.get(1)).or_default();
        assert_eq!(row.get::<_, i64>(2), *last + 1, "{}", row.get::<_, Uuid>(1));
        *last += 1;
    }
    let last = "SELECT last_seq FROM event_stream WHERE tenant_id = $1";
    assert_eq!(database.admin.query_one(last, &[&tenant.id]).await.unwrap().get::<_, i64>(0), events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_have_no_gaps_and_keep_the_order_of_versions_with_two_nodes() {
    let database = Database::new().await;
    let tenants = [database.tenant(), database.tenant()];
    let here = database.start(Vec::new(), Vec::new());
    let homes: Arc<dyn Placements> = Arc::clone(&database.homes) as Arc<dyn Placements>;
    let there = Runtime::start(database.other_node(), homes, Vec::new(), Vec::new(), quick()).unwrap();
    let writers = (0..10).map(|writer| {
        let tenant = tenants[usize::try_from(writer % 2).unwrap()].clone();
        tokio::spawn(write(tenant, writer))
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    database.until("SELECT count(*) FROM outbox WHERE seq IS NULL", 0).await;
    for tenant in &tenants {
        check(&database, tenant, 5 * 36).await;
    }
    assert_eq!(here.drain(Duration::from_secs(5)).await + there.drain(Duration::from_secs(5)).await, 0);
}

#[tokio::test]
async fn a_backlog_larger_than_a_batch_is_numbered_in_order() {
    let database = Database::new().await;
    let tenant = database.tenant();
    // Ids that contradict the versions, as from nodes with skewed clocks.
    let sql = "INSERT INTO outbox (tenant_id, id, type, aggregate_type, aggregate_id, aggregate_version, request_id, data, at)
        SELECT $1, ('00000000-0000-7000-8000-' || lpad((n # 5)::text, 12, '0'))::uuid, 'tenantry.thing.changed', 'thing',
        ('00000000-0000-7000-8000-' || lpad((n / 10)::text, 12, '0'))::uuid, n % 10 + 1,
        '00000000-0000-7000-8000-000000000000', '{}', '2026-11-04T12:00:00Z' FROM generate_series(0, 699) AS n";
    database.admin.execute(sql, &[&tenant.id]).await.unwrap();
    let _runtime = database.start(Vec::new(), Vec::new());
    database.until("SELECT count(*) FROM outbox WHERE seq IS NULL", 0).await;
    check(&database, &tenant, 700).await;
}
