//! Whatever one tenant's provider has issued is nothing at another's: every credential at every endpoint.

use serde_json::json;
use tenantry_testkit::{Options, World};

use crate::operation::Operation;
use crate::provider::{App, CALLBACK, Got, Provider, VERIFIER, form_of};
use crate::wire::random_id;

/// Every credential is tried at every operation: that takes longer than a code counts, so time stands still.
async fn still() -> World {
    let clock = Some("2026-11-05T12:00:00Z".parse().unwrap());
    World::with(Options { clock, ..Options::default() }).await
}

/// Everything that tenant A has issued.
struct Loot {
    app: App,
    code: String,
    access: String,
    id: String,
    refresh: String,
    api: String,
    api_refresh: String,
    cookies: Vec<(String, String)>,
}

async fn loot(world: &World, provider: &Provider) -> Loot {
    let app = provider.web_app().await;
    let scope = [("scope", "openid profile email offline_access")];
    let mut browser = provider.browser();
    let spent = browser.code(&app, &scope).await;
    let tokens = provider.exchange(&app, &spent).await.expect(200);
    let code = browser.code(&app, &scope).await;
    let cookies = browser.cookies.into_iter().collect();
    let admin = world.admin_a().await;
    Loot {
        code,
        access: tokens.member("access_token"),
        id: tokens.member("id_token"),
        refresh: tokens.member("refresh_token"),
        api: admin.token.unwrap(),
        api_refresh: admin.refresh_token.unwrap(),
        cookies,
        app,
    }
}

/// The same answer, but for the request's id.
fn same(theirs: &Got, nobodys: &Got) -> bool {
    let scrub = |got: &Got| {
        let mut headers = got.headers.clone();
        for name in ["x-request-id", "date"] {
            headers.remove(name);
        }
        (got.status, headers, got.text.clone())
    };
    scrub(theirs) == scrub(nobodys)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_of_one_tenant_counts_at_another() {
    let world = still().await;
    let (a, b) = (Provider::of(&world, &world.a).await, Provider::of(&world, &world.b).await);
    attack(&world, &a, &b).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_of_one_tenant_counts_at_the_domain_of_another() {
    let world = still().await;
    let a = Provider::at_domain(&world, &world.a, "login.amaranth.example").await;
    let b = Provider::at_domain(&world, &world.b, "login.borogove.example").await;
    attack(&world, &a, &b).await;
    world.end().await;
}

/// Use everything of A's at B's.
async fn attack(world: &World, a: &Provider, b: &Provider) {
    let loot = loot(world, a).await;
    let own = b.web_app().await;
    let nobody = App { id: random_id(), secret: Some(format!("tcs_{}", random_id())) };
    let tokens = [&loot.access, &loot.id, &loot.refresh, &loot.api, &loot.api_refresh, &loot.code];

    // A's client at B's endpoints is no client: told from nobody by nothing.
    for path in [
        "/oauth2/token",
        "/oauth2/introspect",
        "/oauth2/revoke",
        "/oauth2/par",
        "/oauth2/device_authorization",
    ] {
        for (grant, name, value) in [
            ("authorization_code", "code", &loot.code),
            ("refresh_token", "refresh_token", &loot.refresh),
            ("client_credentials", "token", &loot.access),
        ] {
            let form = [
                ("grant_type", grant),
                (name, value.as_str()),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ];
            let theirs = b.post(path, &loot.app, &form).await;
            theirs.refused(401, "invalid_client");
            assert!(same(&theirs, &b.post(path, &nobody, &form).await), "{path} {grant}");
        }
    }
    // A's tokens and codes in the hands of B's own client.
    for token in tokens {
        b.exchange(&own, token).await.refused(400, "invalid_grant");
        b.refresh(&own, token).await.refused(400, "invalid_grant");
        b.userinfo(token).await.refused(401, "invalid_token");
        b.send("POST", "/oauth2/userinfo", &[], Some(&[("access_token", token)]))
            .await
            .refused(401, "invalid_token");
        assert_eq!(b.introspect(&own, token).await, json!({"active": false}));
        b.post("/oauth2/revoke", &own, &[("token", token)]).await.expect(200);
    }
    at_the_api(world, &loot).await;
    at_the_pages(b, &loot, &own).await;
    // None of it has hurt A.
    a.userinfo(&loot.access).await.expect(200);
    a.refresh(&loot.app, &loot.refresh).await.expect(200);
    a.exchange(&loot.app, &loot.code).await.expect(200);
}

/// Neither B's API nor A's takes what the provider has issued; B's takes nothing of A's at all.
async fn at_the_api(world: &World, loot: &Loot) {
    for token in [&loot.access, &loot.id, &loot.refresh, &loot.code, &loot.api] {
        for operation in
            Operation::all("/v1/{tenant}").iter().filter(|one| !one.is_public() && one.ids.is_empty())
        {
            let path = operation.path.replace("{tenant}", &world.b.slug);
            let got = world.client().with_token(token).send(&operation.method, &path, None).await;
            let expected = if token == &loot.api { 404 } else { 401 };
            assert_eq!(got.status, expected, "{} {path}: {}", operation.method, got.text);
        }
    }
}

/// A's session, hint, client and forms on B's pages.
async fn at_the_pages(b: &Provider, loot: &Loot, own: &App) {
    let (sso, form): (Vec<_>, Vec<_>) = loot.cookies.iter().partition(|(name, _)| name.contains(".sso"));
    let mut browser = b.browser();
    for (name, value) in sso.iter().chain(&form) {
        let theirs = name.replace("-alpha.", "-beta.");
        assert_ne!(&theirs, name);
        browser.cookies.insert(name.clone(), value.clone());
        browser.cookies.insert(theirs, value.clone());
    }
    let got = browser.authorize(own, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "login_required", "A's session at B");
    let got = browser.authorize(own, &[("id_token_hint", &loot.id)]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "invalid_request", "A's hint at B");
    assert_eq!(browser.authorize(&loot.app, &[]).await.status, 400, "A's client at B");
    let got = browser.get("/account/security").await.expect(200);
    assert!(got.text.contains("name=\"password\""), "A's session at B's pages of one's own account");
    // A form of A's, bound to the very same cookie.
    let page = browser.authorize(own, &[]).await.expect(200);
    let (_, hidden) = form_of(&page.text);
    assert!(hidden.iter().any(|(name, _)| name == "form_token"));
    let email = b.email.replace("borogove", "amaranth");
    let got = browser.submit(&page, &[("email", &email), ("password", tenantry_testkit::PASSWORD)]).await;
    assert_eq!(got.status, 401, "A's person at B");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_one_tenants_page_is_nothing_at_another_even_with_its_cookie() {
    let world = World::new().await;
    let (a, b) = (Provider::of(&world, &world.a).await, Provider::of(&world, &world.b).await);
    let (app_a, app_b) = (a.web_app().await, b.web_app().await);
    let mut at_a = a.browser();
    let page_a = at_a.authorize(&app_a, &[]).await.expect(200);
    let mut at_b = b.browser();
    let page_b = at_b.authorize(&app_b, &[]).await.expect(200);
    let token = form_of(&page_a.text).1.into_iter().find(|(name, _)| name == "form_token").unwrap().1;
    let cookie = at_a.cookies["__Host-tenantry-alpha.form"].clone();
    at_b.cookies.insert("__Host-tenantry-beta.form".to_owned(), cookie);
    let fields =
        [("form_token", token.as_str()), ("email", &b.email), ("password", tenantry_testkit::PASSWORD)];
    let got = at_b.submit(&page_b, &fields).await;
    assert_eq!(got.status, 400, "{got:?}");
    world.end().await;
}

/// Every route of an issuer is in one of the lists that this file and its neighbours attack.
#[test]
fn every_route_of_an_issuer_is_known_here() {
    let mut routes: Vec<String> = Operation::all("/")
        .iter()
        .filter(|one| one.path.contains("/t/{tenant}"))
        .map(|one| one.name().replace("/t/{tenant}", ""))
        .collect();
    routes.sort();
    assert_eq!(
        routes,
        [
            "GET /.well-known/oauth-authorization-server",
            "GET /.well-known/openid-configuration",
            "GET /account",
            "GET /account/{page}",
            "GET /branding/logo/{logo_id}",
            "GET /device",
            "GET /federation",
            "GET /invitation",
            "GET /new-password",
            "GET /oauth2/authorize",
            "GET /oauth2/jwks",
            "GET /oauth2/logout",
            "GET /oauth2/userinfo",
            "GET /recover",
            "GET /register",
            "GET /verify-email",
            "POST /account/{page}",
            "POST /consent",
            "POST /device",
            "POST /enrolment",
            "POST /invitation",
            "POST /new-password",
            "POST /oauth2/authorize",
            "POST /oauth2/device_authorization",
            "POST /oauth2/introspect",
            "POST /oauth2/logout",
            "POST /oauth2/par",
            "POST /oauth2/revoke",
            "POST /oauth2/token",
            "POST /oauth2/userinfo",
            "POST /passkey",
            "POST /recover",
            "POST /register",
            "POST /second-factor",
            "POST /sign-in",
            "POST /sign-out",
            "POST /verify-email",
        ]
    );
}
