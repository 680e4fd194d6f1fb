//! Federation where a client, or a tenant, wants more than a name: signing in anew, and taking back what groups gave.

use serde_json::{Value, json};
use tenantry_kernel::Clock;
use tenantry_testkit::PASSWORD;

use crate::idp::{Idp, PROVIDERS, back, leave, me, parameter, set_up, sign_in, world};
use crate::provider::{App, Browser, CALLBACK, Got, Provider, claims, encoded, form_urlencoded};

/// Go from the sign-in page to the provider and back with these claims.
async fn around(browser: &mut Browser<'_>, idp: &Idp, query: &str, change: Value) -> (String, Got) {
    let link = format!("/federation?{}", encoded(&[("provider", "oidc"), ("request", query)]));
    let address = browser.get(&link).await.expect(303).headers["location"].clone();
    let code = idp.code(&address, &change);
    let got = back(browser, "oidc", &address, &code).await;
    (address, got)
}

fn query(app: &App, more: &[(&str, &str)]) -> String {
    encoded(&crate::provider::asked(app, more))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_sign_in_anew_is_not_let_in_by_a_provider_that_asks_nothing() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let now = Clock::system().now().as_second();
    let mut browser = provider.browser();
    let anew = query(&app, &[("prompt", "login")]);
    for said in [Value::Null, json!(now - 3600), json!("yesterday"), json!(-1)] {
        let (address, got) = around(&mut browser, &idp, &anew, json!({"auth_time": said})).await;
        assert_eq!(
            (parameter(&address, "prompt"), parameter(&address, "max_age")),
            ("login".to_owned(), "0".to_owned())
        );
        let got = got.expect(400);
        assert!(!got.headers.contains_key("location") && got.text.contains("not asked you to sign in again"));
    }
    // Nor is anybody remembered by that.
    browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK).get("error").unwrap();
    let (_, done) = around(&mut browser, &idp, &anew, json!({"auth_time": now})).await;
    done.redirected(CALLBACK).get("code").unwrap();

    // With an age: as old as the client lets it be.
    let recent = query(&app, &[("max_age", "600")]);
    let (address, got) = around(&mut browser, &idp, &recent, json!({"auth_time": now - 3600})).await;
    assert_eq!(parameter(&address, "max_age"), "600");
    assert!(!form_urlencoded(address.split_once('?').unwrap().1).contains_key("prompt"));
    got.expect(400);
    let (_, got) = around(&mut browser, &idp, &recent, json!({"auth_time": now - 300})).await;
    let code = got.redirected(CALLBACK).remove("code").unwrap();
    let id = claims(&provider.exchange(&app, &code).await.expect(200).member("id_token"));
    assert_eq!(id["auth_time"], json!(now - 300));
    // So it does not get younger by coming here.
    let refused = browser.authorize(&app, &[("max_age", "200"), ("prompt", "none")]).await;
    assert_eq!(refused.redirected(CALLBACK)["error"], "login_required");
    let again = browser.authorize(&app, &[("max_age", "900"), ("prompt", "none")]).await;
    again.redirected(CALLBACK).get("code").unwrap();
    // However old it may be.
    let ever = query(&app, &[("max_age", "9223372036854775807")]);
    let (_, got) = around(&mut browser, &idp, &ever, json!({"auth_time": 1})).await;
    got.redirected(CALLBACK).get("code").unwrap();
    // Through the API as well.
    let got = browser.get("/api/v1/auth/oauth/oidc/login/alpha?max_age=0").await.expect(200);
    let address = got.json()["data"]["authorization_url"].as_str().unwrap().to_owned();
    let code = idp.code(&address, &json!({"auth_time": now - 600}));
    back(&mut browser, "oidc", &address, &code).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_sign_in_elsewhere_is_no_recent_proof_here() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    let now = Clock::system().now().as_second();
    for (age, status) in [(3600, 401), (60, 200)] {
        let got = sign_in(&provider, &idp, "oidc", json!({"auth_time": now - age})).await.expect(200);
        let token = got.json()["data"]["access_token"].as_str().unwrap().to_owned();
        let client = world.client().with_token(&token);
        client.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(status);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_groups_gave_goes_with_the_account_and_with_the_provider() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let role =
        provider.admin.get("/api/v1/roles?name=project_manager").await.expect(200).body["data"][0]["id"]
            .clone();
    let made = set_up(&provider, &idp, json!({"group_roles": {"managers": role}})).await;
    let grouped = json!({"groups": ["managers"]});
    let known = sign_in(&provider, &idp, "oidc", grouped.clone()).await.expect(200);
    assert_eq!(me(&world, &known).await["roles"], json!(["project_manager", "user"]));

    // Somebody with a password links an account with such a group, signs in with it, and unlinks it.
    let (email, user) = world.create_user_a("linked", "user").await;
    let client = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let begun = client.post("/api/v1/users/me/identities", &json!({"provider": "oidc"})).await.expect(200);
    let mut browser = provider.browser();
    let (name, rest) = begun.header("set-cookie").unwrap().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
    let address = begun.body["data"]["authorization_url"].as_str().unwrap().to_owned();
    let theirs = json!({"sub": "subject-2", "email": "second@corp.example", "groups": ["managers"]});
    let code = idp.code(&address, &theirs);
    back(&mut browser, "oidc", &address, &code).await.expect(200);
    sign_in(&provider, &idp, "oidc", theirs).await.expect(200);
    let roles = async || {
        let got = provider.admin.get(&format!("/api/v1/users/{user}")).await.expect(200);
        got.body["data"]["roles"].clone()
    };
    assert!(roles().await.to_string().contains("project_manager"));
    let linked = client.get("/api/v1/users/me/identities").await.expect(200);
    let path = format!("/api/v1/users/me/identities/{}", linked.body["data"][0]["id"].as_str().unwrap());
    client.delete(&path).await.expect(200);
    assert!(!roles().await.to_string().contains("project_manager"));

    // The provider goes, and with it what it gave the other.
    let first = me(&world, &known).await["id"].as_str().unwrap().to_owned();
    provider.admin.delete(&format!("{PROVIDERS}/{}", made["id"].as_str().unwrap())).await.expect(200);
    let got = provider.admin.get(&format!("/api/v1/users/{first}")).await.expect(200);
    assert!(!got.text.contains("project_manager"), "{}", got.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_whose_groups_made_the_last_administrator_is_not_deleted() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let admins =
        provider.admin.get("/api/v1/roles?name=tenant_admin").await.expect(200).body["data"][0]["id"].clone();
    let made = set_up(&provider, &idp, json!({"group_roles": {"admins": admins}})).await;
    let got = sign_in(&provider, &idp, "oidc", json!({"groups": ["admins"]})).await.expect(200);
    let token = got.json()["data"]["access_token"].as_str().unwrap().to_owned();
    let other = world.client().with_token(&token);
    other.delete(&format!("/api/v1/users/{}", world.a.admin)).await.expect(200);
    let path = format!("{PROVIDERS}/{}", made["id"].as_str().unwrap());
    assert_eq!(other.delete(&path).await.expect(409).code(), "last_administrator");
    other.get(&path).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_does_not_answer_is_left_alone_for_a_while() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    idp.fail(true);
    for _ in 0..5 {
        provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(503);
    }
    assert_eq!(idp.asked_for_metadata(), 1);
    idp.fail(false);
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    leave(&mut provider.browser(), "oidc").await;
    assert_eq!(idp.asked_for_metadata(), 2);
    world.end().await;
}
