//! Codes by e-mail and text message as second factors: setting them up, signing in with them, moving house.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, MARKER_A, PASSWORD, World};

use crate::mfa::{challenge, waiting};
use crate::provider::{CALLBACK, Provider, claims};
use crate::recovery::{public, token_in};
use crate::sign_in::{advance, text, world_with_clock};
use crate::verification::code_in;

pub(crate) const SETUP: &str = "/api/v1/auth/mfa/setup";
pub(crate) const VERIFY: &str = "/api/v1/auth/mfa/verify";
pub(crate) const PHONE: &str = "+491701234567";

/// The code of the `nth` message to somebody.
pub(crate) async fn nth_code(world: &World, to: &str, nth: usize) -> String {
    let text = world.nth_message_to(to, "second_factor_code", nth).await.message.text;
    if to.starts_with('+') { text[..6].to_owned() } else { code_in(&text) }
}

/// Ask for a code for a sign-in that waits.
pub(crate) async fn send(world: &World, token: &str, method: &str) -> Answer {
    public(world, &world.a, "mfa/challenge/send", json!({"mfa_token": token, "method": method})).await
}

/// Codes by e-mail, set up; the backup codes, when these are the first. The first code was the first message.
pub(crate) async fn enrol_mail(world: &World, client: &Client, email: &str) -> Vec<String> {
    client.post(SETUP, &json!({"type": "email"})).await.expect(200);
    let code = nth_code(world, email, 1).await;
    let verified = client.post(VERIFY, &json!({"type": "email", "code": code})).await.expect(200);
    advance(world, 31);
    let codes = verified.body["data"]["backup_codes"].as_array().cloned().unwrap_or_default();
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// A verified telephone number.
pub(crate) async fn with_phone(world: &World, client: &Client, phone: &str) {
    client.put("/api/v1/users/me", &json!({"phone": phone})).await.expect(200);
    client.post("/api/v1/users/me/phone/verification", &json!({})).await.expect(200);
    let code = world.message_to(phone, "phone_code").await.message.text[..6].to_owned();
    client.post("/api/v1/users/me/phone/verify", &json!({"code": code})).await.expect(200);
}

/// Codes by text message, set up.
pub(crate) async fn enrol_phone(world: &World, client: &Client, phone: &str) {
    with_phone(world, client, phone).await;
    client.post(SETUP, &json!({"type": "sms"})).await.expect(200);
    let code = nth_code(world, phone, 1).await;
    client.post(VERIFY, &json!({"type": "sms", "code": code})).await.expect(200);
    advance(world, 31);
}

/// What a sign-in waits for.
pub(crate) async fn asked(world: &World, email: &str) -> Value {
    world.client().try_sign_in(&world.a.slug, email, PASSWORD).await.expect(401).body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_by_mail_is_a_second_factor() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let begun = maria.post(SETUP, &json!({"type": "email"})).await.expect(200);
    assert_eq!(text(&begun, "destination"), "m•••@a•••.example");
    assert!(begun.body["data"].get("secret").is_none());
    // Until the first code has come, nobody is asked for one.
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let code = nth_code(&world, &email, 1).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = maria.post(VERIFY, &json!({"type": "email", "code": wrong})).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/code");
    let verified = maria.post(VERIFY, &json!({"type": "email", "code": code})).await.expect(200);
    assert_eq!(verified.body["data"]["backup_codes"].as_array().map(Vec::len), Some(10));
    world.message_to(&email, "second_factor_added").await;
    let own = maria.get("/api/v1/auth/mfa").await.expect(200).body["data"]["methods"][0].clone();
    assert_eq!((&own["type"], &own["destination"]), (&json!("email"), &json!("m•••@a•••.example")), "{own}");

    advance(&world, 31);
    let waits = asked(&world, &email).await;
    assert_eq!(waits["methods"], json!(["email", "backup_code"]));
    assert_eq!(waits["destinations"], json!({"email": "m•••@a•••.example"}));
    let token = waits["mfa_token"].as_str().unwrap();
    let sent = send(&world, token, "email").await.expect(200);
    assert_eq!(text(&sent, "destination"), "m•••@a•••.example");
    assert_eq!(text(&sent, "expires_at"), "2026-11-05T12:05:31Z");
    let code = nth_code(&world, &email, 2).await;
    assert!(!sent.text.contains(&code));
    let signed_in = challenge(&world, token, &code).await.expect(200);
    let me = world.client().with_token(&text(&signed_in, "access_token"));
    let history = me.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    assert_eq!((&history[0]["method"], &history[0]["outcome"]), (&json!("email"), &json!("success")));
    // What was sent is in the trail; the code is nowhere.
    let trail = world.admin_a().await.get("/api/v1/audit/logs?limit=100").await.expect(200).text;
    assert!(trail.contains("mfa_code_sent") || trail.contains("auth:mfa"), "{trail}");
    assert!(!trail.contains(&code), "{trail}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_by_text_message_is_asked_for_on_the_page() {
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let admin = world.admin_a().await;
    let early = admin.post(SETUP, &json!({"type": "sms"})).await.expect(422);
    assert_eq!(early.body["errors"][0]["pointer"], "#/type");
    admin.put("/api/v1/users/me", &json!({"phone": PHONE})).await.expect(200);
    // A number that nobody has verified is none.
    admin.post(SETUP, &json!({"type": "sms"})).await.expect(422);
    enrol_phone(&world, &admin, PHONE).await;
    let client = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    let mut browser = provider.browser();
    let page = browser.authorize(&client, &[("ui_locales", "de")]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    assert!(page.text.contains("SMS senden an •••67") && !page.text.contains(PHONE), "{page:?}");
    let page = browser.submit(&page, &[("send", "sms")]).await.expect(200);
    assert!(page.text.contains("Ein Code ist unterwegs"), "{page:?}");
    let again = browser.submit(&page, &[("send", "sms")]).await.expect(429);
    assert!(again.text.contains("name=\"code\"") && again.text.contains("Warten Sie"), "{again:?}");
    let none = browser.submit(&page, &[("send", "email")]).await.expect(422);
    assert!(none.text.contains("name=\"code\""), "{none:?}");
    let sms = world.nth_message_to(PHONE, "second_factor_code", 2).await.message.text;
    assert!(sms.contains("Er gilt fünf Minuten"), "{sms}");
    let answer = browser.submit(&page, &[("code", &sms[..6])]).await.redirected(CALLBACK);
    let tokens = provider.exchange(&client, &answer["code"]).await.expect(200).json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["amr"], json!(["pwd", "otp", "sms", "mfa"]));
    assert_eq!(id["acr"], "urn:tenantry:acr:2fa");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_only_codes_proves_again_who_they_are_with_one() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_mail(&world, &maria, &email).await;
    let again = "/api/v1/auth/reauthenticate";
    maria.post(again, &json!({"password": PASSWORD})).await.expect(422);
    maria.post("/api/v1/auth/reauthenticate/send", &json!({"method": "sms"})).await.expect(422);
    // What was sent to one session is nothing in another, nor for signing in.
    let token = waiting(&world, &email).await;
    maria.post("/api/v1/auth/reauthenticate/send", &json!({"method": "email"})).await.expect(200);
    let code = nth_code(&world, &email, 2).await;
    assert_eq!(challenge(&world, &token, &code).await.expect(401).code(), "second_factor_refused");
    advance(&world, 5);
    maria.post(again, &json!({"code": code})).await.expect(200);
    maria.post(again, &json!({"code": code})).await.expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_follow_the_address_that_was_verified() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("mover", "user").await;
    let mover = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_mail(&world, &mover, &email).await;
    let new = format!("moved@{MARKER_A}.example");
    let body = json!({"new_email": new, "current_password": PASSWORD});
    mover.post("/api/v1/users/me/email", &body).await.expect(200);
    let link = token_in(&world.message_to(&new, "email_verification").await.message.text);
    public(&world, &world.a, "verify-email", json!({"token": link})).await.expect(200);
    let waits = asked(&world, &new).await;
    assert_eq!(waits["methods"], json!(["email", "backup_code"]));
    let token = waits["mfa_token"].as_str().unwrap();
    send(&world, token, "email").await.expect(200);
    let code = nth_code(&world, &new, 1).await;
    challenge(&world, token, &code).await.expect(200);
    world.end().await;
}
