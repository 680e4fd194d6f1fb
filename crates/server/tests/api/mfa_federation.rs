//! Whoever has a second factor is asked for it after an identity provider's word, too.

use serde_json::json;
use tenantry_kernel::Clock;

use crate::idp::{Idp, back, set_up, sign_in, world};
use crate::mfa::App;
use crate::provider::{CALLBACK, Provider, claims};
use crate::sign_in::text;

#[tokio::test(flavor = "multi_thread")]
async fn anothers_word_is_one_factor() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({"name": "Corp"})).await;
    let first = sign_in(&provider, &idp, "oidc", json!({})).await.expect(200).json();
    let nora = world.client().with_token(first["data"]["access_token"].as_str().unwrap());
    let made = nora.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let code = App::with(&text(&made, "secret")).code(Clock::system().now());
    let body = json!({"type": "totp", "code": code});
    let verified = nora.post("/api/v1/auth/mfa/verify", &body).await.expect(200);
    let codes = verified.body["data"]["backup_codes"].clone();

    let waits = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401).json();
    assert_eq!(waits["code"], "mfa_required");
    let at_a = world.client().header("x-tenant-slug", &world.a.slug);
    let wrong = json!({"mfa_token": waits["mfa_token"], "code": "000000"});
    let refused = at_a.post("/api/v1/auth/mfa/challenge", &wrong).await.expect(401);
    assert_eq!(refused.code(), "second_factor_refused");
    let right = json!({"mfa_token": waits["mfa_token"], "code": codes[0]});
    at_a.post("/api/v1/auth/mfa/challenge", &right).await.expect(200);

    // On the way to a client, a page asks.
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[]).await.expect(200);
    let link = page.text.split("class=\"way\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let link = link.replace("&amp;", "&").replace("&#x2f;", "/");
    let address = browser.get(&link).await.expect(303).headers["location"].clone();
    let code = idp.code(&address, &json!({}));
    let page = back(&mut browser, "oidc", &address, &code).await.expect(200);
    assert!(page.text.contains("name=\"code\""), "{page:?}");
    let answer = browser.submit(&page, &[("code", codes[1].as_str().unwrap())]).await.redirected(CALLBACK);
    let id = claims(&provider.exchange(&app, &answer["code"]).await.expect(200).member("id_token"));
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["fed", "otp", "mfa"]), &json!("urn:tenantry:acr:2fa")));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_word_is_not_enough_where_two_factors_are_asked_for() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({"name": "Corp"})).await;
    crate::mfa_policy::ask_users(&world, json!({})).await;
    // Also of somebody who is made a user, and given the role, in this very moment.
    let waits = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401).json();
    assert_eq!((&waits["code"], waits.get("access_token")), (&json!("mfa_enrollment_required"), None));
    let token = crate::mfa_policy::token_of(&waits);
    let made = crate::mfa_policy::set_up(&world, &token, "totp").await.expect(200);
    let code = App::with(&text(&made, "secret")).code(Clock::system().now());
    let done = crate::mfa_policy::confirm(&world, &token, "totp", &code).await.expect(200);
    let nora = world.client().with_token(&text(&done, "access_token"));
    nora.get("/api/v1/auth/me").await.expect(200);
    let again = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401).json();
    assert_eq!(again["code"], "mfa_required");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_after_anothers_word_has_an_end() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    let first = sign_in(&provider, &idp, "oidc", json!({})).await.expect(200).json();
    let nora = world.client().with_token(first["data"]["access_token"].as_str().unwrap());
    let made = nora.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let code = App::with(&text(&made, "secret")).code(Clock::system().now());
    let body = json!({"type": "totp", "code": code});
    let verified = nora.post("/api/v1/auth/mfa/verify", &body).await.expect(200);
    let right = verified.body["data"]["backup_codes"][0].clone();
    let at_a = world.client().header("x-tenant-slug", &world.a.slug);
    // Each sign-in anew gives no more attempts than one.
    for _ in 0..5 {
        let waits = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401).json();
        let wrong = json!({"mfa_token": waits["mfa_token"], "code": "000000"});
        at_a.post("/api/v1/auth/mfa/challenge", &wrong).await.expect(401);
    }
    let waits = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401).json();
    let body = json!({"mfa_token": waits["mfa_token"], "code": right});
    at_a.post("/api/v1/auth/mfa/challenge", &body).await.expect(429);
    world.end().await;
}
