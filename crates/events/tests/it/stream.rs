//! The event stream as a consumer reads it: frames in order, resumed after a cut line, ended when it may no longer be read.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::Value;
use uuid::Uuid;

use crate::http::Api;
use crate::support::Database;

/// One server-sent event.
struct Frame {
    id: u64,
    event: String,
    data: Value,
}

/// The next frame; none at the stream's end. Greetings and keep-alives do not count.
async fn next(body: &mut Body) -> Option<Frame> {
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(20), body.frame()).await.unwrap()?;
        let text = String::from_utf8(chunk.unwrap().into_data().unwrap().to_vec()).unwrap();
        assert!(text.ends_with("\n\n"), "{text}");
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        if let Some(id) = field("id: ") {
            let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
            return Some(Frame { id: id.parse().unwrap(), event: field("event: ").unwrap(), data });
        }
    }
}

/// Read so many frames.
async fn read(body: &mut Body, count: usize) -> Vec<Frame> {
    let mut frames = Vec::new();
    while frames.len() < count {
        frames.push(next(body).await.expect("the stream goes on"));
    }
    frames
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stream_tells_what_happens_and_goes_on_where_it_was_left() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let api = Api::new(&database, &tenant, &["events:read"]);
    let _runtime = database.start(Vec::new(), Vec::new());
    tenant.change(Uuid::from_u128(5), 1).await;
    database.until("SELECT count(*) FROM outbox WHERE seq IS NULL", 0).await;

    let (status, mut body) = api.open("/events/stream", &[]).await;
    assert_eq!(status, StatusCode::OK);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    tenant.change(Uuid::from_u128(5), 2).await;
    let first = read(&mut body, 1).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "woken by the notice, not by the backstop");
    assert_eq!((first[0].id, first[0].event.as_str()), (2, "tenantry.thing.created"));
    assert_eq!(first[0].data["sequence"], "0000000000000000002");
    drop(body);
    for version in 3..=5 {
        tenant.change(Uuid::from_u128(5), version).await;
    }

    let last = format!("{:019}", first[0].id);
    let (_, mut body) = api.open("/events/stream", &[("last-event-id", &last)]).await;
    let missed: Vec<u64> = read(&mut body, 3).await.iter().map(|frame| frame.id).collect();
    assert_eq!(missed, [3, 4, 5]);
    let (_, mut body) = api.open("/events/stream?cursor=0&type=tenantry.thing.*", &[]).await;
    assert_eq!(read(&mut body, 5).await.len(), 5);
    assert_eq!(api.open("/events/stream", &[("last-event-id", "x")]).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stream_may_end_when_the_notification_line_was_cut_and_nothing_is_missed() {
    let database = Database::new().await;
    let tenant = database.tenant();
    let api = Api::new(&database, &tenant, &["events:read"]);
    let _runtime = database.start(Vec::new(), Vec::new());
    let (_, mut body) = api.open("/events/stream", &[]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name = 'tenantry listener' AND datname = current_database()";
    assert!(database.count(cut).await >= 1);
    tenant.change(Uuid::from_u128(5), 1).await;
    // A revocation may have been missed: the client is to come back with its credentials, and with the last event it has seen.
    let mut found = next(&mut body).await;
    for _ in 0..20 {
        if found.is_some() {
            break;
        }
        let (_, mut again) = api.open("/events/stream", &[("last-event-id", "0")]).await;
        found = next(&mut again).await;
    }
    assert_eq!(found.expect("nothing is missed").id, 1);
}
