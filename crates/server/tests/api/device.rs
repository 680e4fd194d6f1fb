//! Signing in on devices without a browser (RFC 8628).

use serde_json::{Value, json};
use tenantry_testkit::World;

use crate::provider::{App, Browser, CALLBACK, Got, Provider, claims, encoded, form_of, form_urlencoded};
use crate::sign_in::{advance, world_with_clock};
use crate::wire::random_id;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SCOPE: &str = "openid email offline_access";

async fn television(provider: &Provider) -> App {
    let body = json!({"name": random_id(), "kind": "public", "grant_types": [GRANT, "refresh_token"],
        "scopes": ["openid", "email", "offline_access"], "needs_consent": false});
    provider.app(body).await
}

async fn begin(provider: &Provider, app: &App) -> Value {
    let got = provider.post("/oauth2/device_authorization", app, &[("scope", SCOPE)]).await.expect(200);
    assert_eq!(got.headers["cache-control"], "no-store");
    got.json()
}

async fn poll(provider: &Provider, app: &App, begun: &Value) -> Got {
    let form = [("grant_type", GRANT), ("device_code", begun["device_code"].as_str().unwrap())];
    provider.post("/oauth2/token", app, &form).await
}

/// Type a code, and sign in if that is asked for: the page that asks for consent.
async fn type_code(browser: &mut Browser<'_>, code: &str) -> Got {
    let page = browser.get("/device").await.expect(200);
    let page = browser.submit(&page, &[("user_code", code)]).await;
    if page.text.contains("type=\"password\"") { browser.sign_in(&page).await } else { page }
}

fn code_of(begun: &Value) -> &str {
    begun["user_code"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_lets_a_device_have_tokens_once() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, other) = (television(&provider).await, television(&provider).await);
    let begun = begin(&provider, &app).await;
    assert_eq!((&begun["expires_in"], &begun["interval"]), (&json!(600), &json!(5)));
    assert_eq!(begun["verification_uri"], format!("{}/device", provider.issuer));
    let mut browser = provider.browser();
    // Small letters and spaces are as good.
    let typed = code_of(&begun).to_lowercase().replace('-', " ");
    let page = type_code(&mut browser, &typed).await.expect(200);
    assert!(page.text.contains(code_of(&begun)) && page.text.contains("see your e-mail address"), "{page:?}");
    let done = browser.submit(&page, &[("decision", "allow")]).await.expect(200);
    assert!(done.text.contains("Your device is connected"));

    poll(&provider, &other, &begun).await.refused(400, "invalid_grant");
    let tokens = poll(&provider, &app, &begun).await.expect(200);
    let id = claims(&tokens.member("id_token"));
    assert_eq!((&id["sub"], &id["aud"]), (&json!(world.a.admin), &json!(app.id)));
    assert_eq!(tokens.member("scope"), SCOPE);
    provider.userinfo(&tokens.member("access_token")).await.expect(200);
    poll(&provider, &app, &begun).await.refused(400, "invalid_grant");
    // The form again, and the code again: nothing is left to allow.
    browser.submit(&page, &[("decision", "allow")]).await.expect(400);
    let again = type_code(&mut browser, code_of(&begun)).await.expect(400);
    assert!(again.text.contains("not known"));

    let next = provider.refresh(&app, &tokens.member("refresh_token")).await.expect(200);
    provider.admin.delete(&format!("/api/v1/users/{}/sessions", world.a.admin)).await.expect(200);
    provider.refresh(&app, &next.member("refresh_token")).await.refused(400, "invalid_grant");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_waits_gets_nothing_once_its_application_is_removed() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, other) = (television(&provider).await, television(&provider).await);
    let mut browser = provider.browser();
    let mut waiting = Vec::new();
    for app in [&app, &other] {
        let begun = begin(&provider, app).await;
        let page = type_code(&mut browser, code_of(&begun)).await.expect(200);
        browser.submit(&page, &[("decision", "allow")]).await.expect(200);
        waiting.push(begun);
    }
    let removed = |app: &App| format!("/api/v1/users/me/applications/{}", app.id);
    // Whom somebody else has let in is not theirs to remove.
    world.user_a("viewer", "viewer").await.delete(&removed(&app)).await.expect(404);
    provider.admin.delete(&removed(&app)).await.expect(200);
    poll(&provider, &app, &waiting[0]).await.refused(400, "invalid_grant");
    poll(&provider, &other, &waiting[1]).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_to_wait_to_slow_down_no_and_too_late() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let app = television(&provider).await;
    let (begun, late) = (begin(&provider, &app).await, begin(&provider, &app).await);
    poll(&provider, &app, &begun).await.refused(400, "authorization_pending");
    advance(&world, 4);
    poll(&provider, &app, &begun).await.refused(400, "slow_down");
    advance(&world, 9);
    poll(&provider, &app, &begun).await.refused(400, "slow_down");
    advance(&world, 15);
    poll(&provider, &app, &begun).await.refused(400, "authorization_pending");
    let mut browser = provider.browser();
    let page = type_code(&mut browser, code_of(&begun)).await.expect(200);
    let done = browser.submit(&page, &[("decision", "deny")]).await.expect(200);
    assert!(done.text.contains("was not connected"));
    advance(&world, 15);
    poll(&provider, &app, &begun).await.refused(400, "access_denied");
    // What was refused cannot be allowed any more.
    browser.submit(&page, &[("decision", "allow")]).await.expect(400);
    advance(&world, 15);
    poll(&provider, &app, &begun).await.refused(400, "access_denied");
    let page = type_code(&mut browser, code_of(&late)).await.expect(200);
    advance(&world, 600);
    browser.submit(&page, &[("decision", "allow")]).await.expect(400);
    poll(&provider, &app, &late).await.refused(400, "expired_token");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_a_link_is_filled_in_and_no_more() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = television(&provider).await;
    let web = provider.web_app().await;
    let mut browser = provider.browser();
    browser.code(&web, &[]).await;
    // Somebody who is signed in follows an attacker's link.
    let begun = begin(&provider, &app).await;
    let (_, query) = begun["verification_uri_complete"].as_str().unwrap().split_once('?').unwrap();
    let page = browser.get(&format!("/device?{query}")).await.expect(200);
    assert!(page.text.contains(&format!("value=\"{}\"", code_of(&begun))));
    poll(&provider, &app, &begun).await.refused(400, "authorization_pending");
    // Another site cannot send the form, nor begin behind it.
    let forged = [("user_code", code_of(&begun)), ("form_token", "x.y")];
    browser.submit(&page, &forged).await.expect(400);
    let proof = [("user_code", code_of(&begun)), ("device_proof", "AAAA"), ("client_id", app.id.as_str())];
    browser.get(&format!("/oauth2/authorize?{}", encoded(&proof))).await.expect(400);
    // Nor with the proof that the code was typed in the attacker's own browser.
    let mut attacker = provider.browser();
    let typed = attacker.get("/device").await.expect(200);
    let asked = attacker.submit(&typed, &[("user_code", code_of(&begun))]).await.expect(200);
    let (_, hidden) = form_of(&asked.text);
    let request = hidden.iter().find(|(name, _)| name == "request").unwrap().1.clone();
    assert!(request.contains("device_proof="), "{request}");
    browser.get(&format!("/oauth2/authorize?{request}")).await.expect(400);
    attacker.get(&format!("/oauth2/authorize?{request}")).await.expect(200);
    // The form leads to consent, whatever was consented to before, and only its answer counts.
    let consent = browser.submit(&page, &[("user_code", code_of(&begun))]).await.expect(200);
    assert_eq!(form_of(&consent.text).0, "/t/alpha/consent");
    let mut other = provider.browser();
    let first = other.get("/device").await.expect(200);
    other.submit(&first, &[("user_code", "BBBBBBBB")]).await.expect(400);
    other.submit(&consent, &[("decision", "allow")]).await.expect(400);
    let script = browser.get("/device?user_code=%3Cscript%3E").await.expect(200);
    assert!(
        !script.text.contains("<script")
            && script.headers["content-security-policy"].contains("default-src 'none'")
    );
    let (_, fields) = form_of(&consent.text);
    let carried = fields.iter().find(|(name, _)| name == "request").unwrap();
    assert!(!form_urlencoded(&carried.1).contains_key("redirect_uri"));
    browser.submit(&consent, &[("decision", "allow")]).await.expect(200);
    poll(&provider, &app, &begun).await.refused(400, "slow_down");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_ends_soon() {
    let world = World::new().await;
    let (a, b) = (Provider::of(&world, &world.a).await, Provider::of(&world, &world.b).await);
    let (app, theirs) = (television(&a).await, television(&b).await);
    let (begun, foreign) = (begin(&a, &app).await, begin(&b, &theirs).await);
    let mut browser = a.browser();
    // A code of another tenant's device is as unknown as one that nobody has, and counts like one.
    let mut pages = Vec::new();
    for guess in [code_of(&foreign), "BCDF-GHJK"] {
        let page = type_code(&mut browser, guess).await.expect(400);
        pages.push(page.text.split("form_token").next().unwrap().to_owned());
    }
    assert_eq!(pages[0], pages[1]);
    for number in 0..8 {
        type_code(&mut browser, &format!("BCDFGHJ{}", ["K", "L", "M", "N", "P", "Q", "R", "S"][number]))
            .await
            .expect(400);
    }
    // Also from another browser, and with the right code.
    let mut other = a.browser();
    assert!(type_code(&mut other, code_of(&begun)).await.expect(429).text.contains("too many attempts"));
    poll(&a, &app, &begun).await.refused(400, "authorization_pending");
    type_code(&mut b.browser(), code_of(&foreign)).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_clients_that_have_the_grant_begin() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let web = provider.web_app().await;
    let none = [("scope", "openid")];
    provider.post("/oauth2/device_authorization", &web, &none).await.refused(400, "unauthorized_client");
    let form = [("grant_type", GRANT), ("device_code", "x.y")];
    provider.post("/oauth2/token", &web, &form).await.refused(400, "unauthorized_client");
    let body = json!({"name": "Robot", "kind": "machine", "grant_types": [GRANT]});
    provider.admin.post("/api/v1/oauth/clients", &body).await.expect(422);
    let app = television(&provider).await;
    for scope in ["", "roles"] {
        let form = [("scope", scope)];
        provider.post("/oauth2/device_authorization", &app, &form).await.refused(400, "invalid_scope");
    }
    for code in ["", "x.y", &format!("{}.x", random_id().replace('-', ""))] {
        let form = [("grant_type", GRANT), ("device_code", code)];
        let error = if code.is_empty() { "invalid_request" } else { "invalid_grant" };
        provider.post("/oauth2/token", &app, &form).await.refused(400, error);
    }
    // A confidential client proves itself at both endpoints.
    let body = json!({"name": "Set-top box", "redirect_uris": [CALLBACK], "scopes": ["openid"],
        "grant_types": [GRANT, "authorization_code"]});
    let safe = provider.app(body).await;
    let begun = provider.post("/oauth2/device_authorization", &safe, &none).await.expect(200).json();
    let bare = App { secret: None, ..safe.clone() };
    provider.post("/oauth2/device_authorization", &bare, &none).await.refused(401, "invalid_client");
    let mut browser = provider.browser();
    let page = type_code(&mut browser, code_of(&begun)).await.expect(200);
    browser.submit(&page, &[("decision", "allow")]).await.expect(200);
    poll(&provider, &bare, &begun).await.refused(401, "invalid_client");
    // Switched off meanwhile: nothing any more.
    let path = format!("/api/v1/oauth/clients/{}", safe.id);
    provider.admin.put(&path, &json!({"is_active": false})).await.expect(200);
    poll(&provider, &safe, &begun).await.refused(401, "invalid_client");
    provider.admin.put(&path, &json!({"is_active": true})).await.expect(200);
    poll(&provider, &safe, &begun).await.expect(200);
    world.end().await;
}
