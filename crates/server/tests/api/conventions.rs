//! What every route has in common: envelope, problems, versions, headers, refusals that name the field.

use reqwest::Method;
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, World};

use crate::operation::{Operation, Place};
use crate::request::{Maker, key};
use crate::wire::{Ask, Wire, random_id};

/// A problem in the form of RFC 9457, as every refusal has it.
#[track_caller]
fn problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code()), (status, code), "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.body["status"], status);
    assert_eq!(answer.body["type"], format!("https://tenantry.dev/problems/{code}"));
    assert_eq!(answer.body["request_id"].as_str(), answer.header("x-request-id"));
    for field in ["title", "detail"] {
        assert!(answer.body[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {}", answer.text);
    }
}

/// A refusal that names one field.
#[track_caller]
fn refuses(answer: &Answer, status: u16, code: &str, pointer: &str) {
    problem(answer, status, code);
    let pointers: Vec<&str> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, [pointer], "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_in_an_envelope() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let made = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201);
    let id = made.id();
    assert_eq!(made.header("location"), Some(format!("/projects/{id}").as_str()));
    assert_eq!(made.header("etag"), Some("\"1\""));
    assert_eq!(made.header("content-type"), Some("application/json"));
    assert_eq!(made.body["status"], "success");
    let list = admin.get("/api/v1/projects").await.expect(200);
    assert_eq!(list.body["meta"], json!({"next_cursor": null}));
    assert_eq!(list.body["data"][0], made.body["data"]);
    let counted = admin.get("/api/v1/projects?count=true").await.expect(200);
    assert_eq!(counted.body["meta"], json!({"next_cursor": null, "total": 1}));
    // Both bases, with and without a slash at the end, by id and by slug.
    for base in ["/api/v1".to_owned(), format!("/v1/{}", world.a.slug), format!("/v1/{}", world.a.id)] {
        for end in ["", "/"] {
            let one = admin.get(&format!("{base}/projects/{id}{end}")).await.expect(200);
            assert_eq!(one.body["data"], made.body["data"], "{base} {end}");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_routes_and_methods_are_problems() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for path in [
        "/apis",
        "/api",
        "/api/v1",
        "/api/v2/projects",
        "/api/v1/projectz",
        "/v1/alpha",
        "/api/v1/projects/a/b",
    ] {
        problem(&admin.get(path).await, 404, "not_found");
    }
    problem(&admin.send("PATCH", "/api/v1/projects", None).await, 405, "method_not_allowed");
    let allow = admin.delete("/api/v1/projects").await;
    problem(&allow, 405, "method_not_allowed");
    assert!(allow.header("allow").is_some_and(|methods| methods.contains("POST")), "{:?}", allow.headers);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_guards_against_lost_updates() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let id = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let path = format!("/api/v1/projects/{id}");
    let at = |version: &str| admin.clone().header("if-match", version);
    let change = |name: &str| json!({"name": name});
    at("\"1\"").put(&path, &change("Quay")).await.expect(200);
    refuses(&at("\"1\"").put(&path, &change("Pier")).await, 412, "version_mismatch", "header/if-match");
    refuses(&at("1").put(&path, &change("Pier")).await, 400, "invalid_header", "header/if-match");
    refuses(&at("W/\"2\"").put(&path, &change("Pier")).await, 400, "invalid_header", "header/if-match");
    at("*").put(&path, &change("Mole")).await.expect(200);
    refuses(&at("\"2\"").delete(&path).await, 412, "version_mismatch", "header/if-match");

    let seen = |version: &str| admin.clone().header("if-none-match", version);
    for version in ["\"3\"", "W/\"3\"", "\"9\", \"3\"", "*"] {
        let answer = seen(version).get(&path).await.expect(304);
        assert_eq!((answer.text.as_str(), answer.header("etag")), ("", Some("\"3\"")), "{version}");
    }
    seen("\"2\"").get(&path).await.expect(200);
    at("\"3\"").delete(&path).await.expect(200);
    problem(&admin.delete(&path).await, 404, "not_found");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_to_one_version_one_wins() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let id = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let (path, at_one) = (format!("/api/v1/projects/{id}"), admin.clone().header("if-match", "\"1\""));
    let bodies: Vec<Value> = (0..8).map(|number| json!({"name": format!("Quay {number}")})).collect();
    let changes = bodies.iter().map(|body| at_one.put(&path, body));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(changes).await.into_iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_cannot_be_read_are_refused() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let path = "/api/v1/projects";
    let post = |media: &'static str, body: String| {
        let admin = admin.clone();
        async move { admin.send_raw("POST", path, media, Some(body)).await }
    };
    let json = "application/json";
    refuses(&post("text/plain", "{}".into()).await, 415, "unsupported_media_type", "header/content-type");
    refuses(&admin.send("POST", path, None).await, 415, "unsupported_media_type", "header/content-type");
    for body in ["", "{", "{\"name\": }", "nul", "{\"name\":\"Harbour\"} {}", "\u{feff}{}"] {
        refuses(&post(json, body.into()).await, 400, "invalid_json", "#");
    }
    refuses(&post(json, "{\"name\":\"Har\\u0000bour\"}".into()).await, 400, "invalid_json", "#");
    refuses(&post(json, "[\"Harbour\", null]".into()).await, 422, "validation_failed", "#");
    refuses(&post(json, "[".repeat(100_000)).await, 422, "validation_failed", "#");
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(matches!(post(json, deep).await.status, 400 | 422));
    let large = json!({"name": "Harbour", "description": "x".repeat(1_100_000)}).to_string();
    refuses(&post(json, large).await, 413, "body_too_large", "#");
    refuses(
        &post(json, "{\"name\":\"Harbour\",\"name\":\"Quay\"}".into()).await,
        422,
        "validation_failed",
        "#/name",
    );
    post("application/json; charset=utf-8", "{\"name\":\"Harbour\"}".into()).await.expect(201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_name_the_field() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let post = |path: &'static str, body: Value| {
        let admin = admin.clone();
        async move { admin.post(path, &body).await }
    };
    let invalid = "validation_failed";
    let name = json!({"name": "Harbour"});
    refuses(&post("/api/v1/projects", json!({})).await, 422, invalid, "#/name");
    refuses(&post("/api/v1/projects", json!({"name": "ab"})).await, 422, invalid, "#/name");
    refuses(&post("/api/v1/projects", json!({"name": 7})).await, 422, invalid, "#/name");
    refuses(
        &post("/api/v1/projects", json!({"name": "Harbour", "colour": 1})).await,
        422,
        invalid,
        "#/colour",
    );
    refuses(&post("/api/v1/projects", json!([])).await, 422, invalid, "#");
    refuses(&post("/api/v1/users", json!({"email": "nobody"})).await, 422, invalid, "#/email");
    let user = |field: &str, value: Value| json!({"email": "new@amaranth.example", field: value});
    for (field, value) in [
        ("phone", json!("0123")),
        ("avatar_url", json!("javascript:alert(1)")),
        ("metadata", json!([1])),
        ("metadata", json!({"big": "x".repeat(20_000)})),
        ("first_name", json!("x".repeat(101))),
        ("password", json!("password1234")),
        ("email_verified", json!("yes")),
        ("tenant_id", json!(random_id())),
    ] {
        refuses(&post("/api/v1/users", user(field, value)).await, 422, invalid, &format!("#/{field}"));
    }
    refuses(
        &post("/api/v1/roles", json!({"name": "x", "role_family": "Guest"})).await,
        422,
        invalid,
        "#/role_family",
    );
    let role = |permission: &str| json!({"name": "x", "role_family": "Internal", "permissions": ["a:b", permission]});
    refuses(&post("/api/v1/roles", role("everything")).await, 422, invalid, "#/permissions/1");
    refuses(&post("/api/v1/roles", role("projects:fly")).await, 422, "unknown_permission", "#/permissions/1");
    refuses(
        &post("/api/v1/roles", role("tenants:create")).await,
        422,
        "unknown_permission",
        "#/permissions/1",
    );
    refuses(&post("/api/v1/permissions", json!({"name": "ship"})).await, 422, invalid, "#/name");
    refuses(
        &post("/api/v1/events", json!({"type": "tenantry.project.created"})).await,
        422,
        invalid,
        "#/type",
    );

    let path = format!("/api/v1/projects/{}", post("/api/v1/projects", name).await.expect(201).id());
    let owner = admin.put(&path, &json!({"owner_id": random_id()})).await;
    refuses(&owner, 404, "not_found", "#/owner_id");
    refuses(&admin.put(&path, &json!({"owner_id": "me"})).await, 422, invalid, "#/owner_id");
    refuses(&admin.put(&path, &json!({"status": "lost"})).await, 422, invalid, "#/status");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_cannot_be_read_are_refused_by_name() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for (query, pointer) in [
        ("limit=7", "query/limit"),
        ("limit=many", "query/limit"),
        ("cursor=nonsense", "query/cursor"),
        ("status=lost", "query/status"),
        ("sort=name", "query/sort"),
        ("sort=created_at&status=active", "query/sort"),
        ("owner_id=me", "query/owner_id"),
        ("count=yes", "query/count"),
        ("colour=red", "query/colour"),
        ("status=active%00", "query/status"),
        ("limit=10&limit=20", "query/limit"),
    ] {
        refuses(&admin.get(&format!("/api/v1/projects?{query}")).await, 400, "invalid_query", pointer);
    }
    refuses(&admin.get("/api/v1/projects/1").await, 400, "invalid_path", "path/project_id");
    refuses(&admin.get("/api/v1/projects/%00").await, 400, "invalid_path", "path");
    let header = |name: &str, value: &str| admin.clone().header(name, value);
    refuses(
        &header("x-tenant-id", "1").get("/api/v1/projects").await,
        400,
        "invalid_header",
        "header/x-tenant-id",
    );
    let key = header("idempotency-key", &"k".repeat(256))
        .post("/api/v1/projects", &json!({"name": "Harbour"}))
        .await;
    refuses(&key, 400, "invalid_header", "header/idempotency-key");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_refuses_fields_and_parameters_that_it_does_not_know() {
    let world = World::new().await;
    let (wire, maker) = (Wire::to(&world), Maker::in_a(&world).await);
    let mut faults = Vec::new();
    for operation in Operation::all("/api/v1").iter().filter(|one| !one.is_public()) {
        let mut ids = maker.arrange(operation).await.unwrap();
        let mut ask =
            maker.request(operation, "", &ids).unwrap().by(maker.caller(operation).token.as_deref());
        // A standard says that unknown fields are ignored.
        let is_standard = operation.path.contains("/access/v1/");
        if let Some(body) = ask.body.as_mut().filter(|_| !is_standard) {
            body["colour"] = json!("red");
            let reply = wire.send(&ask).await;
            let pointer = reply.json()["errors"][0]["pointer"].clone();
            if (reply.status, &pointer) != (422, &json!("#/colour")) {
                faults.push(format!("{}: {reply:?}", operation.name()));
            }
        }
        for id in operation.ids.iter().filter(|id| matches!(id.place, Place::Path(_))) {
            let Place::Path(name) = &id.place else { continue };
            ids.insert(key(&id.place), "not-an-id".to_owned());
            let ask =
                maker.request(operation, "", &ids).unwrap().by(maker.caller(operation).token.as_deref());
            let reply = wire.send(&ask).await;
            let pointer = reply.json()["errors"][0]["pointer"].clone();
            if (reply.status, &pointer) != (400, &json!(format!("path/{name}"))) {
                faults.push(format!("{}: {reply:?}", operation.name()));
            }
            ids.insert(key(&id.place), random_id());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    drop(maker);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn security_headers_are_on_every_answer() {
    let world = World::new().await;
    let (wire, admin) = (Wire::to(&world), world.admin_a().await);
    let paths = [
        "/api/v1/projects",
        "/api/v1/nothing",
        "/health",
        "/ready",
        "/metrics",
        "/docs",
        "/openapi.json",
        "/%00",
    ];
    for path in paths {
        for token in [None, admin.token.as_deref()] {
            let reply = wire.send(&Ask::new("GET", path).by(token)).await;
            let header = |name: &str| reply.headers.get(name).cloned().unwrap_or_default();
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("x-frame-options"), "DENY", "{path}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
            assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
            assert_eq!(header("cache-control"), "no-store", "{path}");
            assert!(!reply.headers.contains_key("server"), "{path}");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_is_taken_over_when_it_is_one() {
    let world = World::new().await;
    let client: Client = world.client();
    let id = random_id();
    let answer = client.clone().header("x-request-id", &id).get("/api/v1/projects").await.expect(401);
    assert_eq!(answer.header("x-request-id"), Some(id.as_str()));
    let answer = client.header("x-request-id", "mine").get("/api/v1/projects").await.expect(401);
    assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 36));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_may_call_from_the_origins_that_are_allowed_only() {
    let settings = vec![("http.allowed_origins".to_owned(), "https://app.example.com".to_owned())];
    let world = World::with(tenantry_testkit::Options { settings, ..Default::default() }).await;
    let ask = |origin: &str| {
        Ask::new(Method::OPTIONS.as_str(), "/api/v1/projects")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
    };
    let wire = Wire::to(&world);
    let allowed = |reply: &crate::wire::Reply| reply.headers.get("access-control-allow-origin").cloned();
    let good = wire.send(&ask("https://app.example.com")).await;
    assert_eq!(allowed(&good).as_deref(), Some("https://app.example.com"));
    for origin in ["https://evil.example.com", "null", "https://app.example.com.evil.com"] {
        assert_eq!(allowed(&wire.send(&ask(origin)).await), None, "{origin}");
    }
    world.end().await;
}
