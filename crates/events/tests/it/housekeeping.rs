use jiff::SignedDuration;
use serde_json::json;
use tenantry_events::Job;

use crate::support::{Database, Recorder};

#[tokio::test]
async fn old_answers_and_finished_jobs_go_and_the_rest_stays() {
    let (database, hand) = Database::given().await;
    let tenants = [database.tenant(), database.tenant()];
    let work = Recorder::new("work");
    let runtime = database.start(vec![work.clone()], Vec::new());
    let answer = "INSERT INTO idempotency_keys VALUES ($1, $2, '', 200, '[]', '', $3)";
    for tenant in &tenants {
        tenant.queue((0..3).map(|_| Job::new("work", json!({})))).await;
        for key in 0..600 {
            database
                .admin
                .execute(answer, &[&tenant.id, &format!("k{key}"), &database.clock.now()])
                .await
                .unwrap();
        }
    }
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 6).await;
    drop(runtime);
    hand.advance(SignedDuration::from_hours(24 * 7 + 1));
    tenants[0].queue([Job::new("work", json!({})).dedup("new"), Job::new("nobody's", json!({}))]).await;
    database.admin.execute(answer, &[&tenants[0].id, &"new", &database.clock.now()]).await.unwrap();
    let _runtime = database.start(vec![work.clone()], Vec::new());
    database.until("SELECT count(*) FROM idempotency_keys", 1).await;
    database.until("SELECT count(*) FROM jobs", 2).await;
    database.until("SELECT count(*) FROM jobs WHERE dedup_key = 'new' AND state = 'done'", 1).await;
}
