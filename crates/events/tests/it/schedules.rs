use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenantry_db::Change;
use tenantry_events::{Schedule, unschedule};

use crate::support::{Database, Recorder, Tenant};

async fn save(database: &Database, tenant: &Tenant, cron: &str) {
    let mut tx = tenant.db().begin().unwrap();
    let schedule = Schedule::new("report", "work", cron, "Europe/Berlin", json!({"a": 1})).unwrap();
    schedule.save(&mut tx, &database.clock).await.unwrap();
    tx.commit(Change::named("schedule", None, "saved", Value::Null), ()).await.unwrap();
}

#[tokio::test]
async fn a_schedule_makes_jobs_and_missed_ones_make_one() {
    let (database, hand) = Database::given().await;
    let tenant = database.tenant();
    save(&database, &tenant, "* * * * *").await;
    let work = Recorder::new("work");
    let runtime = database.start(vec![work.clone()], Vec::new());
    hand.advance(SignedDuration::from_mins(1));
    let done = "SELECT count(*) FROM jobs WHERE state = 'done'";
    database.until(done, 1).await;
    drop(runtime);
    hand.advance(SignedDuration::from_hours(3));
    let _runtime = database.start(vec![work.clone()], Vec::new());
    database.until(done, 2).await;
    hand.advance(SignedDuration::from_mins(1));
    database.until(done, 3).await;
    let seen = work.seen();
    assert!(seen.iter().all(|it| it.0 == tenant.id && it.1.payload == json!({"a": 1})));
    assert_eq!(database.count("SELECT count(*) FROM jobs").await, 3);
    let next: Timestamp =
        database.admin.query_one("SELECT next_at FROM schedules", &[]).await.unwrap().get(0);
    assert!(next > database.clock.now() && next <= database.clock.now() + SignedDuration::from_mins(1));
}

#[tokio::test]
async fn a_schedule_that_cannot_be_read_is_switched_off_and_another_goes_on() {
    let (database, hand) = Database::given().await;
    let tenant = database.tenant();
    save(&database, &tenant, "*/5 * * * *").await;
    let broken = "INSERT INTO schedules VALUES ($1, 'broken', 'work', '61 * * * *', 'UTC', '{}', '2026-01-01T00:00:00Z', true)";
    database.admin.execute(broken, &[&tenant.id]).await.unwrap();
    let work = Recorder::new("work");
    let _runtime = database.start(vec![work.clone()], Vec::new());
    hand.advance(SignedDuration::from_mins(10));
    work.until(1).await;
    database.until("SELECT count(*) FROM schedules WHERE NOT is_enabled AND name = 'broken'", 1).await;
}

#[tokio::test]
async fn a_schedule_can_be_changed_and_taken_away() {
    let (database, _) = Database::given().await;
    let tenant = database.tenant();
    save(&database, &tenant, "0 9 * * mon").await;
    save(&database, &tenant, "0 9 * * tue").await;
    let next: Timestamp =
        database.admin.query_one("SELECT next_at FROM schedules", &[]).await.unwrap().get(0);
    assert_eq!(next.to_string(), "2026-11-10T08:00:00Z");
    let mut tx = tenant.db().begin().unwrap();
    assert!(unschedule(&mut tx, "report").await.unwrap());
    assert!(!unschedule(&mut tx, "report").await.unwrap());
    assert!(Schedule::new("x", "work", "* * * *", "UTC", json!({})).is_err());
    assert!(Schedule::new("x", "work", "* * * * *", "Mars/Olympus", json!({})).is_err());
}
