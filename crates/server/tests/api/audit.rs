//! The audit trail: every change leaves one line, and the lines say who, what, where and when.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, World};

use crate::operation::Operation;
use crate::request::Maker;
use crate::wire::{Ask, Wire, random_id};

/// How many lines of success a request left, in all schemas of the database.
async fn lines_of(world: &World, request: &str) -> i64 {
    let database = world.database.admin().await;
    let schemas = "SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relname = 'audit_log' AND NOT c.relispartition";
    let mut lines = 0;
    for row in database.query(schemas, &[]).await.unwrap() {
        let schema: String = row.get(0);
        let count = format!(
            "SELECT count(*) FROM {schema}.audit_log WHERE request_id = '{request}' AND outcome = 'success'"
        );
        lines += database.query_one(&count, &[]).await.unwrap().get::<_, i64>(0);
    }
    lines
}

/// The lines that an operation leaves: one, but for the creation of a tenant, whose two steps are told one by one, what is
/// told to operators as well, a key that takes the place of another, and a sign-in from a device that is not known.
fn expected(operation: &Operation) -> i64 {
    let is_creation = operation.body.as_deref() == Some("NewTenant");
    let is_told_twice = operation.is("POST", "/auth/impersonate")
        || operation.is("POST", "/auth/end-impersonation")
        || operation.is("DELETE", "/impersonations/{impersonation_id}")
        || operation.is("POST", "/api-keys/{api_key_id}/rotate")
        || operation.is("POST", "/auth/login")
        || operation.is("POST", "/auth/session");
    if is_creation || is_told_twice { 2 } else { i64::from(operation.is_mutation()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_leaves_its_line_and_no_question_does() {
    let world = World::new().await;
    let (wire, maker) = (Wire::to(&world), Maker::in_a(&world).await);
    let mut faults = Vec::new();
    // What federation leaves is in federation.rs, and what messages and second factors lead to in the tests of those.
    let is_here = |one: &&Operation| {
        let ends = ["/auth/login", "/auth/token", "/auth/tenant", "/auth/session", "/auth/session/refresh"];
        !one.needs_more() && (!one.is_public() || ends.iter().any(|end| one.path.ends_with(end)))
    };
    for operation in Operation::all("/api/v1").iter().filter(is_here) {
        let ask = if operation.is_public() {
            sign_in(operation, &world).await
        } else {
            let ids = maker.arrange(operation).await.unwrap();
            let token = maker.token_for(operation).await;
            maker.request(operation, "", &ids).unwrap().by(token.as_deref())
        };
        let request = random_id();
        let reply = wire.send(&ask.header("x-request-id", &request)).await;
        let lines = lines_of(&world, &request).await;
        if reply.status != operation.success || lines != expected(operation) {
            faults.push(format!("{}: {} leaves {lines} lines", operation.name(), reply.status));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    drop(maker);
    world.end().await;
}

async fn sign_in(operation: &Operation, world: &World) -> Ask {
    let ask = Ask::new(&operation.method, &*operation.path).header("x-tenant-slug", &world.a.slug);
    match operation.body.as_deref() {
        None => {
            let token = world.admin_a().await.refresh_token.unwrap();
            let cookie = format!("__Host-tenantry-{}.refresh={token}", world.a.slug);
            ask.header("cookie", &cookie).header("x-tenantry-csrf", "1")
        }
        Some("Login") => {
            ask.body(json!({"email": world.a.admin_email, "password": tenantry_testkit::PASSWORD}))
        }
        Some("TokenRequest") => {
            let token = world.admin_a().await.refresh_token;
            ask.body(json!({"grant_type": "refresh_token", "refresh_token": token}))
        }
        other => panic!("{}: {other:?} is not covered", operation.name()),
    }
}

async fn rows(client: &Client, query: &str) -> Vec<Value> {
    client.get(&format!("/api/v1/audit/logs?{query}")).await.expect(200).body["data"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_who_what_where_and_when() {
    let world = World::new().await;
    let admin =
        world.admin_a().await.header("user-agent", "a browser").header("x-forwarded-for", "203.0.113.9");
    let made = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201);
    let path = format!("/api/v1/projects/{}", made.id());
    let changed = admin.put(&path, &json!({"name": "Quay", "status": "archived"})).await.expect(200);
    let found = rows(&admin, &format!("resource_type=project&resource_id={}", made.id())).await;
    assert_eq!(found.len(), 2);
    let line = &found[0];
    let expected = json!({
        "actor_type": "user", "actor_id": world.a.admin, "impersonator_id": null, "action": "projects:update",
        "outcome": "success", "resource_type": "project", "resource_id": made.id(),
        "old_values": {"name": "Harbour", "status": "active"}, "new_values": {"name": "Quay", "status": "archived"},
        "reason": null, "ip": "127.0.0.1", "user_agent": "a browser", "request_id": changed.header("x-request-id"),
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&line[name], value, "{name}");
    }
    assert!(line["session_id"].is_string() && line["at"].is_string());
    assert_eq!(found[1]["old_values"], Value::Null);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_numbers_stay_out_of_the_trail() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let body =
        json!({"email": "john@amaranth.example", "password": "securePassword123", "phone": "+1 234 567 890"});
    let made = admin.post("/api/v1/users", &body).await.expect(201);
    assert_eq!(made.body["data"]["phone"], "+1234567890");
    let path = format!("/api/v1/users/{}", made.id());
    admin.put(&path, &json!({"phone": "+4930123456"})).await.expect(200);
    let found = rows(&admin, &format!("resource_type=user&resource_id={}", made.id())).await;
    let (old, new) = (&found[0]["old_values"]["phone"], &found[0]["new_values"]["phone"]);
    assert!(old.is_string() && new.is_string() && old != new, "that it changed is to be seen");
    let trail = admin.get("/api/v1/audit/logs?limit=100").await.expect(200).text;
    let updated = |events: &Answer| events.text.contains("tenantry.user.updated");
    let events = admin.get_when("/api/v1/events?limit=100", updated).await.text;
    for secret in ["567890", "30123456", "securePassword123", "argon2"] {
        assert!(!trail.contains(secret) && !events.contains(secret), "{secret}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_find_what_they_say() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let member = world.user_a("member", "user").await;
    let project = member.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let user = member.get("/api/v1/auth/me").await.expect(200).id();
    world.client().try_sign_in(&world.a.slug, &world.a.admin_email, "wrong").await.expect(401);
    let all = rows(&admin, "limit=100").await;
    let middle = all[all.len() / 2]["at"].as_str().unwrap().to_owned();
    let cases: BTreeMap<String, Box<dyn Fn(&Value) -> bool>> = BTreeMap::from([
        (
            format!("actor_id={user}"),
            Box::new(move |row: &Value| row["actor_id"] == *user) as Box<dyn Fn(&Value) -> bool>,
        ),
        ("action=projects:create".to_owned(), Box::new(|row: &Value| row["action"] == "projects:create")),
        ("resource_type=user".to_owned(), Box::new(|row: &Value| row["resource_type"] == "user")),
        (format!("resource_id={project}"), Box::new(move |row: &Value| row["resource_id"] == *project)),
        ("outcome=refused".to_owned(), Box::new(|row: &Value| row["outcome"] == "refused")),
        (
            "outcome=success&action=auth:login".to_owned(),
            Box::new(|row: &Value| row["outcome"] == "success" && row["action"] == "auth:login"),
        ),
    ]);
    for (query, fits) in cases {
        let found = rows(&admin, &format!("{query}&limit=100")).await;
        let expected: Vec<&Value> = all.iter().filter(|row| fits(row)).collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
        assert!(!found.is_empty() && found.len() < all.len(), "{query} finds {}", found.len());
    }
    let (since, until) = (
        rows(&admin, &format!("from={middle}&limit=100")).await,
        rows(&admin, &format!("to={middle}&limit=100")).await,
    );
    assert_eq!(since.len() + until.len(), all.len());
    assert!(!since.is_empty() && !until.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_is_the_list() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for number in 0..120 {
        let body = json!({"name": format!("\"quoted\", line\n{number}"), "description": "=1+1"});
        admin.post("/api/v1/projects", &body).await.expect(201);
    }
    let export = admin.get("/api/v1/audit/logs/export?action=projects:create").await.expect(200);
    assert_eq!(export.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(export.header("content-disposition").is_some_and(|value| value.contains("attachment")));
    let table = cells(&export.text);
    let head: Vec<&str> = table[0].iter().map(String::as_str).collect();
    let mut list = rows(&admin, "action=projects:create&limit=100").await;
    let first = admin.get("/api/v1/audit/logs?action=projects:create&limit=100").await.expect(200);
    let cursor = first.body["meta"]["next_cursor"].as_str().unwrap();
    list.extend(rows(&admin, &format!("action=projects:create&limit=100&cursor={cursor}")).await);
    assert_eq!((table.len() - 1, list.len()), (120, 120));
    for (line, row) in table[1..].iter().zip(&list) {
        for (name, cell) in head.iter().zip(line) {
            let shown = match &row[*name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, &shown, "{name}");
        }
    }
    let packed =
        admin.clone().header("accept-encoding", "gzip").get("/api/v1/audit/logs/export").await.expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(!packed.text.is_empty());
    let refused = world.user_a("viewer", "viewer").await.get("/api/v1/audit/logs/export").await;
    refused.expect(403);
    world.end().await;
}

/// A table in RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut table, mut line, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => line.push(std::mem::take(&mut cell)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                line.push(std::mem::take(&mut cell));
                table.push(std::mem::take(&mut line));
            }
            c => cell.push(c),
        }
    }
    table
}
