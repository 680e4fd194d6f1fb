//! Passkeys on the way in, and as a proof of who one is: what works, and what must not.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, PASSWORD, World};

use crate::mfa_policy::{ask_users, enrolling, token_of};
use crate::passkeys::{Authenticator, ORIGIN, VERIFIED, challenge, login, register};
use crate::provider::{CALLBACK, Provider, form_of};
use crate::recovery::public;
use crate::sign_in::{advance, refresh, text, world_with_clock};

async fn begin(world: &World, token: &str) -> Answer {
    let body = json!({"enrollment_token": token});
    public(world, &world.a, "mfa/enrollment/passkey/begin", body).await
}

async fn finish(world: &World, token: &str, challenge: &str, credential: &Value) -> Answer {
    let body = json!({"enrollment_token": token, "challenge_token": challenge, "name": "Laptop", "credential": credential});
    public(world, &world.a, "mfa/enrollment/passkey/finish", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_have_a_second_factor_makes_a_passkey_on_the_way_in() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    ask_users(&world, json!({"methods": ["totp", "passkey"]})).await;
    let waits = enrolling(&world, &email).await;
    assert_eq!(waits["methods"], json!(["totp", "passkey"]));
    let token = token_of(&waits);
    let begun = begin(&world, &token).await.expect(200);
    let mut device = Authenticator::new("device one");
    let credential = device.create(&begun.body["data"]["public_key"]);
    let challenge_token = text(&begun, "challenge_token");
    let entered = finish(&world, &token, &challenge_token, &credential).await.expect(200);
    assert_eq!(entered.body["data"]["backup_codes"].as_array().map(Vec::len), Some(10));
    let me = world.client().with_token(&text(&entered, "access_token"));
    let own = me.get("/api/v1/auth/passkeys").await.expect(200);
    assert_eq!(own.body["data"][0]["name"], "Laptop");
    world.message_to(&email, "passkey_added").await;
    // Neither token is good twice, and the password alone no longer lets in.
    finish(&world, &token, &challenge_token, &credential).await.expect(401);
    assert_eq!(begin(&world, &token).await.expect(401).code(), "challenge_over");
    let waits = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    assert_eq!(waits.code(), "mfa_required");
    let (token, options) = challenge(&world, &world.a.slug).await;
    login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_on_the_way_in_is_the_persons_own_and_allowed() {
    let world = world_with_clock(1).await;
    let (ada, _) = world.create_user_a("ada", "user").await;
    let (bob, _) = world.create_user_a("bob", "user").await;
    ask_users(&world, json!({"methods": ["totp", "passkey"]})).await;
    let (adas, bobs) = (enrolling(&world, &ada).await, enrolling(&world, &bob).await);
    assert_eq!(adas["methods"], json!(["totp", "passkey"]));
    let begun = begin(&world, &token_of(&bobs)).await.expect(200);
    let credential = Authenticator::new("of bob").create(&begun.body["data"]["public_key"]);
    // What was begun by one person is not finished by another.
    let mixed = finish(&world, &token_of(&adas), &text(&begun, "challenge_token"), &credential).await;
    assert_eq!(mixed.expect(401).code(), "challenge_over");
    // A made-up answer counts for nothing, nor do tokens of other purposes or tenants.
    finish(&world, &token_of(&bobs), &text(&begun, "challenge_token"), &json!({"id": "x"})).await.expect(422);
    let (open, _) = challenge(&world, &world.a.slug).await;
    finish(&world, &token_of(&bobs), &open, &credential).await.expect(401);
    begin(&world, &open).await.expect(401);
    let body = json!({"enrollment_token": token_of(&bobs)});
    public(&world, &world.b, "mfa/enrollment/passkey/begin", body).await.expect(401);
    // Where the organisation does not count passkeys, none is made.
    ask_users(&world, json!({"methods": ["totp"]})).await;
    begin(&world, &token_of(&bobs)).await.expect(422);
    finish(&world, &token_of(&bobs), &text(&begun, "challenge_token"), &credential).await.expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosted_page_offers_a_passkey_and_goes_on_to_the_client() {
    let world = world_with_clock(1).await;
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let (email, _) = world.create_user_a("ada", "user").await;
    ask_users(&world, json!({"methods": ["totp", "passkey"]})).await;
    provider.email = email;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[]).await.expect(200);
    let choice = browser.sign_in(&page).await.expect(200);
    assert!(choice.text.contains("value=\"passkey\""), "{}", choice.text);
    let page = browser.submit(&choice, &[("setup", "passkey")]).await.expect(200);
    let policy = &page.headers["content-security-policy"];
    assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let options = page.text.split("data-options=\"").nth(1).unwrap().split('"').next().unwrap();
    let options = options.replace("&quot;", "\"").replace("&#x2f;", "/").replace("&amp;", "&");
    let options: Value = serde_json::from_str(&options).unwrap();
    let credential = Authenticator::new("device one").create(&options).to_string();
    assert!(form_of(&page.text).1.iter().any(|(name, _)| name == "challenge_token"));
    let codes = browser.submit(&page, &[("credential", &credential), ("name", "Laptop")]).await.expect(200);
    let done = browser.submit(&codes, &[]).await.redirected(CALLBACK);
    let id =
        crate::provider::claims(&provider.exchange(&app, &done["code"]).await.expect(200).member("id_token"));
    assert_eq!(id["acr"], "urn:tenantry:acr:2fa");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_proves_again_who_one_is() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let mut device = register(&ada, "device one").await;
    advance(&world, 16 * 60);
    let (token, options) = challenge(&world, &world.a.slug).await;
    let signed_in =
        login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await.expect(200);
    let ada = world.client().with_token(&text(&signed_in, "access_token"));
    ada.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(200);
    advance(&world, 16 * 60);
    let renewed = refresh(&ada, &world.a.slug, &text(&signed_in, "refresh_token")).await.expect(200);
    let ada = world.client().with_token(&text(&renewed, "access_token"));
    assert_eq!(ada.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(401).code(), "proof_too_old");
    let ada_again = ada.post("/api/v1/auth/reauthenticate", &json!({"password": PASSWORD})).await.expect(422);
    assert_eq!(ada_again.body["errors"][0]["pointer"], "#/code", "the password alone proves nothing here");
    let (token, options) = challenge(&world, &world.a.slug).await;
    let credential = device.get(&options, ORIGIN, VERIFIED);
    let proof = json!({"passkey_token": token, "credential": credential});
    ada.post("/api/v1/auth/reauthenticate", &proof).await.expect(200);
    advance(&world, 60);
    ada.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(200);
    let replayed = ada.post("/api/v1/auth/reauthenticate", &proof).await.expect(401);
    assert_eq!(replayed.code(), "challenge_over");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_passkey_proves_nothing_and_counts_as_a_failure() {
    let world = world_with_clock(1).await;
    let (ada_email, _) = world.create_user_a("ada", "user").await;
    let (eve_email, _) = world.create_user_a("eve", "user").await;
    let mut ada = world.client().sign_in(&world.a.slug, &ada_email, PASSWORD).await;
    let eve = world.client().sign_in(&world.a.slug, &eve_email, PASSWORD).await;
    let mut eves = register(&eve, "of eve").await;
    advance(&world, 14 * 60);
    let (token, options) = challenge(&world, &world.a.slug).await;
    let proof = json!({"passkey_token": token, "credential": eves.get(&options, ORIGIN, VERIFIED)});
    let refused = ada.post("/api/v1/auth/reauthenticate", &proof).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/credential");
    // The session has proved nothing by it.
    advance(&world, 2 * 60);
    let renewed = refresh(&ada, &world.a.slug, ada.refresh_token.as_deref().unwrap()).await.expect(200);
    ada.token = Some(text(&renewed, "access_token"));
    assert_eq!(ada.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(401).code(), "proof_too_old");
    let trail =
        world.admin_a().await.get("/api/v1/audit/logs?action=auth:reauthenticate&outcome=refused").await;
    assert_eq!(trail.expect(200).body["data"].as_array().map(Vec::len), Some(1));
    world.end().await;
}
