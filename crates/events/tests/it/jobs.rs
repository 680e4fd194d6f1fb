//! One job after the other: when it runs, how often, and when it is given up.

use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tenantry_events::{Job, JobError, Lane, Settings};

use crate::support::{Database, Recorder, in_seconds, quick};

#[tokio::test]
async fn a_job_waits_until_it_is_due() {
    let (database, hand) = Database::given().await;
    let tenant = database.tenant();
    let work = Recorder::new("work");
    let _runtime = database.start(vec![work.clone()], Vec::new());
    tenant.queue([Job::new("work", json!({"n": 1})).due(in_seconds(&database.clock, 3600))]).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(work.calls(), 0);
    hand.advance(SignedDuration::from_hours(1));
    work.until(1).await;
    assert_eq!(work.seen()[0].1.payload, json!({"n": 1}));
}

#[tokio::test]
async fn a_failing_job_is_tried_later_and_later_and_then_kept_as_a_dead_letter() {
    let (database, hand) = Database::given().await;
    let tenant = database.tenant();
    let fail = Recorder::with("fail", |_, _| async { Err(JobError::Retry("no luck".to_owned())) }.boxed());
    let _runtime = database.start(vec![fail.clone()], Vec::new());
    tenant.queue([Job::new("fail", json!({})).max_attempts(5)]).await;
    for attempt in 1..=4 {
        database
            .until(&format!("SELECT count(*) FROM jobs WHERE state = 'ready' AND attempts = {attempt}"), 1)
            .await;
        let row = database.admin.query_one("SELECT due_at, lane, last_error FROM jobs", &[]).await.unwrap();
        let wait = row.get::<_, Timestamp>(0).duration_since(database.clock.now()).as_secs_f64();
        let full = 2_f64.powi(attempt);
        assert!(wait > full / 2.0 - 0.001 && wait <= full, "attempt {attempt}: {wait}");
        assert_eq!(row.get::<_, &str>(1), if attempt > 3 { "retry" } else { "default" });
        assert_eq!(row.get::<_, &str>(2), "no luck");
        hand.advance(SignedDuration::from_secs(20));
    }
    database.until("SELECT count(*) FROM jobs WHERE state = 'dead' AND last_error = 'no luck'", 1).await;
    assert_eq!(fail.calls(), 5);
}

#[tokio::test]
async fn a_discarded_job_and_a_panic_are_told_apart() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let discard =
        Recorder::with("discard", |_, _| async { Err(JobError::Discard("never".to_owned())) }.boxed());
    let panic = Recorder::with("panic", |_, _| async { panic!("oh") }.boxed());
    let _runtime = database.start(vec![discard.clone(), panic.clone()], Vec::new());
    tenant.queue([Job::new("discard", json!({})), Job::new("panic", json!({}))]).await;
    database.until("SELECT count(*) FROM jobs WHERE state = 'dead' AND last_error = 'never'", 1).await;
    database
        .until("SELECT count(*) FROM jobs WHERE state = 'ready' AND last_error = 'it panicked: oh'", 1)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_jobs_of_a_node_that_died_come_back() {
    let (database, clock) = Database::given().await;
    let tenant = database.tenant();
    let hang = Recorder::with("work", |_, _| std::future::pending().boxed());
    let runtime = database.start(vec![hang.clone()], Vec::new());
    tenant.queue([Job::new("work", json!({}))]).await;
    hang.until(1).await;
    drop(runtime);
    let work = Recorder::new("work");
    let _runtime = database.start(vec![work.clone()], Vec::new());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(work.calls(), 0, "the lease has not ended");
    clock.advance(SignedDuration::from_mins(2));
    work.until(1).await;
    assert_eq!(work.seen()[0].1.attempts, 2);
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_job_of_a_living_node_keeps_its_lease() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let slow = Recorder::with("slow", |_, _| {
        async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            Ok(())
        }
        .boxed()
    });
    let settings = Settings { lease: Duration::from_millis(300), ..quick() };
    let _runtime = database.start_with(vec![slow.clone()], Vec::new(), settings);
    tenant.queue([Job::new("slow", json!({}))]).await;
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1).await;
    assert_eq!(slow.calls(), 1);
}

#[tokio::test]
async fn an_unfinished_job_keeps_its_double_out() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let double = || Job::new("work", json!({})).dedup("same");
    assert_eq!(tenant.queue([double(), double(), Job::new("other", json!({})).dedup("same")]).await, 2);
    assert_eq!(tenant.queue([double()]).await, 0);
    let work = Recorder::new("work");
    let _runtime = database.start(vec![work.clone()], Vec::new());
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1).await;
    assert_eq!(tenant.queue([double()]).await, 1);
    work.until(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn jobs_with_one_key_run_one_after_the_other() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let database = Database::new().await;
    let tenant = database.tenant();
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (now, peak) = (Arc::clone(&running), Arc::clone(&most));
    let work = Recorder::with("work", move |_, _| {
        let (now, peak) = (Arc::clone(&now), Arc::clone(&peak));
        async move {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
        .boxed()
    });
    tenant.queue((0..40).rev().map(|n| Job::new("work", json!(n)).ordering_key("one").position(n))).await;
    let _runtime = database.start_with(vec![work.clone()], Vec::new(), Settings { per_tenant: 8, ..quick() });
    work.until(40).await;
    let order: Vec<i64> = work.seen().iter().map(|it| it.1.position).collect();
    assert_eq!((order, most.load(Ordering::SeqCst)), ((0..40).collect(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_queue_behind_a_failing_job_holds_nothing_else_up() {
    let (database, clock) = Database::given().await;
    let tenant = database.tenant();
    let work = Recorder::with("work", |_, job| {
        let is_bad = job.ordering_key.as_deref() == Some("bad") && job.attempts == 1 && job.position == 0;
        async move { if is_bad { Err(JobError::Retry("not yet".to_owned())) } else { Ok(()) } }.boxed()
    });
    tenant.queue((0..300).map(|n| Job::new("work", json!({})).ordering_key("bad").position(n))).await;
    clock.advance(SignedDuration::from_secs(1));
    tenant.queue([Job::new("work", json!({})).ordering_key("good")]).await;
    let _runtime = database.start(vec![work.clone()], Vec::new());
    database.until("SELECT count(*) FROM jobs WHERE ordering_key = 'good' AND state = 'done'", 1).await;
    assert_eq!(work.calls(), 2);
    clock.advance(SignedDuration::from_secs(2));
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 301).await;
    let positions: Vec<i64> = work.seen()[2..].iter().map(|it| it.1.position).collect();
    assert_eq!(positions, (0..300).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_node_leaves_jobs_alone_that_it_cannot_run_and_runs_the_retry_lane_too() {
    let database = Database::new().await;
    let tenant = database.tenant();
    tenant
        .queue([Job::new("of a newer version", json!({})), Job::new("work", json!({})).lane(Lane::Retry)])
        .await;
    let work = Recorder::new("work");
    let _runtime = database.start(vec![work.clone()], Vec::new());
    work.until(1).await;
    assert_eq!(database.count("SELECT count(*) FROM jobs WHERE state = 'ready' AND attempts = 0").await, 1);
}
