//! An identity provider of somebody else, as wicked as a test wants it to be.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tenantry_kernel::{Clock, Rng};
use tenantry_testkit::{Options, World};
use tenantry_vault::{SigningKey, hash_token};

use crate::provider::{Browser, Got, Provider, form_urlencoded};
use crate::wire::random_id;

/// What our client is called there, and its secret: both need encoding in a header.
pub(crate) const CLIENT: &str = "tenantry at alpha";
pub(crate) const SECRET: &str = "s3cret:/+ of the tests";

/// The provider.
#[derive(Clone)]
pub(crate) struct Idp(Arc<Inner>);

struct Inner {
    issuer: String,
    keys: Mutex<Vec<SigningKey>>,
    /// Codes, each with the challenge that was sent along, and the token.
    codes: Mutex<HashMap<String, (String, String)>>,
    asked_for_keys: AtomicUsize,
    asked_for_metadata: AtomicUsize,
    /// Whether it says nothing of itself.
    fails: AtomicBool,
}

fn new_key() -> SigningKey {
    SigningKey::generate(&Clock::system(), &Rng::system()).unwrap()
}

async fn metadata(State(idp): State<Idp>) -> Result<Json<Value>, StatusCode> {
    idp.0.asked_for_metadata.fetch_add(1, Ordering::SeqCst);
    if idp.0.fails.load(Ordering::SeqCst) {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let issuer = &idp.0.issuer;
    let origin = issuer.split("/realm").next().unwrap();
    Ok(Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"), "jwks_uri": format!("{origin}/keys"),
    })))
}

async fn keys(State(idp): State<Idp>) -> Json<Value> {
    idp.0.asked_for_keys.fetch_add(1, Ordering::SeqCst);
    let keys: Vec<Value> = idp.0.keys.lock().unwrap().iter().map(|key| json!(key.public().jwk())).collect();
    Json(json!({"keys": keys}))
}

async fn token(State(idp): State<Idp>, headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    let form = form_urlencoded(&body);
    let basic = headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    let basic = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
    let (id, secret) = basic.split_once(':').unwrap();
    let plain = |text: &str| form_urlencoded(&format!("x={text}")).remove("x").unwrap();
    if (plain(id).as_str(), plain(secret).as_str()) != (CLIENT, SECRET) {
        return refused("invalid_client");
    }
    let Some((challenge, token)) = idp.0.codes.lock().unwrap().remove(&form["code"]) else {
        return refused("invalid_grant");
    };
    if URL_SAFE_NO_PAD.encode(hash_token(&form["code_verifier"])) != challenge {
        return refused("invalid_grant");
    }
    (StatusCode::OK, Json(json!({"access_token": "x", "token_type": "Bearer", "id_token": token})))
}

impl Idp {
    /// `realm` is the end of the issuer: of Entra, the directory.
    pub(crate) async fn start(realm: &str) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let idp = Self(Arc::new(Inner {
            issuer: format!("http://{address}/realm/{realm}"),
            keys: Mutex::new(vec![new_key()]),
            codes: Mutex::default(),
            asked_for_keys: AtomicUsize::new(0),
            asked_for_metadata: AtomicUsize::new(0),
            fails: AtomicBool::new(false),
        }));
        let known = format!("/realm/{realm}/.well-known/openid-configuration");
        let router = Router::new()
            .route(&known, get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
        idp
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(crate) fn asked_for_keys(&self) -> usize {
        self.0.asked_for_keys.load(Ordering::SeqCst)
    }

    pub(crate) fn asked_for_metadata(&self) -> usize {
        self.0.asked_for_metadata.load(Ordering::SeqCst)
    }

    /// Say nothing of oneself, or something again.
    pub(crate) fn fail(&self, fails: bool) {
        self.0.fails.store(fails, Ordering::SeqCst);
    }

    /// Sign with a new key from now on.
    pub(crate) fn rotate(&self) {
        self.0.keys.lock().unwrap().insert(0, new_key());
    }

    /// The public key's bytes, as an attacker knows them.
    pub(crate) fn public_key(&self) -> (String, Value) {
        let key = &self.0.keys.lock().unwrap()[0];
        (key.id().to_string(), json!(key.public().jwk()))
    }

    /// The claims of a good answer to what a browser was sent with, with some changed; null takes one away.
    pub(crate) fn claims(&self, address: &str, change: &Value) -> Value {
        let asked = form_urlencoded(address.split_once('?').unwrap().1);
        let now = Clock::system().now().as_second();
        let mut claims = json!({
            "iss": self.0.issuer, "aud": CLIENT, "sub": "subject-1", "nonce": asked["nonce"], "iat": now, "exp": now + 300,
            "email": "new@corp.example", "email_verified": true, "given_name": "Nora", "family_name": "New",
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(change.as_object().unwrap().clone());
        all.retain(|_, value| !value.is_null());
        claims
    }

    /// A code for a token of one's own making.
    pub(crate) fn code_for(&self, address: &str, token: String) -> String {
        let asked = form_urlencoded(address.split_once('?').unwrap().1);
        assert_eq!(
            (asked["code_challenge_method"].as_str(), asked["response_type"].as_str()),
            ("S256", "code")
        );
        let code = random_id();
        self.0.codes.lock().unwrap().insert(code.clone(), (asked["code_challenge"].clone(), token));
        code
    }

    /// A code for a token that the provider has signed.
    pub(crate) fn code(&self, address: &str, change: &Value) -> String {
        let token = self.0.keys.lock().unwrap()[0].sign("JWT", &self.claims(address, change)).unwrap();
        self.code_for(address, token)
    }

    /// A code for a token that somebody else has signed, in the name of the provider's own key.
    pub(crate) fn forged(&self, address: &str) -> String {
        let own = self.public_key().0;
        let token = new_key().sign("JWT", &self.claims(address, &json!({}))).unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "typ": "JWT", "kid": own}).to_string());
        self.code_for(address, format!("{header}.{rest}"))
    }
}

/// A world that may ask this machine.
pub(crate) async fn world() -> World {
    let settings = vec![("outgoing.private_hosts".to_owned(), "127.0.0.1".to_owned())];
    World::with(Options { settings, ..Options::default() }).await
}

/// The parameter of an address.
pub(crate) fn parameter(address: &str, name: &str) -> String {
    form_urlencoded(address.split_once('?').unwrap().1)
        .remove(name)
        .unwrap_or_else(|| panic!("{name}: {address}"))
}

pub(crate) const PROVIDERS: &str = "/api/v1/identity-providers";
pub(crate) const DIRECTORY: &str = "5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87";

pub(crate) async fn set_up(provider: &Provider, idp: &Idp, change: Value) -> Value {
    let mut body = json!({"type": "oidc", "name": "Corp", "issuer": idp.issuer(), "client_id": CLIENT,
        "client_secret": SECRET, "auto_provision": true});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let made = provider.admin.post(PROVIDERS, &body).await.expect(201);
    assert!(!made.text.contains("s3cret"), "{}", made.text);
    made.body["data"].clone()
}

/// Leave for the provider through the API: its address.
pub(crate) async fn leave(browser: &mut Browser<'_>, slug: &str) -> String {
    let got = browser.get(&format!("/api/v1/auth/oauth/{slug}/login/alpha")).await.expect(200);
    got.json()["data"]["authorization_url"].as_str().unwrap().to_owned()
}

/// Come back with a code.
pub(crate) async fn back(browser: &mut Browser<'_>, slug: &str, address: &str, code: &str) -> Got {
    let state = parameter(address, "state");
    browser.get(&format!("/api/v1/auth/oauth/{slug}/callback/alpha?code={code}&state={state}")).await
}

/// Sign in by an account with these claims.
pub(crate) async fn sign_in(provider: &Provider, idp: &Idp, slug: &str, change: Value) -> Got {
    let mut browser = provider.browser();
    let address = leave(&mut browser, slug).await;
    let code = idp.code(&address, &change);
    back(&mut browser, slug, &address, &code).await
}

pub(crate) async fn me(world: &World, got: &Got) -> Value {
    let token = got.json()["data"]["access_token"].as_str().unwrap_or_else(|| panic!("{got:?}")).to_owned();
    world.client().with_token(&token).get("/api/v1/auth/me").await.expect(200).body["data"].clone()
}
