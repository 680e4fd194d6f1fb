//! Service accounts and API keys: what they can do, what they cannot, and that they end at once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, Cluster, Options, World};

use crate::groups::member;
use crate::operation::Operation;
use crate::request::Maker;
use crate::sign_in::{advance, world_with_clock};
use crate::wire::{Wire, random_id};

const KEYS: &str = "/api/v1/api-keys";
const ACCOUNTS: &str = "/api/v1/service-accounts";
const ME: &str = "/api/v1/auth/me";
const PROJECTS: &str = "/api/v1/projects";

/// A key of the caller's own.
async fn own_key(caller: &Client, scopes: &[&str]) -> (Client, String) {
    let made = caller.post(KEYS, &json!({"name": "mine", "scopes": scopes})).await.expect(201);
    (with_key(caller, &made), made.id())
}

fn with_key(caller: &Client, issued: &Answer) -> Client {
    caller.clone().with_token(issued.body["data"]["key"].as_str().unwrap())
}

async fn robot(admin: &Client, roles: &[&str]) -> String {
    let id = admin.post(ACCOUNTS, &json!({"name": format!("robot {}", random_id())})).await.expect(201).id();
    let known = admin.get("/api/v1/roles").await.expect(200);
    for role in roles {
        let role = known.body["data"].as_array().unwrap().iter().find(|one| one["name"] == *role).unwrap();
        let body = json!({"role_id": role["id"]});
        admin.post(&format!("/api/v1/users/{id}/roles"), &body).await.expect(200);
    }
    id
}

async fn robots_key(admin: &Client, robot: &str, scopes: &[&str]) -> (Client, String) {
    let body = json!({"name": "robot's", "service_account_id": robot, "scopes": scopes});
    let made = admin.post(KEYS, &body).await.expect(201);
    (with_key(admin, &made), made.id())
}

/// A superuser's connection to where tenant A lives.
#[expect(clippy::disallowed_types, reason = "the test looks at the database from outside the product")]
pub(crate) async fn home(world: &World) -> tokio_postgres::Client {
    let find = "SELECT database_name, schema_name FROM control.placements WHERE tenant_id = $1::text::uuid";
    let row = world.database.admin().await.query_one(find, &[&world.a.id.to_string()]).await.unwrap();
    let (database, schema): (String, String) = (row.get(0), row.get(1));
    let client = Cluster::get().admin(&database).await;
    client.batch_execute(&format!("SET search_path = {schema}")).await.unwrap();
    client
}

async fn refused_within_a_second(client: &Client, path: &str) {
    let begun = Instant::now();
    while client.get(path).await.status != 401 {
        assert!(begun.elapsed() < Duration::from_secs(1), "the key is still good");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_works_by_its_key_within_scopes_and_roles() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let robot = robot(&admin, &["project_manager"]).await;
    let (key, id) = robots_key(&admin, &robot, &["projects:read", "projects:create", "roles:read"]).await;

    let made = key.post(PROJECTS, &json!({"name": "Harbour"})).await.expect(201);
    assert_eq!(made.body["data"]["owner_id"], json!(robot));
    key.get(PROJECTS).await.expect(200);
    // Not in the scopes, though the role grants it; and the other way round.
    key.put(&format!("{PROJECTS}/{}", made.id()), &json!({"name": "Quay"})).await.expect(403);
    key.get("/api/v1/roles").await.expect(403);
    let me = key.get(ME).await.expect(200);
    assert_eq!(me.body["data"]["permissions"], json!(["projects:create", "projects:read"]));

    // The trail says who, and by which key.
    let trail = format!("/api/v1/audit/logs?resource_type=project&resource_id={}", made.id());
    let row = admin.get(&trail).await.expect(200).body["data"][0].clone();
    assert_eq!((&row["actor_id"], &row["session_id"]), (&json!(robot), &json!(id)));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_its_secret_is_stored_nowhere() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let idempotent = admin.clone().header("idempotency-key", "one");
    let body = json!({"name": "mine", "scopes": ["projects:read", "projects.read"]});
    let made = idempotent.post(KEYS, &body).await.expect(201);
    let key = made.body["data"]["key"].as_str().unwrap().to_owned();
    let (prefix, secret) = key.split_at(69);
    assert_eq!(made.body["data"]["prefix"], json!(prefix));
    assert_eq!(made.body["data"]["scopes"], json!(["projects:read"]));
    assert!(prefix.starts_with("tnk_") && key.len() == 113, "{key}");
    // Repeated it is another key: no answer was kept.
    assert_ne!(idempotent.post(KEYS, &body).await.expect(201).id(), made.id());

    for path in [KEYS.to_owned(), format!("{KEYS}/{}", made.id()), "/api/v1/audit/logs?limit=100".to_owned()]
    {
        let answer = admin.get(&path).await.expect(200);
        assert!(!answer.text.contains(&secret[1..]) && !answer.text.contains("hash"), "{}", answer.text);
    }
    let (home, secret) = (home(&world).await, &secret[1..]);
    let hex = secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    for table in ["api_keys", "audit_log", "outbox", "idempotency_keys", "jobs"] {
        let like = |text: &str| format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{text}%'");
        for text in [secret, &hex] {
            let found: i64 = home.query_one(&like(text), &[]).await.unwrap().get(0);
            assert_eq!(found, 0, "the secret is in {table}");
        }
    }
    let known: i64 = home.query_one("SELECT count(*) FROM api_keys", &[]).await.unwrap().get(0);
    assert_eq!(known, 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_not_exactly_right_are_refused_alike() {
    let world = World::new().await;
    let (admin, b) = (world.admin_a().await, world.admin_b().await);
    let (mine, _) = own_key(&admin, &["projects:read"]).await;
    let key = mine.token.clone().unwrap();
    let theirs = own_key(&b, &["projects:read"]).await.0.token.unwrap();
    let (prefix, secret) = key.split_at(70);
    let expected = admin.clone().with_token("nonsense").get(PROJECTS).await.expect(401);
    let (a_id, b_id) = (world.a.id.as_uuid().simple(), world.b.id.as_uuid().simple());
    let forged = [
        format!("{prefix}{}", "A".repeat(43)),
        format!("{prefix}{}", &theirs[70..]),
        format!("{}{secret}", &theirs[..70]),
        key.replacen(&a_id.to_string(), &b_id.to_string(), 1),
        format!("tnk_{a_id}_{}_{secret}", random_id().replace('-', "")),
        key.to_uppercase(),
        format!("{key}A"),
        key[..key.len() - 1].to_owned(),
        "tnk_".to_owned(),
    ];
    for token in forged {
        let answer = admin.clone().with_token(&token).get(PROJECTS).await.expect(401);
        let same = |answer: &Answer| {
            let mut body = answer.body.clone();
            body["request_id"] = Value::Null;
            body
        };
        assert_eq!(same(&answer), same(&expected), "{token}");
    }
    // The other tenant's name beside the key is refused; so is a key in a page's cookie.
    let named = mine.clone().header("x-tenant-slug", &world.b.slug);
    assert!(matches!(named.get(PROJECTS).await.status, 403 | 404));
    let cookie = format!("__Host-tenantry-{}={key}", world.a.slug);
    let page = world.client().header("cookie", &cookie).header("x-tenant-slug", &world.a.slug);
    page.header("x-tenantry-csrf", "1").get(PROJECTS).await.expect(401);
    mine.get(PROJECTS).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_for_its_owners_own_account() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let everything: Vec<String> = admin.get(ME).await.expect(200).body["data"]["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    let scopes: Vec<&str> = everything.iter().map(String::as_str).collect();
    let (key, id) = own_key(&admin, &scopes).await;
    key.get(ME).await.expect(200);
    let change =
        json!({"current_password": tenantry_testkit::PASSWORD, "new_password": "another-Horse-42-battery"});
    key.post("/api/v1/auth/change-password", &change).await.expect(403);
    key.send("POST", "/api/v1/auth/logout", None).await.expect(403);
    key.get("/api/v1/users/me/sessions").await.expect(403);
    key.delete("/api/v1/users/me/sessions").await.expect(403);
    key.put("/api/v1/users/me", &json!({"last_name": "x"})).await.expect(403);
    // No key makes a key, whatever its scopes.
    let more = json!({"name": "more", "scopes": ["projects:read"]});
    assert_eq!(key.post(KEYS, &more).await.expect(403).code(), "not_with_key");
    assert_eq!(key.post(&format!("{KEYS}/{id}/rotate"), &json!({})).await.expect(403).code(), "not_with_key");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_worth_what_its_owner_holds_now() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (clerk, user) = member(&world, "keyholder", &["api_keys:create", "users:read"]).await;
    let (key, _) = own_key(&clerk, &["users:read"]).await;
    key.get("/api/v1/users").await.expect(200);
    assert_eq!(
        clerk.post(KEYS, &json!({"name": "x", "scopes": ["users:create"]})).await.expect(403).code(),
        "privilege_escalation"
    );

    let roles = admin.get(&format!("/api/v1/users/{user}/roles")).await.expect(200);
    let roles = roles.body["data"].as_array().unwrap();
    let role = roles.iter().find(|one| one["name"] == "role of keyholder").unwrap()["id"].as_str().unwrap();
    admin.delete(&format!("/api/v1/users/{user}/roles/{role}")).await.expect(200);
    key.get("/api/v1/users").await.expect(403);

    // A policy gives its owner more; keys get nothing by policies.
    let policy = json!({
        "name": "all see users", "target": {"resource": "user", "action": "read"}, "rules": {"effect": "allow"},
    });
    let policy = admin.post("/api/v1/policies", &policy).await.expect(201).id();
    let to = json!({"assignee_type": "user", "assignee_id": user});
    admin.post(&format!("/api/v1/policies/{policy}/assignments"), &to).await.expect(201);
    clerk.get("/api/v1/users").await.expect(200);
    key.get("/api/v1/users").await.expect(403);
    // But what a policy denies is denied to keys, too.
    let (admins, _) = own_key(&admin, &["users:read"]).await;
    admins.get("/api/v1/users").await.expect(200);
    let deny = json!({
        "name": "no users", "target": {"resource": "user", "action": "read"}, "rules": {"effect": "deny"}, "priority": 100,
    });
    let deny = admin.post("/api/v1/policies", &deny).await.expect(201).id();
    let to = json!({"assignee_type": "user", "assignee_id": world.a.admin});
    admin.post(&format!("/api/v1/policies/{deny}/assignments"), &to).await.expect(201);
    admins.get("/api/v1/users").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_for_oneself_and_for_service_accounts_only() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (_, person) = world.create_user_a("person", "user").await;
    let body = json!({"name": "x", "scopes": ["projects:read"], "service_account_id": person});
    admin.post(KEYS, &body).await.expect(404);
    // Who may make only their own makes none for a service account, and sees only their own.
    let robot = robot(&admin, &[]).await;
    robots_key(&admin, &robot, &["projects:read"]).await;
    let own = ["api_keys:create:own", "api_keys:read:own", "projects:read"];
    let (clerk, _) = member(&world, "owner", &own).await;
    let (_, mine) = own_key(&clerk, &["projects:read"]).await;
    let body = json!({"name": "x", "scopes": ["projects:read"], "service_account_id": robot});
    clerk.post(KEYS, &body).await.expect(403);
    let seen = clerk.get(KEYS).await.expect(200);
    let ids: Vec<&Value> = seen.body["data"].as_array().unwrap().iter().map(|key| &key["id"]).collect();
    assert_eq!(ids, [&json!(mine)]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_refused_on_every_node_within_a_second() {
    let world = World::with(Options { nodes: 2, ..Options::default() }).await;
    let admin = world.admin_a().await;
    let robot = robot(&admin, &["project_manager"]).await;
    let other = |client: &Client| client.clone().at(&world.client_at(1).base);
    let (key, id) = robots_key(&admin, &robot, &["projects:read"]).await;
    other(&key).get(PROJECTS).await.expect(200);
    admin.delete(&format!("{KEYS}/{id}")).await.expect(200);
    key.get(PROJECTS).await.expect(401);
    refused_within_a_second(&other(&key), PROJECTS).await;
    admin.delete(&format!("{KEYS}/{id}")).await.expect(200);
    assert_eq!(admin.get(&format!("{KEYS}/{id}")).await.expect(200).body["data"]["status"], "revoked");

    // With its account; and an account that is switched on again has its keys again.
    let (key, _) = robots_key(&admin, &robot, &["projects:read"]).await;
    other(&key).get(PROJECTS).await.expect(200);
    let path = format!("{ACCOUNTS}/{robot}");
    admin.put(&path, &json!({"status": "inactive"})).await.expect(200);
    refused_within_a_second(&other(&key), PROJECTS).await;
    admin.put(&path, &json!({"status": "active"})).await.expect(200);
    key.get(PROJECTS).await.expect(200);
    admin.delete(&path).await.expect(200);
    refused_within_a_second(&other(&key), PROJECTS).await;
    admin.put(&path, &json!({"status": "active"})).await.expect(200);
    key.get(PROJECTS).await.expect(401);

    // With its person.
    let (clerk, user) = member(&world, "leaver", &["api_keys:create", "projects:read"]).await;
    let (key, _) = own_key(&clerk, &["projects:read"]).await;
    other(&key).get(PROJECTS).await.expect(200);
    admin.delete(&format!("/api/v1/users/{user}")).await.expect(200);
    refused_within_a_second(&other(&key), PROJECTS).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_key_stays_good_for_the_overlap_and_no_longer() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let robot = robot(&admin, &["project_manager"]).await;
    let (old, id) = robots_key(&admin, &robot, &["projects:read"]).await;
    let path = format!("{KEYS}/{id}/rotate");
    let made = admin.post(&path, &json!({"overlap_seconds": 60})).await.expect(201);
    let new = with_key(&admin, &made);
    assert_eq!(made.body["data"]["scopes"], json!(["projects:read"]));
    assert_eq!(admin.post(&path, &json!({})).await.expect(409).code(), "key_over");
    old.get(PROJECTS).await.expect(200);
    advance(&world, 59);
    old.get(PROJECTS).await.expect(200);
    advance(&world, 1);
    old.get(PROJECTS).await.expect(401);
    new.get(PROJECTS).await.expect(200);
    advance(&world, 90 * 24 * 3600);
    new.get(PROJECTS).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_use_of_a_key_is_noted_now_and_then() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let robot = robot(&admin, &["project_manager"]).await;
    let (key, id) = robots_key(&admin, &robot, &["projects:read"]).await;
    let last =
        async || admin.get(&format!("{KEYS}/{id}")).await.expect(200).body["data"]["last_used_at"].clone();
    assert_eq!(last().await, Value::Null);
    let until = async |expected: &str| {
        for _ in 0..100 {
            if last().await == json!(expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not {expected}: {}", last().await);
    };
    key.get(PROJECTS).await.expect(200);
    until("2026-11-05T12:00:00Z").await;
    advance(&world, 9 * 60);
    key.get(PROJECTS).await.expect(200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(last().await, json!("2026-11-05T12:00:00Z"));
    advance(&world, 60);
    key.get(PROJECTS).await.expect(200);
    until("2026-11-05T12:10:00Z").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_account_is_nobody_who_signs_in_or_administers() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let robot = robot(&admin, &["tenant_admin"]).await;
    // It is no member of the list of people, and cannot be given a password's way in.
    let users = admin.get("/api/v1/users?limit=100").await.expect(200);
    assert!(!users.text.contains(&robot));
    for path in [format!("/api/v1/users/{robot}"), format!("/api/v1/users/{robot}/sessions")] {
        admin.get(&path).await.expect(404);
    }
    let email = format!("{robot}@service-accounts.invalid");
    world.client().try_sign_in(&world.a.slug, &email, tenantry_testkit::PASSWORD).await.expect(401);
    // The only administrator cannot leave the tenant to a program.
    let (second, _) = world.create_user_a("second", "tenant_admin").await;
    let second = world.client().sign_in(&world.a.slug, &second, tenantry_testkit::PASSWORD).await;
    let me = second.get(ME).await.expect(200).id();
    second.delete(&format!("/api/v1/users/{}", world.a.admin)).await.expect(200);
    let roles = second.get(&format!("/api/v1/users/{me}/roles")).await.expect(200);
    let role = roles.body["data"][0]["id"].as_str().unwrap().to_owned();
    let left = second.delete(&format!("/api/v1/users/{me}/roles/{role}")).await.expect(409);
    assert_eq!(left.code(), "last_administrator");
    world.end().await;
}

/// For every operation: a key with all scopes but the operation's is refused, and one with that scope alone will do.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_asks_for_its_own_scope() {
    let world = World::new().await;
    let (wire, maker) = (Wire::to(&world), Maker::in_a(&world).await);
    let all: Vec<String> = maker.admin.get(ME).await.expect(200).body["data"]["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    let mut faults = Vec::new();
    let mut covered = std::collections::BTreeSet::new();
    for operation in Operation::all("/api/v1") {
        // Operators' actions are no scopes of a tenant; what is one's own is tried above.
        if operation.audience != "tenant" {
            continue;
        }
        covered.insert(operation.action.clone());
        let but: Vec<&str> = all.iter().map(String::as_str).filter(|one| *one != operation.action).collect();
        for (scopes, expected) in [(but, 403), (vec![operation.action.as_str()], operation.success)] {
            let (key, _) = own_key(&maker.admin, &scopes).await;
            let ids = maker.arrange(&operation).await.unwrap();
            let ask = maker.request(&operation, "", &ids).unwrap().by(key.token.as_deref());
            let reply = wire.send(&ask).await;
            let makes_keys = operation.action == "api_keys:create" && expected == operation.success;
            // What is given away must be held as well: a key for giving alone gives nothing.
            let beyond = ["privilege_escalation", "beyond_own"].contains(&reply.code().as_str());
            let gives = reply.status == 403 && beyond && expected != 403;
            // Let through, to another server that is not there.
            let gives = gives || (operation.needs_more() && reply.status == 503 && expected != 403);
            let is_right =
                reply.status == expected || gives || (makes_keys && reply.code() == "not_with_key");
            if !is_right {
                faults.push(format!("{} with {} scopes: {reply:?}", operation.name(), scopes.len()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // Asked for by a field of users:create (invitations.rs).
    covered.insert("users:import".to_owned());
    assert_eq!(covered.len(), all.len(), "{covered:?} {all:?}");
    drop(maker);
    world.end().await;
}
