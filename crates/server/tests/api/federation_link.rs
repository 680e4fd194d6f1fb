//! Linking an account whose e-mail address is somebody's here, on the hosted pages: by that somebody, in one browser, or not at
//! all.

use serde_json::{Value, json};
use tenantry_testkit::{PASSWORD, World};

use crate::idp::{Idp, back, set_up, world};
use crate::provider::{App, Browser, CALLBACK, Got, Provider, asked, encoded};

/// Go from the sign-in page to the provider and back as somebody whose address is taken.
async fn come(browser: &mut Browser<'_>, idp: &Idp, app: &App, person: &Value) -> Got {
    come_for(browser, idp, &encoded(&asked(app, &[])), person).await
}

/// The same, with a request of one's own.
async fn come_for(browser: &mut Browser<'_>, idp: &Idp, request: &str, person: &Value) -> Got {
    let link = format!("/federation?{}", encoded(&[("provider", "oidc"), ("request", request)]));
    let address = browser.get(&link).await.expect(303).redirected_to();
    let code = idp.code(&address, person);
    back(browser, "oidc", &address, &code).await
}

async fn linked(world: &World, email: &str) -> usize {
    let member = world.client().sign_in(&world.a.slug, email, PASSWORD).await;
    let own = member.get("/api/v1/users/me/identities").await.expect(200);
    own.body["data"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_as_before_links_the_account() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let (email, _) = world.create_user_a("member", "viewer").await;
    provider.email.clone_from(&email);
    let person = json!({"email": email, "sub": "member there"});
    let mut browser = provider.browser();
    let page = come(&mut browser, &idp, &app, &person).await.expect(409);
    assert!(
        page.text.contains("the account is linked") && page.text.contains("name=\"password\""),
        "{}",
        page.text
    );
    assert_eq!(linked(&world, &email).await, 0, "the account alone links nothing");
    let wrong = browser.submit(&page, &[("email", &email), ("password", "wrong-Horse-42-battery")]).await;
    assert_eq!((wrong.status, linked(&world, &email).await), (401, 0));
    let done = browser.sign_in(&wrong).await.redirected(CALLBACK);
    assert!(done.contains_key("code"));
    assert_eq!(linked(&world, &email).await, 1);
    world.message_to(&email, "account_linked").await;
    // From now on the account lets in by itself.
    let again = come(&mut provider.browser(), &idp, &app, &person).await.redirected(CALLBACK);
    assert!(again.contains_key("code"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_brought_to_link_anothers_account() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let (email, _) = world.create_user_a("victim", "viewer").await;
    let (other, _) = world.create_user_a("other", "viewer").await;
    let evil = json!({"email": email, "sub": "attacker"});
    let mut attacker = provider.browser();
    let page = come(&mut attacker, &idp, &app, &evil).await.expect(409);
    let (_, hidden) = crate::provider::form_of(&page.text);
    let request = hidden.iter().find(|(name, _)| name == "request").unwrap().1.clone();
    assert!(request.contains("federation_link="));

    // The attacker sends the victim the link: another browser, which links nothing.
    provider.email.clone_from(&email);
    let mut victim = provider.browser();
    let shown = victim.get(&format!("/oauth2/authorize?{request}")).await.expect(200);
    victim.sign_in(&shown).await.redirected(CALLBACK);
    assert_eq!(linked(&world, &email).await, 0);

    // Even a browser that has been away itself is another one.
    let mut away = provider.browser();
    come(&mut away, &idp, &app, &json!({"email": email, "sub": "the victim's own"})).await.expect(409);
    let shown = away.get(&format!("/oauth2/authorize?{request}")).await.expect(200);
    away.sign_in(&shown).await.redirected(CALLBACK);
    assert_eq!(linked(&world, &email).await, 0);

    // Signing in as somebody else links it to nobody, and uses the token up.
    provider.email.clone_from(&other);
    let mut attacker = provider.browser();
    let page = come(&mut attacker, &idp, &app, &evil).await.expect(409);
    attacker.submit(&page, &[("email", &other), ("password", PASSWORD)]).await.redirected(CALLBACK);
    assert_eq!((linked(&world, &email).await, linked(&world, &other).await), (0, 0));
    // Whoever it is really for comes too late with it, even in that browser.
    let cookies = attacker.cookies;
    provider.email.clone_from(&email);
    let mut again = provider.browser();
    again.cookies = cookies;
    let (_, hidden) = crate::provider::form_of(&page.text);
    let request = hidden.iter().find(|(name, _)| name == "request").unwrap().1.clone();
    assert!(request.contains("federation_link="));
    let shown = again.get(&format!("/oauth2/authorize?{request}&prompt=login")).await.expect(200);
    again.sign_in(&shown).await.redirected(CALLBACK);
    assert_eq!((linked(&world, &email).await, linked(&world, &other).await), (0, 0));
    let refused =
        provider.admin.get("/api/v1/audit/logs?action=auth:federation&outcome=refused").await.expect(200);
    assert!(refused.text.contains("was not linked"), "{}", refused.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linking_that_fails_costs_nobody_their_sign_in() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let (email, _) = world.create_user_a("member", "viewer").await;
    provider.email.clone_from(&email);
    let person = json!({"email": email, "sub": "member there"});
    let mut browser = provider.browser();
    let page = come(&mut browser, &idp, &app, &person).await.expect(409);
    let database = crate::keys::home(&world).await;
    database.batch_execute("REVOKE INSERT ON federated_identities FROM tenantry_app").await.unwrap();
    let told = browser.sign_in(&page).await.expect(200);
    assert!(told.text.contains("The account was not linked"), "{}", told.text);
    assert!(told.cookies.iter().any(|cookie| cookie.contains(".sso=")), "{:?}", told.cookies);
    // They go on to the client, and are signed in.
    let done = browser.submit(&told, &[]).await.redirected(CALLBACK);
    assert!(done.contains_key("code"), "{done:?}");
    browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK).remove("code").unwrap();
    assert_eq!(linked(&world, &email).await, 0);
    // The page is for that session in that browser.
    let mut other = provider.browser();
    other.submit(&told, &[]).await.expect(400);
    database.batch_execute("GRANT INSERT ON federated_identities TO tenantry_app").await.unwrap();
    let page = come(&mut provider.browser(), &idp, &app, &person).await.expect(409);
    assert!(page.text.contains("the account is linked"), "it can be linked another time");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_before_anything_is_linked() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let (email, _) = world.create_user_a("member", "viewer").await;
    let member = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let made = member.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let code = crate::mfa::App::with(&crate::sign_in::text(&made, "secret"))
        .code(tenantry_kernel::Clock::system().now());
    member.post("/api/v1/auth/mfa/verify", &json!({"type": "totp", "code": code})).await.expect(200);
    provider.email.clone_from(&email);
    let mut browser = provider.browser();
    let page = come(&mut browser, &idp, &app, &json!({"email": email, "sub": "there"})).await.expect(409);
    let second = browser.sign_in(&page).await.expect(200);
    assert!(second.text.contains("name=\"mfa_token\""), "{}", second.text);
    let own = member.get("/api/v1/users/me/identities").await.expect(200);
    assert_eq!(own.body["data"], json!([]), "the password alone links nothing");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_browser_does_not_stand_in_where_an_account_is_linked_or_somebody_proves_who_they_are() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let mut provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    set_up(&provider, &idp, json!({})).await;
    let (email, _) = world.create_user_a("member", "viewer").await;
    let member = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let made = member.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let code = crate::mfa::App::with(&crate::sign_in::text(&made, "secret"))
        .code(tenantry_kernel::Clock::system().now());
    let made = member.post("/api/v1/auth/mfa/verify", &json!({"type": "totp", "code": code})).await;
    let codes = made.expect(200).body["data"]["backup_codes"].clone();
    let backup = |n: usize| codes[n].as_str().unwrap();
    let linked = async || {
        let own = member.get("/api/v1/users/me/identities").await.expect(200);
        own.body["data"].as_array().map_or(0, Vec::len)
    };
    provider.email.clone_from(&email);
    let mut browser = provider.browser();
    let forget = |browser: &mut Browser<'_>| browser.cookies.retain(|name, _| name.ends_with(".device"));
    let page = browser.authorize(&app, &[]).await;
    let second = browser.sign_in(&page).await.expect(200);
    browser.submit(&second, &[("code", backup(0)), ("trust", "1")]).await.redirected(CALLBACK);
    forget(&mut browser);
    let page = browser.authorize(&app, &[]).await;
    browser.sign_in(&page).await.redirected(CALLBACK);

    forget(&mut browser);
    let person = json!({"email": email, "sub": "there"});
    let page = come(&mut browser, &idp, &app, &person).await.expect(409);
    let second = browser.sign_in(&page).await.expect(200);
    assert!(second.text.contains("name=\"mfa_token\""), "{}", second.text);
    assert_eq!(linked().await, 0, "a password on a trusted browser links nothing");
    browser.submit(&second, &[("code", backup(1))]).await.redirected(CALLBACK);
    assert_eq!(linked().await, 1);

    // The same by another's word, with another account to link, and to the pages of one's own account.
    forget(&mut browser);
    come(&mut browser, &idp, &app, &person).await.redirected(CALLBACK);
    let linking = encoded(&asked(&app, &[("federation_link", "another")]));
    let now = tenantry_kernel::Clock::system().now().as_second();
    let anew = json!({"email": email, "sub": "there", "auth_time": now});
    for request in [&linking, "account_page=security&again=1"] {
        forget(&mut browser);
        let page = come_for(&mut browser, &idp, request, &anew).await.expect(200);
        assert!(page.text.contains("name=\"mfa_token\""), "{request}: {}", page.text);
    }
    world.end().await;
}
