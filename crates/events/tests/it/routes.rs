//! The routes, as clients see them.

use axum::http::StatusCode;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tenantry_events::{CloudEvent, Job, JobError, Subscriber};
use uuid::Uuid;

use crate::http::{Api, user};
use crate::support::{Database, Recorder};

const ALL: [&str; 4] = ["events:read", "events:create", "jobs:read", "jobs:retry"];

#[tokio::test]
async fn an_own_event_is_numbered_listed_and_delivered_with_its_subject() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let api = Api::new(&database, &tenant, &ALL);
    let seen = Recorder::with("orders", |tenant, job| {
        async move {
            let event = CloudEvent::of_job(&tenant, &job).await?;
            assert_eq!((event.subject.as_str(), event.data), ("order/7", json!({"total": "12.50"})));
            Ok(())
        }
        .boxed()
    });
    let _runtime = database.start(Vec::new(), vec![Subscriber::new(seen.clone(), ["order.*"])]);
    let body = json!({"type": "order.paid", "subject": "order/7", "data": {"total": "12.50"}});
    let (status, made) = api.post("/events", &body).await;
    assert_eq!((status, &made["data"]["subject"]), (StatusCode::CREATED, &json!("order/7")));
    database.until("SELECT count(*) FROM jobs WHERE state = 'done'", 1).await;

    let (status, list) = api.get("/events").await;
    assert_eq!(status, StatusCode::OK);
    let mut event = list["data"][0].clone();
    let fields = event.as_object_mut().unwrap();
    assert!(fields.remove("requestid").is_some() && fields.remove("time").is_some());
    let expected = json!({
        "specversion": "1.0", "id": made["data"]["id"], "source": format!("/tenants/{}", tenant.id), "type": "order.paid",
        "subject": "order/7", "datacontenttype": "application/json", "data": {"total": "12.50"},
        "sequence": "0000000000000000001", "actorid": user(),
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn a_bad_event_says_what_is_wrong() {
    let database = Database::new().await;
    let api = Api::new(&database, &database.tenant(), &ALL);
    for (body, pointer) in [
        (json!({"type": "tenantry.user.created"}), "#/type"),
        (json!({"type": "Order"}), "#/type"),
        (json!({"type": "order.paid", "subject": ""}), "#/subject"),
        (json!({"type": "order.paid", "more": 1}), "#/more"),
        (json!({}), "#/type"),
    ] {
        let (status, problem) = api.post("/events", &body).await;
        let found = (status, problem["errors"][0]["pointer"].as_str());
        assert_eq!(found, (StatusCode::UNPROCESSABLE_ENTITY, Some(pointer)), "{body}");
    }
}

#[tokio::test]
async fn pages_of_events_follow_each_other() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let api = Api::new(&database, &tenant, &ALL);
    let _runtime = database.start(Vec::new(), Vec::new());
    for version in 1..=12 {
        tenant.change(Uuid::from_u128(5), version).await;
    }
    api.post("/events", &json!({"type": "order.paid"})).await;
    database.until("SELECT count(*) FROM outbox WHERE seq IS NULL", 0).await;
    let numbers = |list: &Value| -> Vec<u64> {
        let events = list["data"].as_array().unwrap();
        events.iter().map(|event| event["sequence"].as_str().unwrap().parse().unwrap()).collect()
    };
    let (_, first) = api.get("/events?limit=10").await;
    assert_eq!(numbers(&first), (1..=10).collect::<Vec<_>>());
    let cursor = first["meta"]["next_cursor"].as_str().unwrap();
    let (_, second) = api.get(&format!("/events?limit=10&cursor={cursor}")).await;
    assert_eq!((numbers(&second), &second["meta"]["next_cursor"]), (vec![11, 12, 13], &Value::Null));
    assert_eq!(numbers(&api.get("/events?after=0000000000000000011").await.1), [12, 13]);
    assert_eq!(numbers(&api.get("/events?type=order.paid").await.1), [13]);
    assert_eq!(api.get("/events?after=-1").await.0, StatusCode::BAD_REQUEST);
    assert!(numbers(&api.get("/events?after=18446744073709551615").await.1).is_empty());
}

#[tokio::test]
async fn a_dead_letter_is_listed_and_runs_again() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let api = Api::new(&database, &tenant, &ALL);
    let work = Recorder::with("work", |_, _| async { Err(JobError::Discard("broken".to_owned())) }.boxed());
    let runtime = database.start(vec![work.clone()], Vec::new());
    tenant.queue([Job::new("work", json!({})).position(7), Job::new("later", json!({}))]).await;
    database.until("SELECT count(*) FROM jobs WHERE state = 'dead'", 1).await;
    drop(runtime);

    let (_, all) = api.get("/jobs").await;
    assert_eq!(all["data"].as_array().unwrap().len(), 2);
    let (_, dead) = api.get("/jobs?state=dead").await;
    let letter = &dead["data"][0];
    assert_eq!((&letter["kind"], &letter["last_error"]), (&json!("work"), &json!("broken")));
    assert!(letter.get("payload").is_none());
    let path = format!("/jobs/{}/retry", letter["id"].as_str().unwrap());
    let (status, again) = api.post(&path, &json!({})).await;
    assert_eq!((status, again["data"]["id"].is_string()), (StatusCode::OK, true));
    assert_eq!(api.post(&path, &json!({})).await.1["data"]["id"], Value::Null);

    let fixed = Recorder::new("work");
    let _runtime = database.start(vec![fixed.clone()], Vec::new());
    fixed.until(1).await;
    assert_eq!(fixed.seen()[0].1.position, 7);
    let unknown = format!("/jobs/{}/retry", Uuid::from_u128(9));
    assert_eq!(api.post(&unknown, &json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn another_tenant_sees_nothing_and_nothing_goes_without_a_grant() {
    let database = Database::new().await;
    let (tenant, other) = (database.tenant(), database.tenant());
    let _runtime = database.start(Vec::new(), Vec::new());
    tenant.change(Uuid::from_u128(5), 1).await;
    tenant.queue([Job::new("work", json!({}))]).await;
    database.until("SELECT count(*) FROM outbox WHERE seq IS NULL", 0).await;
    let stranger = Api::new(&database, &other, &ALL);
    assert_eq!(stranger.get("/events").await.1["data"], json!([]));
    assert_eq!(stranger.get("/jobs").await.1["data"], json!([]));
    let nobody = Api::new(&database, &tenant, &[]);
    for path in ["/events", "/events/stream", "/jobs"] {
        assert_eq!(nobody.get(path).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(nobody.post("/events", &json!({"type": "a"})).await.0, StatusCode::FORBIDDEN);
}
