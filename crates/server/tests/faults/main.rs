//! The server and its private PostgreSQL, killed while they write.

#![cfg(test)]

mod node;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use node::{Killed, Node};
use serde_json::{Value, json};
use tenantry_testkit::Client;
use tokio::sync::Mutex;

/// What was acknowledged: project id → idempotency key.
type Ledger = Arc<Mutex<HashMap<String, String>>>;

/// Write until told to stop; note what was acknowledged. A key whose answer was lost is sent again.
async fn write(client: Client, writer: usize, stop: Arc<AtomicBool>, ledger: Ledger) {
    let mut count = 0;
    while !stop.load(Ordering::SeqCst) {
        let key = format!("w{writer}-{count}");
        let body = json!({"name": format!("project {key}")});
        match client.clone().header("idempotency-key", &key).try_post("/api/v1/projects", &body).await {
            Some(answer) if answer.status == 201 => {
                ledger.lock().await.insert(answer.id(), key);
                count += 1;
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_server_or_postgres_is_killed() {
    let mut node = Node::start();
    let admin = node.sign_in().await;
    let ledger = Ledger::default();
    for round in 0..6 {
        let stop = Arc::new(AtomicBool::new(false));
        let client = admin.clone().at(&node.base);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let writer = round * 10 + writer;
                tokio::spawn(write(client.clone(), writer, Arc::clone(&stop), Arc::clone(&ledger)))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(1200)).await;
        let kills_server = round % 2 == 0;
        node.kill(if kills_server { Killed::Server } else { Killed::Postgres });
        if !kills_server {
            // The server starts its PostgreSQL again, and the writers go on.
            let before = ledger.lock().await.len();
            node.ready().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(ledger.lock().await.len() > before, "writing goes on");
        }
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.expect("a writer");
        }
        if kills_server {
            node = node.restart();
        }
    }
    let admin = admin.at(&node.base);
    let acknowledged = ledger.lock().await.clone();
    assert!(acknowledged.len() > 50, "only {} writes were acknowledged", acknowledged.len());

    let audited = all(&admin, "/api/v1/audit/logs?action=projects:create&limit=100").await;
    let audited: HashMap<&str, usize> = count_by(&audited, "/resource_id");
    for id in acknowledged.keys() {
        admin.get(&format!("/api/v1/projects/{id}")).await.expect(200);
        assert_eq!(audited.get(id.as_str()), Some(&1), "project {id} has one audit row");
    }
    let events = delivered(&admin, &acknowledged).await;
    let sequences: Vec<u64> =
        events.iter().map(|event| event["sequence"].as_str().unwrap().parse().unwrap()).collect();
    let gapless: Vec<u64> = (1..=u64::try_from(sequences.len()).unwrap()).collect();
    assert_eq!(sequences, gapless, "numbers without gaps, in order");
    let created: Vec<Value> =
        events.into_iter().filter(|event| event["type"] == "tenantry.project.created").collect();
    let subjects = count_by(&created, "/subject");
    for id in acknowledged.keys() {
        assert_eq!(subjects.get(format!("project/{id}").as_str()), Some(&1), "one event for project {id}");
    }
    // A repeated request gets the first answer, also after the crashes.
    let (id, key) = acknowledged.iter().next().unwrap();
    let body = json!({"name": format!("project {key}")});
    let again =
        admin.clone().header("idempotency-key", key).post("/api/v1/projects", &body).await.expect(201);
    assert_eq!((again.id(), again.header("idempotency-replayed")), (id.clone(), Some("true")));
}

/// Wait until every acknowledged project's event is numbered, and answer all events.
async fn delivered(admin: &Client, acknowledged: &HashMap<String, String>) -> Vec<Value> {
    let mut events = Vec::new();
    for _ in 0..100 {
        events = all_events(admin).await;
        let created = events.iter().filter(|event| event["type"] == "tenantry.project.created").count();
        if created >= acknowledged.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    events
}

async fn all_events(admin: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = 0_u64;
    loop {
        let page = admin.get(&format!("/api/v1/events?limit=100&after={after}")).await.expect(200);
        let Some(items) = page.body["data"].as_array().filter(|items| !items.is_empty()) else { return all };
        after = items.last().unwrap()["sequence"].as_str().unwrap().parse().unwrap();
        all.extend(items.iter().cloned());
    }
}

async fn all(admin: &Client, path: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("{path}{cursor}")).await.expect(200);
        all.extend(page.body["data"].as_array().unwrap().iter().cloned());
        match page.body["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn count_by<'a>(items: &'a [Value], pointer: &str) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item.pointer(pointer).and_then(Value::as_str).unwrap_or_default()).or_default() += 1;
    }
    counts
}
