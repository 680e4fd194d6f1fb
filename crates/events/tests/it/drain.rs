use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;
use tenantry_events::{Error, Job, Runtime, Settings, Subscriber};

use crate::support::{Database, Recorder, quick};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draining_waits_for_running_jobs_and_takes_no_more() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let slow = Recorder::with("slow", |_, _| {
        async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        }
        .boxed()
    });
    tenant.queue((0..10).map(|_| Job::new("slow", json!({})))).await;
    let runtime = database.start_with(vec![slow.clone()], Vec::new(), Settings { per_tenant: 3, ..quick() });
    slow.until(1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(runtime.drain(Duration::from_secs(10)).await, 0);
    let started = i64::try_from(slow.calls()).unwrap();
    assert!(started <= 3, "{started}");
    assert_eq!(database.count("SELECT count(*) FROM jobs WHERE state = 'done'").await, started);
    assert_eq!(database.count("SELECT count(*) FROM jobs WHERE state = 'running'").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_outlasts_the_drain_is_given_back_at_once() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let hang = Recorder::with("work", |_, _| std::future::pending().boxed());
    tenant.queue([Job::new("work", json!({}))]).await;
    let runtime = database.start(vec![hang.clone()], Vec::new());
    hang.until(1).await;
    assert_eq!(runtime.drain(Duration::from_millis(100)).await, 1);
    assert_eq!(database.count("SELECT count(*) FROM jobs WHERE state = 'ready' AND attempts = 0").await, 1);
}

#[tokio::test]
async fn two_handlers_of_one_kind_are_refused() {
    let database = Database::new().await;
    let handler = Recorder::new("same");
    let result = Runtime::start(
        database.authority.clone(),
        database.homes.clone(),
        vec![handler.clone()],
        vec![Subscriber::new(handler, ["*"])],
        quick(),
    );
    assert!(matches!(result, Err(Error::DuplicateHandler("same"))));
}
