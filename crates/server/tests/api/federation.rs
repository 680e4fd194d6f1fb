//! Signing in with accounts that others keep: what works, and every way to get in that must not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tenantry_testkit::PASSWORD;

use crate::idp::{CLIENT, DIRECTORY, Idp, back, leave, me, parameter, set_up, sign_in, world};
use crate::provider::{CALLBACK, Provider, claims};

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
    let got = browser.get("/federation?provider=oidc&request=client_id%3Dx%26redirect_uri%3Dhttps%253A%252F%252Fevil.example").await.expect(400);
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
    assert!(world.message_to(&email, "account_linked").await.message.text.contains("An account of Corp"));
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
