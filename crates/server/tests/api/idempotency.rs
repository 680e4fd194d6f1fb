//! `Idempotency-Key`: a repeated request gets the same answer, and nothing is done twice.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, World};

use crate::operation::Operation;
use crate::request::{Maker, number};
use crate::wire::{Reply, Wire};

/// What a replay must share with the first answer: everything but what belongs to the request, and a client's secret, which
/// is told once and never kept.
fn kept(reply: &Reply) -> Reply {
    let mut kept = reply.clone();
    for name in ["x-request-id", "date", "idempotency-replayed", "content-length"] {
        kept.headers.remove(name);
    }
    if let Ok(mut body) = serde_json::from_str::<Value>(&kept.text) {
        if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
            data.remove("client_secret");
        }
        kept.text = body.to_string();
    }
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_that_takes_a_key_replays_its_answer() {
    let world = World::new().await;
    let (wire, maker) = (Wire::to(&world), Maker::in_a(&world).await);
    let keyed = |one: &&Operation| {
        ["POST", "PUT", "PATCH"].contains(&one.method.as_str()) && one.is_mutation() && !one.is_public()
    };
    let operations = Operation::all("/api/v1");
    let mut faults = Vec::new();
    // What answers with a secret keeps no answer.
    let secret: Vec<&str> =
        operations.iter().filter(keyed).filter(|one| !one.takes_key).map(|one| one.path.as_str()).collect();
    let known = [
        "/api-keys",
        "/api-keys/{api_key_id}/rotate",
        "/auth/impersonate",
        "/auth/mfa/backup-codes",
        "/auth/mfa/setup",
        "/auth/mfa/verify",
        "/auth/passkeys",
        "/auth/passkeys/begin",
        "/auth/reauthenticate",
        "/identity-providers/{provider_id}/test",
        "/tenants/{tenant_id}/identity-providers/google",
        "/tenants/{tenant_id}/identity-providers/microsoft",
        "/tenants/{tenant_id}/identity-providers/{provider_id}",
        "/users/me/devices/{device_id}/trust",
        "/users/me/identities",
    ];
    assert_eq!(secret, known.map(|path| format!("/api/v1{path}")));
    // Nobody repeats what ends their own session.
    let ends = |one: &&Operation| {
        one.path.ends_with("/auth/logout") || one.path.ends_with("/auth/end-impersonation")
    };
    // The password is changed last: others ask for it.
    let (late, early): (Vec<&Operation>, Vec<&Operation>) = operations
        .iter()
        .filter(|one| one.takes_key && !ends(one) && !one.needs_more())
        .partition(|one| one.path.ends_with("/auth/change-password"));
    for operation in early.into_iter().chain(late) {
        let ids = maker.arrange(operation).await.unwrap();
        let ask = maker.request(operation, "", &ids).unwrap().by(maker.caller(operation).token.as_deref());
        let ask = ask.header("idempotency-key", &format!("key {}", number()));
        let (first, second) = (wire.send(&ask).await, wire.send(&ask).await);
        let is_replayed = second.headers.get("idempotency-replayed").is_some_and(|value| value == "true");
        assert!(!second.text.contains("\"client_secret\":"), "{}: a secret was kept", operation.name());
        let is_first =
            first.status == operation.success && !first.headers.contains_key("idempotency-replayed");
        if !is_first || !is_replayed || kept(&first) != kept(&second) {
            faults.push(format!("{}\n  {first:?}\n  {second:?}", operation.name()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    drop(maker);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_request() {
    let world = World::new().await;
    let (a, b) = (world.admin_a().await, world.admin_b().await);
    let (harbour, quay) = (json!({"name": "Harbour"}), json!({"name": "Quay"}));
    let keyed = a.clone().header("idempotency-key", "one");
    let first = keyed.post("/api/v1/projects", &harbour).await.expect(201);
    let other = keyed.post("/api/v1/projects", &quay).await.expect(422);
    assert_eq!(other.code(), "idempotency_mismatch");
    assert!(!other.text.contains("Harbour"));
    // Another path, another query, another user of the tenant: never the answer of the first.
    let path = format!("/api/v1/projects/{}", first.id());
    assert_eq!(keyed.put(&path, &harbour).await.expect(422).code(), "idempotency_mismatch");
    let colleague = world.user_a("colleague", "tenant_admin").await.header("idempotency-key", "one");
    assert_eq!(colleague.post("/api/v1/projects", &harbour).await.expect(422).code(), "idempotency_mismatch");
    // Another tenant knows nothing of it.
    let theirs = b.clone().header("idempotency-key", "one").post("/api/v1/projects", &quay).await.expect(201);
    assert_eq!(theirs.header("idempotency-replayed"), None);
    assert_eq!(b.get("/api/v1/projects?count=true").await.expect(200).body["meta"]["total"], 1);
    assert_eq!(a.get("/api/v1/projects?count=true").await.expect(200).body["meta"]["total"], 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_requests_at_once_one_is_done() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for round in 0..3 {
        let keyed = admin.clone().header("idempotency-key", &format!("round {round}"));
        let body = json!({"name": format!("Harbour {round}")});
        let answers: Vec<Answer> =
            futures_util::future::join_all((0..10).map(|_| keyed.post("/api/v1/projects", &body))).await;
        let made =
            answers.iter().filter(|one| one.status == 201 && one.header("idempotency-replayed").is_none());
        assert_eq!(made.count(), 1, "{:?}", answers.iter().map(|one| one.status).collect::<Vec<_>>());
        for answer in &answers {
            let is_expected = answer.status == 201 || answer.status == 409;
            assert!(is_expected, "{}", answer.text);
        }
        let bodies: std::collections::BTreeSet<&str> =
            answers.iter().filter(|one| one.status == 201).map(|one| one.text.as_str()).collect();
        assert_eq!(bodies.len(), 1);
    }
    assert_eq!(admin.get("/api/v1/projects?count=true").await.expect(200).body["meta"]["total"], 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_does_not_spend_its_key() {
    let world = World::new().await;
    let admin = world.admin_a().await.header("idempotency-key", "one");
    admin.post("/api/v1/projects", &json!({"name": "x"})).await.expect(422);
    let answer = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201);
    assert_eq!(answer.header("idempotency-replayed"), None);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_asks_for_permission_again() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("member", "project_manager").await;
    let member = world.client().sign_in(&world.a.slug, &email, tenantry_testkit::PASSWORD).await;
    let member = member.header("idempotency-key", "one");
    let body = json!({"name": "Harbour"});
    member.post("/api/v1/projects", &body).await.expect(201);
    let roles = admin.get(&format!("/api/v1/users/{id}/roles")).await.expect(200);
    let role = roles.body["data"][0]["id"].as_str().unwrap();
    admin.delete(&format!("/api/v1/users/{id}/roles/{role}")).await.expect(200);
    while member.get("/api/v1/projects").await.status != 403 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let refused = member.post("/api/v1/projects", &body).await.expect(403);
    assert_eq!(refused.header("idempotency-replayed"), None);
    world.end().await;
}
