//! Signing in with accounts that others keep: what works, and every way to get in that must not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{PASSWORD, World};

use crate::idp::{CLIENT, Idp, SECRET, parameter, world};
use crate::provider::{Browser, CALLBACK, Got, Provider, claims};

const PROVIDERS: &str = "/api/v1/identity-providers";
const DIRECTORY: &str = "5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87";

async fn set_up(provider: &Provider, idp: &Idp, change: Value) -> Value {
    let mut body = json!({"type": "oidc", "name": "Corp", "issuer": idp.issuer(), "client_id": CLIENT,
        "client_secret": SECRET, "auto_provision": true});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let made = provider.admin.post(PROVIDERS, &body).await.expect(201);
    assert!(!made.text.contains("s3cret"), "{}", made.text);
    made.body["data"].clone()
}

/// Leave for the provider through the API: its address.
async fn leave(browser: &mut Browser<'_>, slug: &str) -> String {
    let got = browser.get(&format!("/api/v1/auth/oauth/{slug}/login/alpha")).await.expect(200);
    got.json()["data"]["authorization_url"].as_str().unwrap().to_owned()
}

/// Come back with a code.
async fn back(browser: &mut Browser<'_>, slug: &str, address: &str, code: &str) -> Got {
    let state = parameter(address, "state");
    browser.get(&format!("/api/v1/auth/oauth/{slug}/callback/alpha?code={code}&state={state}")).await
}

/// Sign in by an account with these claims.
async fn sign_in(provider: &Provider, idp: &Idp, slug: &str, change: Value) -> Got {
    let mut browser = provider.browser();
    let address = leave(&mut browser, slug).await;
    let code = idp.code(&address, &change);
    back(&mut browser, slug, &address, &code).await
}

async fn me(world: &World, got: &Got) -> Value {
    let token = got.json()["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{got:?}")).to_owned();
    world.client().with_token(&token).get("/api/v1/auth/me").await.expect(200).body["data"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_for_the_first_time_becomes_a_user_and_stays_the_same() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let made = set_up(&provider, &idp, json!({})).await;
    let callback =
        format!("{}/api/v1/auth/oauth/oidc/callback/alpha", provider.issuer.split("/t/").next().unwrap());
    assert_eq!((&made["slug"], &made["callback_url"]), (&json!("oidc"), &json!(callback)));
    let mut browser = provider.browser();
    let address = leave(&mut browser, "oidc").await;
    assert_eq!(
        (parameter(&address, "redirect_uri"), parameter(&address, "scope")),
        (callback, "openid email profile".to_owned())
    );
    let code = idp.code(&address, &json!({}));
    // Document D's way: a page hands the code on.
    let url = format!("{}/api/v1/auth/oauth/oidc/callback/alpha", world.client().base);
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let client = world.client().header("cookie", &cookies.join("; "));
    let path = url.strip_prefix(&world.client().base).unwrap();
    let without = client.post(path, &json!({"code": code})).await.expect(400);
    assert_eq!(without.code(), "invalid_state");
    let body = json!({"code": code, "state": parameter(&address, "state")});
    let tokens = client.post(path, &body).await.expect(200);
    let token = tokens.body["data"]["access_token"].as_str().unwrap();
    let first =
        world.client().with_token(token).get("/api/v1/users/me").await.expect(200).body["data"].clone();
    assert_eq!((&first["email"], &first["first_name"]), (&json!("new@corp.example"), &json!("Nora")));
    assert_eq!((&first["status"], &first["email_verified"]), (&json!("active"), &json!(true)));
    let refresh =
        json!({"grant_type": "refresh_token", "refresh_token": tokens.body["data"]["refresh_token"]});
    world.client().header("x-tenant-slug", "alpha").post("/api/v1/auth/token", &refresh).await.expect(200);
    // Again, with another address: the same user, found by the provider's own name for it.
    let again = sign_in(&provider, &idp, "oidc", json!({"email": "renamed@corp.example"})).await.expect(200);
    let again = me(&world, &again).await;
    assert_eq!(
        (&again["id"], &again["email"], &again["roles"]),
        (&first["id"], &json!("new@corp.example"), &json!(["user"]))
    );
    // Whoever may not be in does not come in so either.
    let path = format!("/api/v1/users/{}", first["id"].as_str().unwrap());
    provider.admin.put(&path, &json!({"status": "suspended"})).await.expect(200);
    let got = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401);
    assert_eq!(got.json()["code"], "federation_refused");
    let refused =
        provider.admin.get("/api/v1/audit/logs?action=auth:federation&outcome=refused").await.expect(200);
    assert_eq!(refused.body["data"].as_array().unwrap().len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_page_offers_the_way_and_goes_on_to_the_client() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    assert!(!browser.authorize(&app, &[]).await.expect(200).text.contains("/federation"));
    set_up(&provider, &idp, json!({"name": "Corp & Co", "email_domains": ["corp.example"]})).await;
    let page = browser.authorize(&app, &[("nonce", "n-1")]).await.expect(200);
    assert!(page.text.contains("Continue with Corp &amp; Co"), "{}", page.text);
    let link = page
        .text
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&")
        .replace("&#x2f;", "/");
    let gone = browser.get(&link).await.expect(303);
    let address = gone.headers["location"].clone();
    assert!(address.starts_with(&idp.issuer().replace("/realm/corp", "/authorize?")));
    let code = idp.code(&address, &json!({}));
    let done = back(&mut browser, "oidc", &address, &code).await.redirected(CALLBACK);
    assert_eq!(done["state"], "the state");
    let id = claims(&provider.exchange(&app, &done["code"]).await.expect(200).member("id_token"));
    assert_eq!((&id["amr"], &id["nonce"]), (&json!(["fed"]), &json!("n-1")));
    // Signed in at the provider: the next client gets its code at once.
    browser.code(&app, &[("prompt", "none")]).await;
    // By the e-mail address alone; what a domain is not known for says nothing of users.
    let mut other = provider.browser();
    let page = other.authorize(&app, &[]).await.expect(200);
    let known = other.submit(&page, &[("email", "any@Corp.example"), ("federate", "1")]).await.expect(200);
    assert!(
        known.text.contains("http-equiv=\"refresh\"") && known.text.contains("login_hint=any%40Corp.example")
    );
    for email in [provider.email.as_str(), "nobody@nowhere.example", ""] {
        let none = other.submit(&page, &[("email", email), ("federate", "1")]).await.expect(404);
        assert!(none.text.contains("Nobody keeps accounts"), "{email}");
    }
    // A request that was made up leads to nobody.
    let evil = browser.get("/federation?provider=oidc&request=client_id%3Dx%26redirect_uri%3Dhttps%253A%252F%252Fevil.example").await.expect(303);
    let address = evil.headers["location"].clone();
    let code = idp.code(&address, &json!({}));
    let got = back(&mut browser, "oidc", &address, &code).await.expect(400);
    assert!(!got.headers.contains_key("location"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_counts_but_the_one_that_was_asked_for() {
    let (world, idp) = (world().await, Idp::start(DIRECTORY).await);
    let provider = Provider::of(&world, &world.a).await;
    let entra = json!({"type": "microsoft", "directory_id": DIRECTORY, "email_domains": ["corp.example"]});
    set_up(&provider, &idp, entra).await;
    set_up(&provider, &idp, json!({"type": "google", "hosted_domain": "corp.example"})).await;
    let now = tenantry_kernel::Clock::system().now().as_second();
    let tid = json!({"tid": DIRECTORY});
    let other = "11111111-7a10-4c5c-9b3e-2f1d1c0b9a87";
    for (slug, change) in [
        ("microsoft", json!({"iss": idp.issuer().replace(DIRECTORY, other)})),
        ("microsoft", json!({"iss": format!("{}/", idp.issuer())})),
        ("microsoft", json!({"iss": idp.issuer().replace(DIRECTORY, "{tenantid}")})),
        ("microsoft", json!({"tid": other})),
        ("microsoft", json!({"tid": null})),
        ("microsoft", json!({"aud": "another client"})),
        ("microsoft", json!({"aud": [CLIENT, "another client"]})),
        ("microsoft", json!({"azp": "another client"})),
        ("microsoft", json!({"nonce": "another"})),
        ("microsoft", json!({"nonce": null})),
        ("microsoft", json!({"exp": now - 61})),
        ("microsoft", json!({"exp": null})),
        ("microsoft", json!({"iat": now + 120})),
        ("microsoft", json!({"nbf": now + 120})),
        ("microsoft", json!({"iat": now - 3600})),
        ("microsoft", json!({"iat": null})),
        ("microsoft", json!({"sub": null})),
        ("microsoft", json!({"sub": ""})),
        ("microsoft", json!({"email": null})),
        ("microsoft", json!({"email": "new@evil.example"})),
        ("microsoft", json!({"email": "new@corp.example.evil.example"})),
        ("microsoft", json!({"email_verified": false})),
        ("microsoft", json!({"email_verified": null})),
        ("google", json!({"hd": "evil.example"})),
        ("google", json!({"hd": null})),
    ] {
        let mut whole = tid.clone();
        whole["hd"] = json!("corp.example");
        whole.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let got = sign_in(&provider, &idp, slug, whole).await;
        assert_eq!(
            (got.status, &got.json()["code"]),
            (401, &json!("federation_refused")),
            "{change} {got:?}"
        );
        assert!(!got.text.contains("evil") && !got.text.contains("corp.example"), "{got:?}");
    }
    // Nor one that is not the issuer's, whatever its header says.
    let mut browser = provider.browser();
    let address = leave(&mut browser, "microsoft").await;
    let body = URL_SAFE_NO_PAD.encode(idp.claims(&address, &tid).to_string());
    let (kid, key) = idp.public_key();
    let header = |alg: &str| {
        URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "JWT", "kid": kid, "jwk": key}).to_string())
    };
    let signed = format!("{}.{body}", header("HS256"));
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let mac = aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &public),
        signed.as_bytes(),
    );
    for token in [
        format!("{}.{body}.", header("none")),
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac)),
        format!("{}.{body}.{}", header("ES256"), "A".repeat(86)),
        format!("{}.{body}.{}", header("RS256"), "A".repeat(342)),
        "nonsense".to_owned(),
        String::new(),
    ] {
        let address = leave(&mut browser, "microsoft").await;
        let code = idp.code_for(&address, token.clone());
        let got = back(&mut browser, "microsoft", &address, &code).await;
        assert_eq!(got.json()["code"], "federation_refused", "{token} {got:?}");
    }
    let address = leave(&mut browser, "microsoft").await;
    let got = back(&mut browser, "microsoft", &address, &idp.forged(&address)).await;
    assert_eq!(got.json()["code"], "federation_refused");
    let users = provider.admin.get("/api/v1/users?count=true").await.expect(200);
    assert_eq!(users.body["meta"]["total"], 1, "nobody has become a user");
    let good = json!({"tid": DIRECTORY.to_uppercase(), "hd": "corp.example", "email_verified": null, "xms_edov": "1"});
    sign_in(&provider, &idp, "microsoft", good).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_in_the_browser_that_has_left_and_from_whom_it_went_to() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let theirs = Provider::of(&world, &world.b).await;
    set_up(&provider, &idp, json!({"slug": "one"})).await;
    set_up(&provider, &idp, json!({"slug": "two"})).await;
    set_up(&theirs, &idp, json!({"slug": "one"})).await;
    let mut browser = provider.browser();
    let address = leave(&mut browser, "one").await;
    let code = idp.code(&address, &json!({}));
    let state = parameter(&address, "state");
    let at = |slug: &str, tenant: &str| {
        format!("/api/v1/auth/oauth/{slug}/callback/{tenant}?code={code}&state={state}")
    };
    // Sign-in by another site: the attacker's answer in the victim's browser.
    let mut victim = provider.browser();
    leave(&mut victim, "one").await;
    let mut nobody = provider.browser();
    for browser in [&mut victim, &mut nobody] {
        let got = browser.get(&at("one", "alpha")).await.expect(400);
        assert!(got.cookies.iter().all(|cookie| !cookie.contains(".sso")), "{got:?}");
        let address = leave(browser, "one").await;
        assert_ne!(parameter(&address, "nonce"), parameter(&address, "state"));
    }
    // The victim's attempt has used it up, and nobody was let in.
    browser.get(&at("one", "alpha")).await.expect(400);

    let address = leave(&mut browser, "one").await;
    let code = idp.code(&address, &json!({}));
    let state = parameter(&address, "state");
    let at = |slug: &str, tenant: &str| {
        format!("/api/v1/auth/oauth/{slug}/callback/{tenant}?code={code}&state={state}")
    };
    // At another tenant, with the very same cookie.
    let cookie = browser.cookies["__Host-tenantry-alpha.fed"].clone();
    browser.cookies.insert("__Host-tenantry-beta.fed".to_owned(), cookie);
    browser.get(&at("one", "beta")).await.expect(400);
    back(&mut browser, "one", &address, &code).await.expect(200);
    // Again.
    back(&mut browser, "one", &address, &code).await.expect(400);

    // Mix-up: the answer of one provider at the address of the other.
    let address = leave(&mut browser, "one").await;
    let code = idp.code(&address, &json!({}));
    back(&mut browser, "two", &address, &code).await.expect(400);
    // The issuer that names itself must be the one.
    let address = leave(&mut browser, "one").await;
    let code = idp.code(&address, &json!({}));
    let state = parameter(&address, "state");
    let named = format!(
        "/api/v1/auth/oauth/one/callback/alpha?code={code}&state={state}&iss=https%3A%2F%2Fevil.example"
    );
    browser.get(&named).await.expect(401);
    // A code that was made for another request: the verifier does not fit.
    let (mine, stolen) = (leave(&mut browser, "one").await, leave(&mut victim, "one").await);
    let injected = idp.code(&stolen, &json!({}));
    assert_eq!(
        back(&mut browser, "one", &mine, &injected).await.expect(401).json()["code"],
        "federation_refused"
    );
    for query in ["", "?code=x", "?code=x&state=", "?code=x&state=y.z", "?error=access_denied"] {
        browser.get(&format!("/api/v1/auth/oauth/one/callback/alpha{query}")).await.expect(400);
    }
    let address = leave(&mut browser, "one").await;
    let denied = format!(
        "/api/v1/auth/oauth/one/callback/alpha?error=access_denied&state={}",
        parameter(&address, "state")
    );
    browser.get(&denied).await.expect(401);
    browser.get("/api/v1/auth/oauth/three/login/alpha").await.expect(404);
    browser.get("/api/v1/auth/oauth/one/login/nobody").await.expect(404);
    let elsewhere = browser
        .get("/api/v1/auth/oauth/one/login/alpha?redirect_uri=https://evil.example/")
        .await
        .expect(400);
    assert!(!elsewhere.text.contains("authorization_url"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_somebody_has_is_linked_by_that_somebody_only() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    let (email, user) = world.create_user_a("member", "viewer").await;
    let theirs = json!({"email": email.to_uppercase(), "sub": "attacker"});
    let got = sign_in(&provider, &idp, "oidc", theirs.clone()).await.expect(409);
    assert_eq!(got.json()["code"], "link_required");
    // Signed in, somebody links the account that is theirs.
    let member = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let begun = member.post("/api/v1/users/me/identities", &json!({"provider": "oidc"})).await.expect(200);
    let address = begun.body["data"]["authorization_url"].as_str().unwrap().to_owned();
    let code = idp.code(&address, &theirs);
    // Not in another browser: nobody links their account to somebody else's user.
    back(&mut provider.browser(), "oidc", &address, &code).await.expect(400);
    let begun = member.post("/api/v1/users/me/identities", &json!({"provider": "oidc"})).await.expect(200);
    let address = begun.body["data"]["authorization_url"].as_str().unwrap().to_owned();
    let mut browser = provider.browser();
    let (name, rest) = begun.header("set-cookie").unwrap().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
    let code = idp.code(&address, &theirs);
    let linked = back(&mut browser, "oidc", &address, &code).await.expect(200);
    assert!(linked.text.contains("The account is linked"));
    assert!(linked.cookies.is_empty(), "linking signs nobody in");
    let got = sign_in(&provider, &idp, "oidc", theirs.clone()).await.expect(200);
    assert_eq!(me(&world, &got).await["id"], user);
    let listed = member.get("/api/v1/users/me/identities").await.expect(200).body["data"].clone();
    assert_eq!((&listed[0]["provider"], listed.as_array().unwrap().len()), (&json!("oidc"), 1));
    let id = listed[0]["id"].as_str().unwrap();
    // Others neither see nor unlink it.
    assert_eq!(provider.admin.get("/api/v1/users/me/identities").await.expect(200).body["data"], json!([]));
    provider.admin.delete(&format!("/api/v1/users/me/identities/{id}")).await.expect(404);
    member.delete(&format!("/api/v1/users/me/identities/{id}")).await.expect(200);
    sign_in(&provider, &idp, "oidc", theirs).await.expect(409);
    // The only way in stays.
    let got = sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    let token = got.json()["data"]["access_token"].as_str().unwrap().to_owned();
    let only = world.client().with_token(&token);
    let id = only.get("/api/v1/users/me/identities").await.expect(200).body["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        only.delete(&format!("/api/v1/users/me/identities/{id}")).await.expect(409).code(),
        "last_way_in"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_give_and_take_the_roles_that_were_set_up_for_them() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let roles = provider.admin.get("/api/v1/roles").await.expect(200).body["data"].clone();
    let role =
        |name: &str| roles.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let (manager, viewer, admin) = (role("project_manager"), role("viewer"), role("tenant_admin"));
    let settings = json!({"groups_claim": "memberships", "default_role_id": viewer,
        "group_roles": {"managers": manager, "admins": admin}});
    set_up(&provider, &idp, settings).await;
    let roles_with = async |groups: Value| {
        let got = sign_in(&provider, &idp, "oidc", json!({"memberships": groups})).await.expect(200);
        me(&world, &got).await["roles"].clone()
    };
    assert_eq!(
        roles_with(json!(["managers", "tenant_admin", "unknown"])).await,
        json!(["project_manager", "viewer"])
    );
    assert_eq!(roles_with(json!(["admins"])).await, json!(["tenant_admin", "viewer"]));
    assert_eq!(roles_with(Value::Null).await, json!(["viewer"]));
    // What was given by hand is not the group's to take.
    let users = provider.admin.get("/api/v1/users?email=new@corp.example").await.expect(200);
    let user = users.body["data"][0]["id"].as_str().unwrap().to_owned();
    provider
        .admin
        .post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": manager}))
        .await
        .expect(200);
    assert_eq!(roles_with(json!("managers")).await, json!(["project_manager", "viewer"]));
    assert_eq!(roles_with(json!([])).await, json!(["project_manager", "viewer"]));
    // Trying it shows what it would do, and does nothing.
    let id =
        provider.admin.get(PROVIDERS).await.expect(200).body["data"][0]["id"].as_str().unwrap().to_owned();
    provider.admin.put(&format!("{PROVIDERS}/{id}"), &json!({"enabled": false})).await.expect(200);
    let begun = provider.admin.post(&format!("{PROVIDERS}/{id}/test"), &json!({})).await.expect(200);
    let mut browser = provider.browser();
    let (name, rest) = begun.header("set-cookie").unwrap().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
    let address = begun.body["data"]["authorization_url"].as_str().unwrap().to_owned();
    let code = idp
        .code(&address, &json!({"memberships": ["admins"], "sub": "somebody", "email": "some@corp.example"}));
    let tried = back(&mut browser, "oidc", &address, &code).await.expect(200);
    let shown = tried.json()["data"].clone();
    assert_eq!((&shown["outcome"], &shown["roles"]), (&json!("new"), &json!([admin])));
    assert_eq!(shown["claims"]["email"], "some@corp.example");
    assert!(tried.cookies.is_empty() && shown.get("access_token").is_none());
    let users = provider.admin.get("/api/v1/users?count=true").await.expect(200);
    assert_eq!(users.body["meta"]["total"], 2);
    // Switched off, nobody comes in.
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_looked_for_again_but_not_for_everybody_who_asks() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    assert_eq!(idp.asked_for_keys(), 1);
    let mut browser = provider.browser();
    for number in 0..5 {
        let address = leave(&mut browser, "oidc").await;
        let body = URL_SAFE_NO_PAD.encode(idp.claims(&address, &json!({})).to_string());
        let header =
            URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "kid": format!("unknown {number}")}).to_string());
        let code = idp.code_for(&address, format!("{header}.{body}.{}", "A".repeat(86)));
        back(&mut browser, "oidc", &address, &code).await.expect(401);
    }
    assert_eq!(idp.asked_for_keys(), 1, "within a minute, once");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_found_after_a_minute() {
    let idp = Idp::start("corp").await;
    let settings = vec![
        ("outgoing.private_hosts".to_owned(), "127.0.0.1".to_owned()),
        ("http.public_url".to_owned(), "http://localhost:8080".to_owned()),
    ];
    let clock = Some(tenantry_kernel::Clock::system().now());
    let world =
        World::with(tenantry_testkit::Options { clock, settings, ..tenantry_testkit::Options::default() })
            .await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    set_up(&provider, &idp, json!({})).await;
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    idp.rotate();
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(401);
    crate::sign_in::advance(&world, 61);
    let later = tenantry_kernel::Clock::system().now().as_second() + 61;
    let change = json!({"iat": later, "exp": later + 300});
    sign_in(&provider, &idp, "oidc", change.clone()).await.expect(200);
    assert_eq!(idp.asked_for_keys(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_could_be_abused_is_refused_by_name() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    for (change, pointer) in [
        (json!({"issuer": "http://login.example.com"}), "#/issuer"),
        (json!({"issuer": "https://169.254.169.254"}), "#/issuer"),
        (json!({"issuer": "https://[::1]/"}), "#/issuer"),
        (json!({"issuer": null}), "#/issuer"),
        (json!({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}), "#/issuer"),
        (json!({"slug": "a/b"}), "#/slug"),
        (json!({"client_id": ""}), "#/client_id"),
        (json!({"client_secret": ""}), "#/client_secret"),
        (json!({"type": "microsoft"}), "#/directory_id"),
        (json!({"type": "microsoft", "directory_id": "common"}), "#/directory_id"),
        (json!({"type": "google"}), "#/auto_provision"),
        (json!({"email_domains": ["not a domain"]}), "#/email_domains"),
        (json!({"trusts_email": true}), "#/trusts_email"),
        (json!({"redirect_uris": ["http://app.example.com/"]}), "#/redirect_uris"),
        (json!({"type": "saml"}), "#/type"),
    ] {
        let mut body = json!({"type": "oidc", "issuer": idp.issuer(), "client_id": CLIENT, "client_secret": SECRET, "auto_provision": true});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = provider.admin.post(PROVIDERS, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{change} {}", refused.text);
    }
    let made = set_up(&provider, &idp, json!({})).await;
    let path = format!("{PROVIDERS}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        provider
            .admin
            .post(
                PROVIDERS,
                &json!({"type": "oidc", "issuer": idp.issuer(), "client_id": "x", "client_secret": "y"})
            )
            .await
            .expect(409)
            .code(),
        "slug_taken"
    );
    provider
        .admin
        .put(&path, &json!({"client_secret": "another s3cret", "name": "Corp 2"}))
        .await
        .expect(200);
    for path in [path.as_str(), PROVIDERS, "/api/v1/audit/logs?limit=100", "/api/v1/events?limit=100"] {
        let seen = provider.admin.get(path).await.expect(200);
        assert!(!seen.text.contains("s3cret") && seen.text.contains("Corp 2"), "{}", seen.text);
    }
    // A wrong secret is said to nobody but the trail.
    let got = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401);
    assert!(!got.text.contains("credentials were refused by"), "{got:?}");
    // An administrator of less than everything gives no more than they hold.
    let role = json!({"name": "sso", "role_family": "Internal", "permissions": ["identity_providers:read", "identity_providers:create", "identity_providers:update", "roles:read"]});
    let role = provider.admin.post("/api/v1/roles", &role).await.expect(201).id();
    let (email, user) = world.create_user_a("sso", "viewer").await;
    provider.admin.post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": role})).await.expect(200);
    let limited = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let roles = provider.admin.get("/api/v1/roles?name=tenant_admin").await.expect(200).body["data"].clone();
    limited.put(&path, &json!({"default_role_id": roles[0]["id"]})).await.expect(403);
    limited.put(&path, &json!({"group_roles": {"x": roles[0]["id"]}})).await.expect(403);
    limited.put(&path, &json!({"name": "Corp 3"})).await.expect(200);
    // What an issuer's metadata say must be the issuer's.
    let liar = Idp::start("liar").await;
    let change = json!({"issuer": format!("{}/", liar.issuer())});
    provider.admin.put(&path, &change).await.expect(200);
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(503);
    provider.admin.delete(&path).await.expect(200);
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_set_providers_up_in_the_tenants_sight() {
    let world = world().await;
    let operator = world.operator().await;
    let base = format!("/api/v1/tenants/{}/identity-providers", world.a.id);
    let body = json!({"client_id": "c", "client_secret": "s3cret", "directory_id": DIRECTORY});
    let made = operator.post(&format!("{base}/microsoft"), &body).await.expect(201);
    let issuer = format!("https://login.microsoftonline.com/{DIRECTORY}/v2.0");
    assert_eq!(
        (&made.body["data"]["issuer"], &made.body["data"]["slug"]),
        (&json!(issuer), &json!("microsoft"))
    );
    let google = json!({"client_id": "c", "client_secret": "s3cret", "hosted_domain": "corp.example"});
    operator.post(&format!("{base}/google"), &google).await.expect(201);
    operator.post(&format!("{base}/google"), &json!({"client_id": "c"})).await.expect(422);
    operator.put(&format!("{base}/{}", made.id()), &json!({"enabled": false})).await.expect(200);
    let listed = operator.get(&base).await.expect(200);
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 2);
    assert!(!listed.text.contains("s3cret"));
    let admin = world.admin_a().await;
    assert_eq!(admin.get(PROVIDERS).await.expect(200).body["data"].as_array().unwrap().len(), 2);
    let trail = admin.get("/api/v1/audit/logs?resource_type=identity_provider&limit=100").await.expect(200);
    assert!(
        trail.body["data"].as_array().unwrap().iter().all(|line| line["actor_type"] == "operator"),
        "{}",
        trail.text
    );
    admin.get(&base).await.expect(403);
    operator.delete(&format!("{base}/{}", made.id())).await.expect(200);
    operator.delete(&format!("{base}/{}", made.id())).await.expect(404);
    assert_eq!(world.admin_b().await.get(PROVIDERS).await.expect(200).body["data"], json!([]));
    world.end().await;
}
