//! What is unusual about a sign-in: noted, told, and no more often than it helps.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, PASSWORD, World};

use crate::devices::{FIREFOX, SAFARI};
use crate::sign_in::{WRONG, advance, text, world_with_clock};

async fn sign_in(world: &World, email: &str, agent: &str, token: Option<&str>) -> Value {
    let body = json!({"email": email, "password": PASSWORD, "device_token": token});
    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("user-agent", agent);
    at_a.post("/api/v1/auth/login", &body).await.expect(200).body["data"].clone()
}

async fn signals(client: &Client) -> Vec<Value> {
    let history = client.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    history.as_array().unwrap().iter().map(|row| row["signals"].clone()).collect()
}

fn mails(world: &World, email: &str, kind: &str) -> usize {
    let is_meant = |kept: &&tenantry_messages::Kept| kept.message.to == email && kept.message.kind == kind;
    world.messages().iter().filter(is_meant).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_is_told_and_the_very_first_is_not() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let first = sign_in(&world, &email, FIREFOX, None).await;
    let ada = world.client().with_token(first["access_token"].as_str().unwrap());
    assert_eq!(signals(&ada).await, [json!([])]);
    let token = first["device_token"].as_str();
    sign_in(&world, &email, FIREFOX, token).await;
    assert_eq!(signals(&ada).await[0], json!([]));

    advance(&world, 60);
    sign_in(&world, &email, SAFARI, None).await;
    assert_eq!(signals(&ada).await[0], json!(["new_device"]));
    let mail = world.message_to(&email, "new_device").await.message;
    assert!(mail.text.contains("Safari on macOS (127.0.0.1), 2026-11-05 12:01 UTC"), "{}", mail.text);
    // A program that keeps nothing is new each time, and is told once a day.
    advance(&world, 60);
    sign_in(&world, &email, SAFARI, None).await;
    assert_eq!(signals(&ada).await[0], json!(["new_device"]));
    // Another kind is told at once; when it has come, the one before would have come as well.
    sign_in(&world, &email, "curl/8.14.1", None).await;
    world.nth_message_to(&email, "new_device", 2).await;
    assert_eq!(mails(&world, &email, "new_device"), 2);
    let hers = |event: &&Value| event["subject"] == json!(format!("user/{id}"));
    let are_three = |told: &Answer| told.body["data"].as_array().unwrap().iter().filter(hers).count() == 3;
    let admin = world.admin_a().await;
    admin.get_when("/api/v1/events?type=tenantry.device.added", are_three).await;
    // To sign in ends no session, and nothing looks for clients to tell of it.
    let jobs = admin.get("/api/v1/jobs?limit=100").await.expect(200).text;
    assert!(jobs.contains("messages.send") && !jobs.contains("sso.sessions_ended"), "{jobs}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_new_when_nobody_has_come_from_it_for_ninety_days() {
    let settings = vec![("http.trusted_proxies".to_owned(), "127.0.0.1/32".to_owned())];
    let clock = Some("2026-11-05T12:00:00Z".parse().unwrap());
    let options = tenantry_testkit::Options { settings, clock, ..Default::default() };
    let world = World::with(options).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let body = json!({"email": email, "password": PASSWORD});
    let from = async |ip: &str| {
        let client = world.client().header("x-tenant-slug", "alpha").header("x-forwarded-for", ip);
        let answer = client.post("/api/v1/auth/login", &body).await.expect(200);
        signals(&world.client().with_token(&text(&answer, "access_token"))).await[0].clone()
    };
    let new = |signals: &Value| signals.as_array().unwrap().contains(&json!("new_network"));
    assert!(!new(&from("203.0.113.7").await));
    assert!(!new(&from("203.0.113.200").await));
    assert!(new(&from("198.51.100.7").await));
    assert!(new(&from("2001:db8:1:2::7").await));
    assert!(!new(&from("2001:db8:1:3::7").await));
    advance(&world, 91 * 86_400);
    assert!(!new(&from("192.0.2.1").await), "there is nothing to compare with");
    assert!(new(&from("203.0.113.7").await));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_fails_for_many_accounts_is_told_once_and_slowed() {
    let settings = vec![("lockout.ip_threshold".to_owned(), "30".to_owned())];
    let clock = Some("2026-11-05T12:00:00Z".parse().unwrap());
    let world = World::with(tenantry_testkit::Options { settings, clock, ..Default::default() }).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let admin = world.admin_a().await;
    for number in 0..12 {
        let nobody = format!("nobody{number}@docks.example");
        world.client().try_sign_in(&world.a.slug, &nobody, WRONG).await.expect(401);
    }
    world.client().try_sign_in(&world.a.slug, &email, WRONG).await.expect(401);
    let history = ada.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    assert_eq!(
        (&history[0]["outcome"], &history[0]["signals"]),
        (&json!("refused"), &json!(["credential_stuffing"]))
    );
    let path = "/api/v1/events?type=tenantry.session.credential_stuffing";
    let events = admin.get_when(path, |told| told.body["data"] != json!([])).await;
    assert_eq!(events.body["data"].as_array().map(Vec::len), Some(1), "{}", events.text);
    assert!(events.text.contains("127.0.0.1"), "{}", events.text);
    // Nine failures count once, and from the tenth on three times each.
    for number in 12..15 {
        let nobody = format!("nobody{number}@docks.example");
        world.client().try_sign_in(&world.a.slug, &nobody, WRONG).await.expect(401);
    }
    let answer = world.client().try_sign_in(&world.a.slug, "nobody99@docks.example", WRONG).await;
    assert_eq!(answer.expect(429).code(), "too_many_failures");
    // At the other tenant, nobody has failed.
    world.client().sign_in(&world.b.slug, &world.b.admin_email, PASSWORD).await;
    world.end().await;
}
