//! Issuers at domains of their own: there they are whole, everywhere else their paths do not exist.

use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, World};

use crate::branding::{png, upload};
use crate::provider::{CALLBACK, Got, Provider, claims, form_of};
use crate::sign_in::refresh;
use crate::wire::{Ask, Reply, Wire, random_id};

const DOMAIN: &str = "login.amaranth.example";

async fn put(world: &World, operator: &Client, body: Value) -> tenantry_testkit::Answer {
    operator.put(&format!("/api/v1/tenants/{}/domains", world.a.id), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_at_its_domain_completes_the_whole_way() {
    let world = World::new().await;
    let provider = Provider::at_domain(&world, &world.a, DOMAIN).await;
    let issuer = provider.issuer.clone();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let metadata = provider.get(path).await.expect(200);
        assert_eq!(metadata.member("issuer"), issuer);
        assert_eq!(metadata.member("token_endpoint"), format!("{issuer}/oauth2/token"));
        assert_eq!(metadata.headers.get("x-frame-options").map(String::as_str), Some("DENY"));
    }
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[("scope", "openid email offline_access")]).await.expect(200);
    let mut answer = browser.sign_in(&page).await.redirected(CALLBACK);
    assert_eq!(answer["iss"], issuer, "RFC 9207");
    let tokens = provider.exchange(&app, &answer.remove("code").unwrap()).await.expect(200);
    assert_eq!(claims(&tokens.member("id_token"))["iss"], issuer.as_str());
    provider.userinfo(&tokens.member("access_token")).await.expect(200);
    assert_eq!(provider.introspect(&app, &tokens.member("access_token")).await["iss"], issuer.as_str());
    let again = provider.refresh(&app, &tokens.member("refresh_token")).await.expect(200);
    assert_eq!(claims(&again.member("id_token"))["iss"], issuer.as_str());
    // Signed in at the provider, and remembered at the domain.
    browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK).remove("code").unwrap();
    assert!(
        provider.get("/oauth2/jwks").await.expect(200).json()["keys"]
            .as_array()
            .is_some_and(|keys| !keys.is_empty())
    );
    // One issuer: the path of the public address leads to it.
    let path = Provider::of(&world, &world.a).await;
    let metadata = path.get("/.well-known/openid-configuration").await.expect(200);
    assert_eq!(metadata.member("issuer"), issuer);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_a_domain_is_signed_in_to_at_both_hosts() {
    let world = World::new().await;
    let at_domain = Provider::at_domain(&world, &world.a, DOMAIN).await;
    let by_path = Provider::of(&world, &world.a).await;
    let app = at_domain.web_app().await;
    assert_eq!(upload(&world, &by_path.admin, png(1)).await.status, 200);
    for (provider, base) in [(&at_domain, String::new()), (&by_path, format!("/t/{}", world.a.slug))] {
        let mut browser = provider.browser();
        let page = browser.authorize(&app, &[]).await.expect(200);
        assert_eq!(form_of(&page.text).0, format!("{base}/sign-in"));
        let logo = page.text.split("<img src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let logo = logo.replace("&#x2f;", "/");
        assert!(logo.starts_with(&format!("{base}/branding/logo/")), "{logo}");
        assert_eq!(provider.get(&logo).await.expect(200).headers["content-type"], "image/png");

        let wrong = [("email", provider.email.as_str()), ("password", "wrong-Horse-42-battery")];
        let again = browser.submit(&page, &wrong).await.expect(401);
        let mut answer = browser.sign_in(&again).await.redirected(CALLBACK);
        assert_eq!(answer["iss"], at_domain.issuer, "there is one issuer");
        let tokens = provider.exchange(&app, &answer.remove("code").unwrap()).await.expect(200);
        assert_eq!(claims(&tokens.member("id_token"))["iss"], at_domain.issuer.as_str());

        let profile = browser.get("/account/profile").await.expect(200);
        assert!(profile.text.contains(&provider.email), "the session counts at {base:?}");
        let saved = browser.submit(&profile, &[("first_name", "Ada")]).await;
        assert_eq!(saved.redirected_to(), format!("{base}/account/profile?done=done_saved"));
        let mut fresh = provider.browser();
        for own in ["profile", "security", "sessions", "applications"] {
            let shown = fresh.get(&format!("/account/{own}")).await.expect(200);
            if own == "profile" {
                let entered = fresh.sign_in(&shown).await;
                assert_eq!(entered.redirected_to(), format!("{base}/account/profile"));
            } else {
                assert!(shown.text.contains(&format!("action=\"{}", base.replace('/', "&#x2f;"))), "{own}");
            }
        }
        let out = fresh.get("/oauth2/logout").await.expect(200);
        fresh.submit(&out, &[]).await.expect(200);
        let out = fresh.get("/account/profile").await.expect(200);
        assert!(out.text.contains("name=\"password\""), "signed out at {base:?}");
    }
    world.end().await;
}

fn seen(got: &Reply) -> (u16, String) {
    let body: Value = serde_json::from_str(&got.text).unwrap_or_default();
    (got.status, body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_of_an_issuer_are_nowhere_but_at_its_domain() {
    let world = World::new().await;
    Provider::at_domain(&world, &world.a, DOMAIN).await;
    let operator = world.operator().await;
    for (domain, is_verified) in [("www.amaranth.example", true), ("claimed.amaranth.example", false)] {
        put(&world, &operator, json!({"domain": domain, "is_verified": is_verified})).await.expect(200);
    }
    let wire = Wire::to(&world);
    let (slug, id) = (world.a.slug.clone(), world.a.id.to_string());
    let nowhere = (404, "not_found".to_owned());
    for path in
        ["/.well-known/openid-configuration", "/oauth2/jwks", "/oauth2/authorize", "/register", "/recover"]
    {
        for host in [
            "localhost",
            "alpha.localhost",
            "www.amaranth.example",
            "claimed.amaranth.example",
            "unknown.example",
        ] {
            let ask = Ask::new("GET", path).header("host", host);
            assert_eq!(seen(&wire.send(&ask).await), nowhere, "{host}{path}");
            let named = ask.header("x-tenant-slug", &slug).header("x-tenant-id", &id);
            assert_eq!(seen(&wire.send(&named).await), nowhere, "{host}{path} with headers");
        }
        // Nor at it, for somebody who names another tenant.
        let other = Ask::new("GET", path).header("host", DOMAIN).header("x-tenant-slug", &world.b.slug);
        assert_eq!(seen(&wire.send(&other).await), nowhere, "{path}");
    }
    let other = format!("/t/{}/oauth2/jwks", world.b.slug);
    let got = wire.send(&Ask::new("GET", other).header("host", DOMAIN)).await;
    assert_eq!(seen(&got), (404, "tenant_unknown".to_owned()));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_move_an_issuer_and_nobody_elses_domain_is_taken() {
    let world = World::new().await;
    let operator = world.operator().await;
    let added = put(&world, &operator, json!({"domain": "Auth.Acme.Example.com", "is_primary": false}))
        .await
        .expect(200);
    assert_eq!(added.body["data"]["message"], "Domain added successfully");
    assert_eq!(added.body["data"]["domain"], "auth.acme.example.com");
    for (body, pointer) in [
        (json!({"domain": "auth.acme.example.com", "is_issuer": true}), "#/is_issuer"),
        (json!({"domain": "no domain"}), "#/domain"),
        (json!({"domain": "localhost"}), "#/domain"),
        (json!({"domain": "beta.localhost", "is_verified": true}), "#/domain"),
    ] {
        let refused = put(&world, &operator, body.clone()).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{body}");
    }
    let body = json!({"domain": "auth.acme.example.com", "is_verified": true, "is_issuer": true, "is_primary": true});
    put(&world, &operator, body).await.expect(200);
    let unproved = json!({"domain": "auth.acme.example.com", "is_verified": false});
    let refused = put(&world, &operator, unproved).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/is_verified");
    let theft = json!({"domain": "auth.acme.example.com", "is_verified": true});
    let refused = operator.put(&format!("/api/v1/tenants/{}/domains", world.b.id), &theft).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/is_verified");
    let of = |domain: &str| format!("/api/v1/tenants/{}/domains/{domain}", world.a.id);
    let lives = operator.delete(&of("auth.acme.example.com")).await.expect(409);
    assert_eq!(lives.code(), "issuer_domain");
    put(
        &world,
        &operator,
        json!({"domain": "id.acme.example.com", "is_verified": true, "is_issuer": true, "is_primary": true}),
    )
    .await
    .expect(200);
    let tenant = operator.get(&format!("/api/v1/tenants/{}", world.a.id)).await.expect(200);
    assert_eq!(tenant.body["data"]["domain"], "id.acme.example.com");
    let domains = tenant.body["data"]["domains"].as_array().unwrap();
    let issuers: Vec<_> =
        domains.iter().filter(|domain| domain["is_issuer"] == true).map(|domain| &domain["domain"]).collect();
    assert_eq!(issuers, ["id.acme.example.com"]);
    operator.delete(&of("auth.acme.example.com")).await.expect(200);
    operator.delete(&of("auth.acme.example.com")).await.expect(404);
    // Administrators of tenants do not: what is proved is the platform's to say.
    let body = json!({"domain": "other.example.com", "is_verified": true});
    world.admin_a().await.put(&format!("/api/v1/tenants/{}/domains", world.a.id), &body).await.expect(403);
    let trail = world
        .operator()
        .await
        .get("/api/v1/audit/logs?limit=10&resource_type=tenant&action=tenants:update")
        .await
        .expect(200);
    assert!(trail.text.contains("auth.acme.example.com"), "{}", trail.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_former_issuer_are_renewed_and_links_lead_to_the_new_one() {
    let world = World::new().await;
    let before = world.admin_a().await;
    let provider = Provider::at_domain(&world, &world.a, DOMAIN).await;
    // What was verified before is remembered until it expires; another token of the former issuer is not taken.
    let renewed =
        refresh(&world.client(), &world.a.slug, before.refresh_token.as_deref().unwrap()).await.expect(200);
    let token = renewed.body["data"]["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["iss"], provider.issuer.as_str());
    world.client().with_token(token).get("/api/v1/auth/me").await.expect(200);
    let asked = world.client().header("x-tenant-slug", &world.a.slug);
    let email = world.a.admin_email.clone();
    asked.post("/api/v1/auth/password-reset", &json!({"email": email})).await.expect(200);
    let text = world.message_to(&email, "password_reset").await.message.text;
    assert!(text.contains(&format!("{}/new-password?token=", provider.issuer)), "{text}");
    let token = crate::recovery::token_in(&text);
    let mut browser = provider.browser();
    let page: Got = browser.get(&format!("/new-password?token={token}")).await.expect(200);
    browser.submit(&page, &[("password", "another-Horse-77-battery")]).await.expect(200);
    world.client().sign_in(&world.a.slug, &email, "another-Horse-77-battery").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_and_the_console_answer_at_the_domain_too() {
    let world = World::new().await;
    Provider::at_domain(&world, &world.a, DOMAIN).await;
    let wire = Wire::to(&world);
    let body = json!({"email": world.a.admin_email, "password": PASSWORD});
    let signed_in =
        wire.send(&Ask::new("POST", "/api/v1/auth/login").header("host", DOMAIN).body(body.clone())).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let foreign = json!({"email": world.b.admin_email, "password": PASSWORD});
    let refused =
        wire.send(&Ask::new("POST", "/api/v1/auth/login").header("host", DOMAIN).body(foreign)).await;
    assert_eq!(refused.status, 401);
    assert_eq!(wire.send(&Ask::new("GET", "/health").header("host", DOMAIN)).await.status, 200);
    let unknown = Ask::new("GET", format!("/{}", random_id())).header("host", DOMAIN);
    assert_eq!(wire.send(&unknown).await.status, 404);
    world.end().await;
}
