//! Policies about the device that somebody asks from.

use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, World};

use crate::devices::{DEVICES, FIREFOX};
use crate::mfa::{enrol, now};
use crate::policies::{policy, rule};
use crate::sign_in::{advance, text, world_with_clock};

/// Nobody sees projects unless the device is as it must be.
async fn deny_unless(world: &World, attribute: &str) {
    let conditions = json!([{attribute: false}]);
    policy(&world.admin_a().await, &rule("devices", "project", "read", "deny", conditions)).await;
}

async fn device_of(client: &Client) -> Value {
    let devices = client.get(DEVICES).await.expect(200).body["data"].clone();
    devices.as_array().unwrap().iter().find(|device| device["is_current"] == true).cloned().unwrap()
}

async fn becomes(client: &Client, status: u16) {
    let started = std::time::Instant::now();
    while client.get("/api/v1/projects").await.status != status {
        assert!(started.elapsed() < std::time::Duration::from_secs(1), "not {status} within a second");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_lets_through_whoever_asks_from_a_trusted_device_only() {
    let world = world_with_clock(2).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let first = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, _) = enrol(&world, &first).await;
    first.get("/api/v1/projects").await.expect(200);
    deny_unless(&world, "device.trusted").await;
    first.get("/api/v1/projects").await.expect(403);

    let body = json!({
        "email": email, "password": PASSWORD, "mfa_code": app.code(now(&world)), "trust_device": true,
    });
    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("user-agent", FIREFOX);
    let answer = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    let ada = world.client().with_token(&text(&answer, "access_token"));
    let elsewhere = ada.clone().at(&world.client_at(1).base);
    ada.get("/api/v1/projects").await.expect(200);
    elsewhere.get("/api/v1/projects").await.expect(200);
    first.get("/api/v1/projects").await.expect(403);

    // Trust that is lost, and given, counts on every node at once.
    let trust = format!("{DEVICES}/{}/trust", device_of(&ada).await["id"].as_str().unwrap());
    ada.delete(&trust).await.expect(200);
    becomes(&ada, 403).await;
    becomes(&elsewhere, 403).await;
    ada.post(&trust, &json!({})).await.expect(200);
    becomes(&elsewhere, 200).await;
    world
        .admin_a()
        .await
        .put("/api/v1/auth/mfa/policy", &json!({"trusted_device_days": 0}))
        .await
        .expect(200);
    becomes(&elsewhere, 403).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_ends_for_policies_with_its_date() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    admin.put("/api/v1/auth/mfa/policy", &json!({"trusted_device_days": 1})).await.expect(200);
    let (email, _) = world.create_user_a("ada", "user").await;
    let first = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, _) = enrol(&world, &first).await;
    deny_unless(&world, "device.trusted").await;
    let body = json!({
        "email": email, "password": PASSWORD, "mfa_code": app.code(now(&world)), "trust_device": true,
    });
    let at_a = world.client().header("x-tenant-slug", &world.a.slug);
    let answer = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    let ada = world.client().with_token(&text(&answer, "access_token"));
    ada.get("/api/v1/projects").await.expect(200);
    advance(&world, 86_400);
    let again =
        crate::sign_in::refresh(&world.client(), &world.a.slug, &text(&answer, "refresh_token")).await;
    let ada = world.client().with_token(&text(&again.expect(200), "access_token"));
    ada.get("/api/v1/projects").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_no_device_and_a_new_device_is_not_known() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let body = json!({"name": "reader", "scopes": ["projects:read"]});
    let key = admin.post("/api/v1/api-keys", &body).await.expect(201);
    let key = world.client().with_token(&text(&key, "key"));
    let status = key.get("/api/v1/projects").await.status;
    deny_unless(&world, "device.known").await;
    assert_eq!((status, key.get("/api/v1/projects").await.status), (200, 403));
    admin.get("/api/v1/projects").await.expect(403);

    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("user-agent", FIREFOX);
    let mut body = json!({"email": world.a.admin_email, "password": PASSWORD});
    let first = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    let new = world.client().with_token(&text(&first, "access_token"));
    new.get("/api/v1/projects").await.expect(403);
    advance(&world, 1);
    body["device_token"] = json!(text(&first, "device_token"));
    let second = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    world.client().with_token(&text(&second, "access_token")).get("/api/v1/projects").await.expect(200);
    world.end().await;
}
