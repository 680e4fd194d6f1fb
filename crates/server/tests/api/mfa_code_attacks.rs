//! Attacks on codes that are sent.

use serde_json::json;
use tenantry_testkit::{MARKER_A, PASSWORD, World};

use crate::mfa::{challenge, enrol, now, waiting, with_code};
use crate::mfa_codes::{PHONE, SETUP, asked, enrol_mail, enrol_phone, nth_code, send};
use crate::recovery::{public, token_in};
use crate::sign_in::{advance, refresh, text, world_with_clock};

const NEW: &str = "another-Horse-77-battery";

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_its_own_sign_in_once_and_for_five_minutes() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_mail(&world, &maria, &email).await;
    let refused = async |token: &str, code: &str| {
        let answer = challenge(&world, token, code).await.expect(401);
        advance(&world, 10);
        answer.code().to_owned()
    };
    let one = waiting(&world, &email).await;
    send(&world, &one, "email").await.expect(200);
    let code = nth_code(&world, &email, 2).await;
    // Not at another sign-in of the same person, and not in one request with the password.
    let other = waiting(&world, &email).await;
    assert_eq!(refused(&other, &code).await, "second_factor_refused");
    with_code(&world, &email, &code).await.expect(401);
    advance(&world, 10);
    // Somebody else's sign-in is another's.
    let (bob, _) = world.create_user_a("bob", "user").await;
    enrol(&world, &world.client().sign_in(&world.a.slug, &bob, PASSWORD).await).await;
    let theirs = waiting(&world, &bob).await;
    assert_eq!(refused(&theirs, &code).await, "second_factor_refused");
    let elsewhere = json!({"mfa_token": one, "method": "email"});
    let at_b = public(&world, &world.b, "mfa/challenge/send", elsewhere).await.expect(401);
    assert_eq!(at_b.code(), "challenge_over");
    challenge(&world, &one, &code).await.expect(200);
    assert_eq!(refused(&one, &code).await, "challenge_over");

    // A new one ends the one before, and five minutes end both.
    advance(&world, 30);
    let token = waiting(&world, &email).await;
    send(&world, &token, "email").await.expect(200);
    let old = nth_code(&world, &email, 3).await;
    advance(&world, 31);
    send(&world, &token, "email").await.expect(200);
    let new = nth_code(&world, &email, 4).await;
    if old != new {
        assert_eq!(refused(&token, &old).await, "second_factor_refused");
    }
    advance(&world, 5 * 60);
    assert_eq!(refused(&token, &new).await, "second_factor_refused");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_code_that_was_sent_locks_the_account() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_mail(&world, &maria, &email).await;
    let token = waiting(&world, &email).await;
    send(&world, &token, "email").await.expect(200);
    let code = nth_code(&world, &email, 2).await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    for _ in 0..5 {
        assert_eq!(challenge(&world, &token, wrong).await.expect(401).code(), "second_factor_refused");
    }
    // The right one comes too late, and whoever is locked out is sent no more.
    challenge(&world, &token, &code).await.expect(401);
    let locked = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    assert_eq!(locked.code(), "sign_in_refused");
    assert_eq!(send(&world, &token, "email").await.expect(401).code(), "challenge_over");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_telephone_is_made_to_ring_all_day() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_phone(&world, &maria, PHONE).await;
    let token = waiting(&world, &email).await;
    send(&world, &token, "sms").await.expect(200);
    // Not at once again, however many sign-ins wait; and of many at once, none.
    let other = waiting(&world, &email).await;
    let many = (0..4).map(|_| send(&world, &other, "sms"));
    for answer in futures_util::future::join_all(many).await {
        let answer = answer.expect(429);
        assert_eq!((answer.code(), answer.header("retry-after")), ("too_soon", Some("30")));
    }
    for _ in 0..2 {
        advance(&world, 30);
        send(&world, &token, "sms").await.expect(200);
    }
    advance(&world, 30);
    assert_eq!(send(&world, &token, "sms").await.expect(429).code(), "too_soon");
    // The setup's one, three, and six more: ten in an hour.
    for round in 0..3 {
        let token = waiting(&world, &email).await;
        for _ in 0..if round == 2 { 0 } else { 3 } {
            send(&world, &token, "sms").await.expect(200);
            advance(&world, 30);
        }
    }
    let token = waiting(&world, &email).await;
    assert_eq!(send(&world, &token, "sms").await.expect(429).code(), "too_soon");
    advance(&world, 3600);
    let token = waiting(&world, &email).await;
    send(&world, &token, "sms").await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_number_is_no_second_factor() {
    const THEIRS: &str = "+491707654321";
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_phone(&world, &maria, PHONE).await;
    // Whoever administrates users gives them another number; that takes the factor away from nobody.
    admin.put(&format!("/api/v1/users/{id}"), &json!({"phone": THEIRS})).await.expect(200);
    let waits = asked(&world, &email).await;
    assert_eq!((&waits["methods"], waits.get("destinations")), (&json!(["backup_code"]), None));
    let token = waits["mfa_token"].as_str().unwrap();
    assert_eq!(send(&world, token, "sms").await.expect(422).code(), "not_reachable");
    // Not even when it is verified: only setting it up makes it one.
    with_verified(&world, &maria, THEIRS).await;
    assert_eq!(asked(&world, &email).await["methods"], json!(["backup_code"]));
    let own = maria.get("/api/v1/auth/mfa").await.expect(200).body["data"]["methods"][0].clone();
    assert_eq!(own["destination"], json!(null));

    // An open session is not enough to get rid of the factor by way of another number.
    advance(&world, 16 * 60);
    let token = maria.refresh_token.clone().unwrap();
    let renewed = refresh(&world.client(), &world.a.slug, &token).await.expect(200);
    let stolen = world.client().with_token(&text(&renewed, "access_token"));
    let refused = stolen.put("/api/v1/users/me", &json!({"phone": PHONE})).await.expect(401);
    assert_eq!(refused.code(), "proof_too_old");
    assert_eq!(asked(&world, &email).await["code"], "mfa_required");
    world.end().await;
}

async fn with_verified(world: &World, client: &tenantry_testkit::Client, phone: &str) {
    advance(world, 61);
    client.post("/api/v1/users/me/phone/verification", &json!({})).await.expect(200);
    let code = world.message_to(phone, "phone_code").await.message.text[..6].to_owned();
    client.post("/api/v1/users/me/phone/verify", &json!({"code": code})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_counts_as_long_as_it_is_verified() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let path = format!("/api/v1/users/{id}");
    world.admin_a().await.put(&path, &json!({"email_verified": false})).await.expect(200);
    let refused = maria.post(SETUP, &json!({"type": "email"})).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/type");
    world.admin_a().await.put(&path, &json!({"email_verified": true})).await.expect(200);
    enrol_mail(&world, &maria, &email).await;
    let token = waiting(&world, &email).await;
    send(&world, &token, "email").await.expect(200);
    let code = nth_code(&world, &email, 2).await;
    world.admin_a().await.put(&path, &json!({"email_verified": false})).await.expect(200);
    assert_eq!(challenge(&world, &token, &code).await.expect(401).code(), "second_factor_refused");
    advance(&world, 31);
    assert_eq!(send(&world, &token, "email").await.expect(422).code(), "not_reachable");
    assert_eq!(asked(&world, &email).await["methods"], json!(["backup_code"]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_alone_is_not_two_factors() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, _) = enrol(&world, &maria).await;
    enrol_mail(&world, &maria, &email).await;
    assert_eq!(asked(&world, &email).await["methods"], json!(["totp", "email", "backup_code"]));
    public(&world, &world.a, "password-reset", json!({"email": email})).await.expect(200);
    let link = token_in(&world.message_to(&email, "password_reset").await.message.text);
    let body = json!({"token": link, "new_password": NEW});
    public(&world, &world.a, "password-reset/confirm", body).await.expect(200);

    let waits = world.client().try_sign_in(&world.a.slug, &email, NEW).await.expect(401).body;
    assert_eq!((&waits["methods"], waits.get("destinations")), (&json!(["totp", "backup_code"]), None));
    let token = waits["mfa_token"].as_str().unwrap();
    assert_eq!(send(&world, token, "email").await.expect(422).code(), "not_reachable");
    challenge(&world, token, &app.code(now(&world))).await.expect(200);
    // Something else than the mail has been shown: it counts again.
    let waits = world.client().try_sign_in(&world.a.slug, &email, NEW).await.expect(401).body;
    assert_eq!(waits["methods"], json!(["totp", "email", "backup_code"]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_asked_for_with_the_password_alone_is_not_followed() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("victim", "user").await;
    let intruder = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let theirs = format!("intruder@{MARKER_A}.example");
    let ask = json!({"new_email": theirs, "current_password": PASSWORD});
    intruder.post("/api/v1/users/me/email", &ask).await.expect(200);
    let link = token_in(&world.message_to(&theirs, "email_verification").await.message.text);
    let victim = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_mail(&world, &victim, &email).await;
    public(&world, &world.a, "verify-email", json!({"token": link})).await.expect(422);
    let user = world.admin_a().await.get(&format!("/api/v1/users/{id}")).await.expect(200);
    assert_eq!(user.body["data"]["email"], json!(email));
    // And a session that was not proved lately does not even ask.
    advance(&world, 16 * 60);
    let token = intruder.refresh_token.clone().unwrap();
    let renewed = refresh(&world.client(), &world.a.slug, &token).await.expect(200);
    let stolen = world.client().with_token(&text(&renewed, "access_token"));
    let refused = stolen.post("/api/v1/users/me/email", &ask).await.expect(401);
    assert_eq!(refused.code(), "proof_too_old");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_ones_own_is_changed_with_recent_proof_and_the_factor_goes() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("maria", "user").await;
    let maria = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_phone(&world, &maria, PHONE).await;
    let changed = maria.put("/api/v1/users/me", &json!({"phone": "+491707654321"})).await.expect(200);
    assert_eq!(
        (&changed.body["data"]["mfa_enabled"], &changed.body["data"]["phone_verified"]),
        (&json!(false), &json!(false))
    );
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    // Back again, and verified: it is set up anew, or not at all.
    maria.put("/api/v1/users/me", &json!({"phone": PHONE})).await.expect(200);
    advance(&world, 61);
    with_phone_again(&world, &maria).await;
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

async fn with_phone_again(world: &World, client: &tenantry_testkit::Client) {
    client.post("/api/v1/users/me/phone/verification", &json!({})).await.expect(200);
    let code = world.nth_message_to(PHONE, "phone_code", 2).await.message.text[..6].to_owned();
    client.post("/api/v1/users/me/phone/verify", &json!({"code": code})).await.expect(200);
}
