use std::collections::HashMap;

use futures_util::FutureExt as _;
use tenantry_events::{CloudEvent, JobError, Subscriber};
use uuid::Uuid;

use crate::support::{Database, Recorder};

#[tokio::test]
async fn a_subscriber_gets_the_events_it_wants_and_can_read_them() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let wanted = Recorder::with("wanted", |tenant, job| {
        async move {
            let event = CloudEvent::of_job(&tenant, &job).await?;
            assert_eq!(event.subject, format!("thing/{}", Uuid::from_u128(7)));
            assert_eq!(event.sequence, format!("{:019}", job.position));
            Ok(())
        }
        .boxed()
    });
    let unwanted = Recorder::new("unwanted");
    let _runtime = database.start(
        Vec::new(),
        vec![
            Subscriber::new(wanted.clone(), ["tenantry.thing.*"]),
            Subscriber::new(unwanted.clone(), ["tenantry.thing.deleted"]),
        ],
    );
    tenant.change(Uuid::from_u128(7), 1).await;
    wanted.until(1).await;
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1).await;
    assert_eq!((wanted.calls(), unwanted.calls()), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failing_event_holds_back_its_own_aggregate_alone() {
    let (database, hand) = Database::given().await;
    let tenant = database.tenant();
    let (bad, good) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let picky = Recorder::with("picky", |_, job| {
        let is_bad = job.ordering_key.as_deref().is_some_and(|key| key.ends_with("01")) && job.attempts == 1;
        async move { if is_bad { Err(JobError::Retry("not yet".to_owned())) } else { Ok(()) } }.boxed()
    });
    let _runtime = database.start(Vec::new(), vec![Subscriber::new(picky.clone(), ["*"])]);
    for version in 1..=5 {
        tenant.change(bad, version).await;
        tenant.change(good, version).await;
    }
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 5).await;
    assert_eq!(picky.calls(), 6, "the bad one's first event, and all of the good one's");
    for done in 6..=10 {
        hand.advance(jiff::SignedDuration::from_secs(3));
        database.until("SELECT count(*) FROM jobs WHERE state = 'done'", done).await;
        // The next one has failed for the first time when it waits again.
        database
            .until("SELECT count(*) FROM jobs WHERE state = 'ready' AND attempts = 1", i64::from(done < 10))
            .await;
    }
    let mut finished: HashMap<String, Vec<i64>> = HashMap::new();
    let rows = "SELECT ordering_key, position FROM jobs ORDER BY finished_at, position";
    for row in database.admin.query(rows, &[]).await.unwrap() {
        finished.entry(row.get(0)).or_default().push(row.get(1));
    }
    assert!(finished.values().all(|positions| positions.is_sorted()), "{finished:?}");
}
