//! Devices: known again, named, trusted for some days, forgotten.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, PASSWORD, World};

use crate::browser::Browser;
use crate::mfa::{App, enrol, now};
use crate::mfa_policy::{POLICY, ask_users};
use crate::sign_in::{advance, refresh, text, world_with_clock};
use crate::tokens::{refused_within_a_second, two_nodes};

pub(crate) const DEVICES: &str = "/api/v1/users/me/devices";
pub(crate) const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
pub(crate) const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15";

/// Somebody with a second factor, and what they sign in with.
pub(crate) struct Person<'a> {
    pub(crate) world: &'a World,
    pub(crate) email: String,
    pub(crate) id: String,
    pub(crate) app: App,
}

impl<'a> Person<'a> {
    pub(crate) async fn new(world: &'a World, name: &str) -> Self {
        let (email, id) = world.create_user_a(name, "user").await;
        let client = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
        let (app, _) = enrol(world, &client).await;
        Self { world, email, id, app }
    }

    /// Sign in with the password and whatever more.
    pub(crate) async fn sign_in(&self, agent: &str, more: Value) -> Answer {
        let mut body = json!({"email": self.email, "password": PASSWORD});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let client =
            self.world.client().header("x-tenant-slug", &self.world.a.slug).header("user-agent", agent);
        client.post("/api/v1/auth/login", &body).await
    }

    pub(crate) fn code(&self) -> String {
        self.app.code(now(self.world))
    }

    /// Sign in with the second factor, and let the device stand for it. Returns the device's token, and the session.
    pub(crate) async fn trust(&self) -> (String, Client) {
        let more = json!({"mfa_code": self.code(), "trust_device": true});
        let answer = self.sign_in(FIREFOX, more).await.expect(200);
        advance(self.world, 30);
        (text(&answer, "device_token"), self.world.client().with_token(&text(&answer, "access_token")))
    }

    /// Whether the device's token stands for the second factor now.
    pub(crate) async fn gets_in_with(&self, token: &str) -> bool {
        let answer = self.sign_in(FIREFOX, json!({"device_token": token})).await;
        if answer.status != 200 {
            assert_eq!(answer.expect(401).code(), "mfa_required");
            return false;
        }
        true
    }
}

async fn own(client: &Client) -> Vec<Value> {
    client.get(DEVICES).await.expect(200).body["data"].as_array().unwrap().clone()
}

fn path(device: &Value) -> String {
    format!("{DEVICES}/{}", device["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_known_again_named_and_forgotten() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let at = |agent: &str| world.client().header("x-tenant-slug", "alpha").header("user-agent", agent);
    let body = json!({"email": email, "password": PASSWORD});
    let first = at(FIREFOX).post("/api/v1/auth/login", &body).await.expect(200);
    let token = text(&first, "device_token");
    advance(&world, 60);
    let again = json!({"email": email, "password": PASSWORD, "device_token": token});
    let second = at(FIREFOX).post("/api/v1/auth/login", &again).await.expect(200);
    assert_eq!(text(&second, "device_id"), text(&first, "device_id"));
    assert!(second.body["data"].get("device_token").is_none(), "told once");
    let ada = world.client().with_token(&text(&second, "access_token"));
    advance(&world, 1);
    at(SAFARI).post("/api/v1/auth/login", &body).await.expect(200);

    let devices = own(&ada).await;
    let names: Vec<&str> = devices.iter().map(|device| device["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"Firefox on Linux") && names.contains(&"Safari on macOS"), "{names:?}");
    let here = devices.iter().find(|device| device["is_current"] == true).unwrap();
    assert_eq!((&here["id"], &here["user_agent"]), (&second.body["data"]["device_id"], &json!(FIREFOX)));
    assert_eq!((&here["trusted_until"], &here["last_ip"]), (&Value::Null, &json!("127.0.0.1")));
    assert_eq!(here["first_seen_at"], "2026-11-05T12:00:00Z");
    assert_eq!(here["last_seen_at"], "2026-11-05T12:01:00Z");
    let sessions = ada.get("/api/v1/users/me/sessions").await.expect(200).body["data"].clone();
    assert!(sessions.as_array().unwrap().iter().all(|session| session["device_id"].is_string()));

    let renamed = ada.put(&path(here), &json!({"name": "The old laptop"})).await.expect(200);
    assert_eq!(renamed.body["data"]["name"], "The old laptop");
    ada.put(&path(here), &json!({"name": " "})).await.expect(422);
    let history = ada.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    assert_eq!(history[1]["device_id"], here["id"], "{history}");

    let other = devices.iter().find(|device| device["is_current"] == false).unwrap();
    ada.delete(&path(other)).await.expect(200);
    ada.delete(&path(other)).await.expect(404);
    ada.put(&path(other), &json!({"name": "x"})).await.expect(404);
    assert_eq!(own(&ada).await.len(), 1);
    let events = ada.get("/api/v1/auth/security-events").await.expect(200).body["data"].clone();
    let actions: Vec<&str> =
        events.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    for action in ["auth:device_added", "auth:device_renamed", "auth:device_revoked"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_out_within_a_second_on_every_node() {
    let world = two_nodes().await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let elsewhere = ada.clone().at(&world.client_at(1).base);
    elsewhere.get("/api/v1/auth/me").await.expect(200);
    let admin = world.admin_a().await;
    let devices = admin.get(&format!("/api/v1/users/{id}/devices")).await.expect(200).body["data"].clone();
    assert_eq!(devices.as_array().map(Vec::len), Some(1));
    let device = format!("/api/v1/users/{id}/devices/{}", devices[0]["id"].as_str().unwrap());
    // Another user's device is nobody's at this address.
    let own = world.a.admin;
    admin.delete(&device.replace(&id, &own.to_string())).await.expect(404);
    admin.delete(&device).await.expect(200);
    refused_within_a_second(&elsewhere).await;
    refresh(&world.client(), &world.a.slug, ada.refresh_token.as_deref().unwrap()).await.expect(401);
    admin.delete(&device).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_device_stands_for_the_second_factor_until_its_date() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let waits = ada.sign_in(FIREFOX, json!({})).await.expect(401);
    assert_eq!(waits.body["trusted_device_days"], 30);
    // In two steps.
    let body = json!({"mfa_token": waits.body["mfa_token"], "code": ada.code(), "trust_device": true});
    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("user-agent", FIREFOX);
    let trusted = at_a.post("/api/v1/auth/mfa/challenge", &body).await.expect(200);
    let token = text(&trusted, "device_token");
    let signed_in = ada.sign_in(FIREFOX, json!({"device_token": token})).await.expect(200);
    let client = world.client().with_token(&text(&signed_in, "access_token"));
    let devices = own(&client).await;
    let here = devices.iter().find(|device| device["is_current"] == true).unwrap();
    assert_eq!(here["trusted_until"], "2026-12-05T12:00:30Z");
    let history = client.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    assert_eq!(history[0]["method"], "trusted_device");
    // Without the secret, nothing.
    ada.sign_in(FIREFOX, json!({})).await.expect(401);
    advance(&world, 30 * 86_400 - 1);
    assert!(ada.gets_in_with(&token).await);
    advance(&world, 1);
    assert!(!ada.gets_in_with(&token).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_device_satisfies_the_obligation_and_keeps_its_session_only_while_it_is_trusted() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    ask_users(&world, json!({"trusted_device_days": 7})).await;
    let (token, client) = ada.trust().await;
    let signed_in = ada.sign_in(FIREFOX, json!({"device_token": token})).await.expect(200);
    let renewed =
        refresh(&world.client(), &world.a.slug, &text(&signed_in, "refresh_token")).await.expect(200);
    let devices = own(&client).await;
    let here = devices.iter().find(|device| device["is_current"] == true).unwrap();
    let ended = client.delete(&format!("{}/trust", path(here))).await.expect(200);
    assert_eq!(ended.body["data"]["trusted_until"], Value::Null);
    client.delete(&format!("{}/trust", path(here))).await.expect(200);
    assert!(!ada.gets_in_with(&token).await);
    refresh(&world.client(), &world.a.slug, &text(&renewed, "refresh_token")).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_that_asks_is_trusted_with_recent_proof_of_the_second_factor() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let answer = ada.sign_in(FIREFOX, json!({"mfa_code": ada.code()})).await.expect(200);
    let (token, client) =
        (text(&answer, "device_token"), world.client().with_token(&text(&answer, "access_token")));
    advance(&world, 30);
    assert!(!ada.gets_in_with(&token).await);
    let devices = own(&client).await;
    let here = devices.iter().find(|device| device["is_current"] == true).unwrap();
    let other = devices.iter().find(|device| device["is_current"] == false).unwrap();
    let trust = |device: &Value| format!("{}/trust", path(device));
    let refused = client.post(&trust(other), &json!({})).await.expect(409);
    assert_eq!(refused.code(), "device_not_current");
    let trusted = client.post(&trust(here), &json!({})).await.expect(200);
    assert_eq!(trusted.body["data"]["trusted_until"], "2026-12-05T12:01:00Z");
    let token = text(&trusted, "device_token");
    // A session that the device has stood for proves nothing new, whatever its age.
    let by_device = ada.sign_in(FIREFOX, json!({"device_token": token})).await.expect(200);
    let by_device = world.client().with_token(&text(&by_device, "access_token"));
    assert_eq!(own(&by_device).await.len(), 2);
    for (method, at) in [
        ("POST", trust(here)),
        ("POST", "/api/v1/auth/mfa/backup-codes".to_owned()),
        ("POST", "/api/v1/auth/passkeys/begin".to_owned()),
    ] {
        let answer = by_device.send(method, &at, Some(&json!({}))).await;
        assert!(answer.code() == "proof_too_old" || at.ends_with("begin"), "{at}: {}", answer.text);
        assert_ne!(answer.status, 200, "{at}");
    }
    let password = json!({"password": PASSWORD});
    by_device.post("/api/v1/auth/reauthenticate", &password).await.expect(422);
    by_device.post("/api/v1/auth/reauthenticate", &json!({"code": ada.code()})).await.expect(200);
    by_device.post(&trust(here), &json!({})).await.expect(200);
    advance(&world, 16 * 60);
    client.post(&trust(here), &json!({})).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_known_by_a_cookie_that_serves_several_people() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (grace, _) = world.create_user_a("grace", "user").await;
    let mut page = Browser::at(&world, "alpha");
    let waits = page.sign_in(&ada.email, PASSWORD).await;
    assert_eq!(waits.code(), "mfa_required");
    let body = json!({"mfa_token": waits.json()["mfa_token"], "code": ada.code(), "trust_device": true});
    let ask = page.ask("POST", "/auth/session/challenge").body(body);
    assert_eq!(page.send(&ask).await.status, 200);
    let cookie = page.set.iter().find(|text| text.starts_with("__Host-tenantry-alpha.device=")).unwrap();
    for part in ["; Path=/;", "; Secure;", "; HttpOnly;", "; SameSite=Lax", "; Max-Age=34560000;"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(page.sign_out().await.status, 204);
    assert_eq!(page.sign_in(&grace, PASSWORD).await.status, 201);
    page.sign_out().await;
    assert_eq!(page.sign_in(&ada.email, PASSWORD).await.status, 201, "the browser is trusted");
    page.sign_out().await;
    assert_eq!(page.cookies["__Host-tenantry-alpha.device"].split('.').count(), 2);
    // At the other tenant it is another browser.
    page.slug = "beta".to_owned();
    assert_eq!(page.sign_in(&world.b.admin_email, PASSWORD).await.status, 201);
    assert_eq!(page.cookies["__Host-tenantry-beta.device"].split('.').count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_says_for_how_many_days() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let policy = admin.get(POLICY).await.expect(200);
    assert_eq!(policy.body["data"]["trusted_device_days"], 30);
    admin.put(POLICY, &json!({"trusted_device_days": 91})).await.expect(422);
    let ada = Person::new(&world, "ada").await;
    let (token, client) = ada.trust().await;
    admin.put(POLICY, &json!({"trusted_device_days": 2})).await.expect(200);
    let devices = own(&client).await;
    assert!(devices.iter().any(|device| device["trusted_until"] == "2026-11-07T12:00:30Z"), "{devices:?}");
    admin.put(POLICY, &json!({"trusted_device_days": 90})).await.expect(200);
    advance(&world, 2 * 86_400);
    assert!(!ada.gets_in_with(&token).await, "given under the stricter one");
    let (token, _) = ada.trust().await;
    let admin = world.admin_a().await;
    admin.put(POLICY, &json!({"trusted_device_days": 0})).await.expect(200);
    assert!(!ada.gets_in_with(&token).await);
    // A wish is no permission.
    let (token, client) = ada.trust().await;
    assert!(!ada.gets_in_with(&token).await);
    let devices = own(&client).await;
    let here = devices.iter().find(|device| device["is_current"] == true).unwrap();
    let refused = client.post(&format!("{}/trust", path(here)), &json!({})).await.expect(409);
    assert_eq!(refused.code(), "trust_not_allowed");
    world.end().await;
}

/// How many rows there are of a user's devices, and how many of them count.
async fn rows_of(world: &World, user: &str) -> (i64, i64) {
    let of_user = format!(
        "SELECT count(*), count(*) FILTER (WHERE revoked_at IS NULL) FROM app.devices WHERE user_id = '{user}'"
    );
    let row = world.database.admin().await.query_one(&of_user, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_devices_are_remembered_and_trusted_ones_before_others() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (token, _) = ada.trust().await;
    let other = ada.sign_in(SAFARI, json!({"mfa_code": ada.code()})).await.expect(200);
    let later = format!(
        "INSERT INTO app.devices (tenant_id, id, user_id, name, fingerprint, platform, first_seen_at, last_seen_at, revoked_at) \
         SELECT tenant_id, gen_random_uuid(), user_id, 'later', '', 'later', first_seen_at, \
         last_seen_at + n * interval '1 second', CASE WHEN n > 140 THEN last_seen_at END \
         FROM app.devices, generate_series(1, 150) AS n WHERE id = '{}'",
        text(&other, "device_id")
    );
    world.database.admin().await.batch_execute(&later).await.unwrap();
    advance(&world, 300);
    assert_eq!(rows_of(&world, &ada.id).await, (153, 143));

    // One that is known makes no room.
    assert!(ada.gets_in_with(&token).await);
    assert_eq!(rows_of(&world, &ada.id).await, (153, 143));
    let new = ada.sign_in("curl/8.14.1", json!({"mfa_code": ada.code()})).await.expect(200);
    assert_eq!(rows_of(&world, &ada.id).await, (100, 100));
    let client = world.client().with_token(&text(&new, "access_token"));
    let devices = own(&client).await;
    assert!(devices.iter().all(|device| device["id"] != other.body["data"]["device_id"]), "the oldest");
    assert!(devices.iter().any(|device| device["is_current"] == true));
    assert!(ada.gets_in_with(&token).await, "it is trusted");

    // A session outlives what is remembered of its device, and is shown without.
    let begun = world.client().with_token(&text(&other, "access_token"));
    begun.get("/api/v1/auth/me").await.expect(200);
    let sessions = begun.get("/api/v1/users/me/sessions").await.expect(200).body["data"].clone();
    let is_hers = |session: &&Value| session["device_id"] == other.body["data"]["device_id"];
    assert_eq!(sessions.as_array().unwrap().iter().find(is_hers).unwrap()["device_name"], Value::Null);

    advance(&world, 400 * 86_400 + 1);
    ada.sign_in(FIREFOX, json!({"mfa_code": ada.code()})).await.expect(200);
    assert_eq!(rows_of(&world, &ada.id).await, (1, 1));
    world.end().await;
}
