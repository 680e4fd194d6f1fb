//! Attacks on what a tenant asks of its people.

use serde_json::json;
use tenantry_testkit::PASSWORD;

use crate::mfa::{App, challenge, enrol, now, waiting};
use crate::mfa_codes::{PHONE, SETUP, asked, enrol_mail, enrol_phone, nth_code, send};
use crate::mfa_policy::{POLICY, ask_users, confirm, enrolling, set_up, token_of};
use crate::provider::{CALLBACK, Provider};
use crate::recovery::{public, token_in};
use crate::sign_in::{advance, refresh, text, world_with_clock};

const NEW: &str = "another-Horse-77-battery";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_for_setting_up_is_good_for_nothing_else() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    let (other, _) = world.create_user_a("bob", "user").await;
    enrol(&world, &world.client().sign_in(&world.a.slug, &other, PASSWORD).await).await;
    ask_users(&world, json!({})).await;
    let token = token_of(&enrolling(&world, &email).await);
    // It is no access token, no sign-in that waits for a code, and nothing at another tenant.
    let bearer = world.client().with_token(&token);
    for path in ["/api/v1/auth/me", "/api/v1/projects", "/api/v1/auth/mfa"] {
        bearer.get(path).await.expect(401);
    }
    assert_eq!(challenge(&world, &token, "123456").await.expect(401).code(), "challenge_over");
    assert_eq!(send(&world, &token, "email").await.expect(401).code(), "challenge_over");
    let body = json!({"enrollment_token": token, "type": "totp"});
    let at_b = public(&world, &world.b, "mfa/enrollment/setup", body).await.expect(401);
    assert_eq!(at_b.code(), "challenge_over");
    // Nor is what waits for a code good for setting up.
    let waits = waiting(&world, &other).await;
    for bad in ["", "mfa_", "nonsense", waits.as_str()] {
        assert_eq!(set_up(&world, bad, "totp").await.expect(401).code(), "challenge_over", "{bad}");
    }
    // Five wrong codes, and it is over; so it is after ten minutes.
    set_up(&world, &token, "totp").await.expect(200);
    for _ in 0..5 {
        confirm(&world, &token, "totp", "000000").await.expect(422);
    }
    assert_eq!(set_up(&world, &token, "totp").await.expect(401).code(), "challenge_over");
    let token = token_of(&enrolling(&world, &email).await);
    advance(&world, 10 * 60);
    assert_eq!(set_up(&world, &token, "totp").await.expect(401).code(), "challenge_over");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_a_second_factor_by_now_is_not_given_another_by_the_password_alone() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    ask_users(&world, json!({})).await;
    // Two sign-ins wait; an intruder's is begun, and the owner's is finished.
    let theirs = token_of(&enrolling(&world, &email).await);
    let own = token_of(&enrolling(&world, &email).await);
    set_up(&world, &theirs, "totp").await.expect(200);
    let made = set_up(&world, &own, "totp").await.expect(200);
    let app = App::with(&text(&made, "secret"));
    let first = confirm(&world, &own, "totp", &app.code(now(&world))).await.expect(200);
    for token in [&theirs, &own] {
        assert_eq!(set_up(&world, token, "totp").await.expect(401).code(), "challenge_over");
        let late = confirm(&world, token, "totp", &app.code(now(&world))).await.expect(401);
        assert_eq!(late.code(), "challenge_over");
    }
    assert_eq!(asked(&world, &email).await["code"], "mfa_required");

    // An administrator's reset leads to setting up again; so it is with a sign-in from before a new password.
    let admin = world.admin_a().await;
    let nora = world.client().with_token(&text(&first, "access_token"));
    let id = nora.get("/api/v1/auth/me").await.expect(200).id();
    admin.delete(&format!("/api/v1/users/{id}/mfa")).await.expect(200);
    let late = token_of(&enrolling(&world, &email).await);
    advance(&world, 1);
    public(&world, &world.a, "password-reset", json!({"email": email})).await.expect(200);
    let link = token_in(&world.message_to(&email, "password_reset").await.message.text);
    let body = json!({"token": link, "new_password": NEW});
    public(&world, &world.a, "password-reset/confirm", body).await.expect(200);
    assert_eq!(set_up(&world, &late, "totp").await.expect(401).code(), "challenge_over");
    // The mailbox that has brought the password is not the second factor as well.
    let waits = world.client().try_sign_in(&world.a.slug, &email, NEW).await.expect(401).body;
    assert_eq!(waits["methods"], json!(["totp", "passkey"]));
    set_up(&world, &token_of(&waits), "email").await.expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_with_one_factor_does_not_go_on() {
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let client = provider.web_app().await;
    let mut browser = provider.browser();
    let scope = [("scope", "openid offline_access"), ("prompt", "consent")];
    let page = browser.authorize(&client, &scope).await.expect(200);
    let page = browser.sign_in(&page).await;
    let answer =
        if page.status == 200 { browser.submit(&page, &[("decision", "allow")]).await } else { page };
    let answer = answer.redirected(CALLBACK);
    let granted = provider.exchange(&client, &answer["code"]).await.expect(200).member("refresh_token");
    let own = provider.admin.refresh_token.clone().unwrap();
    browser.authorize(&client, &[("prompt", "none")]).await.redirected(CALLBACK);
    provider.admin.put(POLICY, &json!({"required": "everybody"})).await.expect(200);

    assert_eq!(refresh(&world.client(), &world.a.slug, &own).await.expect(401).code(), "invalid_grant");
    // It has ended: its access token goes as well.
    provider.admin.get("/api/v1/auth/me").await.expect(401);
    provider.refresh(&client, &granted).await.refused(400, "invalid_grant");
    let silent = browser.authorize(&client, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(silent["error"], "login_required");
    let page = browser.authorize(&client, &[]).await.expect(200);
    assert!(page.text.contains("name=\"password\""), "{page:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_second_factor_stays_with_whoever_must_have_one() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    let nora = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol_phone(&world, &nora, PHONE).await;
    enrol_mail(&world, &nora, &email).await;
    ask_users(&world, json!({})).await;
    let methods = nora.get("/api/v1/auth/mfa").await.expect(200).body["data"]["methods"].clone();
    let path = |index: usize| format!("/api/v1/auth/mfa/{}", methods[index]["id"].as_str().unwrap());
    nora.delete(&path(1)).await.expect(200);
    assert_eq!(nora.delete(&path(0)).await.expect(409).code(), "last_factor");
    // Nor by way of another number.
    let moved = nora.put("/api/v1/users/me", &json!({"phone": "+491707654321"})).await.expect(409);
    assert_eq!(moved.code(), "last_factor");
    assert_eq!(asked(&world, &email).await["methods"], json!(["sms", "backup_code"]));
    // Whoever need not have one may be without.
    world.admin_a().await.put(POLICY, &json!({"required": "nobody"})).await.expect(200);
    nora.delete(&path(0)).await.expect(200);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_allowed_any_more_opens_nothing_but_the_way_to_what_is() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("nora", "user").await;
    let nora = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let codes = enrol_mail(&world, &nora, &email).await;
    ask_users(&world, json!({"methods": ["totp"]})).await;
    assert_eq!(nora.post(SETUP, &json!({"type": "email"})).await.expect(409).code(), "factor_not_allowed");
    assert_eq!(
        nora.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(409).code(),
        "factor_not_allowed"
    );
    // What there is must still be shown: the password alone sets nothing up.
    let token = waiting(&world, &email).await;
    send(&world, &token, "email").await.expect(200);
    let code = nth_code(&world, &email, 2).await;
    let waits = challenge(&world, &token, &code).await.expect(401);
    assert_eq!((waits.code(), &waits.body["methods"]), ("mfa_enrollment_required", &json!(["totp"])));
    // Backup codes are no second factor of their own, either.
    let token = waiting(&world, &email).await;
    let by_backup = challenge(&world, &token, &codes[0]).await.expect(401);
    assert_eq!(by_backup.code(), "mfa_enrollment_required");
    let token = token_of(&waits.body);
    set_up(&world, &token, "email").await.expect(422);
    let made = set_up(&world, &token, "totp").await.expect(200);
    let app = App::with(&text(&made, "secret"));
    confirm(&world, &token, "totp", &app.code(now(&world))).await.expect(200);
    assert_eq!(asked(&world, &email).await["methods"], json!(["totp", "backup_code"]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_and_operators_are_not_asked() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let key = json!({"name": "key", "scopes": ["users:read"]});
    let made = admin.post("/api/v1/api-keys", &key).await.expect(201);
    let key = world.client().with_token(made.body["data"]["key"].as_str().unwrap());
    let operator = world.operator().await;
    admin.put(POLICY, &json!({"required": "everybody"})).await.expect(200);
    key.get("/api/v1/users").await.expect(200);
    let body = json!({"tenant_id": world.a.id, "reason": "support case", "user_id": world.a.admin});
    let begun = operator.post("/api/v1/auth/impersonate", &body).await.expect(200);
    let proxy = world.client().with_token(begun.body["data"]["access_token"].as_str().unwrap());
    proxy.get("/api/v1/users").await.expect(200);
    // The operator's own tenant asks nothing of them.
    world.operator().await;
    world.end().await;
}
