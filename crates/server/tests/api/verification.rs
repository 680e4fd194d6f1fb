//! E-mail addresses and telephone numbers: proved by links and codes.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, MARKER_A, PASSWORD, World};

use crate::provider::Provider;
use crate::recovery::{anonymised, public, token_in};
use crate::sign_in::{advance, world_with_clock};

/// A user who waits to be verified, with the message.
async fn pending(world: &World, name: &str) -> (String, String, String) {
    let email = format!("{name}@{MARKER_A}.example");
    let body = json!({"email": email, "password": PASSWORD, "send_welcome_email": true});
    let id = world.admin_a().await.post("/api/v1/users", &body).await.expect(201).id();
    let text = world.message_to(&email, "email_verification").await.message.text;
    (email, id, text)
}

/// The six digits of a message.
pub(crate) fn code_in(text: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines().find(is_code).unwrap_or_else(|| panic!("no code: {text}")).to_owned()
}

async fn verify(world: &World, body: Value) -> Answer {
    public(world, &world.a, "verify-email", body).await
}

async fn user(world: &World, id: &str) -> Value {
    world.admin_a().await.get(&format!("/api/v1/users/{id}")).await.expect(200).body["data"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_makes_who_waits_active() {
    let world = World::new().await;
    let (email, id, text) = pending(&world, "linked").await;
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    let token = token_in(&text);
    // Getting the page, as programs that look at mails do, verifies nothing.
    let provider = Provider::of(&world, &world.a).await;
    let mut browser = provider.browser();
    let page = browser.get(&format!("/verify-email?token={token}")).await.expect(200);
    assert_eq!(user(&world, &id).await["status"], "pending");
    // Not for a new password, and not at another tenant.
    let reset = json!({"token": token, "new_password": "another-Horse-77-battery"});
    public(&world, &world.a, "password-reset/confirm", reset).await.expect(422);
    public(&world, &world.b, "verify-email", json!({"token": token})).await.expect(422);
    browser.submit(&page, &[]).await.expect(200);
    let found = user(&world, &id).await;
    assert_eq!((&found["status"], &found["email_verified"]), (&json!("active"), &json!(true)));
    verify(&world, json!({"token": token})).await.expect(422);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_tried_five_times_at_most() {
    let world = world_with_clock(1).await;
    let (email, id, text) = pending(&world, "coded").await;
    let code = code_in(&text);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let known = verify(&world, json!({"email": email, "code": wrong})).await.expect(422);
    let unknown = json!({"email": format!("nobody@{MARKER_A}.example"), "code": wrong});
    assert_eq!(anonymised(&known), anonymised(&verify(&world, unknown).await));
    for _ in 0..4 {
        verify(&world, json!({"email": email, "code": wrong})).await.expect(422);
    }
    // The right one comes too late.
    let late = verify(&world, json!({"email": email, "code": code})).await.expect(422);
    assert_eq!(late.code(), "code_refused");
    assert_eq!(user(&world, &id).await["status"], "pending");

    advance(&world, 61);
    public(&world, &world.a, "verify-email/resend", json!({"email": email, "language": "de"}))
        .await
        .expect(200);
    let mail = world.nth_message_to(&email, "email_verification", 2).await.message;
    assert!(mail.subject.contains("bestätigen"), "{}", mail.subject);
    verify(&world, json!({"email": email, "code": code_in(&mail.text)})).await.expect(200);
    assert_eq!(user(&world, &id).await["status"], "active");
    // The same answer for who waits no more, and for nobody.
    let again = public(&world, &world.a, "verify-email/resend", json!({"email": email})).await;
    let nobody = public(&world, &world.a, "verify-email/resend", json!({"email": "n@o.example"})).await;
    assert_eq!(anonymised(&again), anonymised(&nobody));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_of_many_slows_the_address_of_the_network() {
    let world = world_with_clock(1).await;
    for number in 0..20 {
        let body = json!({"email": format!("nobody{number}@{MARKER_A}.example"), "code": "123456"});
        verify(&world, body).await.expect(422);
    }
    verify(&world, json!({"email": "a@b.example", "code": "123456"})).await.expect(429);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_counts_when_it_is_verified_and_the_old_one_is_told() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("mover", "user").await;
    let mover = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let new = format!("moved@{MARKER_A}.example");
    let body = |email: &str, password: &str| json!({"new_email": email, "current_password": password});
    let wrong = mover.post("/api/v1/users/me/email", &body(&new, "wrong-Horse-42-battery")).await.expect(422);
    assert_eq!(wrong.code(), "wrong_password");
    mover.post("/api/v1/users/me/email", &body(&new, PASSWORD)).await.expect(200);
    assert_eq!(user(&world, &id).await["email"], email.as_str());
    let token = token_in(&world.message_to(&new, "email_verification").await.message.text);
    verify(&world, json!({"token": token})).await.expect(200);
    assert_eq!(user(&world, &id).await["email"], new.as_str());
    assert!(world.message_to(&email, "email_changed").await.message.text.contains(&new));
    world.client().sign_in(&world.a.slug, &new, PASSWORD).await;

    // An address that somebody has: the same answer, and nothing to follow.
    advance(&world, 61);
    mover.post("/api/v1/users/me/email", &body(&world.a.admin_email, PASSWORD)).await.expect(200);
    let told = world.message_to(&world.a.admin_email, "account_exists").await.message.text;
    assert!(!told.contains("token="), "{told}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_address_does_not_outlive_the_password_that_it_was_asked_with() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("victim", "user").await;
    let intruder = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let theirs = format!("intruder@{MARKER_A}.example");
    let body = json!({"new_email": theirs, "current_password": PASSWORD});
    intruder.post("/api/v1/users/me/email", &body).await.expect(200);
    let token = token_in(&world.message_to(&theirs, "email_verification").await.message.text);
    advance(&world, 5);
    let victim = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let body = json!({"current_password": PASSWORD, "new_password": "another-Horse-77-battery"});
    victim.post("/api/v1/auth/change-password", &body).await.expect(204);
    verify(&world, json!({"token": token})).await.expect(422);
    assert_eq!(user(&world, &id).await["email"], email.as_str());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_number_is_verified_by_its_own_code() {
    let world = world_with_clock(1).await;
    let caller = world.user_a("caller", "user").await;
    let send = "/api/v1/users/me/phone/verification";
    caller.post(send, &json!({})).await.expect(422);
    caller.put("/api/v1/users/me", &json!({"phone": "+491701234567"})).await.expect(200);
    caller.post(send, &json!({})).await.expect(200);
    assert_eq!(caller.post(send, &json!({})).await.expect(429).code(), "too_soon");
    let first = world.message_to("+491701234567", "phone_code").await.message.text[..6].to_owned();
    let verify = "/api/v1/users/me/phone/verify";
    // Of the number before, it says nothing about the one after.
    caller.put("/api/v1/users/me", &json!({"phone": "+491707654321"})).await.expect(200);
    caller.post(verify, &json!({"code": first})).await.expect(422);
    advance(&world, 61);
    caller.post(send, &json!({})).await.expect(200);
    let second = world.message_to("+491707654321", "phone_code").await.message.text[..6].to_owned();
    caller.post(verify, &json!({"code": second})).await.expect(200);
    caller.post(verify, &json!({"code": second})).await.expect(422);
    let me = caller.get("/api/v1/users/me").await.expect(200).body["data"].clone();
    assert_eq!(me["phone_verified"], true);
    world.end().await;
}
