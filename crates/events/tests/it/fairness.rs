use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;
use tenantry_events::{Job, Settings};

use crate::support::{Database, Recorder, quick};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_jobs_of_one_tenant_do_not_delay_another() {
    let database = Database::new().await;
    let (noisy, quiet) = (database.tenant(), database.tenant());
    let worker = Recorder::with("work", |_, _| {
        async {
            tokio::time::sleep(Duration::from_millis(3)).await;
            Ok(())
        }
        .boxed()
    });
    noisy.queue((0..1000).map(|_| Job::new("work", json!({})))).await;
    let _runtime = database.start_with(
        vec![worker.clone()],
        Vec::new(),
        Settings { workers: 4, per_tenant: 4, ..quick() },
    );
    worker.until(50).await;
    let before = worker.calls();
    quiet.queue([Job::new("work", json!({}))]).await;
    worker.until(before + 1).await;
    crate::support::eventually("the quiet tenant's job", async || {
        worker.seen().iter().any(|it| it.0 == quiet.id)
    })
    .await;
    let seen = worker.seen();
    let at = seen.iter().position(|it| it.0 == quiet.id).unwrap();
    assert!(at - before < 100, "{} others were run first", at - before);
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1001).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tenant_whose_jobs_hang_leaves_room_for_another() {
    let database = Database::new().await;
    let (stuck, other) = (database.tenant(), database.tenant());
    let (hang, work) = (Recorder::with("hang", |_, _| std::future::pending().boxed()), Recorder::new("work"));
    stuck.queue((0..20).map(|_| Job::new("hang", json!({})))).await;
    let settings = Settings { workers: 4, per_tenant: 2, ..quick() };
    let _runtime = database.start_with(vec![hang.clone(), work.clone()], Vec::new(), settings);
    hang.until(2).await;
    other.queue((0..10).map(|_| Job::new("work", json!({})))).await;
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 10).await;
    assert_eq!(hang.calls(), 2);
}
