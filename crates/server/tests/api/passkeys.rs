//! Passkeys: an authenticator written from Web Authentication Level 3, and what must not let anybody in.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, PASSWORD, World};

use crate::sign_in::{advance, text, world_with_clock};

pub(crate) const ORIGIN: &str = "http://localhost:8080";
/// User present, user verified (section 6.1).
pub(crate) const VERIFIED: u8 = 0x05;
/// User present.
const PRESENT: u8 = 0x01;

/// A device that keeps one key.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: Vec<u8>,
    counter: u32,
}

fn coded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a browser says of the page that asks (section 5.8.1).
fn client_data(kind: &str, options: &Value, origin: &str) -> String {
    json!({"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false})
        .to_string()
}

fn authenticator_data(flags: u8, counter: u32) -> Vec<u8> {
    let mut data = digest(&SHA256, b"localhost").as_ref().to_vec();
    data.push(flags);
    data.extend(counter.to_be_bytes());
    data
}

impl Authenticator {
    pub(crate) fn new(id: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, id: id.as_bytes().to_vec(), handle: Vec::new(), counter: 0 }
    }

    /// `navigator.credentials.create`, with attestation `none` (section 8.7).
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.handle = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let mut data = authenticator_data(VERIFIED | 0x40, 0);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // COSE (RFC 9053): EC2, ES256, P-256, x, y.
        let point = self.key.public_key().as_ref();
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        json!({
            "id": coded(&self.id), "rawId": coded(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": coded(client_data("webauthn.create", options, ORIGIN).as_bytes()),
                "attestationObject": coded(&object),
            },
        })
    }

    /// `navigator.credentials.get`.
    pub(crate) fn get(&mut self, options: &Value, origin: &str, flags: u8) -> Value {
        self.counter += 1;
        let data = authenticator_data(flags, self.counter);
        let client = client_data("webauthn.get", options, origin);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client.as_bytes()).as_ref());
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": coded(&self.id), "rawId": coded(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": coded(client.as_bytes()), "authenticatorData": coded(&data),
                "signature": coded(signature.as_ref()), "userHandle": coded(&self.handle),
            },
        })
    }
}

pub(crate) async fn begin(client: &Client) -> (String, Value) {
    let begun = client.post("/api/v1/auth/passkeys/begin", &json!({})).await.expect(200);
    (text(&begun, "challenge_token"), begun.body["data"]["public_key"].clone())
}

pub(crate) async fn register(client: &Client, id: &str) -> Authenticator {
    let (token, options) = begin(client).await;
    assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
    let mut device = Authenticator::new(id);
    let body = json!({"challenge_token": token, "name": "Laptop", "credential": device.create(&options)});
    client.post("/api/v1/auth/passkeys", &body).await.expect(201);
    // No challenge is good twice.
    let again = client.post("/api/v1/auth/passkeys", &body).await.expect(401);
    assert_eq!(again.code(), "challenge_over");
    device
}

fn at(world: &World, slug: &str) -> Client {
    world.client().header("x-tenant-slug", slug)
}

pub(crate) async fn challenge(world: &World, slug: &str) -> (String, Value) {
    let asked = at(world, slug).post("/api/v1/auth/passkeys/challenge", &json!({})).await.expect(200);
    (text(&asked, "passkey_token"), asked.body["data"]["public_key"].clone())
}

pub(crate) async fn login(world: &World, slug: &str, token: &str, credential: &Value) -> Answer {
    let body = json!({"passkey_token": token, "credential": credential});
    at(world, slug).post("/api/v1/auth/passkeys/login", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_without_a_password() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let mut device = register(&ada, "device one").await;
    let own = ada.get("/api/v1/auth/passkeys").await.expect(200).body["data"].clone();
    assert_eq!((own.as_array().map(Vec::len), &own[0]["name"]), (Some(1), &json!("Laptop")));
    // Whoever it was: the owner of the mailbox hears of it.
    world.message_to(&email, "passkey_added").await;
    // Every visitor of the sign-in page asks for a challenge: that is nothing for the trail.
    let admin = world.admin_a().await;
    let newest = async || {
        let rows = admin.get("/api/v1/audit/logs").await.expect(200);
        rows.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .take(2)
            .map(|row| row["action"].clone())
            .collect::<Vec<_>>()
    };
    let before = newest().await;
    let (token, options) = challenge(&world, &world.a.slug).await;
    assert_eq!(newest().await, before);
    let credential = device.get(&options, ORIGIN, VERIFIED);
    let tokens = login(&world, &world.a.slug, &token, &credential).await.expect(200);
    let me = world.client().with_token(&text(&tokens, "access_token"));
    assert_eq!(me.get("/api/v1/auth/me").await.expect(200).body["data"]["id"], json!(id));
    let replayed = login(&world, &world.a.slug, &token, &credential).await.expect(401);
    assert_eq!(replayed.code(), "challenge_over");
    // The password alone is not enough any more.
    let waits = world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    assert_eq!(waits.body["methods"], json!(["passkey", "backup_code"]));
    // Removed, it is nobody's, and the password is enough again.
    ada.delete(&format!("/api/v1/auth/passkeys/{}", own[0]["id"].as_str().unwrap())).await.expect(200);
    let (token, options) = challenge(&world, &world.a.slug).await;
    let gone = login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await;
    assert_eq!(gone.expect(401).code(), "sign_in_refused");
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_passkeys_do_not_count_one_is_a_factor_like_a_password() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let mut device = register(&ada, "device one").await;
    crate::mfa_policy::ask_users(&world, json!({"methods": ["totp", "passkey"]})).await;
    let (token, options) = challenge(&world, &world.a.slug).await;
    login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await.expect(200);
    // It is the last one that counts.
    let own = ada.get("/api/v1/auth/passkeys").await.expect(200).body["data"].clone();
    let path = format!("/api/v1/auth/passkeys/{}", own[0]["id"].as_str().unwrap());
    assert_eq!(ada.delete(&path).await.expect(409).code(), "last_factor");

    crate::mfa_policy::ask_users(&world, json!({"methods": ["totp"]})).await;
    let (token, options) = challenge(&world, &world.a.slug).await;
    let waits = login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await;
    assert_eq!(waits.expect(401).code(), "mfa_enrollment_required");
    let (app, _) = crate::mfa::enrol(&world, &ada).await;
    let (token, options) = challenge(&world, &world.a.slug).await;
    let waits =
        login(&world, &world.a.slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await.expect(401);
    assert_eq!((waits.code(), &waits.body["methods"]), ("mfa_required", &json!(["totp", "backup_code"])));
    let token = waits.body["mfa_token"].as_str().unwrap();
    crate::mfa::challenge(&world, token, &app.code(crate::mfa::now(&world))).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_right_answer_to_the_right_question_lets_in() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (other, _) = world.create_user_a("bob", "user").await;
    let bob = world.client().sign_in(&world.a.slug, &other, PASSWORD).await;
    let mut device = register(&ada, "device one").await;
    let mut bobs = register(&bob, "device two").await;
    let slug = world.a.slug.clone();
    let refused = |answer: Answer, why: &str| {
        assert_eq!((answer.status, answer.code()), (401, "sign_in_refused"), "{why}: {}", answer.text);
    };
    let (token, options) = challenge(&world, &slug).await;
    refused(
        login(&world, &slug, &token, &device.get(&options, "https://evil.example", VERIFIED)).await,
        "origin",
    );
    let (token, options) = challenge(&world, &slug).await;
    refused(login(&world, &slug, &token, &device.get(&options, ORIGIN, PRESENT)).await, "not unlocked");
    let (_, earlier) = challenge(&world, &slug).await;
    let (token, _) = challenge(&world, &slug).await;
    refused(login(&world, &slug, &token, &device.get(&earlier, ORIGIN, VERIFIED)).await, "another challenge");
    // Bob's key under Ada's name, and Ada's key in Bob's.
    let (token, options) = challenge(&world, &slug).await;
    let mut forged = bobs.get(&options, ORIGIN, VERIFIED);
    forged["id"] = json!(coded(&device.id));
    forged["rawId"] = forged["id"].clone();
    refused(login(&world, &slug, &token, &forged).await, "another's key");
    let (token, options) = challenge(&world, &slug).await;
    let mut forged = device.get(&options, ORIGIN, VERIFIED);
    forged["response"]["userHandle"] = json!(coded(&bobs.handle));
    refused(login(&world, &slug, &token, &forged).await, "another's name");
    // At another tenant, the passkey is nobody's, and so is the challenge.
    let (token, options) = challenge(&world, &world.b.slug).await;
    let credential = device.get(&options, ORIGIN, VERIFIED);
    assert_eq!(login(&world, &slug, &token, &credential).await.expect(401).code(), "challenge_over");
    refused(login(&world, &world.b.slug, &token, &credential).await, "another tenant");
    for nonsense in [json!({}), json!("x"), json!(null), json!({"id": "", "rawId": "", "type": "public-key"})]
    {
        let (token, _) = challenge(&world, &slug).await;
        let answer = login(&world, &slug, &token, &nonsense).await.expect(422);
        assert_eq!(answer.body["errors"][0]["pointer"], "#/credential");
    }
    // Nobody registers a passkey with another's challenge, or one that is registered.
    let (token, options) = begin(&bob).await;
    let credential = Authenticator::new("device three").create(&options);
    let body = json!({"challenge_token": token, "name": "Mine", "credential": credential});
    assert_eq!(ada.post("/api/v1/auth/passkeys", &body).await.expect(401).code(), "challenge_over");
    let (token, options) = begin(&bob).await;
    let known = Authenticator::new("device one").create(&options);
    let body = json!({"challenge_token": token, "name": "Mine", "credential": known});
    assert_eq!(bob.post("/api/v1/auth/passkeys", &body).await.expect(409).code(), "passkey_taken");
    // Too late, and no longer active.
    advance(&world, 60);
    let (token, options) = challenge(&world, &slug).await;
    advance(&world, 11 * 60);
    let late = login(&world, &slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await.expect(401);
    assert_eq!(late.code(), "challenge_over");
    let admin = world.admin_a().await;
    admin.put(&format!("/api/v1/users/{id}"), &json!({"status": "suspended"})).await.expect(200);
    let (token, options) = challenge(&world, &slug).await;
    refused(login(&world, &slug, &token, &device.get(&options, ORIGIN, VERIFIED)).await, "suspended");
    world.end().await;
}
