//! Attacks on second factors.

use serde_json::json;
use tenantry_testkit::{PASSWORD, World};

use crate::mfa::{challenge, enrol, now, waiting, with_code};
use crate::sign_in::{WRONG, advance, world_with_clock};

#[tokio::test(flavor = "multi_thread")]
async fn no_code_is_good_twice() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, codes) = enrol(&world, &ada).await;
    for code in [app.code(now(&world)), codes[0].clone()] {
        with_code(&world, &email, &code).await.expect(200);
        assert_eq!(with_code(&world, &email, &code).await.expect(401).code(), "second_factor_refused");
        // A refusal slows the account down; that is another test's.
        advance(&world, 1);
    }
    // At once: one of many gets in.
    advance(&world, 30);
    let code = app.code(now(&world));
    let many = (0..6).map(|_| with_code(&world, &email, &code));
    let answers = futures_util::future::join_all(many).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_locks_the_account_however_often_the_password_is_right() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, _) = enrol(&world, &ada).await;
    let mut refused = 0;
    for round in 0..5 {
        // The right password in between forgives nothing.
        let token = waiting(&world, &email).await;
        let answer = challenge(&world, &token, "000000").await;
        refused += u32::from(answer.code() == "second_factor_refused");
        advance(&world, if round < 4 { 10 } else { 0 });
    }
    assert_eq!(refused, 5);
    let locked = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    let wrong = world.client().try_sign_in(&world.a.slug, &email, WRONG).await.expect(401);
    assert_eq!((locked.code(), wrong.code()), ("sign_in_refused", "sign_in_refused"));
    advance(&world, 31 * 60);
    with_code(&world, &email, &app.code(now(&world))).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_sign_in_is_good_for_its_own_account_at_its_own_tenant_for_five_tries() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (app, codes) = enrol(&world, &ada).await;
    let token = waiting(&world, &email).await;
    let code = app.code(now(&world));
    let at_b = world.client().header("x-tenant-slug", &world.b.slug);
    let elsewhere =
        at_b.post("/api/v1/auth/mfa/challenge", &json!({"mfa_token": token, "code": code})).await.expect(401);
    assert_eq!(elsewhere.code(), "challenge_over");
    let mut changed = token.clone();
    changed.replace_range(token.len() - 1.., if token.ends_with('A') { "B" } else { "A" });
    for bad in ["", "mfa_", "mfa_0_0", changed.as_str()] {
        assert_eq!(challenge(&world, bad, &code).await.expect(401).code(), "challenge_over", "{bad}");
    }
    // Another's backup code is nobody else's.
    let (other, _) = world.create_user_a("bob", "user").await;
    let bob = world.client().sign_in(&world.a.slug, &other, PASSWORD).await;
    enrol(&world, &bob).await;
    let token = waiting(&world, &other).await;
    assert_eq!(challenge(&world, &token, &codes[0]).await.expect(401).code(), "second_factor_refused");
    // Used once, it is over; and so is one that waits while the password changes.
    advance(&world, 30);
    let token = waiting(&world, &email).await;
    let late = waiting(&world, &email).await;
    challenge(&world, &token, &app.code(now(&world))).await.expect(200);
    assert_eq!(challenge(&world, &token, &codes[1]).await.expect(401).code(), "challenge_over");
    let body = json!({"current_password": PASSWORD, "new_password": "another-Horse-77-battery"});
    ada.post("/api/v1/auth/change-password", &body).await.expect(204);
    assert_eq!(challenge(&world, &late, &codes[1]).await.expect(401).code(), "challenge_over");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_operators_leave_second_factors_alone() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let key = json!({"name": "key", "scopes": ["users:read", "user_mfa:delete"]});
    let made = admin.post("/api/v1/api-keys", &key).await.expect(201);
    let key = world.client().with_token(made.body["data"]["key"].as_str().unwrap());
    let body = json!({
        "tenant_id": world.a.id, "reason": "support case", "user_id": world.a.admin, "mode": "read-write",
    });
    let begun = world.operator().await.post("/api/v1/auth/impersonate", &body).await.expect(200);
    let proxy = world.client().with_token(begun.body["data"]["access_token"].as_str().unwrap());
    for (client, by) in [(&key, "a key"), (&proxy, "an operator")] {
        for (path, body) in [
            ("/api/v1/auth/mfa/setup", json!({"type": "totp"})),
            ("/api/v1/auth/mfa/verify", json!({"type": "totp", "code": "000000"})),
            ("/api/v1/auth/mfa/backup-codes", json!({})),
            ("/api/v1/auth/reauthenticate", json!({"password": PASSWORD})),
            ("/api/v1/auth/reauthenticate/send", json!({"method": "email"})),
        ] {
            assert_eq!(client.post(path, &body).await.status, 403, "{by} at {path}");
        }
        assert_eq!(client.get("/api/v1/auth/mfa").await.status, 403, "{by}");
    }
    world.end().await;
}
