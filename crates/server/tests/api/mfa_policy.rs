//! Who must have a second factor, and how they get one on the way in.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, PASSWORD, World};

use crate::browser::Browser;
use crate::groups::{group, put};
use crate::mfa::{App, enrol, now, with_code};
use crate::mfa_codes::nth_code;
use crate::provider::{CALLBACK, Provider, claims};
use crate::recovery::public;
use crate::sign_in::{advance, refresh, text, world_with_clock};

pub(crate) const POLICY: &str = "/api/v1/auth/mfa/policy";

/// Whoever has the role `user` must have a second factor; with more of the policy.
pub(crate) async fn ask_users(world: &World, mut more: Value) {
    more["required"] = json!("roles");
    more["role_ids"] = json!([role_id(world, "user").await]);
    world.admin_a().await.put(POLICY, &more).await.expect(200);
}

/// The password was right, and a second factor is to be set up.
pub(crate) async fn enrolling(world: &World, email: &str) -> Value {
    let answer = world.client().try_sign_in(&world.a.slug, email, PASSWORD).await.expect(401);
    assert_eq!(answer.code(), "mfa_enrollment_required", "{}", answer.text);
    answer.body
}

pub(crate) fn token_of(waits: &Value) -> String {
    waits["enrollment_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn set_up(world: &World, token: &str, kind: &str) -> Answer {
    let body = json!({"enrollment_token": token, "type": kind});
    public(world, &world.a, "mfa/enrollment/setup", body).await
}

pub(crate) async fn confirm(world: &World, token: &str, kind: &str, code: &str) -> Answer {
    let body = json!({"enrollment_token": token, "type": kind, "code": code});
    public(world, &world.a, "mfa/enrollment/verify", body).await
}

/// The id of a role.
pub(crate) async fn role_id(world: &World, name: &str) -> String {
    let roles = world.admin_a().await.get("/api/v1/roles").await.expect(200).body["data"].clone();
    let found = roles.as_array().unwrap().iter().find(|role| role["name"] == name).cloned();
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_the_tenants_own() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let before = admin.get(POLICY).await.expect(200).body["data"].clone();
    assert_eq!(
        (&before["required"], &before["methods"], &before["grace_days"]),
        (&json!("nobody"), &json!(["totp", "email", "sms", "passkey"]), &json!(0))
    );
    let viewer = world.user_a("viewer", "viewer").await;
    viewer.get(POLICY).await.expect(403);
    viewer.put(POLICY, &json!({"required": "nobody"})).await.expect(403);
    for (body, pointer) in [
        (json!({"required": "roles"}), "#/role_ids"),
        (json!({"required": "everybody", "methods": ["sms"]}), "#/methods"),
        (json!({"methods": []}), "#/methods"),
        (json!({"grace_days": 91}), "#/grace_days"),
    ] {
        let wrong = admin.put(POLICY, &body).await.expect(422);
        assert_eq!(wrong.body["errors"][0]["pointer"], pointer, "{body}");
    }
    let theirs = world.admin_b().await.get("/api/v1/roles").await.expect(200).body["data"][0]["id"].clone();
    admin.put(POLICY, &json!({"role_ids": [theirs]})).await.expect(404);
    let role = role_id(&world, "tenant_admin").await;
    let body = json!({"required": "roles", "role_ids": [role, role], "methods": ["passkey", "totp"], "grace_days": 14});
    let changed = admin.put(POLICY, &body).await.expect(200);
    let data = &changed.body["data"];
    assert_eq!((&data["role_ids"], &data["methods"]), (&json!([role]), &json!(["totp", "passkey"])));
    assert!(data["starts_at"].is_string() && changed.header("etag") == Some("\"1\""), "{data}");
    assert_eq!(world.admin_b().await.get(POLICY).await.expect(200).body["data"]["required"], "nobody");
    let rows =
        admin.get("/api/v1/audit/logs?action=mfa_policy:update").await.expect(200).body["data"].clone();
    assert_eq!(rows[0]["new_values"]["required"], "roles", "{rows}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_have_a_second_factor_sets_one_up_on_the_way_in() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("nora", "user").await;
    ask_users(&world, json!({})).await;
    let waits = enrolling(&world, &email).await;
    assert_eq!(waits["methods"], json!(["totp", "email", "passkey"]));
    assert!(waits.get("access_token").is_none() && waits.get("mfa_token").is_none(), "{waits}");
    let token = token_of(&waits);
    let made = set_up(&world, &token, "totp").await.expect(200);
    let app = App::with(&text(&made, "secret"));
    let refused = confirm(&world, &token, "totp", "000000").await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/code");
    let done = confirm(&world, &token, "totp", &app.code(now(&world))).await.expect(200);
    assert_eq!(done.body["data"]["backup_codes"].as_array().map(Vec::len), Some(10));
    world.message_to(&email, "second_factor_added").await;
    let nora = world.client().with_token(&text(&done, "access_token"));
    let me = nora.get("/api/v1/auth/me").await.expect(200).body["data"].clone();
    assert_eq!((&me["id"], &me["mfa_enabled"]), (&json!(id), &json!(true)));
    let own = nora.get("/api/v1/auth/mfa").await.expect(200).body["data"].clone();
    assert_eq!(own["required_from"], "2026-11-05T12:00:00Z");
    // Two factors were shown: the session goes on.
    let renewed = refresh(&world.client(), &world.a.slug, &text(&done, "refresh_token")).await.expect(200);
    assert!(renewed.body["data"]["access_token"].is_string());
    advance(&world, 30);
    with_code(&world, &email, &app.code(now(&world))).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_cookies_goes_on_with_a_code_by_mail() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    ask_users(&world, json!({})).await;
    let mut browser = Browser::at(&world, &world.a.slug);
    let waits = browser.sign_in(&email, PASSWORD).await;
    assert_eq!((waits.status, waits.json()["code"].as_str()), (401, Some("mfa_enrollment_required")));
    assert!(browser.cookies.is_empty());
    let token = token_of(&waits.json());
    set_up(&world, &token, "sms").await.expect(422);
    let begun = set_up(&world, &token, "email").await.expect(200);
    assert_eq!(text(&begun, "destination"), "n•••@a•••.example");
    let code = nth_code(&world, &email, 1).await;
    let ask = browser.ask("POST", "/auth/session/enrollment");
    let reply =
        browser.send(&ask.body(json!({"enrollment_token": token, "type": "email", "code": code}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["data"]["backup_codes"].as_array().map(Vec::len), Some(10));
    assert_eq!(reply.json()["data"]["user"]["email"], json!(email));
    assert_eq!(browser.get("/auth/session").await.status, 200);
    assert_eq!(browser.refresh().await.status, 200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_those_that_groups_give_as_well() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("nora", "user").await;
    let manager = role_id(&world, "project_manager").await;
    let body = json!({"required": "roles", "role_ids": [manager]});
    admin.put(POLICY, &body).await.expect(200);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let crew = group(&admin, "Crew").await;
    put(&admin, &crew, "roles", json!({"role_id": manager})).await.expect(200);
    put(&admin, &crew, "members", json!({"user_id": id})).await.expect(200);
    enrolling(&world, &email).await;
    admin.delete(&format!("/api/v1/groups/{crew}/members/{id}")).await.expect(200);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_have_some_days_to_get_one() {
    const DAY: i64 = 24 * 3600;
    let world = world_with_clock(1).await;
    let (old, _) = world.create_user_a("old", "user").await;
    advance(&world, 30 * DAY);
    ask_users(&world, json!({"grace_days": 7})).await;
    advance(&world, 7 * DAY - 60);
    let early = world.client().sign_in(&world.a.slug, &old, PASSWORD).await;
    let own = early.get("/api/v1/auth/mfa").await.expect(200).body["data"].clone();
    assert_eq!(own["required_from"], "2026-12-12T12:00:00Z");
    let (new, _) = world.create_user_a("new", "user").await;
    advance(&world, 60);
    enrolling(&world, &old).await;
    // The session from before the end of the days is not renewed.
    let token = early.refresh_token.clone().unwrap();
    assert_eq!(refresh(&world.client(), &world.a.slug, &token).await.expect(401).code(), "invalid_grant");
    // A new account has days of its own.
    world.client().sign_in(&world.a.slug, &new, PASSWORD).await;
    advance(&world, 7 * DAY);
    enrolling(&world, &new).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_sets_up_an_app_and_goes_on_to_the_client() {
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let client = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    provider.admin.put(POLICY, &json!({"required": "everybody"})).await.expect(200);
    let mut browser = provider.browser();
    let page = browser.authorize(&client, &[("prompt", "login")]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    assert!(page.text.contains("value=\"totp\"") && page.text.contains("value=\"email\""), "{page:?}");
    assert!(!browser.cookies.keys().any(|name| name.contains("sso")), "{:?}", browser.cookies);
    let page = browser.submit(&page, &[("setup", "totp")]).await.expect(200);
    assert!(page.text.contains("<svg") && !page.text.contains("<?xml"), "{page:?}");
    let policy_of_page = &page.headers["content-security-policy"];
    assert!(policy_of_page.contains("script-src 'none'"), "{policy_of_page}");
    let secret = page.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let wrong = browser.submit(&page, &[("code", "000000")]).await.expect(422);
    assert!(wrong.text.contains("name=\"code\""), "{wrong:?}");
    let app = App::with(&secret);
    // In another browser, the page is nothing.
    let mut other = provider.browser();
    other.authorize(&client, &[]).await.expect(200);
    let code = app.code(now(&world));
    assert_eq!(other.submit(&wrong, &[("code", &code)]).await.status, 400);
    let codes = browser.submit(&wrong, &[("code", &code)]).await.expect(200);
    assert_eq!(codes.text.matches("<li><code>").count(), 10, "{codes:?}");
    assert_eq!(other.submit(&codes, &[]).await.status, 400);
    let answer = browser.submit(&codes, &[]).await.redirected(CALLBACK);
    let tokens = provider.exchange(&client, &answer["code"]).await.expect(200).json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["pwd", "otp", "mfa"]), &json!("urn:tenantry:acr:2fa")));
    // And from now on without a page.
    let again = browser.authorize(&client, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert!(again.contains_key("code"), "{again:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_one_already_notices_nothing() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    let nora = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, _) = enrol(&world, &nora).await;
    ask_users(&world, json!({})).await;
    // Setting it up has shown it: the session goes on.
    let token = nora.refresh_token.clone().unwrap();
    refresh(&world.client(), &world.a.slug, &token).await.expect(200);
    with_code(&world, &email, &app.code(now(&world))).await.expect(200);
    world.end().await;
}
