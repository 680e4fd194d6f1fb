//! Second factors: setting them up, signing in with them, losing them.

use aws_lc_rs::hmac;
use jiff::Timestamp;
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, PASSWORD, World};

use crate::browser::Browser;
use crate::provider::{CALLBACK, Provider, claims};
use crate::sign_in::{advance, text, world_with_clock};

/// An authenticator app, written from RFC 6238 and RFC 4648 alone.
pub(crate) struct App {
    seed: Vec<u8>,
}

impl App {
    pub(crate) fn with(secret: &str) -> Self {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut seed, mut bits, mut count) = (Vec::new(), 0_u32, 0);
        for letter in secret.chars() {
            bits = (bits << 5) | u32::try_from(ALPHABET.find(letter).unwrap()).unwrap();
            count += 5;
            if count >= 8 {
                count -= 8;
                seed.push(u8::try_from((bits >> count) & 0xff).unwrap());
            }
        }
        Self { seed }
    }

    /// The code of this instant.
    pub(crate) fn code(&self, at: Timestamp) -> String {
        let step = u64::try_from(at.as_second()).unwrap() / 30;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.seed);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

pub(crate) fn now(world: &World) -> Timestamp {
    world.clock.as_ref().unwrap().clock().now()
}

/// Set up an authenticator app; time goes on by a step, so that the next code is another one.
pub(crate) async fn enrol(world: &World, client: &Client) -> (App, Vec<String>) {
    let made = client.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let app = App::with(&text(&made, "secret"));
    let body = json!({"type": "totp", "code": app.code(now(world))});
    let verified = client.post("/api/v1/auth/mfa/verify", &body).await.expect(200);
    assert_eq!(verified.body["data"]["message"], "MFA method verified successfully");
    advance(world, 30);
    let codes = verified.body["data"]["backup_codes"].as_array().cloned().unwrap_or_default();
    (app, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

/// Sign in with a code.
pub(crate) async fn with_code(world: &World, email: &str, code: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "mfa_code": code});
    world.client().header("x-tenant-slug", &world.a.slug).post("/api/v1/auth/login", &body).await
}

/// The password alone: the token of the sign-in that waits.
pub(crate) async fn waiting(world: &World, email: &str) -> String {
    let answer = world.client().try_sign_in(&world.a.slug, email, PASSWORD).await.expect(401);
    assert_eq!(answer.code(), "mfa_required");
    answer.body["mfa_token"].as_str().unwrap().to_owned()
}

pub(crate) async fn challenge(world: &World, token: &str, code: &str) -> Answer {
    let body = json!({"mfa_token": token, "code": code});
    world.client().header("x-tenant-slug", &world.a.slug).post("/api/v1/auth/mfa/challenge", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_example_works_and_signing_in_asks_for_a_code() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let made = ada.post("/api/v1/auth/mfa/setup", &json!({"type": "totp"})).await.expect(200);
    let (secret, uri) = (text(&made, "secret"), text(&made, "qr_code_url"));
    assert!(
        uri.starts_with("otpauth://totp/") && uri.contains(&format!(":{email}?secret={secret}&issuer=")),
        "{uri}"
    );
    assert!(text(&made, "qr_code_svg").contains("<svg"));
    // Set up, but not verified: nobody is asked for it yet.
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let wrong = ada.post("/api/v1/auth/mfa/verify", &json!({"type": "totp", "code": "000000"})).await;
    assert_eq!(wrong.expect(422).body["errors"][0]["pointer"], "#/code");

    let (app, codes) = enrol(&world, &ada).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(ada.get("/api/v1/auth/me").await.expect(200).body["data"]["mfa_enabled"], true);
    let own = ada.get("/api/v1/auth/mfa").await.expect(200).body["data"].clone();
    assert_eq!((&own["mfa_enabled"], &own["backup_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(
        (own["methods"].as_array().map(Vec::len), &own["methods"][0]["type"]),
        (Some(1), &json!("totp"))
    );

    let answer = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    assert_eq!((answer.code(), &answer.body["methods"]), ("mfa_required", &json!(["totp", "backup_code"])));
    let token = answer.body["mfa_token"].as_str().unwrap();
    let signed_in = challenge(&world, token, &app.code(now(&world))).await.expect(200);
    let me = world.client().with_token(&text(&signed_in, "access_token"));
    assert_eq!(me.get("/api/v1/auth/me").await.expect(200).body["data"]["id"], json!(id));
    // Document B's way: all in one request.
    advance(&world, 30);
    with_code(&world, &email, &app.code(now(&world))).await.expect(200);
    // And a backup code, however it is typed.
    with_code(&world, &email, &codes[0].to_uppercase().replace('-', " ")).await.expect(200);
    let history = ada.get("/api/v1/auth/history").await.expect(200).body["data"].clone();
    let methods: Vec<&str> =
        history.as_array().unwrap().iter().map(|row| row["method"].as_str().unwrap()).collect();
    assert_eq!(methods[..3], ["backup_code", "totp", "totp"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn factors_come_and_go_with_recent_proof() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (_, codes) = enrol(&world, &ada).await;
    let own = ada.get("/api/v1/auth/mfa").await.expect(200);
    let path = format!("/api/v1/auth/mfa/{}", own.body["data"]["methods"][0]["id"].as_str().unwrap());
    // A second app takes the place of the first, once it is verified.
    let (app, none) = enrol(&world, &ada).await;
    assert!(none.is_empty(), "backup codes are made once");
    ada.delete(&path).await.expect(404);
    let own = ada.get("/api/v1/auth/mfa").await.expect(200);
    let path = format!("/api/v1/auth/mfa/{}", own.body["data"]["methods"][0]["id"].as_str().unwrap());

    // The access token of a session is renewed; its proof is not.
    let renew = |client: Client| {
        let (world, slug) = (&world, world.a.slug.clone());
        async move {
            let token = client.refresh_token.clone().unwrap();
            let answer = crate::sign_in::refresh(&world.client(), &slug, &token).await.expect(200);
            client.with_token(&text(&answer, "access_token"))
        }
    };
    advance(&world, 16 * 60);
    let ada = renew(ada).await;
    for (method, at) in [
        ("POST", "/api/v1/auth/mfa/setup"),
        ("POST", "/api/v1/auth/mfa/backup-codes"),
        ("DELETE", path.as_str()),
    ] {
        let body = (method == "POST")
            .then(|| if at.ends_with("setup") { json!({"type": "totp"}) } else { json!({}) });
        let refused = ada.send(method, at, body.as_ref()).await.expect(401);
        assert_eq!(refused.code(), "proof_too_old", "{at}");
    }
    // Whoever has a second factor shows that; the password is not enough.
    let again = |body: Value| {
        let ada = ada.clone();
        async move { ada.post("/api/v1/auth/reauthenticate", &body).await }
    };
    again(json!({"password": PASSWORD})).await.expect(422);
    again(json!({"code": "000000"})).await.expect(422);
    advance(&world, 5);
    again(json!({"code": app.code(now(&world))})).await.expect(200);
    let renewed = ada.post("/api/v1/auth/mfa/backup-codes", &json!({})).await.expect(200);
    assert_eq!(renewed.body["data"]["backup_codes"].as_array().map(Vec::len), Some(10));
    with_code(&world, &email, &codes[1]).await.expect(401);
    ada.delete(&path).await.expect(200);
    // The last one has gone, and the codes with it.
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let own = ada.get("/api/v1/auth/mfa").await.expect(200).body["data"].clone();
    assert_eq!((&own["mfa_enabled"], &own["backup_codes_left"]), (&json!(false), &json!(0)));
    again(json!({"password": PASSWORD})).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_helps_whoever_has_lost_everything() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    enrol(&world, &ada).await;
    let path = format!("/api/v1/users/{id}/mfa");
    ada.delete(&path).await.expect(403);
    world.admin_b().await.delete(&path).await.expect(404);
    admin.delete(&format!("/api/v1/users/{}/mfa", world.a.admin)).await.expect(409);
    admin.delete(&path).await.expect(200);
    // Whatever was signed in is out, and the password alone lets in.
    ada.get("/api/v1/auth/me").await.expect(401);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let trail = format!("/api/v1/audit/logs?resource_type=user&resource_id={id}&action=user_mfa:delete");
    let rows = admin.get(&trail).await.expect(200).body["data"].clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    // Nobody helps somebody who holds more.
    let role = json!({"name": "helper", "role_family": "Internal", "permissions": ["user_mfa:delete", "users:read"]});
    admin.post("/api/v1/roles", &role).await.expect(201);
    let helper = world.user_a("helper", "helper").await;
    let refused = helper.delete(&format!("/api/v1/users/{}/mfa", world.a.admin)).await.expect(403);
    assert_eq!(refused.code(), "beyond_own");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_ask_for_the_second_factor() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let provider = Provider::of(&world, &world.a).await;
    let (app, codes) = enrol(&world, &admin).await;
    // The console's way, with cookies.
    let mut browser = Browser::at(&world, &world.a.slug);
    let email = world.a.admin_email.clone();
    let waits = browser.sign_in(&email, PASSWORD).await;
    assert_eq!((waits.status, waits.json()["code"].as_str()), (401, Some("mfa_required")));
    assert!(browser.cookies.is_empty());
    let body = json!({"mfa_token": waits.json()["mfa_token"], "code": app.code(now(&world))});
    let ask = browser.ask("POST", "/auth/session/challenge").body(body);
    assert_eq!(browser.send(&ask).await.status, 200);
    assert_eq!(browser.get("/auth/session").await.status, 200);

    // The provider's page, on the way to a client.
    advance(&world, 30);
    let client = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    let mut browser = provider.browser();
    let page = browser.authorize(&client, &[]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    assert!(page.text.contains("name=\"code\"") && !page.headers.contains_key("location"), "{page:?}");
    assert!(!browser.cookies.keys().any(|name| name.contains("sso")), "{:?}", browser.cookies);
    let page = browser.submit(&page, &[("code", "000000")]).await.expect(401);
    advance(&world, 5);
    let answer = browser.submit(&page, &[("code", &app.code(now(&world)))]).await.redirected(CALLBACK);
    let tokens = provider.exchange(&client, &answer["code"]).await.expect(200).json();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["pwd", "otp", "mfa"]), &json!("urn:tenantry:acr:2fa")));

    // A waiting page is good in its own browser only, and not for ever.
    let mut one = provider.browser();
    let first = one.authorize(&client, &[]).await.expect(200);
    let waiting = one.sign_in(&first).await.expect(200);
    let mut other = provider.browser();
    other.authorize(&client, &[]).await.expect(200);
    assert_eq!(other.submit(&waiting, &[("code", &codes[0])]).await.status, 400);
    advance(&world, 11 * 60);
    let over = one.submit(&waiting, &[("code", &codes[0])]).await.expect(401);
    assert!(over.text.contains("name=\"password\""), "{over:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_can_ask_for_two_factors() {
    const TWO: &str = "urn:tenantry:acr:2fa";
    let essential = format!(r#"{{"id_token":{{"acr":{{"essential":true,"values":["{TWO}"]}}}}}}"#);
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let client = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    // Whoever has no second factor cannot show one: a wish is not granted, a demand is refused.
    let mut browser = provider.browser();
    browser.code(&client, &[("acr_values", TWO)]).await;
    browser.code(&client, &[("acr_values", TWO)]).await;
    let refused = browser.authorize(&client, &[("claims", &essential)]).await.redirected(CALLBACK);
    assert_eq!(refused["error"], "unmet_authentication_requirements");

    // A session from before there was one is not enough any more; without a page, the client is told.
    let (app, _) = enrol(&world, &world.admin_a().await).await;
    let asked = [("acr_values", TWO), ("prompt", "none")];
    assert_eq!(browser.authorize(&client, &asked).await.redirected(CALLBACK)["error"], "login_required");
    browser.authorize(&client, &[]).await.redirected(CALLBACK);
    let page = browser.authorize(&client, &[("claims", &essential)]).await.expect(200);
    let page = browser.sign_in(&page).await.expect(200);
    let answer = browser.submit(&page, &[("code", &app.code(now(&world)))]).await.redirected(CALLBACK);
    let tokens = provider.exchange(&client, &answer["code"]).await.expect(200).json();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["acr"], TWO);
    // And now it is.
    browser.authorize(&client, &[("claims", &essential), ("prompt", "none")]).await.redirected(CALLBACK);
    let again = browser.authorize(&client, &asked).await.redirected(CALLBACK);
    assert!(again.contains_key("code"), "{again:?}");
    world.end().await;
}
