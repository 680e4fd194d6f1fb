use serde_json::json;
use tenantry_events::{Job, Subscriber};
use uuid::Uuid;

use crate::support::{Database, Recorder};

#[tokio::test]
async fn a_tenant_with_a_schema_of_its_own_is_served_like_the_others() {
    let (database, hand) = Database::given().await;
    let (own, pooled) = (database.tenant_in_schema().await, database.tenant());
    let (events, work) = (Recorder::new("events"), Recorder::new("work"));
    // Left behind by another node: nobody on this one announces it.
    own.queue([Job::new("work", json!({}))]).await;
    own.change(Uuid::from_u128(1), 1).await;
    let _ = database.authority.databases().committed().next().await;
    let _runtime =
        database.start(vec![work.clone()], vec![Subscriber::new(events.clone(), ["tenantry.thing.created"])]);
    events.until(1).await;
    work.until(1).await;
    pooled.change(Uuid::from_u128(2), 1).await;
    events.until(2).await;
    let tenants: Vec<_> = events.seen().iter().map(|it| it.0).collect();
    assert_eq!(tenants, [own.id, pooled.id]);
    own.queue([Job::new("work", json!({})).due(crate::support::in_seconds(&database.clock, 60))]).await;
    hand.advance(jiff::SignedDuration::from_secs(61));
    work.until(2).await;
    let schema = &own.placement.schema;
    database.until(&format!("SELECT count(*) FROM {schema}.jobs WHERE state = 'done'"), 3).await;
    assert_eq!(database.count("SELECT count(*) FROM app.jobs").await, 1);
}
