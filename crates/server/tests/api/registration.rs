//! Accounts that people make for themselves, as far as the tenant's policy allows.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, MARKER_A, PASSWORD, World};

use crate::provider::Provider;
use crate::recovery::{anonymised, public, token_in};
use crate::sign_in::{advance, world_with_clock};

async fn policy(world: &World, body: Value) {
    world.admin_a().await.put("/api/v1/registration-policy", &body).await.expect(200);
}

async fn register(world: &World, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD, "first_name": MARKER_A});
    public(world, &world.a, "register", body).await
}

async fn found(world: &World, email: &str) -> Value {
    let list = world.admin_a().await.get(&format!("/api/v1/users?email={email}")).await.expect(200);
    list.body["data"][0].clone()
}

async fn verify(world: &World, email: &str) {
    let token = token_in(&world.message_to(email, "email_verification").await.message.text);
    public(world, &world.a, "verify-email", json!({"token": token})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_registers_until_the_tenant_says_so() {
    let world = World::new().await;
    let email = format!("early@{MARKER_A}.example");
    assert_eq!(register(&world, &email).await.expect(403).code(), "registration_closed");
    let provider = Provider::of(&world, &world.a).await;
    assert!(!provider.browser().get("/register").await.expect(403).text.contains("<form"));
    let viewer = world.user_a("viewer", "viewer").await;
    viewer.put("/api/v1/registration-policy", &json!({"mode": "open"})).await.expect(403);
    let admin = world.admin_a().await;
    let none = admin.put("/api/v1/registration-policy", &json!({"mode": "domains"})).await.expect(422);
    assert_eq!(none.body["errors"][0]["pointer"], "#/allowed_domains");
    // No policy hands out administrators.
    admin.put("/api/v1/registration-policy", &json!({"default_role": "tenant_admin"})).await.expect(422);

    policy(&world, json!({"mode": "open"})).await;
    let shown = admin.get("/api/v1/registration-policy").await.expect(200);
    assert_eq!((&shown.body["data"]["mode"], shown.header("etag")), (&json!("open"), Some("\"1\"")));
    // It is this tenant's alone.
    let theirs = public(&world, &world.b, "register", json!({"email": email, "password": PASSWORD})).await;
    assert_eq!(theirs.expect(403).code(), "registration_closed");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_registers_verifies_the_address_and_is_in() {
    let world = World::new().await;
    policy(&world, json!({"mode": "open", "default_role": "customer"})).await;
    let email = format!("newcomer@{MARKER_A}.example");
    let weak = json!({"email": email, "password": "password123"});
    public(&world, &world.a, "register", weak).await.expect(422);
    for more in
        [json!({"role": "tenant_admin"}), json!({"status": "active"}), json!({"email_verified": true})]
    {
        let mut body = json!({"email": email, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        public(&world, &world.a, "register", body).await.expect(422);
    }
    register(&world, &email).await.expect(200);
    verify(&world, &email).await;
    let client = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let me = client.get("/api/v1/auth/me").await.expect(200).body["data"].clone();
    assert_eq!((&me["status"], &me["roles"]), (&json!("active"), &json!(["customer"])));
    let user = found(&world, &email).await;
    assert_eq!((&user["first_name"], &user["email_verified"]), (&json!(MARKER_A), &json!(true)));
    // The password is nowhere but in its hash.
    let row = "SELECT string_agg(payload::text, ' ') FROM app.jobs";
    if let Ok(row) = world.database.admin().await.query_one(row, &[]).await {
        let kept: Option<String> = row.get(0);
        assert!(!kept.unwrap_or_default().contains(PASSWORD));
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_an_account_is_told_by_mail_and_nobody_else_is() {
    let world = world_with_clock(1).await;
    policy(&world, json!({"mode": "open"})).await;
    let (known, id) = world.create_user_a("known", "user").await;
    let fresh = format!("fresh@{MARKER_A}.example");
    let (taken, new) = (register(&world, &known).await, register(&world, &fresh).await);
    assert_eq!(anonymised(&taken), anonymised(&new));
    assert_eq!(taken.status, 200);
    let told = world.message_to(&known, "account_exists").await.message.text;
    assert!(told.contains("/t/alpha/recover") && !told.contains("token="), "{told}");
    world.message_to(&fresh, "email_verification").await;
    // The account is as it was, and nobody's mailbox is filled: the second one comes within a minute.
    let user = world.admin_a().await.get(&format!("/api/v1/users/{id}")).await.expect(200);
    assert_eq!(user.body["data"]["first_name"], MARKER_A);
    world.client().sign_in(&world.a.slug, &known, PASSWORD).await;
    register(&world, &known).await.expect(200);
    advance(&world, 61);
    register(&world, &known).await.expect(200);
    world.nth_message_to(&known, "account_exists", 2).await;
    let sent = world.messages().iter().filter(|kept| kept.message.to == known).count();
    assert_eq!(sent, 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn allowed_domains_and_approval_hold_people_back() {
    let world = World::new().await;
    policy(&world, json!({"mode": "domains", "allowed_domains": [format!("{MARKER_A}.example")]})).await;
    for outside in ["a@evil.example", "a@evilamaranth.example", "a@sub.amaranth.example"] {
        let refused = register(&world, outside).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "#/email");
    }
    // Inside, an address makes somebody one of the organisation's: who reads its mail chooses the password, whoever has registered.
    let inside = format!("inside@{MARKER_A}.example");
    register(&world, &inside).await.expect(200);
    let mail = world.message_to(&inside, "welcome").await.message.text;
    assert!(mail.contains("/new-password?token="), "{mail}");
    let chosen = "a password of the mailbox's owner 7";
    let body = json!({"token": token_in(&mail), "new_password": chosen});
    public(&world, &world.a, "password-reset/confirm", body).await.expect(200);
    world.client().try_sign_in(&world.a.slug, &inside, PASSWORD).await.expect(401);
    world.client().sign_in(&world.a.slug, &inside, chosen).await;
    assert!(world.messages().iter().all(|kept| kept.message.kind != "email_verification"));
    policy(&world, json!({"mode": "approval", "allowed_domains": []})).await;
    let email = "applicant@elsewhere.example";
    register(&world, email).await.expect(200);
    verify(&world, email).await;
    let user = found(&world, email).await;
    assert_eq!((&user["status"], &user["email_verified"]), (&json!("hold"), &json!(true)));
    world.client().try_sign_in(&world.a.slug, email, PASSWORD).await.expect(401);
    // A forgotten password is no way round the approval.
    public(&world, &world.a, "password-reset", json!({"email": email})).await.expect(200);
    let admin = world.admin_a().await;
    let path = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    admin.put(&path, &json!({"status": "active"})).await.expect(200);
    world.client().sign_in(&world.a.slug, email, PASSWORD).await;
    assert!(world.messages().iter().all(|kept| kept.message.kind != "password_reset"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_does_not_let_in_who_waits_for_approval() {
    let world = World::new().await;
    policy(&world, json!({"mode": "approval"})).await;
    let email = "impatient@elsewhere.example";
    register(&world, email).await.expect(200);
    world.message_to(email, "email_verification").await;
    // Still pending: the link for a password verifies the address, and no more.
    public(&world, &world.a, "password-reset", json!({"email": email})).await.expect(200);
    let token = token_in(&world.message_to(email, "password_reset").await.message.text);
    let body = json!({"token": token, "new_password": "another-Horse-77-battery"});
    public(&world, &world.a, "password-reset/confirm", body).await.expect(200);
    assert_eq!(found(&world, email).await["status"], "hold");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_registers_like_the_api() {
    let world = World::new().await;
    policy(&world, json!({"mode": "open"})).await;
    let provider = Provider::of(&world, &world.a).await;
    let mut browser = provider.browser();
    let page = browser.get("/register").await.expect(200);
    let email = format!("paged@{MARKER_A}.example");
    let weak = browser.submit(&page, &[("email", &email), ("password", "password")]).await.expect(422);
    assert!(weak.text.contains(&email) && !weak.text.contains("value=\"password\""), "{}", weak.text);
    let new = browser.submit(&page, &[("email", &email), ("password", PASSWORD)]).await.expect(200);
    let taken = world.a.admin_email.clone();
    let old = browser.submit(&page, &[("email", &taken), ("password", PASSWORD)]).await.expect(200);
    assert_eq!(new.text, old.text);
    verify(&world, &email).await;
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_an_address_that_is_invited() {
    let world = world_with_clock(1).await;
    policy(&world, json!({"mode": "open"})).await;
    let email = format!("awaited@{MARKER_A}.example");
    world.admin_a().await.post("/api/v1/users/invite", &json!({"email": email})).await.expect(201);
    world.message_to(&email, "invitation").await;
    advance(&world, 61);
    let (invited, fresh) = (register(&world, &email).await, register(&world, "else@where.example").await);
    assert_eq!((invited.status, anonymised(&invited)), (200, anonymised(&fresh)));
    let again = world.nth_message_to(&email, "invitation", 2).await.message.text;
    assert_eq!(found(&world, &email).await, Value::Null);
    let body = json!({"token": token_in(&again), "password": "another password of theirs 9"});
    public(&world, &world.a, "accept-invitation", body).await.expect(200);
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    world.end().await;
}
