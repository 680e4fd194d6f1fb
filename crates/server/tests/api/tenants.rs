//! Operators and tenants: creating, finding, changing, switching off.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, World};

use crate::sign_in::refresh;
use crate::tokens::{refused_within_a_second, two_nodes};
use crate::wire::random_id;

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_examples_work() {
    let world = World::new().await;
    let operator = world.operator().await;
    let acme = json!({
        "name": "Acme Corporation", "domain": "acme.example.com", "admin_email": "admin@acme.example.com",
        "admin_password": "securePassword123",
    });
    let made = operator.post("/api/v1/tenants", &acme).await.expect(201);
    let data = &made.body["data"];
    assert_eq!(
        (&data["name"], &data["domain"], &data["status"]),
        (&acme["name"], &acme["domain"], &json!("active"))
    );
    assert_eq!(
        (&data["slug"], &data["plan"], &data["tier"]),
        (&json!("acme"), &json!("basic"), &json!("standard"))
    );
    assert_eq!(
        data["domains"],
        json!([{"domain": "acme.example.com", "is_primary": true, "is_verified": false, "is_issuer": false}])
    );
    let admin = world.client().sign_in("acme", "admin@acme.example.com", "securePassword123").await;
    let me = admin.get("/api/v1/auth/me").await.expect(200);
    assert_eq!(
        (&me.body["data"]["roles"], &me.body["data"]["status"]),
        (&json!(["tenant_admin"]), &json!("active"))
    );

    let company = json!({
        "name": "New Company", "slug": "new-company", "admin_email": "admin@newcompany.com", "admin_first_name": "Admin",
        "admin_last_name": "User",
    });
    assert_eq!(
        operator.post("/api/v1/tenants/", &company).await.expect(201).body["data"]["slug"],
        "new-company"
    );
    // Without a password nobody can sign in yet.
    world.client().try_sign_in("new-company", "admin@newcompany.com", "").await.expect(401);

    for (number, path) in
        ["/api/v1/tenants/create", "/api/v1/tenants/create/", "/v1/platform/tenants"].iter().enumerate()
    {
        let body =
            json!({"name": format!("Company {number}"), "admin_email": "a@b.example", "plan": "premium"});
        let made = operator.post(path, &body).await.expect(201);
        assert_eq!(made.body["data"]["slug"], format!("company-{number}"));
        let found = operator.get(&format!("/api/v1{}", made.header("location").unwrap())).await.expect(200);
        assert_eq!(found.body["data"], made.body["data"]);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_decide_how_a_tenant_is_kept() {
    let world = World::new().await;
    let operator = world.operator().await;
    for (slug, extra, isolation) in [
        ("standard-one", json!({"tier": "standard"}), "pooled"),
        ("enterprise-one", json!({"tier": "enterprise"}), "schema"),
        ("enterprise-two", json!({"tier": "enterprise", "isolation": "pooled"}), "pooled"),
    ] {
        let mut body = json!({"name": slug, "slug": slug, "admin_email": format!("admin@{slug}.example"), "admin_password": PASSWORD});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let made = operator.post("/api/v1/tenants", &body).await.expect(201);
        assert_eq!(made.body["data"]["isolation"], isolation);
        let admin = world.client().sign_in(slug, &format!("admin@{slug}.example"), PASSWORD).await;
        admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201);
        assert_eq!(
            admin.get("/api/v1/projects").await.expect(200).body["data"].as_array().map(Vec::len),
            Some(1)
        );
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_new_tenant_is_named() {
    let world = World::new().await;
    let operator = world.operator().await;
    let good = json!({"name": "Good", "slug": "good", "admin_email": "a@b.example"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let long = "x".repeat(256);
    for (field, value, status) in [
        ("slug", json!("platform"), 422),
        ("slug", json!("admin"), 422),
        ("slug", json!("Upper"), 422),
        ("slug", json!("a"), 422),
        ("slug", json!(random_id()), 422),
        ("slug", json!(world.a.slug), 409),
        ("name", json!(""), 422),
        ("name", json!(long), 422),
        ("admin_email", json!("nobody"), 422),
        ("admin_password", json!("password123"), 422),
        ("plan", json!("gold"), 422),
        ("tier", json!("gold"), 422),
        ("region", json!("mars"), 422),
        ("status", json!("active"), 422),
    ] {
        let answer = operator.post("/api/v1/tenants", &with(field, value.clone())).await.expect(status);
        assert_eq!(answer.body["errors"][0]["pointer"], format!("#/{field}"), "{value} {}", answer.text);
    }
    operator.post("/api/v1/tenants", &good).await.expect(201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_listed_found_and_changed() {
    let world = World::new().await;
    let operator = world.operator().await;
    for number in 0..12 {
        let plan = if number % 2 == 0 { "premium" } else { "basic" };
        let body = json!({"name": format!("Ship {number}"), "admin_email": "a@b.example", "plan": plan});
        operator.post("/api/v1/tenants", &body).await.expect(201);
    }
    let list = async |query: &str| operator.get(&format!("/api/v1/tenants?{query}")).await.expect(200);
    assert_eq!(list("count=true").await.body["meta"]["total"], 15);
    assert_eq!(list("plan=premium").await.body["data"].as_array().map(Vec::len), Some(6));
    assert_eq!(list("search=SHIP&count=true&limit=10").await.body["meta"]["total"], 12);
    assert_eq!(list("search=amaranth").await.body["data"][0]["slug"], "alpha");
    assert_eq!(list("status=suspended").await.body["data"], json!([]));
    assert_eq!(list("sort=created_at&limit=10").await.body["data"][0]["slug"], "platform");
    let first = list("limit=10").await;
    let next =
        list(&format!("limit=10&cursor={}", first.body["meta"]["next_cursor"].as_str().unwrap())).await;
    assert_eq!(next.body["data"].as_array().map(Vec::len), Some(5));

    let id = list("search=ship 3").await.body["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tenants/{id}");
    let version = operator.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    let change = json!({"name": "Tug 3", "slug": "tug-3", "plan": "enterprise"});
    let changed = operator.clone().header("if-match", &version).put(&path, &change).await.expect(200);
    assert_eq!(
        (&changed.body["data"]["slug"], &changed.body["data"]["plan"]),
        (&json!("tug-3"), &json!("enterprise"))
    );
    operator.clone().header("if-match", &version).put(&path, &change).await.expect(412);
    let taken = operator.put(&path, &json!({"slug": "alpha"})).await.expect(409);
    assert_eq!(taken.body["errors"][0]["pointer"], "#/slug");
    for method in ["GET", "DELETE"] {
        operator.send(method, &format!("/api/v1/tenants/{}", random_id()), None).await.expect(404);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_switched_off_is_out_on_every_node() {
    let world = two_nodes().await;
    let operator = world.operator().await;
    let path = format!("/api/v1/tenants/{}", world.a.id);
    for (verb, status) in [("suspend", "suspended"), ("deactivate", "inactive")] {
        let admin = world.admin_a().await;
        let other = admin.clone().at(&world.client_at(1).base);
        other.get("/api/v1/auth/me").await.expect(200);
        let switched = operator.send("POST", &format!("{path}/{verb}"), None).await.expect(200);
        assert_eq!(switched.body["data"]["status"], status);
        refused_within_a_second(&admin).await;
        refused_within_a_second(&other).await;
        for client in [world.client(), world.client_at(1)] {
            closed_within_a_second(&client, &world).await;
            refresh(&client, &world.a.slug, admin.refresh_token.as_deref().unwrap()).await.expect(404);
        }
        world.admin_b().await.get("/api/v1/auth/me").await.expect(200);
        let twice = operator.send("POST", &format!("{path}/{verb}"), None).await.expect(200);
        assert_eq!(twice.header("etag"), switched.header("etag"));
        operator.send("POST", &format!("{path}/activate"), None).await.expect(200);
        tokio::time::sleep(Duration::from_millis(300)).await;
        // Old tokens stay refused; new ones are good.
        admin.get("/api/v1/auth/me").await.expect(401);
        world.admin_a().await.at(&world.client_at(1).base).get("/api/v1/auth/me").await.expect(200);
    }
    world.end().await;
}

/// Signing in is refused as at a tenant that does not exist.
async fn closed_within_a_second(client: &Client, world: &World) {
    let started = Instant::now();
    while client.try_sign_in(&world.a.slug, &world.a.admin_email, PASSWORD).await.status != 404 {
        assert!(started.elapsed() < Duration::from_secs(1), "still open");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_tenant_is_gone_and_its_slug_stays_taken() {
    let world = World::new().await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    let path = format!("/api/v1/tenants/{}", world.a.id);
    operator.delete(&path).await.expect(200);
    refused_within_a_second(&admin).await;
    closed_within_a_second(&world.client(), &world).await;
    assert_eq!(
        operator.send("POST", &format!("{path}/activate"), None).await.expect(409).code(),
        "wrong_state"
    );
    let again = json!({"name": "Again", "slug": world.a.slug, "admin_email": "a@b.example"});
    assert_eq!(operator.post("/api/v1/tenants", &again).await.expect(409).code(), "slug_taken");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platforms_own_tenant_cannot_be_switched_off() {
    let world = World::new().await;
    let operator = world.operator().await;
    let root = operator.get("/api/v1/auth/me").await.expect(200).body["data"]["tenant_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/tenants/{root}");
    for verb in ["suspend", "deactivate"] {
        assert_eq!(
            operator.send("POST", &format!("{path}/{verb}"), None).await.expect(409).code(),
            "root_tenant"
        );
    }
    assert_eq!(operator.delete(&path).await.expect(409).code(), "root_tenant");
    assert_eq!(operator.put(&path, &json!({"slug": "other"})).await.expect(409).code(), "root_tenant");
    operator.get("/api/v1/auth/me").await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_without_a_password_chooses_one_by_a_link() {
    let world = World::new().await;
    let operator = world.operator().await;
    let body = json!({"name": "Umbrella Works", "admin_email": "alice@umbrella.example"});
    operator.post("/api/v1/tenants", &body).await.expect(201);
    let mail = world.message_to("alice@umbrella.example", "welcome").await.message;
    assert!(mail.text.contains("/t/umbrella-works/new-password?token="), "{}", mail.text);
    let token = crate::recovery::token_in(&mail.text);
    let chosen = json!({"token": token, "new_password": "another-Horse-77-battery"});
    let client = world.client();
    client.post("/v1/umbrella-works/auth/password-reset/confirm", &chosen).await.expect(200);
    let alice = client.sign_in("umbrella-works", "alice@umbrella.example", "another-Horse-77-battery").await;
    alice.get("/api/v1/users").await.expect(200);
    // With a password there is nothing to write about.
    let body = json!({"name": "Quiet", "admin_email": "bob@quiet.example", "admin_password": PASSWORD});
    operator.post("/api/v1/tenants", &body).await.expect(201);
    assert!(!world.messages().iter().any(|kept| kept.message.to == "bob@quiet.example"));
    world.end().await;
}
