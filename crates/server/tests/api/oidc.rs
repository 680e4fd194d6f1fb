//! The OpenID provider's endpoints: discovery, codes, tokens, refresh, introspection, revocation, userinfo.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tenantry_testkit::{MARKER_A, Options, World};
use tenantry_vault::hash_token;

use crate::provider::{App, CALLBACK, Provider, VERIFIER, claims};
use crate::sign_in::{advance, world_with_clock};
use crate::wire::random_id;

const ALL: &str = "openid profile email phone address roles families groups tenant plan offline_access";

#[tokio::test(flavor = "multi_thread")]
async fn both_documents_of_metadata_agree_and_name_what_there_is() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let openid = provider.get("/.well-known/openid-configuration").await.expect(200);
    let oauth = format!("/.well-known/oauth-authorization-server/t/{}", provider.slug);
    assert_eq!(provider.get(&oauth).await.expect(200).json(), openid.json());
    assert_eq!(openid.member("issuer"), provider.issuer);
    assert_eq!(openid.headers["content-type"], "application/json");
    let metadata = openid.json();
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = value.as_str().unwrap().strip_prefix(&provider.issuer).unwrap().to_owned();
            let got = provider.get(&path).await;
            assert_ne!(got.status, 404, "{name}");
        }
    }
    assert_eq!(metadata["prompt_values_supported"], json!(["none", "login", "consent", "select_account"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["ES256"]));
    let keys = provider.get("/oauth2/jwks").await.expect(200).json();
    assert_eq!((&keys["keys"][0]["alg"], keys["keys"][0].get("d")), (&json!("ES256"), None));
    provider.get("/../nobody/.well-known/openid-configuration").await.expect(404);
    // Pages of every origin may read it; they get no cookies along.
    let origin = [("origin", "https://spa.example.com".to_owned())];
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks", "/oauth2/userinfo"] {
        let got = provider.send("GET", path, &origin, None).await;
        assert_eq!(got.headers["access-control-allow-origin"], origin[0].1, "{path}");
        assert!(!got.headers.contains_key("access-control-allow-credentials"));
    }
    let page = provider.send("GET", "/oauth2/authorize", &origin, None).await;
    assert!(!page.headers.contains_key("access-control-allow-origin"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_client_completes_the_code_flow() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let scope = "openid profile email offline_access";
    let app = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[("nonce", "the nonce"), ("scope", scope)]).await.expect(200);
    let answer = browser.sign_in(&page).await.redirected(CALLBACK);
    assert_eq!((answer["state"].as_str(), &answer["iss"]), ("the state", &provider.issuer));
    let tokens = provider.exchange(&app, &answer["code"]).await.expect(200);
    assert_eq!(tokens.headers["cache-control"], "no-store");
    let tokens = tokens.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
    let access = tokens["access_token"].as_str().unwrap();
    let id = claims(tokens["id_token"].as_str().unwrap());
    let user = world.a.admin.to_string();
    let half = URL_SAFE_NO_PAD.encode(&hash_token(access)[..16]);
    for (name, value) in [
        ("iss", json!(provider.issuer)),
        ("sub", json!(user)),
        ("aud", json!(app.id)),
        ("nonce", json!("the nonce")),
        ("at_hash", json!(half)),
        ("amr", json!(["pwd"])),
    ] {
        assert_eq!(id[name], value, "{name}");
    }
    assert!(id["sid"].is_string() && id["auth_time"].is_i64() && id["acr"].is_string());
    // What scopes stand for is userinfo's to tell.
    assert_eq!(id.get("email"), None);
    let granted = claims(access);
    assert_eq!((&granted["client_id"], &granted["scope"]), (&json!(app.id), &json!(scope)));
    assert_eq!((&granted["aud"], &granted["sid"]), (&json!(provider.issuer), &id["sid"]));

    let expected = provider.userinfo(access).await.expect(200).json();
    assert_eq!((&expected["sub"], &expected["email"]), (&json!(user), &json!(world.a.admin_email)));
    assert_eq!((&expected["given_name"], expected.get("roles")), (&json!(MARKER_A), None));
    let bearer = [("authorization", format!("Bearer {access}"))];
    assert_eq!(provider.send("POST", "/oauth2/userinfo", &bearer, None).await.expect(200).json(), expected);
    let form = [("access_token", access)];
    assert_eq!(
        provider.send("POST", "/oauth2/userinfo", &[], Some(&form)).await.expect(200).json(),
        expected
    );
    provider.send("POST", "/oauth2/userinfo", &bearer, Some(&form)).await.refused(400, "invalid_request");
    // Signed in once, signed in for all clients.
    let other = provider.web_app().await;
    let second = provider.exchange(&other, &browser.code(&other, &[]).await).await.expect(200).json();
    assert_eq!(claims(second["id_token"].as_str().unwrap())["sid"], id["sid"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_of_a_client_is_nothing_to_the_api() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let tokens = provider.tokens(&app, ALL).await;
    for name in ["access_token", "id_token", "refresh_token"] {
        let token = tokens[name].as_str().unwrap();
        let client = world.client().with_token(token);
        client.get("/api/v1/auth/me").await.expect(401);
        client.get("/api/v1/users").await.expect(401);
    }
    // Nor is one of the API to userinfo.
    provider.userinfo(provider.admin.token.as_deref().unwrap()).await.refused(401, "invalid_token");
    for name in ["id_token", "refresh_token"] {
        provider.userinfo(tokens[name].as_str().unwrap()).await.refused(401, "invalid_token");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_and_single_requests_choose_the_claims() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let address = json!({"locality": "Pune", "country": "IN"});
    let me =
        json!({"phone": "+1234567890", "metadata": {"address": address, "nickname": "Ada", "locale": "hi"}});
    provider.admin.put("/api/v1/users/me", &me).await.expect(200);
    let body = json!({"name": "All", "redirect_uris": [CALLBACK], "needs_consent": false,
        "scopes": ALL.split(' ').collect::<Vec<_>>()});
    let app = provider.app(body).await;
    let tokens = provider.tokens(&app, ALL).await;
    let access = tokens["access_token"].as_str().unwrap();
    let known = provider.userinfo(access).await.expect(200).json();
    for (name, value) in [
        ("phone_number", json!("+1234567890")),
        ("phone_number_verified", json!(false)),
        ("address", address),
        ("nickname", json!("Ada")),
        ("locale", json!("hi")),
        ("roles", json!(["tenant_admin"])),
        ("families", json!(["Internal"])),
        ("groups", json!([])),
        ("tenant", json!({"id": world.a.id, "slug": "alpha", "name": "amaranth Limited"})),
    ] {
        assert_eq!(known[name], value, "{name}");
    }
    assert!(known["plan"].is_string() && known["updated_at"].is_i64());
    assert_eq!(claims(access)["roles"], json!(["tenant_admin"]));

    let asked = json!({
        "id_token": {"email": {"essential": true}, "roles": null, "shoe_size": null}, "userinfo": {"given_name": null},
    });
    let mut browser = provider.browser();
    let code = browser.code(&app, &[("claims", &asked.to_string())]).await;
    let tokens = provider.exchange(&app, &code).await.expect(200).json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["email"], &id["roles"]), (&json!(world.a.admin_email), &json!(["tenant_admin"])));
    let known = provider.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(known, json!({"sub": world.a.admin, "given_name": MARKER_A}));
    // Without `openid` there is no ID token and no userinfo.
    let plain = provider.tokens(&app, "email").await;
    assert_eq!(plain.get("id_token"), None);
    provider.userinfo(plain["access_token"].as_str().unwrap()).await.refused(403, "insufficient_scope");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_twice_ends_what_it_was_exchanged_for() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let code = provider.browser().code(&app, &[("scope", "openid offline_access")]).await;
    let tokens = provider.exchange(&app, &code).await.expect(200).json();
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    provider.userinfo(access).await.expect(200);
    provider.exchange(&app, &code).await.refused(400, "invalid_grant");
    provider.userinfo(access).await.refused(401, "invalid_token");
    provider.refresh(&app, refresh).await.refused(400, "invalid_grant");
    assert_eq!(provider.introspect(&app, access).await, json!({"active": false}));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_its_client_address_and_verifier_only() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let (app, other) = (provider.web_app().await, provider.web_app().await);
    let mut browser = provider.browser();
    let code = browser.code(&app, &[]).await;
    let whole = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let mut forms = Vec::new();
    let wrong = format!("{VERIFIER}x");
    for (name, value) in
        [("code_verifier", wrong.as_str()), ("redirect_uri", "https://app.example.com/callback/")]
    {
        forms.push(whole.map(|pair| if pair.0 == name { (name, value) } else { pair }).to_vec());
        forms.push(whole.into_iter().filter(|pair| pair.0 != name).collect());
    }
    let longer = format!("{code}x");
    forms.push(whole.map(|pair| if pair.0 == "code" { ("code", longer.as_str()) } else { pair }).to_vec());
    for form in forms {
        provider.post("/oauth2/token", &app, &form).await.refused(400, "invalid_grant");
    }
    provider.exchange(&other, &code).await.refused(400, "invalid_grant");
    advance(&world, 59);
    provider.exchange(&app, &code).await.expect(200);
    let late = browser.code(&app, &[]).await;
    advance(&world, 60);
    provider.exchange(&app, &late).await.refused(400, "invalid_grant");
    // A verifier where no challenge was: somebody has taken it out.
    let bare = browser.code(&app, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
    provider.exchange(&app, &bare).await.refused(400, "invalid_grant");
    let without = [("grant_type", "authorization_code"), ("code", bare.as_str()), ("redirect_uri", CALLBACK)];
    provider.post("/oauth2/token", &app, &without).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_grant() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let (app, other) = (provider.web_app().await, provider.web_app().await);
    let tokens = provider.tokens(&app, "openid email offline_access").await;
    let first = tokens["refresh_token"].as_str().unwrap();
    provider.refresh(&other, first).await.refused(400, "invalid_grant");
    let second = provider.refresh(&app, first).await.expect(200);
    // Two tabs at once: the same successor.
    assert_eq!(
        provider.refresh(&app, first).await.expect(200).member("refresh_token"),
        second.member("refresh_token")
    );
    let id = (claims(tokens["id_token"].as_str().unwrap()), claims(&second.member("id_token")));
    for name in ["sub", "aud", "iss", "auth_time", "sid"] {
        assert_eq!(id.0[name], id.1[name], "{name}");
    }
    assert_eq!(id.1.get("nonce"), None);
    let narrow = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &second.member("refresh_token")),
        ("scope", "openid"),
    ];
    let third = provider.post("/oauth2/token", &app, &narrow).await.expect(200);
    assert_eq!(third.member("scope"), "openid");
    let wide = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &third.member("refresh_token")),
        ("scope", "openid roles"),
    ];
    provider.post("/oauth2/token", &app, &wide).await.refused(400, "invalid_scope");
    advance(&world, 60);
    provider.refresh(&app, &second.member("refresh_token")).await.refused(400, "invalid_grant");
    provider.refresh(&app, &third.member("refresh_token")).await.refused(400, "invalid_grant");
    provider.userinfo(&third.member("access_token")).await.refused(401, "invalid_token");
    // It is over when the client's time for it is over.
    let tokens = provider.tokens(&app, "openid offline_access").await;
    advance(&world, 8 * 3600);
    provider.refresh(&app, tokens["refresh_token"].as_str().unwrap()).await.refused(400, "invalid_grant");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_the_session_ends_what_it_has_let_clients_have() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let (email, user) = world.create_user_a("reader", "viewer").await;
    let mut browser = provider.browser();
    let page = browser.authorize(&app, &[("scope", "openid offline_access")]).await.expect(200);
    let fields = [("email", email.as_str()), ("password", tenantry_testkit::PASSWORD)];
    let code = browser.submit(&page, &fields).await.redirected(CALLBACK).remove("code").unwrap();
    let tokens = provider.exchange(&app, &code).await.expect(200).json();
    provider.userinfo(tokens["access_token"].as_str().unwrap()).await.expect(200);
    let late = browser.code(&app, &[]).await;
    provider.admin.delete(&format!("/api/v1/users/{user}/sessions")).await.expect(200);
    provider.userinfo(tokens["access_token"].as_str().unwrap()).await.refused(401, "invalid_token");
    provider.refresh(&app, tokens["refresh_token"].as_str().unwrap()).await.refused(400, "invalid_grant");
    provider.exchange(&app, &late).await.refused(400, "invalid_grant");
    let again = browser.authorize(&app, &[("prompt", "none")]).await.redirected(CALLBACK);
    assert_eq!(again["error"], "login_required");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn introspection_tells_confidential_clients_what_a_token_says() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let (robot, public) = (
        provider.app(json!({"name": "Robot", "preset": "vendor"})).await,
        provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await,
    );
    let tokens = provider.tokens(&app, "openid offline_access").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let known = provider.introspect(&robot, access).await;
    assert_eq!((&known["active"], &known["client_id"]), (&json!(true), &json!(app.id)));
    assert_eq!((&known["sub"], &known["scope"]), (&json!(world.a.admin), &json!("openid offline_access")));
    assert_eq!((known.get("gid"), known.get("iat_ms")), (None, None));
    assert_eq!(provider.introspect(&app, refresh).await["active"], true);
    // Another client's refresh token is nobody's business.
    assert_eq!(provider.introspect(&robot, refresh).await, json!({"active": false}));
    for token in
        ["nonsense", "a.b.c", tokens["id_token"].as_str().unwrap(), provider.admin.token.as_deref().unwrap()]
    {
        assert_eq!(provider.introspect(&robot, token).await, json!({"active": false}), "{token}");
    }
    provider.post("/oauth2/introspect", &public, &[("token", access)]).await.refused(401, "invalid_client");
    provider
        .send("POST", "/oauth2/introspect", &[], Some(&[("token", access)]))
        .await
        .refused(401, "invalid_client");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_given_back_is_refused_from_then_on() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, other) = (provider.web_app().await, provider.web_app().await);
    let one = provider.tokens(&app, "openid offline_access").await;
    let (access, refresh) = (one["access_token"].as_str().unwrap(), one["refresh_token"].as_str().unwrap());
    // Another client changes nothing, and does not learn whether the token is one.
    for token in [access, refresh, "nonsense"] {
        let got = provider.post("/oauth2/revoke", &other, &[("token", token)]).await.expect(200);
        assert_eq!(got.text, "");
    }
    provider.userinfo(access).await.expect(200);
    provider.post("/oauth2/revoke", &app, &[("token", access)]).await.expect(200);
    provider.userinfo(access).await.refused(401, "invalid_token");
    let two = provider.refresh(&app, refresh).await.expect(200);
    provider.userinfo(&two.member("access_token")).await.expect(200);
    provider.post("/oauth2/revoke", &app, &[("token", &two.member("refresh_token"))]).await.expect(200);
    provider.userinfo(&two.member("access_token")).await.refused(401, "invalid_token");
    provider.refresh(&app, &two.member("refresh_token")).await.refused(400, "invalid_grant");
    provider.post("/oauth2/revoke", &app, &[]).await.refused(400, "invalid_request");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_goes_on_with_what_a_person_has_let_another_client_have() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    let server = |scopes: &'static [&'static str]| json!({"name": random_id(), "kind": "machine", "grant_types": [grant, "client_credentials"], "scopes": scopes});
    let (web, first, second) = (
        provider.web_app().await,
        provider.app(server(&["openid", "email", "orders:read"])).await,
        provider.app(server(&["email"])).await,
    );
    let tokens = provider.tokens(&web, "openid email roles offline_access").await;
    let (subject, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let form = |token: &str, scope: &str| {
        [("grant_type", grant), ("subject_token_type", kind)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([("subject_token".to_owned(), token.to_owned()), ("scope".to_owned(), scope.to_owned())])
            .collect::<Vec<_>>()
    };
    let send = async |app: &App, form: Vec<(String, String)>| {
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        provider.post("/oauth2/token", app, &form).await
    };
    let one = send(&first, form(subject, "")).await.expect(200);
    assert_eq!((one.member("scope"), one.member("issued_token_type")), ("openid email".into(), kind.into()));
    let (before, after) = (claims(subject), claims(&one.member("access_token")));
    for name in ["sub", "sid", "auth_time", "iss", "tid"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!((&after["client_id"], &after["act"]), (&json!(first.id), &json!({"sub": first.id})));
    assert!(after["exp"].as_i64() <= before["exp"].as_i64() && after.get("roles").is_none());
    provider.userinfo(&one.member("access_token")).await.expect(200);
    let two = send(&second, form(&one.member("access_token"), "email")).await.expect(200);
    assert_eq!(
        claims(&two.member("access_token"))["act"],
        json!({"sub": second.id, "act": {"sub": first.id}})
    );

    for (app, token, scope, error) in [
        (&first, subject, "roles", "invalid_scope"),
        (&first, subject, "orders:read", "invalid_scope"),
        (&first, refresh, "", "invalid_request"),
        (&first, tokens["id_token"].as_str().unwrap(), "", "invalid_request"),
        (&first, provider.admin.token.as_deref().unwrap(), "", "invalid_request"),
        (&web, subject, "", "unauthorized_client"),
    ] {
        send(app, form(token, scope)).await.refused(400, error);
    }
    for (name, value, error) in [
        ("actor_token", subject, "invalid_request"),
        ("audience", "https://orders.example.com", "invalid_target"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request"),
    ] {
        let mut form = form(subject, "");
        form.push((name.to_owned(), value.to_owned()));
        send(&first, form).await.refused(400, error);
    }
    // What ends the grant ends what has been made of it.
    provider.post("/oauth2/revoke", &web, &[("token", refresh)]).await.expect(200);
    for got in [&one, &two] {
        provider.userinfo(&got.member("access_token")).await.refused(401, "invalid_token");
    }
    send(&first, form(subject, "")).await.refused(400, "invalid_request");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_connection_waits_for_no_other() {
    let few = [("database.max_connections", "4"), ("database.acquire_timeout_ms", "2000")];
    let settings = few.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let world = World::with(Options { settings, ..Options::default() }).await;
    let provider = Provider::of(&world, &world.a).await;
    let scope = json!({"name": "told", "description": "Told", "in_id_token": true,
        "claims": {"shoe": {"metadata": "shoe_size"}}});
    provider.admin.post("/api/v1/oauth/scopes", &scope).await.expect(201);
    let scopes = ["openid", "email", "told", "offline_access"];
    let body = json!({"name": "App", "kind": "confidential", "redirect_uris": [CALLBACK], "scopes": scopes,
        "grant_types": ["authorization_code", "refresh_token"], "needs_consent": false});
    let app = provider.app(body).await;
    let mut browser = provider.browser();
    let mut codes = Vec::new();
    for _ in 0..24 {
        codes.push(browser.code(&app, &[("scope", &scopes.join(" "))]).await);
    }
    let answers =
        futures_util::future::join_all(codes.iter().map(|code| provider.exchange(&app, code))).await;
    let tokens: Vec<String> =
        answers.into_iter().map(|answer| answer.expect(200).member("refresh_token")).collect();
    let answers =
        futures_util::future::join_all(tokens.iter().map(|token| provider.refresh(&app, token))).await;
    for answer in answers {
        assert!(claims(&answer.expect(200).member("id_token")).get("sub").is_some());
    }
    world.end().await;
}
