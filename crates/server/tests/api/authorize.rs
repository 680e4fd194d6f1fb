//! The authorization endpoint and its pages: signing in, consent, prompts, and what is never done.

use serde_json::json;
use tenantry_testkit::{PASSWORD, World};

use crate::provider::{App, Browser, CALLBACK, CHALLENGE, Got, Provider, asked, claims, encoded, form_of};
use crate::sign_in::{WRONG, advance, world_with_clock};
use crate::wire::random_id;

/// A page that says what went wrong, and sends nobody anywhere.
#[track_caller]
fn stays(got: &Got) {
    assert_eq!(got.status, 400, "{got:?}");
    assert!(!got.headers.contains_key("location") && !got.text.contains("<form"), "{got:?}");
    assert!(got.headers["content-type"].starts_with("text/html"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_an_address_that_the_client_has_not_registered() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let off = provider.web_app().await;
    provider
        .admin
        .put(&format!("/api/v1/oauth/clients/{}", off.id), &json!({"is_active": false}))
        .await
        .expect(200);
    let mut browser = provider.browser();
    for uri in [
        "",
        "https://evil.example.com/callback",
        "https://app.example.com/callback/",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#x",
        "https://app.example.com@evil.example.com/callback",
        "javascript:alert(1)",
    ] {
        stays(&browser.authorize(&app, &[("redirect_uri", uri)]).await);
    }
    let unknown = random_id();
    for id in ["", "nonsense", &unknown, &off.id] {
        stays(&browser.authorize(&app, &[("client_id", id)]).await);
    }
    // What comes twice is not chosen from.
    let query = encoded(&asked(&app, &[]));
    let twice = format!("/oauth2/authorize?{query}&redirect_uri=https%3A%2F%2Fevil.example.com");
    let got = browser.get(&twice).await.redirected(CALLBACK);
    assert_eq!(got["error"], "invalid_request");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_told_what_is_wrong_with_its_request() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let web = provider.web_app().await;
    let public = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    let both = provider
        .app(json!({"name": "Other grants", "redirect_uris": [CALLBACK], "grant_types": ["client_credentials"]}))
        .await;
    let mut browser = provider.browser();
    for (app, name, value, error) in [
        (&web, "response_type", "token", "unsupported_response_type"),
        (&web, "response_type", "code id_token", "unsupported_response_type"),
        (&web, "response_type", "", "invalid_request"),
        (&web, "response_mode", "fragment", "invalid_request"),
        (&web, "request", "a.b.c", "request_not_supported"),
        (&web, "request_uri", "https://app.example.com/request", "request_uri_not_supported"),
        (&web, "registration", "{}", "registration_not_supported"),
        (&web, "scope", "shoe_size", "invalid_scope"),
        (&web, "scope", "", "invalid_scope"),
        (&web, "prompt", "none login", "invalid_request"),
        (&web, "prompt", "maybe", "invalid_request"),
        (&web, "max_age", "-1", "invalid_request"),
        (&web, "max_age", "soon", "invalid_request"),
        (&web, "claims", "[]", "invalid_request"),
        (&web, "id_token_hint", "a.b.c", "invalid_request"),
        (&web, "code_challenge_method", "plain", "invalid_request"),
        (&web, "code_challenge_method", "", "invalid_request"),
        (&web, "code_challenge", "short", "invalid_request"),
        (&web, "code_challenge", "", "invalid_request"),
        (&both, "state", "the state", "unauthorized_client"),
    ] {
        let got = browser.authorize(app, &[(name, value)]).await.redirected(CALLBACK);
        assert_eq!(got["error"], error, "{name}={value}: {got:?}");
        assert_eq!((got["state"].as_str(), &got["iss"]), ("the state", &provider.issuer), "{name}");
    }
    let bare = [("code_challenge", ""), ("code_challenge_method", "")];
    let got = browser.authorize(&public, &bare).await.redirected(CALLBACK);
    assert_eq!(got["error"], "invalid_request", "public clients use PKCE");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_framed_nowhere_run_nothing_and_speak_the_readers_language() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let path = format!("/oauth2/authorize?{}", encoded(&asked(&app, &[("login_hint", "<i>\"x")])));
    for (language, word) in [("de-CH", "Anmelden bei"), ("hi", "साइन इन करें"), ("fr", "Sign in to")]
    {
        let got =
            provider.send("GET", &path, &[("accept-language", language.to_owned())], None).await.expect(200);
        assert!(got.text.contains(word), "{language}: {}", got.text);
        let policy = &got.headers["content-security-policy"];
        for part in [
            "default-src 'none'",
            "script-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self' https://app.example.com;",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(got.headers["x-frame-options"], "DENY");
        assert_eq!(got.headers["cache-control"], "no-store");
        // With `no-referrer`, browsers would send `Origin: null` with the form.
        assert_eq!(got.headers["referrer-policy"], "same-origin");
        assert!(!got.text.contains("<i>") && !got.text.contains("<script"), "{}", got.text);
    }
    let hindi = format!("{path}&ui_locales=xx%20hi");
    let got = provider.send("GET", &hindi, &[("accept-language", "de".to_owned())], None).await;
    assert!(got.text.contains("lang=\"hi\""));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_sign_in_says_one_thing_and_the_form_stays() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    world.create_user_a("locked", "viewer").await;
    let (suspended, id) = world.create_user_a("suspended", "viewer").await;
    provider.admin.put(&format!("/api/v1/users/{id}"), &json!({"status": "suspended"})).await.expect(200);
    let mut pages = Vec::new();
    for (email, password) in
        [(provider.email.as_str(), WRONG), ("nobody@nowhere.example", WRONG), (suspended.as_str(), PASSWORD)]
    {
        let mut browser = provider.browser();
        let page = browser.authorize(&app, &[]).await.expect(200);
        let got = browser.submit(&page, &[("email", email), ("password", password)]).await.expect(401);
        assert!(!browser.cookies.keys().any(|name| name.contains(".sso")));
        assert!(!got.text.contains(password));
        let (_, hidden) = form_of(&got.text);
        let token = &hidden.iter().find(|(name, _)| name == "form_token").unwrap().1;
        pages.push(got.text.replace(email, "").replace(token.as_str(), ""));
        // The same page leads on.
        browser.sign_in(&got).await.redirected(CALLBACK);
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[0], pages[2]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_only_from_a_page_that_this_browser_was_shown() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let (mut victim, mut attacker) = (provider.browser(), provider.browser());
    let theirs = attacker.authorize(&app, &[]).await.expect(200);
    let page = victim.authorize(&app, &[]).await.expect(200);
    let (action, hidden) = form_of(&theirs.text);
    let who = [("email", provider.email.as_str()), ("password", PASSWORD)];
    // The attacker's form in the victim's browser, and no form at all.
    stays(&victim.submit(&theirs, &who).await);
    stays(&victim.submit(&page, &[("form_token", "x.y"), who[0], who[1]]).await);
    stays(&victim.submit(&page, &[("form_token", ""), who[0], who[1]]).await);
    // The right form, sent by another site or a sibling.
    let mut form: Vec<(&str, &str)> =
        hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.extend(who);
    let cookie =
        attacker.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    for (name, value) in [
        ("origin", "https://evil.example.com"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let headers = [("cookie", cookie.clone()), (name, value.to_owned())];
        stays(&provider.send("POST", &action, &headers, Some(&form)).await);
    }
    let cookies: Vec<String> = victim.sign_in(&page).await.cookies;
    let session = cookies.iter().find(|cookie| cookie.contains(".sso=")).unwrap();
    for part in ["__Host-tenantry-alpha.sso=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_and_ages_decide_whether_the_person_signs_in_again() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let none = [("prompt", "none")];
    assert_eq!(browser.authorize(&app, &none).await.redirected(CALLBACK)["error"], "login_required");
    browser.code(&app, &[]).await;
    let auth_time = async |browser: &mut Browser<'_>, more: &[(&str, &str)]| {
        let code = browser.code(&app, more).await;
        let tokens = provider.exchange(&app, &code).await.expect(200);
        claims(&tokens.member("id_token"))["auth_time"].as_i64().unwrap()
    };
    let first = auth_time(&mut browser, &none).await;
    advance(&world, 100);
    assert_eq!(auth_time(&mut browser, &none).await, first);
    assert_eq!(auth_time(&mut browser, &[("max_age", "100"), none[0]]).await, first);
    let late = browser.authorize(&app, &[("max_age", "99"), none[0]]).await.redirected(CALLBACK);
    assert_eq!(late["error"], "login_required");
    assert_eq!(auth_time(&mut browser, &[("max_age", "99")]).await, first + 100);
    for (name, value) in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")] {
        advance(&world, 10);
        let page = browser.authorize(&app, &[(name, value)]).await.expect(200);
        browser.sign_in(&page).await.redirected(CALLBACK);
    }
    assert_eq!(auth_time(&mut browser, &none).await, first + 130);
    let hinted = browser.authorize(&app, &[("prompt", "login"), ("login_hint", "ada@example.com")]).await;
    assert!(hinted.text.contains("value=\"ada@example.com\""));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_or_a_claim_says_who_it_must_be() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, other) = (provider.web_app().await, provider.web_app().await);
    let mut browser = provider.browser();
    let code = browser.code(&app, &[]).await;
    let hint = provider.exchange(&app, &code).await.expect(200).member("id_token");
    browser.code(&app, &[("id_token_hint", &hint), ("prompt", "none")]).await;
    // Another client's hint is none.
    let got = browser.authorize(&other, &[("id_token_hint", &hint)]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "invalid_request");
    // Somebody else is signed in.
    let (email, id) = world.create_user_a("reader", "viewer").await;
    let mut somebody = provider.browser();
    let page = somebody.authorize(&app, &[]).await.expect(200);
    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    somebody.submit(&page, &fields).await.redirected(CALLBACK);
    let got =
        somebody.authorize(&app, &[("id_token_hint", &hint), ("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required");
    let page = somebody.authorize(&app, &[("id_token_hint", &hint)]).await.expect(200);
    let got = somebody.submit(&page, &fields).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required");
    let wanted = json!({"id_token": {"sub": {"value": id}}}).to_string();
    somebody.code(&app, &[("claims", &wanted), ("prompt", "none")]).await;
    let got = browser.authorize(&app, &[("claims", &wanted), ("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required");
    world.end().await;
}

async fn partner(provider: &Provider) -> App {
    let scopes = ["openid", "profile", "email", "orders:read"];
    let body =
        json!({"name": "Partner <b>", "preset": "partner", "redirect_uris": [CALLBACK], "scopes": scopes});
    provider.app(body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_gets_what_the_person_has_allowed() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = partner(&provider).await;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[("scope", "openid email orders:read")]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    for text in ["Partner &lt;b&gt;", "see your e-mail address", "orders:read", &provider.email] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let denied = browser.submit(&page, &[("decision", "deny")]).await.redirected(CALLBACK);
    assert_eq!((denied["error"].as_str(), denied.get("code")), ("access_denied", None));
    let none = [("prompt", "none"), ("scope", "openid email")];
    let got = browser.authorize(&app, &none).await.redirected(CALLBACK);
    assert_eq!(got["error"], "consent_required");
    // A form without a decision is no consent, nor is one from another session.
    assert_eq!(browser.submit(&page, &[]).await.redirected(CALLBACK)["error"], "access_denied");
    let mut other = provider.browser();
    other.code(&provider.web_app().await, &[]).await;
    stays(&other.submit(&page, &[("decision", "allow")]).await);
    // Nor is it one for another request, such as one that asks to sign in again.
    let more = encoded(&asked(&app, &[("prompt", "login")]));
    stays(&browser.submit(&page, &[("decision", "allow"), ("request", &more)]).await);
    let allowed = browser.submit(&page, &[("decision", "allow")]).await.redirected(CALLBACK);
    provider.exchange(&app, &allowed["code"]).await.expect(200);
    // Remembered for these scopes, and for no others.
    browser.code(&app, &none).await;
    let more = browser.authorize(&app, &[("prompt", "none"), ("scope", "openid profile")]).await;
    assert_eq!(more.redirected(CALLBACK)["error"], "consent_required");
    let page = browser.authorize(&app, &[("prompt", "consent")]).await.expect(200);
    browser.submit(&page, &[("decision", "allow")]).await.redirected(CALLBACK);
    let page = browser.authorize(&app, &[("prompt", "login consent")]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    browser.submit(&page, &[("decision", "allow")]).await.redirected(CALLBACK);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn form_post_sends_the_answer_in_a_form() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    browser.code(&app, &[]).await;
    let got =
        browser.authorize(&app, &[("response_mode", "form_post"), ("state", "\"><b>")]).await.expect(200);
    let (action, values) = form_of(&got.text);
    assert_eq!(action, CALLBACK);
    let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!((values[1].1.as_str(), &values[2].1), ("\"><b>", &provider.issuer));
    let policy = &got.headers["content-security-policy"];
    assert!(
        policy.contains("form-action https://app.example.com;") && policy.contains("script-src 'sha256-")
    );
    provider.exchange(&app, &values[0].1).await.expect(200);
    let wrong =
        browser.authorize(&app, &[("response_mode", "form_post"), ("prompt", "never")]).await.expect(200);
    assert_eq!(form_of(&wrong.text).1[0].1, "invalid_request");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_by_a_form_goes_on_as_a_link() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let pairs = asked(&app, &[]);
    let got = provider.send("POST", "/oauth2/authorize", &[], Some(&pairs)).await;
    let there = got.redirected(&format!("{}/oauth2/authorize", provider.issuer));
    assert_eq!(there["code_challenge"], CHALLENGE);
    stays(&provider.send("POST", "/oauth2/authorize", &[], None).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_left_beforehand_counts_once_for_its_client() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let (app, other) = (provider.web_app().await, provider.web_app().await);
    let whole = asked(&app, &[("client_id", ""), ("scope", "openid email")]);
    let push = async || provider.post("/oauth2/par", &app, &whole).await.expect(201);
    let kept = push().await;
    assert_eq!(kept.json()["expires_in"], 600);
    let reference = kept.member("request_uri");
    let go = |reference: &str, id: &str| {
        format!("/oauth2/authorize?{}", encoded(&[("client_id", id), ("request_uri", reference)]))
    };
    let mut browser = provider.browser();
    stays(&browser.get(&go(&reference, &other.id)).await);
    stays(&browser.get(&go(&format!("{reference}x"), &app.id)).await);
    // What stands beside it does not count.
    let page =
        browser.get(&format!("{}&scope=openid%20roles&state=x", go(&reference, &app.id))).await.expect(200);
    let answer = browser.sign_in(&page).await.redirected(CALLBACK);
    assert_eq!(answer["state"], "the state");
    let tokens = provider.exchange(&app, &answer["code"]).await.expect(200);
    assert_eq!(tokens.member("scope"), "openid email");
    stays(&browser.get(&go(&reference, &app.id)).await);
    let late = push().await.member("request_uri");
    advance(&world, 600);
    stays(&browser.get(&go(&late, &app.id)).await);

    // What would be refused later is refused now, and nobody leaves anything in another's name.
    for (name, value, error) in [
        ("redirect_uri", "https://evil.example.com/", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "shoe_size", "invalid_scope"),
        ("request_uri", reference.as_str(), "invalid_request"),
    ] {
        let mut form = whole.clone();
        form.retain(|(other, _)| *other != name);
        form.push((name, value));
        provider.post("/oauth2/par", &app, &form).await.refused(400, error);
    }
    let theirs = asked(&app, &[]);
    provider.post("/oauth2/par", &other, &theirs).await.refused(401, "invalid_client");
    world.end().await;
}
