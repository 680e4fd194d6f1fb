//! The states of users, and what is known of their sign-ins.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_testkit::{Client, Options, PASSWORD, World};

use crate::sign_in::{one_address, refresh};
use crate::wire::random_id;

const ME: &str = "/api/v1/auth/me";

async fn put(admin: &Client, user: &str, status: &str) -> tenantry_testkit::Answer {
    admin.put(&format!("/api/v1/users/{user}"), &json!({"status": status, "status_reason": "a test"})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_active_users_sign_in_stay_in_and_are_let_through() {
    let world = World::with(Options { nodes: 2, settings: one_address(), ..Options::default() }).await;
    let admin = world.admin_a().await;
    let unknown =
        world.client().try_sign_in(&world.a.slug, "nobody@amaranth.example", PASSWORD).await.expect(401);
    for status in ["inactive", "hold", "suspended", "banned"] {
        let (email, user) = world.create_user_a(&format!("one-{status}"), "user").await;
        let client = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
        let there = client.clone().at(&world.client_at(1).base);
        there.get(ME).await.expect(200);
        let changed = put(&admin, &user, status).await.expect(200);
        assert_eq!(changed.body["data"]["status_reason"], "a test");
        client.get(ME).await.expect(401);
        let begun = Instant::now();
        while there.get(ME).await.status != 401 {
            assert!(begun.elapsed() < Duration::from_secs(1), "{status} is still in");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let renewed = refresh(&world.client(), &world.a.slug, client.refresh_token.as_deref().unwrap()).await;
        assert_eq!(renewed.expect(401).code(), "invalid_grant");
        let refused = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
        assert_eq!((refused.code(), &refused.body["detail"]), (unknown.code(), &unknown.body["detail"]));
        if status == "banned" {
            let answer = put(&admin, &user, "active").await.expect(409);
            assert_eq!(
                (answer.code(), &answer.body["errors"][0]["pointer"]),
                ("invalid_transition", &json!("#/status"))
            );
            put(&admin, &user, "inactive").await.expect(200);
        }
        put(&admin, &user, "active").await.expect(200);
        client.get(ME).await.expect(401);
        world.client().sign_in(&world.a.slug, &email, PASSWORD).await.get(ME).await.expect(200);
        assert_eq!(put(&admin, &user, "pending").await.expect(409).code(), "invalid_transition");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_can_be_restored_and_only_so() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, user) = world.create_user_a("leaver", "user").await;
    let path = format!("/api/v1/users/{user}");
    let restore = format!("{path}/restore");
    for _ in 0..2 {
        admin.delete(&path).await.expect(200);
    }
    let deleted = admin.get(&path).await.expect(200);
    assert!(deleted.body["data"]["status"] == "inactive" && deleted.body["data"]["deleted_at"].is_string());
    assert_eq!(put(&admin, &user, "active").await.expect(409).code(), "user_deleted");
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    for _ in 0..2 {
        let restored = admin.post(&restore, &json!({})).await.expect(200);
        assert_eq!(
            (&restored.body["data"]["status"], &restored.body["data"]["deleted_at"]),
            (&json!("active"), &Value::Null)
        );
    }
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    // A ban outlives deletion and restoration.
    put(&admin, &user, "banned").await.expect(200);
    admin.delete(&path).await.expect(200);
    assert_eq!(admin.post(&restore, &json!({})).await.expect(200).body["data"]["status"], "banned");
    admin.delete(&format!("/api/v1/users/{}", world.a.admin)).await.expect(409);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_unlocks_who_is_locked_out() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, user) = world.create_user_a("clumsy", "user").await;
    for _ in 0..5 {
        world.client().try_sign_in(&world.a.slug, &email, "wrong-Horse-42-battery").await.expect(401);
    }
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    let security = format!("/api/v1/users/{user}/security");
    let seen = admin.get(&security).await.expect(200).body["data"].clone();
    assert!(seen["failed_attempts"] == 5 && seen["locked_until"].is_string(), "{seen}");
    for _ in 0..2 {
        admin.post(&format!("/api/v1/users/{user}/unlock"), &json!({})).await.expect(200);
    }
    let client = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let seen = admin.get(&security).await.expect(200).body["data"].clone();
    assert_eq!(
        (&seen["failed_attempts"], &seen["active_sessions"], &seen["has_password"]),
        (&json!(0), &json!(1), &json!(true))
    );

    // The history says so, to the administrator and to the user.
    for answer in [
        admin.get(&format!("/api/v1/users/{user}/history")).await.expect(200),
        client.get("/api/v1/auth/history").await.expect(200),
    ] {
        let outcomes: Vec<&str> = answer.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes, ["success", "refused", "refused", "refused", "refused", "refused", "refused"]);
    }
    let first = client.get("/api/v1/auth/history?limit=10").await.expect(200).body["data"][0].clone();
    let status = client.get("/api/v1/auth/status").await.expect(200).body["data"].clone();
    assert_eq!((&status["session_id"], &status["method"]), (&first["session_id"], &json!("session")));
    for answer in [
        admin.get(&format!("/api/v1/users/{user}/security-events")).await.expect(200),
        client.get("/api/v1/auth/security-events").await.expect(200),
    ] {
        let actions: Vec<&Value> =
            answer.body["data"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert!(actions.len() >= 2 && actions[0] == "users:update", "{actions:?}");
    }
    world.client().get("/api/v1/auth/status").await.expect(401);
    // Nobody sees another's without the permission.
    let (_, other) = world.create_user_a("other", "user").await;
    for what in ["security", "history", "security-events"] {
        client.get(&format!("/api/v1/users/{other}/{what}")).await.expect(403);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_users_are_created_at_once_and_each_failure_is_told() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let users = json!({"users": [
        {"email": "one@amaranth.example", "first_name": "One", "email_verified": true},
        {"email": "ONE@amaranth.example"},
        {"email": "nobody"},
        {"email": "two@amaranth.example", "phone": "0123"},
        {"email": "three@amaranth.example", "metadata": {"desk": 3}},
        {"email": world.a.admin_email},
    ]});
    let done = admin.post("/api/v1/users/bulk/create", &users).await.expect(200).body["data"].clone();
    let created: Vec<(u64, &str, &str)> = done["created"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["index"].as_u64().unwrap(), one["email"].as_str().unwrap(), one["status"].as_str().unwrap())
        })
        .collect();
    assert_eq!(created, [(0, "one@amaranth.example", "active"), (4, "three@amaranth.example", "pending")]);
    let failed: Vec<(u64, &str, &str)> = done["failed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let pointer = one["errors"][0]["pointer"].as_str().unwrap();
            (one["index"].as_u64().unwrap(), one["code"].as_str().unwrap(), pointer)
        })
        .collect();
    assert_eq!(
        failed,
        [
            (1, "email_taken", "#/users/1/email"),
            (2, "validation_failed", "#/users/2/email"),
            (3, "validation_failed", "#/users/3/phone"),
            (5, "email_taken", "#/users/5/email"),
        ]
    );
    let one =
        admin.get("/api/v1/users?email=one@amaranth.example").await.expect(200).body["data"][0]["id"].clone();
    let roles = admin.get(&format!("/api/v1/users/{}/roles", one.as_str().unwrap())).await.expect(200);
    assert_eq!(roles.body["data"][0]["name"], "user");
    admin.post("/api/v1/users/bulk/create", &users).await.expect(200);
    let many: Vec<Value> = (0..101).map(|n| json!({"email": format!("n{n}@amaranth.example")})).collect();
    admin.post("/api/v1/users/bulk/create", &json!({"users": many})).await.expect(422);
    admin.post("/api/v1/users/bulk/create", &json!({"users": []})).await.expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_users_are_changed_together_or_not_at_all() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let mut users = Vec::new();
    let mut clients = Vec::new();
    for name in ["first", "second"] {
        let (email, user) = world.create_user_a(name, "user").await;
        clients.push(world.client().sign_in(&world.a.slug, &email, PASSWORD).await);
        users.push(user);
    }
    let act = async |action: &str, ids: Vec<String>| {
        admin
            .post(
                "/api/v1/users/bulk/action",
                &json!({"action": action, "user_ids": ids, "reason": "spring"}),
            )
            .await
    };
    let status = async |user: &str| {
        admin.get(&format!("/api/v1/users/{user}")).await.expect(200).body["data"]["status"].clone()
    };
    // One that is unknown, foreign, oneself or in the wrong state: nothing happens to the others.
    for (extra, expected) in
        [(random_id(), 404), (world.b.admin.to_string(), 404), (world.a.admin.to_string(), 409)]
    {
        act("suspend", vec![users[0].clone(), extra]).await.expect(expected);
        assert_eq!(status(&users[0]).await, "active");
    }
    clients[0].get(ME).await.expect(200);
    let twice = vec![users[0].clone(), users[1].clone(), users[0].clone()];
    let done = act("suspend", twice.clone()).await.expect(200);
    assert_eq!(done.body["data"]["requested"], 2);
    assert_eq!(done.body["data"]["changed"].as_array().unwrap().len(), 2);
    for (client, user) in clients.iter().zip(&users) {
        client.get(ME).await.expect(401);
        assert_eq!(status(user).await, "suspended");
    }
    assert_eq!(act("suspend", twice.clone()).await.expect(200).body["data"]["changed"], json!([]));
    put(&admin, &users[1], "banned").await.expect(200);
    assert_eq!(act("activate", twice).await.expect(409).code(), "invalid_transition");
    assert_eq!(status(&users[0]).await, "suspended");
    act("unlock", vec![users[0].clone()]).await.expect(200);
    act("explode", vec![users[0].clone()]).await.expect(422);
    world.end().await;
}
