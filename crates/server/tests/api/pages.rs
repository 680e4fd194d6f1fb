//! Lists: pages that neither repeat nor miss anything, whatever happens meanwhile.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use tenantry_testkit::{Client, MARKER_B, World};

/// Walk a list to its end; `between` is the query without the cursor.
async fn walk(client: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{cursor}")).await.expect(200);
        items.extend(page.body["data"].as_array().unwrap().iter().cloned());
        match page.body["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn make(client: &Client, count: usize) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for number in 0..count {
        let body = json!({"name": format!("project {number}")});
        made.insert(client.post("/api/v1/projects", &body).await.expect(201).id());
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_under_inserts_neither_repeats_nor_misses() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let original = make(&admin, 130).await;
    let (goes_on, inserter) = (Arc::new(AtomicBool::new(true)), admin.clone());
    let go = Arc::clone(&goes_on);
    let inserting = tokio::spawn(async move {
        while go.load(Ordering::SeqCst) {
            make(&inserter, 1).await;
        }
    });
    for query in ["limit=20", "limit=20&sort=created_at", "limit=50&status=active", "limit=100"] {
        let walked = ids(&walk(&admin, &format!("/api/v1/projects?{query}")).await);
        let distinct: BTreeSet<String> = walked.iter().cloned().collect();
        assert_eq!(walked.len(), distinct.len(), "{query} repeats");
        let missing = original.difference(&distinct).count();
        assert_eq!(missing, 0, "{query} misses");
        goes_on.store(query != "limit=50&status=active", Ordering::SeqCst);
    }
    goes_on.store(false, Ordering::SeqCst);
    inserting.await.unwrap();
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_orders_show_the_same_things_in_turn() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    make(&admin, 33).await;
    let newest = ids(&walk(&admin, "/api/v1/projects?limit=10").await);
    let mut oldest = ids(&walk(&admin, "/api/v1/projects?limit=10&sort=created_at").await);
    oldest.reverse();
    assert_eq!(newest, oldest);
    let total = admin.get("/api/v1/projects?count=true&limit=10").await.expect(200);
    assert_eq!(
        (&total.body["meta"]["total"], total.body["data"].as_array().map(Vec::len)),
        (&json!(33), Some(10))
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_hold_on_every_page() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let all: Vec<String> = make(&admin, 24).await.into_iter().collect();
    for id in all.iter().step_by(2) {
        admin.put(&format!("/api/v1/projects/{id}"), &json!({"status": "archived"})).await.expect(200);
    }
    let archived = walk(&admin, "/api/v1/projects?limit=10&status=archived").await;
    assert_eq!(archived.len(), 12);
    assert!(archived.iter().all(|project| project["status"] == "archived"));
    let own = format!("/api/v1/projects?limit=10&status=active&owner_id={}", world.a.admin);
    assert_eq!(walk(&admin, &own).await.len(), 12);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_cursor_leads_nowhere_foreign() {
    let world = World::new().await;
    let (a, b) = (world.admin_a().await, world.admin_b().await);
    make(&a, 5).await;
    for number in 0..12 {
        b.post("/api/v1/projects", &json!({"name": format!("{MARKER_B} {number}")})).await.expect(201);
    }
    let theirs = b.get("/api/v1/projects?limit=10").await.expect(200);
    let cursor = theirs.body["meta"]["next_cursor"].as_str().unwrap();
    for list in ["projects", "users", "audit/logs", "jobs", "events"] {
        let answer = a.get(&format!("/api/v1/{list}?cursor={cursor}")).await.expect(200);
        assert!(!answer.text.contains(MARKER_B), "{}", answer.text);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_and_found() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for number in 0..15 {
        let body =
            json!({"email": format!("member{number}@amaranth.example"), "email_verified": number % 3 == 0});
        admin.post("/api/v1/users", &body).await.expect(201);
    }
    assert_eq!(walk(&admin, "/api/v1/users?limit=10").await.len(), 16);
    assert_eq!(walk(&admin, "/api/v1/users?limit=10&status=pending&sort=created_at").await.len(), 10);
    let found = admin.get("/api/v1/users?email=MEMBER7@amaranth.example&count=true").await.expect(200);
    assert_eq!(
        (&found.body["meta"]["total"], &found.body["data"][0]["email"]),
        (&json!(1), &json!("member7@amaranth.example"))
    );
    world.end().await;
}
