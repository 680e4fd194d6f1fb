//! Signing out at a client's request (OpenID Connect RP-Initiated Logout 1.0).

use serde_json::json;
use tenantry_testkit::World;

use crate::provider::{App, Browser, CALLBACK, Got, Provider, encoded, form_of};
use crate::wire::random_id;

const AFTER: &str = "https://app.example.com/bye";

async fn app(provider: &Provider) -> App {
    let body = json!({"name": random_id(), "preset": "admin", "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [AFTER]});
    provider.app(body).await
}

async fn logout(browser: &mut Browser<'_>, pairs: &[(&str, &str)]) -> Got {
    browser.get(&format!("/oauth2/logout?{}", encoded(pairs))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_signs_its_person_out_and_gets_them_back() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = app(&provider).await;
    let mut browser = provider.browser();
    let code = browser.code(&app, &[("scope", "openid offline_access")]).await;
    let tokens = provider.exchange(&app, &code).await.expect(200);
    let hint = tokens.member("id_token");
    let asked =
        [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "the state")];
    let got = logout(&mut browser, &asked).await;
    assert_eq!(got.redirected(AFTER)["state"], "the state");
    assert!(!browser.cookies.keys().any(|name| name.contains(".sso")));
    // Everything that the session has let clients have is over.
    provider.userinfo(&tokens.member("access_token")).await.refused(401, "invalid_token");
    provider.refresh(&app, &tokens.member("refresh_token")).await.refused(400, "invalid_grant");
    let got = browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required");
    // Signing out twice is as good.
    assert_eq!(logout(&mut browser, &asked).await.redirected(AFTER)["state"], "the state");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_hint_the_person_is_asked() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = app(&provider).await;
    let (mut browser, mut other) = (provider.browser(), provider.browser());
    browser.code(&app, &[]).await;
    let code = other.code(&app, &[]).await;
    let foreign = provider.exchange(&app, &code).await.expect(200).member("id_token");
    // Another session's hint is no reason to end this one.
    for pairs in [vec![], vec![("id_token_hint", foreign.as_str())]] {
        let page = logout(&mut browser, &pairs).await.expect(200);
        assert_eq!(form_of(&page.text).0, "/t/alpha/sign-out");
        browser.code(&app, &[("prompt", "none")]).await;
    }
    let page = logout(&mut browser, &[("client_id", &app.id), ("post_logout_redirect_uri", AFTER)])
        .await
        .expect(200);
    let got = browser.submit(&page, &[("form_token", "x.y")]).await;
    assert_eq!(got.status, 400, "{got:?}");
    browser.code(&app, &[("prompt", "none")]).await;
    let got = browser.submit(&page, &[]).await;
    assert_eq!((got.status, got.headers["location"].as_str()), (303, AFTER));
    let got = browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required");
    let page = logout(&mut browser, &[]).await.expect(200);
    assert!(page.text.contains("You are signed out"));
    other.code(&app, &[("prompt", "none")]).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_an_unregistered_address_after_signing_out() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, other) = (app(&provider).await, provider.web_app().await);
    let mut browser = provider.browser();
    let code = browser.code(&app, &[]).await;
    let hint = provider.exchange(&app, &code).await.expect(200).member("id_token");
    let unknown = random_id();
    for pairs in [
        vec![("post_logout_redirect_uri", AFTER)],
        vec![("post_logout_redirect_uri", AFTER), ("id_token_hint", "a.b.c")],
        vec![("post_logout_redirect_uri", "https://evil.example.com/"), ("id_token_hint", hint.as_str())],
        vec![("post_logout_redirect_uri", "https://app.example.com/bye?x"), ("id_token_hint", hint.as_str())],
        vec![("post_logout_redirect_uri", CALLBACK), ("id_token_hint", hint.as_str())],
        vec![("post_logout_redirect_uri", AFTER), ("client_id", other.id.as_str())],
        vec![("post_logout_redirect_uri", AFTER), ("client_id", unknown.as_str())],
        vec![("id_token_hint", hint.as_str()), ("client_id", other.id.as_str())],
        vec![("client_id", "nonsense")],
    ] {
        let got = logout(&mut browser, &pairs).await;
        assert_eq!((got.status, got.headers.get("location")), (400, None), "{pairs:?}");
    }
    browser.code(&app, &[("prompt", "none")]).await;
    let form = [("post_logout_redirect_uri", AFTER), ("client_id", app.id.as_str())];
    let got = provider.send("POST", "/oauth2/logout", &[], Some(&form)).await;
    assert_eq!(got.redirected(&format!("{}/oauth2/logout", provider.issuer))["client_id"], app.id);
    world.end().await;
}
