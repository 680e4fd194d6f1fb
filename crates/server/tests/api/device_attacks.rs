//! What must not let anybody in: stolen, copied, foreign and forgotten secrets of devices.

use std::time::Duration;

use serde_json::json;
use tenantry_testkit::PASSWORD;

use crate::browser::Browser;
use crate::devices::{DEVICES, FIREFOX, Person, SAFARI};
use crate::mfa::{enrol, with_code};
use crate::mfa_policy::POLICY;
use crate::provider::{CALLBACK, Provider, claims};
use crate::recovery::token_in;
use crate::sign_in::{WRONG, advance, text, world_with_clock};
use crate::wire::random_id;

const NEW: &str = "another-Horse-43-battery";

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_of_a_device_alone_signs_nobody_in() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (token, _) = ada.trust().await;
    let wrong = ada.sign_in(FIREFOX, json!({"password": WRONG, "device_token": token})).await.expect(401);
    let without = ada.sign_in(FIREFOX, json!({"password": WRONG})).await.expect(401);
    assert_eq!((wrong.code(), &wrong.body["detail"]), (without.code(), &without.body["detail"]));
    // Nor does it tell that a device is known, or whose it is.
    for forged in [
        "",
        "dev_",
        "nonsense",
        &token[..token.len() - 1],
        &format!("dev_{}_{}", "0".repeat(32), "A".repeat(43)),
    ] {
        let answer = ada.sign_in(FIREFOX, json!({"device_token": forged})).await.expect(401);
        assert_eq!(answer.code(), "mfa_required", "{forged}");
    }
    let long = ada.sign_in(FIREFOX, json!({"device_token": "x".repeat(101)})).await;
    assert_eq!(long.status, 422);
    // It is no credential anywhere else.
    world.client().with_token(&token).get("/api/v1/auth/me").await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_of_one_user_is_nothing_to_another_nor_at_another_tenant() {
    let world = world_with_clock(1).await;
    let (ada, grace) = (Person::new(&world, "ada").await, Person::new(&world, "grace").await);
    let (token, _) = ada.trust().await;
    assert!(!grace.gets_in_with(&token).await);
    let made =
        grace.sign_in(FIREFOX, json!({"mfa_code": grace.code(), "device_token": token})).await.expect(200);
    assert_ne!(
        text(&made, "device_token"),
        token,
        "another user's device is a new one, with a secret of its own"
    );
    assert!(ada.gets_in_with(&token).await);

    let body = json!({"email": world.b.admin_email, "password": PASSWORD});
    let at_b = world.client().header("x-tenant-slug", &world.b.slug).header("user-agent", FIREFOX);
    let there = at_b.post("/api/v1/auth/login", &body).await.expect(200);
    let admin_b = world.client().with_token(&text(&there, "access_token"));
    let app = enrol(&world, &admin_b).await.0;
    let mut stolen = body.clone();
    stolen["device_token"] = json!(token);
    assert_eq!(at_b.post("/api/v1/auth/login", &stolen).await.expect(401).code(), "mfa_required");
    stolen["mfa_code"] = json!(app.code(crate::mfa::now(&world)));
    let there = at_b.post("/api/v1/auth/login", &stolen).await.expect(200);
    assert_ne!(text(&there, "device_token"), token);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_copied_elsewhere_counts_no_longer_and_is_told() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (token, client) = ada.trust().await;
    let copied = ada.sign_in(SAFARI, json!({"device_token": token})).await.expect(401);
    assert_eq!(copied.code(), "mfa_required");
    // Nobody knows which of the two is the thief.
    assert!(!ada.gets_in_with(&token).await);
    let events = client.get("/api/v1/auth/security-events").await.expect(200);
    assert!(events.text.contains("auth:device_copied"), "{}", events.text);
    let path = "/api/v1/events?type=tenantry.device.copied";
    let told = world.admin_a().await.get_when(path, |told| told.body["data"] != json!([])).await;
    assert_eq!(told.body["data"].as_array().map(Vec::len), Some(1), "{}", told.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_from_before_the_trust_is_not_trusted() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let first = ada.sign_in(FIREFOX, json!({"mfa_code": ada.code()})).await.expect(200);
    advance(&world, 30);
    let before = text(&first, "device_token");
    let more = json!({"mfa_code": ada.code(), "trust_device": true, "device_token": before});
    let trusted = ada.sign_in(FIREFOX, more).await.expect(200);
    assert_eq!(text(&trusted, "device_id"), text(&first, "device_id"));
    assert!(!ada.gets_in_with(&before).await);
    assert!(ada.gets_in_with(&text(&trusted, "device_token")).await);

    // Nor when the trust comes later, by whoever is signed in.
    advance(&world, 30);
    let second = ada.sign_in(FIREFOX, json!({"mfa_code": ada.code()})).await.expect(200);
    advance(&world, 30);
    let (before, device) = (text(&second, "device_token"), text(&second, "device_id"));
    let client = world.client().with_token(&text(&second, "access_token"));
    let trusted = client.post(&format!("{DEVICES}/{device}/trust"), &json!({})).await.expect(200);
    assert!(!ada.gets_in_with(&before).await);
    assert!(ada.gets_in_with(&text(&trusted, "device_token")).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_from_before_the_trust_is_not_trusted() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let mut page = Browser::at(&world, "alpha");
    let waits = page.sign_in(&ada.email, PASSWORD).await;
    let body = json!({"mfa_token": waits.json()["mfa_token"], "code": ada.code()});
    let ask = page.ask("POST", "/auth/session/challenge").body(body);
    assert_eq!(page.send(&ask).await.status, 200);
    advance(&world, 30);
    let copied = page.cookies["__Host-tenantry-alpha.device"].clone();
    let devices = page.get("/users/me/devices").await.json()["data"].clone();
    let here = devices.as_array().unwrap().iter().find(|device| device["is_current"] == true).cloned();
    let path = format!("/users/me/devices/{}/trust", here.unwrap()["id"].as_str().unwrap());
    let ask = page.ask("POST", &path).body(json!({}));
    let trusted = page.send(&ask).await;
    assert_eq!((trusted.status, trusted.json()["data"].get("device_token")), (200, None), "{}", trusted.text);
    let own = page.cookies["__Host-tenantry-alpha.device"].clone();
    assert_ne!(own, copied);
    assert!(page.set.iter().all(|cookie| cookie.contains(".device=") && cookie.contains("; HttpOnly;")));
    let mut thief = Browser::at(&world, "alpha");
    thief.cookies.insert("__Host-tenantry-alpha.device".to_owned(), copied);
    assert_eq!(thief.sign_in(&ada.email, PASSWORD).await.code(), "mfa_required");
    page.sign_out().await;
    assert_eq!(page.sign_in(&ada.email, PASSWORD).await.status, 201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_ends_with_the_codes_and_the_kinds_of_factors_that_it_may_have_stood_for() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (token, client) = ada.trust().await;
    client.post("/api/v1/auth/mfa/backup-codes", &json!({})).await.expect(200);
    assert!(!ada.gets_in_with(&token).await, "new backup codes");

    let (token, _) = ada.trust().await;
    let admin = world.admin_a().await;
    admin.put(POLICY, &json!({"methods": ["totp", "email", "passkey"]})).await.expect(200);
    assert!(!ada.gets_in_with(&token).await, "text messages count no longer");
    admin.put(POLICY, &json!({"methods": ["totp", "email", "sms", "passkey"]})).await.expect(200);
    assert!(!ada.gets_in_with(&token).await, "more kinds bring nothing back");
    let (token, _) = ada.trust().await;
    admin.put(POLICY, &json!({"grace_days": 3})).await.expect(200);
    assert!(ada.gets_in_with(&token).await, "nothing has become stricter");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stricter_policy_does_not_miss_trust_that_is_being_given() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let admin = world.admin_a().await;
    // The sign-in has read the policy, and cannot write its session.
    let database = world.database.admin().await;
    database.batch_execute("BEGIN; LOCK TABLE app.user_sessions IN SHARE MODE").await.unwrap();
    let waits =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'app.user_sessions'::regclass";
    let change = async {
        while database.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let none = json!({"trusted_device_days": 0});
        let mut put = std::pin::pin!(admin.put(POLICY, &none));
        let early = tokio::time::timeout(Duration::from_millis(500), &mut put).await;
        database.batch_execute("COMMIT").await.unwrap();
        match early {
            Ok(answer) => answer.expect(200),
            Err(_) => put.await.expect(200),
        }
    };
    let sign_in = ada.sign_in(FIREFOX, json!({"mfa_code": ada.code(), "trust_device": true}));
    let (signed_in, _) = futures_util::future::join(sign_in, change).await;
    let token = text(&signed_in.expect(200), "device_token");
    advance(&world, 30);
    assert!(!ada.gets_in_with(&token).await);
    admin.put(POLICY, &json!({"trusted_device_days": 30})).await.expect(200);
    assert!(!ada.gets_in_with(&token).await, "more days bring nothing back");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_ends_with_whatever_it_stood_on() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let admin = world.admin_a().await;

    let (token, client) = ada.trust().await;
    let device = format!("{DEVICES}/{}", text_of_current(&client).await);
    client.delete(&device).await.expect(200);
    assert!(!ada.gets_in_with(&token).await, "revoked");
    client.get("/api/v1/auth/me").await.expect(401);

    let (token, client) = ada.trust().await;
    enrol(&world, &client).await;
    assert!(!ada.gets_in_with(&token).await, "another app");

    let grace = Person::new(&world, "grace").await;
    let (token, _) = grace.trust().await;
    let path = format!("/api/v1/users/{}", grace.id);
    admin.put(&path, &json!({"status": "suspended"})).await.expect(200);
    admin.put(&path, &json!({"status": "active"})).await.expect(200);
    assert!(!grace.gets_in_with(&token).await, "suspended");

    let (token, _) = grace.trust().await;
    admin.delete(&format!("{path}/mfa")).await.expect(200);
    let client = world.client().sign_in(&world.a.slug, &grace.email, PASSWORD).await;
    let app = enrol(&world, &client).await.0;
    assert!(!grace.gets_in_with(&token).await, "reset");

    let more = json!({"mfa_code": app.code(crate::mfa::now(&world)), "trust_device": true});
    let token = text(&grace.sign_in(FIREFOX, more).await.expect(200), "device_token");
    advance(&world, 30);
    assert!(grace.gets_in_with(&token).await);
    let methods = client.get("/api/v1/auth/mfa").await.expect(200).body["data"]["methods"].clone();
    client.delete(&format!("/api/v1/auth/mfa/{}", methods[0]["id"].as_str().unwrap())).await.expect(200);
    enrol(&world, &client).await;
    assert!(!grace.gets_in_with(&token).await, "removed");
    world.end().await;
}

async fn text_of_current(client: &tenantry_testkit::Client) -> String {
    let devices = client.get(DEVICES).await.expect(200).body["data"].clone();
    let here = devices.as_array().unwrap().iter().find(|device| device["is_current"] == true).cloned();
    here.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn trust_does_not_outlive_the_password() {
    let world = world_with_clock(1).await;
    let ada = Person::new(&world, "ada").await;
    let (token, client) = ada.trust().await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW});
    client.post("/api/v1/auth/change-password", &change).await.expect(204);
    let more = json!({"password": NEW, "device_token": token});
    ada.sign_in(FIREFOX, more).await.expect(401);

    let more = json!({"password": NEW, "mfa_code": ada.code(), "trust_device": true});
    let token = text(&ada.sign_in(FIREFOX, more).await.expect(200), "device_token");
    advance(&world, 30);
    ada.sign_in(FIREFOX, json!({"password": NEW, "device_token": token})).await.expect(200);
    let at_a = world.client().header("x-tenant-slug", &world.a.slug);
    at_a.post("/api/v1/auth/password-reset", &json!({"email": ada.email})).await.expect(200);
    let link = token_in(&world.message_to(&ada.email, "password_reset").await.message.text);
    let last = "a-third-Horse-44-battery";
    at_a.post("/api/v1/auth/password-reset/confirm", &json!({"token": link, "new_password": last}))
        .await
        .expect(200);
    let answer = ada.sign_in(FIREFOX, json!({"password": last, "device_token": token})).await.expect(401);
    assert_eq!(answer.code(), "mfa_required");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_trust_without_a_second_factor_is_nothing() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let at_a = world.client().header("x-tenant-slug", &world.a.slug).header("user-agent", FIREFOX);
    let body = json!({"email": email, "password": PASSWORD, "trust_device": true});
    let answer = at_a.post("/api/v1/auth/login", &body).await.expect(200);
    let token = text(&answer, "device_token");
    let client = world.client().with_token(&text(&answer, "access_token"));
    let device = text(&answer, "device_id");
    let refused = client.post(&format!("{DEVICES}/{device}/trust"), &json!({})).await.expect(409);
    assert_eq!(refused.code(), "trust_not_allowed");
    let (app, _) = enrol(&world, &client).await;
    let again = json!({"email": email, "password": PASSWORD, "device_token": token});
    at_a.post("/api/v1/auth/login", &again).await.expect(401);
    with_code(&world, &email, &app.code(crate::mfa::now(&world))).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_strangers_do_nothing_with_devices() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let device = text_of_current(&ada).await;
    let admin = world.admin_a().await;
    let body = json!({"name": "all", "scopes": ["devices:read", "devices:delete"]});
    let key = admin.post("/api/v1/api-keys", &body).await.expect(201);
    let key = world.client().with_token(&text(&key, "key"));
    let own = format!("{DEVICES}/{device}");
    for (method, path) in [
        ("GET", DEVICES),
        ("PUT", &own),
        ("DELETE", &own),
        ("POST", &format!("{own}/trust")),
        ("DELETE", &format!("{own}/trust")),
    ] {
        let body = (method == "PUT").then(|| json!({"name": "mine"}));
        assert_eq!(key.send(method, path, body.as_ref()).await.status, 403, "{method} {path}");
        let other = admin.send(method, path, body.as_ref()).await.status;
        assert!(other == 404 || method == "GET", "{method} {path}: {other}");
    }
    ada.get(&format!("/api/v1/users/{id}/devices")).await.expect(403);
    ada.delete(&format!("/api/v1/users/{id}/devices/{}", random_id())).await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_trusted_on_the_hosted_pages_claims_no_factor() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let (app, totp) = (provider.web_app().await, enrol(&world, &provider.admin).await.0);
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[]).await;
    let page = browser.sign_in(&page).await.expect(200);
    assert!(page.text.contains("name=\"trust\"") && page.text.contains("for 30 days"), "{}", page.text);
    let code = totp.code(crate::mfa::now(&world));
    let back = browser.submit(&page, &[("code", &code), ("trust", "1")]).await;
    back.redirected(CALLBACK);
    advance(&world, 30);
    let only_device = |browser: &mut crate::provider::Browser<'_>| {
        browser.cookies.retain(|name, _| name.ends_with(".device"));
        assert_eq!(browser.cookies.len(), 1);
    };
    only_device(&mut browser);
    let code = browser.code(&app, &[]).await;
    let tokens = provider.exchange(&app, &code).await.expect(200).json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["pwd"]), &json!("urn:tenantry:acr:1fa")));
    // The same session, and a new one, for whoever asks for two; and whoever asks anew.
    let two = [("acr_values", "urn:tenantry:acr:2fa")];
    let page = browser.authorize(&app, &two).await.expect(200);
    assert!(page.text.contains("/sign-in\""), "{}", page.text);
    for more in [&two[..], &[("prompt", "login")], &[("max_age", "0")]] {
        only_device(&mut browser);
        let page = browser.authorize(&app, more).await;
        let page = browser.sign_in(&page).await.expect(200);
        assert!(page.text.contains("/second-factor\""), "{more:?}: {}", page.text);
    }
    // And the password is still asked for.
    only_device(&mut browser);
    let page = browser.authorize(&app, &[]).await;
    let refused = browser.submit(&page, &[("email", &provider.email), ("password", WRONG)]).await;
    assert_eq!(refused.status, 401);
    world.end().await;
}
