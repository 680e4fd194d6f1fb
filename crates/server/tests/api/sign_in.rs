//! Signing in, staying in, signing out.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, MARKER_A, Options, PASSWORD, World};

use crate::wire::{Ask, Reply, Wire};

pub(crate) const WRONG: &str = "wrong-Horse-42-battery";

/// A world in which time moves only when it is told to.
pub(crate) async fn world_with_clock(nodes: usize) -> World {
    let clock = Some("2026-11-05T12:00:00Z".parse().unwrap());
    World::with(Options { clock, nodes, settings: one_address(), ..Options::default() }).await
}

/// Nodes behind one address: each must take the other's tokens.
pub(crate) fn one_address() -> Vec<(String, String)> {
    vec![("http.public_url".to_owned(), "http://localhost:8080".to_owned())]
}

pub(crate) fn advance(world: &World, seconds: i64) {
    world.clock.as_ref().unwrap().advance(SignedDuration::from_secs(seconds));
}

/// Exchange a refresh token.
pub(crate) async fn refresh(client: &Client, slug: &str, token: &str) -> Answer {
    let body = json!({"grant_type": "refresh_token", "refresh_token": token});
    client.clone().header("x-tenant-slug", slug).post("/api/v1/auth/token", &body).await
}

pub(crate) fn text(answer: &Answer, field: &str) -> String {
    answer.body["data"][field].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_examples_work() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let user = json!({
        "email": "john.doe@acme.example.com", "password": "securePassword123", "first_name": "John", "last_name": "Doe",
        "phone": "+1234567890",
    });
    let made = admin.post("/api/v1/users", &user).await.expect(201);
    assert_eq!(made.body["data"]["status"], "pending");
    let path = format!("/api/v1/users/{}", made.id());
    admin.put(&path, &json!({"status": "active", "email_verified": true})).await.expect(200);

    let at_a = world.client().header("x-tenant-slug", &world.a.slug);
    let login =
        json!({"email": "john.doe@acme.example.com", "password": "securePassword123", "mfa_code": "123456"});
    let answer = at_a.post("/api/v1/auth/login", &login).await.expect(200);
    assert_eq!(answer.body["status"], "success");
    assert_eq!(
        (&answer.body["data"]["expires_in"], &answer.body["data"]["token_type"]),
        (&json!(900), &json!("Bearer"))
    );

    let exchange = json!({
        "grant_type": "refresh_token", "refresh_token": text(&answer, "refresh_token"), "client_id": "client123",
        "client_secret": "secret123",
    });
    let exchanged = at_a.post("/api/v1/auth/token", &exchange).await.expect(200);
    assert_eq!(exchanged.body["data"]["expires_in"], 900);

    let john = at_a.with_token(&text(&exchanged, "access_token"));
    let me = john.get("/api/v1/auth/me").await.expect(200);
    assert_eq!(me.body["data"]["roles"], json!(["user"]));
    assert_eq!(me.body["data"]["mfa_enabled"], false);
    let left = john.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    assert_eq!(left.body["data"], json!({"message": "Successfully logged out"}));
    john.get("/api/v1/auth/me").await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn common_and_short_passwords_are_refused_by_name() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for password in ["password123", "short", "alphaalphaalpha"] {
        let body = json!({"email": "new@amaranth.example", "password": password});
        let answer = admin.post("/api/v1/users", &body).await.expect(422);
        assert_eq!(answer.body["errors"][0]["pointer"], "#/password", "{password}");
        assert!(!answer.text.contains(password), "the answer repeats {password}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_sign_ins_cannot_be_told_apart() {
    let world = World::new().await;
    let (admin, wire) = (world.admin_a().await, Wire::to(&world));
    for status in ["suspended", "hold", "banned", "inactive"] {
        let (_, id) = world.create_user_a(status, "user").await;
        admin.put(&format!("/api/v1/users/{id}"), &json!({"status": status})).await.expect(200);
    }
    let (_, id) = world.create_user_a("deleted", "user").await;
    admin.delete(&format!("/api/v1/users/{id}")).await.expect(200);
    let body = json!({"email": at("pending"), "password": PASSWORD});
    admin.post("/api/v1/users", &body).await.expect(201);
    let body = json!({"email": format!("no-password@{MARKER_A}.example"), "email_verified": true});
    admin.post("/api/v1/users", &body).await.expect(201);
    world.create_user_a("locked", "user").await;
    for _ in 0..5 {
        world.client().try_sign_in(&world.a.slug, &at("locked"), WRONG).await.expect(401);
    }

    let unknown = attempt(&wire, &world, &at("nobody"), PASSWORD).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (401, "sign_in_refused"));
    let cases = [
        (at("locked"), PASSWORD),
        (at("pending"), PASSWORD),
        (at("suspended"), PASSWORD),
        (at("hold"), PASSWORD),
        (at("deleted"), PASSWORD),
        (at("banned"), PASSWORD),
        (at("inactive"), PASSWORD),
        (at("no-password"), PASSWORD),
        (world.a.admin_email.clone(), WRONG),
        ("not an address".to_owned(), PASSWORD),
    ];
    for (email, password) in cases {
        let reply = attempt(&wire, &world, &email, password).await;
        assert_eq!(reply.anonymised(), unknown.anonymised(), "{email}");
    }
    world.end().await;
}

fn at(name: &str) -> String {
    format!("{name}@{MARKER_A}.example")
}

async fn attempt(wire: &Wire, world: &World, email: &str, password: &str) -> Reply {
    let body = json!({"email": email, "password": password});
    wire.send(&Ask::new("POST", "/api/v1/auth/login").header("x-tenant-slug", &world.a.slug).body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_found_whatever_its_case() {
    let world = World::new().await;
    let email = world.a.admin_email.to_uppercase();
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(200);
    let admin = world.admin_a().await;
    let answer = admin.post("/api/v1/users", &json!({"email": email})).await.expect(409);
    assert_eq!((answer.code(), &answer.body["errors"][0]["pointer"]), ("email_taken", &json!("#/email")));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_no_longer_active_is_out_at_once() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("leaver", "user").await;
    let leaver = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    leaver.get("/api/v1/projects").await.expect(200);
    let path = format!("/api/v1/users/{id}");
    admin.put(&path, &json!({"status": "suspended"})).await.expect(200);
    leaver.get("/api/v1/projects").await.expect(401);
    refresh(&world.client(), &world.a.slug, leaver.refresh_token.as_deref().unwrap()).await.expect(401);

    admin.put(&path, &json!({"status": "active"})).await.expect(200);
    leaver.get("/api/v1/projects").await.expect(401);
    let back = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    back.get("/api/v1/projects").await.expect(200);
    admin.delete(&path).await.expect(200);
    back.get("/api/v1/projects").await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("member", "user").await;
    let named = world.client().header("user-agent", "a browser");
    let first = named.sign_in(&world.a.slug, &email, PASSWORD).await;
    let second = named.sign_in(&world.a.slug, &email, PASSWORD).await;
    let path = format!("/api/v1/users/{id}/sessions");
    let list = admin.get(&path).await.expect(200);
    assert_eq!(list.body["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&list.body["data"][0]["user_agent"], &list.body["data"][0]["ip"]),
        (&json!("a browser"), &json!("127.0.0.1"))
    );
    let secrets = ["refresh_seed", "token", "generation"];
    assert!(secrets.iter().all(|secret| !list.text.contains(secret)), "{}", list.text);

    admin.delete(&path).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200).body["data"], Value::Array(Vec::new()));
    for client in [first, second] {
        client.get("/api/v1/auth/me").await.expect(401);
        refresh(&world.client(), &world.a.slug, client.refresh_token.as_deref().unwrap()).await.expect(401);
    }
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await.get("/api/v1/auth/me").await.expect(200);
    world.end().await;
}
