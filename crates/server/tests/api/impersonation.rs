//! Operators in users' names: in the sight of the tenant, for a while, and never for what is the user's own.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, Options, PASSWORD, World};

use crate::operation::Operation;
use crate::request::Maker;
use crate::sign_in::{advance, one_address, world_with_clock};
use crate::wire::{Wire, random_id};

const START: &str = "/api/v1/auth/impersonate";
const END: &str = "/api/v1/auth/end-impersonation";
const ME: &str = "/api/v1/auth/me";
const PROJECTS: &str = "/api/v1/projects";

async fn start(operator: &Client, world: &World, more: Value) -> Answer {
    let mut body = json!({"tenant_id": world.a.id, "reason": "asked for help"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    operator.post(START, &body).await
}

fn proxy(operator: &Client, started: &Answer) -> Client {
    operator.clone().with_token(started.body["data"]["access_token"].as_str().unwrap())
}

fn id_of(started: &Answer) -> &str {
    started.body["data"]["impersonation"]["id"].as_str().unwrap()
}

async fn refused_within_a_second(client: &Client) {
    let begun = Instant::now();
    while client.get(ME).await.status != 401 {
        assert!(begun.elapsed() < Duration::from_secs(1), "the impersonation goes on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A second operator, signed in, with the user's id.
async fn second_operator(world: &World) -> (Client, String) {
    let operator = world.operator().await;
    let email = format!("second-{}@platform.example", random_id());
    let body = json!({"email": email, "password": PASSWORD, "email_verified": true});
    let user = operator.post("/api/v1/users", &body).await.expect(201).id();
    let roles = operator.get("/api/v1/roles").await.expect(200);
    let role =
        roles.body["data"].as_array().unwrap().iter().find(|one| one["name"] == "super_admin").unwrap();
    let body = json!({"role_id": role["id"]});
    operator.post(&format!("/api/v1/users/{user}/roles"), &body).await.expect(200);
    (world.client().sign_in("platform", &email, PASSWORD).await, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_the_user_sees_and_both_trails_say_so() {
    let world = World::new().await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    let me = operator.get(ME).await.expect(200).id();
    let started = start(&operator, &world, json!({"ticket": "T-17"})).await.expect(200);
    assert!(started.body["data"].get("refresh_token").is_none());
    assert_eq!(started.body["data"]["expires_in"], 1800);
    let user = proxy(&operator, &started);
    let seen = user.get(ME).await.expect(200);
    assert_eq!(seen.body["data"]["id"], json!(world.a.admin));
    assert_eq!(seen.body["data"]["impersonator_id"], json!(me));
    user.get("/api/v1/auth/session").await.expect(200);
    user.get("/api/v1/users").await.expect(200);
    let claims = user.token.as_deref().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!((&claims["sub"], &claims["act"]["sub"]), (&json!(world.a.admin), &json!(me)));

    // The tenant sees it while it goes on, with the reason.
    let running = admin.get("/api/v1/impersonations").await.expect(200).body["data"][0].clone();
    assert_eq!(running["id"], json!(id_of(&started)));
    assert_eq!(
        (&running["status"], &running["reason"], &running["ticket"]),
        (&json!("running"), &json!("asked for help"), &json!("T-17"))
    );
    assert_eq!(running["operator_email"], "operator@platform.example");

    user.post(END, &json!({})).await.expect(200);
    user.get(ME).await.expect(401);
    let query = format!("/api/v1/audit/logs?resource_type=impersonation&resource_id={}", id_of(&started));
    for (client, actor) in [(&admin, "the tenant's"), (&operator, "the platform's")] {
        let rows = client.get(&query).await.expect(200).body["data"].as_array().unwrap().clone();
        let verbs: Vec<&Value> = rows.iter().map(|row| &row["action"]).collect();
        assert_eq!(verbs, [&json!("self:end_impersonation"), &json!("impersonation:create")], "{actor}");
        assert!(
            rows[1]["reason"] == "asked for help" && rows[1]["actor_id"] == json!(me),
            "{actor}: {rows:?}"
        );
    }
    let ended = admin.get(&query).await.expect(200).body["data"][0].clone();
    assert_eq!((&ended["actor_id"], &ended["impersonator_id"]), (&json!(world.a.admin), &json!(me)));
    let path = "/api/v1/events?type=tenantry.impersonation.started";
    let told = admin.get_when(path, |told| told.body["data"] != json!([])).await;
    assert_eq!(told.body["data"][0]["data"]["user_id"], json!(world.a.admin));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_a_users_name_is_written_down_under_both() {
    let world = World::new().await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    let me = operator.get(ME).await.expect(200).id();
    let user = proxy(&operator, &start(&operator, &world, json!({"mode": "read-write"})).await.expect(200));
    let made = user.post(PROJECTS, &json!({"name": "Harbour"})).await.expect(201);
    assert_eq!(made.body["data"]["owner_id"], json!(world.a.admin));
    let query = format!("/api/v1/audit/logs?resource_type=project&resource_id={}", made.id());
    let row = admin.get(&query).await.expect(200).body["data"][0].clone();
    assert_eq!((&row["actor_id"], &row["impersonator_id"]), (&json!(world.a.admin), &json!(me)));
    world.end().await;
}

/// Every operation that is not public, with a valid request, in an administrator's name.
async fn everything(mode: &str) -> (World, Vec<(Operation, u16, String)>) {
    let world = World::new().await;
    let (wire, maker) = (Wire::to(&world), Maker::in_a(&world).await);
    let mut found = Vec::new();
    for operation in Operation::all("/api/v1") {
        if operation.is_public()
            || operation.is("POST", "/auth/end-impersonation")
            || operation.path.ends_with("/stream")
        {
            continue;
        }
        let ids = maker.arrange(&operation).await.unwrap();
        let started = maker.impersonate(mode).await;
        let token = started.body["data"]["access_token"].as_str().unwrap();
        let reply = wire.send(&maker.request(&operation, "", &ids).unwrap().by(Some(token))).await;
        found.push((operation, reply.status, reply.code()));
    }
    assert!(found.len() > 90);
    drop(maker);
    (world, found)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_for_reading_changes_nothing() {
    let (world, found) = everything("read-only").await;
    for (operation, status, code) in &found {
        let is_refused = *status == 403 && code.starts_with("impersonation_");
        let is_right =
            if operation.is_mutation() { is_refused } else { is_refused || *status == operation.success };
        assert!(is_right, "{}: {status} {code}", operation.name());
    }
    let reads = found.iter().filter(|(operation, status, _)| *status == operation.success).count();
    assert!(reads > 30, "{reads}");
    let home = crate::keys::home(&world).await;
    let acted: i64 = home
        .query_one("SELECT count(*) FROM audit_log WHERE impersonator_id IS NOT NULL", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(acted, 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_for_work_leaves_what_is_the_users_own_alone() {
    let (world, found) = everything("read-write").await;
    let actions = tenantry_server::modules::actions();
    for (operation, status, code) in &found {
        let action = actions.iter().find(|one| one.name == operation.action).unwrap();
        if operation.is_mutation() {
            let expected = if action.is_for_proxies { operation.success } else { 403 };
            assert_eq!(
                (*status, code.as_str() == "impersonation_forbidden"),
                (expected, expected == 403),
                "{}",
                operation.name()
            );
        }
    }
    // By name, so that a change of the rule is seen.
    for (method, end) in [
        ("POST", "/auth/change-password"),
        ("POST", "/auth/logout"),
        ("PUT", "/users/me"),
        ("GET", "/users/me/sessions"),
        ("DELETE", "/users/me/sessions"),
        ("POST", "/users"),
        ("PUT", "/users/{user_id}"),
        ("DELETE", "/users/{user_id}"),
        ("GET", "/users/{user_id}/sessions"),
        ("DELETE", "/users/{user_id}/sessions"),
        ("POST", "/users/{user_id}/roles"),
        ("POST", "/roles"),
        ("PUT", "/roles/{role_id}"),
        ("POST", "/groups/{group_id}/members"),
        ("POST", "/policies"),
        ("GET", "/policies/export"),
        ("GET", "/audit/logs/export"),
        ("GET", "/api-keys"),
        ("POST", "/api-keys"),
        ("POST", "/api-keys/{api_key_id}/rotate"),
        ("GET", "/service-accounts"),
        ("POST", "/service-accounts"),
        ("GET", "/impersonations"),
        ("DELETE", "/impersonations/{impersonation_id}"),
        ("POST", "/auth/impersonate"),
        ("GET", "/tenants"),
    ] {
        let (_, status, code) =
            found.iter().find(|(operation, ..)| operation.is(method, &format!("/api/v1{end}"))).unwrap();
        assert_eq!((*status, code.as_str()), (403, "impersonation_forbidden"), "{method} {end}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_impersonated_who_may_not_be() {
    let world = World::new().await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    // Only by operators, and not by their keys or in another's name.
    start(&admin, &world, json!({})).await.expect(403);
    let key = json!({"name": "mine", "scopes": ["impersonation:create"]});
    let key = operator.post("/api/v1/api-keys", &key).await.expect(201);
    let key = operator.clone().with_token(key.body["data"]["key"].as_str().unwrap());
    assert_eq!(start(&key, &world, json!({})).await.expect(403).code(), "impersonation_refused");
    let user = proxy(&operator, &start(&operator, &world, json!({"mode": "read-write"})).await.expect(200));
    assert_eq!(start(&user, &world, json!({})).await.expect(403).code(), "impersonation_forbidden");
    assert_eq!(operator.post(END, &json!({})).await.expect(409).code(), "not_impersonating");

    // Never in another operator's name.
    let (_, second) = second_operator(&world).await;
    let root = operator.get("/api/v1/auth/session").await.expect(200).body["data"]["tenant"]["id"].clone();
    for more in [json!({"tenant_id": root}), json!({"tenant_id": root, "user_id": second})] {
        assert_eq!(start(&operator, &world, more).await.expect(403).code(), "impersonation_refused");
    }
    start(&operator, &world, json!({"user_id": second})).await.expect(404);

    // Not who is unknown, elsewhere, not active, or a program.
    let pending =
        admin.post("/api/v1/users", &json!({"email": "new@amaranth.example"})).await.expect(201).id();
    let program = admin.post("/api/v1/service-accounts", &json!({"name": "robot"})).await.expect(201).id();
    for user in [random_id(), world.b.admin.to_string(), pending, program] {
        start(&operator, &world, json!({"user_id": user})).await.expect(404);
    }
    start(&operator, &world, json!({"tenant_id": random_id()})).await.expect(404);
    operator.post(&format!("/api/v1/tenants/{}/suspend", world.b.id), &json!({})).await.expect(200);
    assert_eq!(
        start(&operator, &world, json!({"tenant_id": world.b.id})).await.expect(409).code(),
        "tenant_not_active"
    );
    for more in [
        json!({"reason": " "}),
        json!({"minutes": 0}),
        json!({"minutes": 61}),
        json!({"mode": "all"}),
        json!({"ticket": ""}),
    ] {
        start(&operator, &world, more).await.expect(422);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_ends_within_a_second_on_every_node() {
    let world = World::with(Options { nodes: 2, settings: one_address(), ..Options::default() }).await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    let there = |client: &Client| client.clone().at(&world.client_at(1).base);
    let begin = async |operator: &Client, more: Value| {
        let started = start(operator, &world, more).await.expect(200);
        let user = there(&proxy(operator, &started));
        user.get(ME).await.expect(200);
        (started, user)
    };
    // By the operator.
    let (_, user) = begin(&operator, json!({})).await;
    user.clone().at(&operator.base).post(END, &json!({})).await.expect(200);
    refused_within_a_second(&user).await;
    // By the tenant; twice is once.
    let (started, user) = begin(&operator, json!({})).await;
    let path = format!("/api/v1/impersonations/{}", id_of(&started));
    for _ in 0..2 {
        admin.delete(&path).await.expect(200);
    }
    refused_within_a_second(&user).await;
    let told = operator.get("/api/v1/audit/logs?resource_type=impersonation&limit=10").await.expect(200);
    assert_eq!(told.body["data"][0]["new_values"]["ended_by"], "tenant");
    // With the operator's session.
    let (second, id) = second_operator(&world).await;
    let (_, user) = begin(&second, json!({})).await;
    second.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    refused_within_a_second(&user).await;
    // With the operator's role.
    let email = operator.get(&format!("/api/v1/users/{id}")).await.expect(200).body["data"]["email"].clone();
    let second = world.client().sign_in("platform", email.as_str().unwrap(), PASSWORD).await;
    let (_, user) = begin(&second, json!({})).await;
    let roles = operator.get(&format!("/api/v1/users/{id}/roles")).await.expect(200);
    for role in roles.body["data"].as_array().unwrap() {
        let path = format!("/api/v1/users/{id}/roles/{}", role["id"].as_str().unwrap());
        operator.delete(&path).await.expect(200);
    }
    refused_within_a_second(&user).await;
    // With the user.
    let (_, person) = world.create_user_a("person", "user").await;
    let (_, user) = begin(&operator, json!({"user_id": person})).await;
    admin.delete(&format!("/api/v1/users/{person}")).await.expect(200);
    refused_within_a_second(&user).await;
    // With the tenant.
    let (_, user) = begin(&operator, json!({})).await;
    operator.post(&format!("/api/v1/tenants/{}/suspend", world.a.id), &json!({})).await.expect(200);
    refused_within_a_second(&user).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_lasts_as_long_as_was_said() {
    let world = world_with_clock(1).await;
    let operator = world.operator().await;
    let user = proxy(&operator, &start(&operator, &world, json!({"minutes": 45})).await.expect(200));
    advance(&world, 45 * 60 - 1);
    user.get(ME).await.expect(200);
    advance(&world, 1);
    user.get(ME).await.expect(401);
    // What was revoked at its beginning is still refused when a token of the usual length would have expired.
    let operator = world.operator().await;
    let started = start(&operator, &world, json!({"minutes": 60})).await.expect(200);
    let user = proxy(&operator, &started);
    operator.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    for _ in 0..5 {
        user.get(ME).await.expect(401);
        advance(&world, 10 * 60);
        world.nodes[0].parts.revocations.clean().await.unwrap();
    }
    user.get(ME).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_what_it_was_opened_by() {
    let world = World::new().await;
    let (operator, admin) = (world.operator().await, world.admin_a().await);
    let started = start(&operator, &world, json!({})).await.expect(200);
    let key =
        admin.post("/api/v1/api-keys", &json!({"name": "mine", "scopes": ["events:read"]})).await.expect(201);
    let key_token = key.body["data"]["key"].as_str().unwrap().to_owned();
    for (token, end) in [
        (proxy(&operator, &started).token.unwrap(), format!("/api/v1/impersonations/{}", id_of(&started))),
        (key_token, format!("/api/v1/api-keys/{}", key.id())),
    ] {
        let client = operator.clone().with_token(&token);
        let stream = tokio::spawn(async move { client.get("/api/v1/events/stream").await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!stream.is_finished());
        admin.delete(&end).await.expect(200);
        tokio::time::timeout(Duration::from_secs(1), stream).await.expect("the stream goes on").unwrap();
    }
    world.end().await;
}
