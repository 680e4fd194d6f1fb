//! Roles: who may do what, who may grant what, and how fast a change counts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, World};

use crate::tokens::two_nodes;
use crate::wire::random_id;

async fn role(admin: &Client, name: &str, permissions: &[&str]) -> String {
    let body = json!({"name": name, "role_family": "Internal", "permissions": permissions});
    admin.post("/api/v1/roles", &body).await.expect(201).id()
}

async fn role_named(admin: &Client, name: &str) -> String {
    let roles = admin.get("/api/v1/roles").await.expect(200);
    let roles = roles.body["data"].as_array().unwrap();
    roles.iter().find(|role| role["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

async fn give(admin: &Client, user: &str, role: &str) {
    admin.post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": role})).await.expect(200);
}

/// A user with only this role of the tenant's own: client and id.
async fn member(world: &World, admin: &Client, name: &str, permissions: &[&str]) -> (Client, String) {
    let (email, user) = world.create_user_a(name, "customer").await;
    let role = role(admin, &format!("role of {name}"), permissions).await;
    give(admin, &user, &role).await;
    (world.client().sign_in(&world.a.slug, &email, PASSWORD).await, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_examples_work() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let declared = json!({"name": "booking.cancel", "resource": "booking", "action": "cancel", "description": "Cancel a booking"});
    let made = admin.post("/api/v1/permissions", &declared).await.expect(201);
    assert_eq!(
        (&made.body["data"]["name"], &made.body["data"]["resource"]),
        (&json!("booking:cancel"), &json!("booking"))
    );
    assert_eq!(admin.post("/api/v1/permissions", &declared).await.expect(409).code(), "permission_taken");

    let body = json!({
        "name": "PremiumCustomer", "role_family": "Customer", "permissions": ["booking.create", "booking.update"],
        "description": "Premium customer with additional privileges",
    });
    let made = admin.post("/api/v1/roles", &body).await.expect(201);
    assert_eq!(made.body["data"]["permissions"], json!(["booking:create", "booking:update"]));
    assert_eq!(admin.post("/api/v1/roles", &body).await.expect(409).body["errors"][0]["pointer"], "#/name");
    let list = admin.get("/api/v1/permissions?limit=100").await.expect(200).text;
    for name in ["booking:cancel", "booking:create", "booking:update", "projects:read"] {
        assert!(list.contains(name), "{name}");
    }
    assert!(!list.contains("tenants:create"), "an organisation sees what only operators hold");

    let path = format!("/api/v1/roles/{}", made.id());
    let (_, user) = world.create_user_a("member", "user").await;
    let assigned =
        admin.post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": made.id()})).await.expect(200);
    assert_eq!(assigned.body["data"], json!({"message": "Role assigned successfully"}));
    assert_eq!(admin.delete(&path).await.expect(409).code(), "role_in_use");
    let shown = admin.get(&format!("/api/v1/users/{user}")).await.expect(200);
    assert_eq!(shown.body["data"]["roles"].as_array().map(Vec::len), Some(2));
    admin.delete(&format!("/api/v1/users/{user}/roles/{}", made.id())).await.expect(200);
    admin.put(&path, &json!({"name": "Gold", "permissions": ["booking.create"]})).await.expect(200);
    assert_eq!(admin.get(&path).await.expect(200).body["data"]["permissions"], json!(["booking:create"]));
    admin.delete(&path).await.expect(200);
    admin.get(&path).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_more_than_they_hold() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let granter = [
        "roles:create",
        "roles:update",
        "roles:delete",
        "roles:assign",
        "roles:read",
        "projects:read",
        "projects:update:own",
    ];
    let (member, user) = member(&world, &admin, "granter", &granter).await;
    let beyond = |answer: tenantry_testkit::Answer, pointer: &str| {
        assert_eq!((answer.status, answer.code()), (403, "privilege_escalation"), "{}", answer.text);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.text);
    };
    let body =
        |permissions: Value| json!({"name": "bigger", "role_family": "Internal", "permissions": permissions});
    let post = |permissions: Value| {
        let member = member.clone();
        async move { member.post("/api/v1/roles", &body(permissions)).await }
    };
    // The field is the one that the caller wrote, whatever order the server likes.
    beyond(post(json!(["roles:read", "projects:read", "audit:read"])).await, "#/permissions/2");
    beyond(post(json!(["users:delete", "projects:read"])).await, "#/permissions/0");
    beyond(post(json!(["projects:update"])).await, "#/permissions/0");
    beyond(post(json!(["ship:sink"])).await, "#/permissions/0");
    let small = member
        .post("/api/v1/roles", &body(json!(["projects:read", "projects:update:own"])))
        .await
        .expect(201)
        .id();
    let path = format!("/api/v1/roles/{small}");
    beyond(
        member.put(&path, &json!({"permissions": ["projects:read", "users:delete"]})).await,
        "#/permissions/1",
    );

    // Nor by changing, deleting or handing out a role that grants more.
    let big = role(&admin, "big", &["users:delete"]).await;
    member.put(&format!("/api/v1/roles/{big}"), &json!({"permissions": []})).await.expect(403);
    member.delete(&format!("/api/v1/roles/{big}")).await.expect(403);
    let mine = format!("/api/v1/users/{user}/roles");
    for bigger in [big, role_named(&admin, "tenant_admin").await, role_named(&admin, "project_manager").await]
    {
        beyond(member.post(&mine, &json!({"role_id": bigger})).await, "#/role_id");
    }
    let theirs =
        format!("/api/v1/users/{}/roles/{}", world.a.admin, role_named(&admin, "tenant_admin").await);
    member.delete(&theirs).await.expect(403);
    member.post(&mine, &json!({"role_id": small})).await.expect(200);
    member.post(&mine, &json!({"role_id": random_id()})).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_permissions_are_void_in_an_organisation() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let body = json!({"name": "operator", "role_family": "Internal", "permissions": ["tenants:read"]});
    assert_eq!(admin.post("/api/v1/roles", &body).await.expect(422).code(), "unknown_permission");
    // Also when the row is there: whoever can write to the database still is no operator.
    let made = role(&admin, "operator", &["booking:read"]).await;
    give(&admin, &world.a.admin.to_string(), &made).await;
    let database = world.database.admin().await;
    let schema = "SELECT schema_name FROM control.placements WHERE tenant_id = $1::text::uuid";
    let schema: String = database.query_one(schema, &[&world.a.id.to_string()]).await.unwrap().get(0);
    let update =
        format!("UPDATE {schema}.role_permissions SET permission = 'tenants:read' WHERE role_id = '{made}'");
    database.batch_execute(&update).await.unwrap();
    let again = world.admin_a().await;
    give(&again, &world.a.admin.to_string(), &role(&again, "another", &[]).await).await;
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(500) {
        again.get("/api/v1/tenants").await.expect(403);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_keeps_an_administrator() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let administrator = role_named(&admin, "tenant_admin").await;
    let me = format!("/api/v1/users/{}", world.a.admin);
    let last = |answer: tenantry_testkit::Answer| assert_eq!(answer.expect(409).code(), "last_administrator");
    last(admin.delete(&format!("{me}/roles/{administrator}")).await);
    admin.delete(&me).await.expect(409);
    admin.put(&me, &json!({"status": "inactive"})).await.expect(409);

    // A second one may remove the first, and then is the last.
    let (deleter, _) =
        member(&world, &admin, "deleter", &["users:read", "users:delete", "users:update"]).await;
    let (email, second) = world.create_user_a("second", "tenant_admin").await;
    let other = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    other.delete(&me).await.expect(200);
    last(other.delete(&format!("/api/v1/users/{second}/roles/{administrator}")).await);

    // Someone who may deactivate users cannot remove the last one either.
    let path = format!("/api/v1/users/{second}");
    last(deleter.delete(&path).await);
    last(deleter.put(&path, &json!({"status": "suspended"})).await);
    // An administrator for a day is not enough.
    let until = json!({"role_id": administrator, "expires_at": "2099-01-01T00:00:00Z"});
    let body = json!({"email": "third@amaranth.example", "password": PASSWORD, "email_verified": true});
    let third = other.post("/api/v1/users", &body).await.expect(201).id();
    other.post(&format!("/api/v1/users/{third}/roles"), &until).await.expect(200);
    last(deleter.delete(&path).await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_remove_each_other_one_stays() {
    let world = World::new().await;
    let one = world.admin_a().await;
    let administrator = role_named(&one, "tenant_admin").await;
    let (email, second) = world.create_user_a("second", "tenant_admin").await;
    let two = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let (of_first, of_second) = (
        format!("/api/v1/users/{}/roles/{administrator}", world.a.admin),
        format!("/api/v1/users/{second}/roles/{administrator}"),
    );
    let (a, b) = futures_util::future::join(one.delete(&of_second), two.delete(&of_first)).await;
    let successes = [a.status, b.status].iter().filter(|status| **status == 200).count();
    assert_eq!(successes, 1, "{} {}", a.text, b.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_roles_counts_on_every_node_within_a_second() {
    let world = two_nodes().await;
    let admin = world.admin_a().await;
    let (email, user) = world.create_user_a("member", "viewer").await;
    let here = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let there = here.clone().at(&world.client_at(1).base);
    let list = "/api/v1/users";
    for client in [&here, &there] {
        client.get(list).await.expect(403);
    }
    let custom = role(&admin, "sees users", &["users:read"]).await;
    give(&admin, &user, &custom).await;
    within_a_second(&here, list, 200).await;
    within_a_second(&there, list, 200).await;
    admin.put(&format!("/api/v1/roles/{custom}"), &json!({"permissions": ["roles:read"]})).await.expect(200);
    within_a_second(&there, list, 403).await;
    within_a_second(&here, list, 403).await;
    within_a_second(&there, "/api/v1/roles", 200).await;
    admin.delete(&format!("/api/v1/users/{user}/roles/{custom}")).await.expect(200);
    within_a_second(&there, "/api/v1/roles", 403).await;
    within_a_second(&here, "/api/v1/roles", 403).await;
    world.end().await;
}

async fn within_a_second(client: &Client, path: &str, status: u16) {
    let started = Instant::now();
    while client.get(path).await.status != status {
        assert!(started.elapsed() < Duration::from_secs(1), "{path} is not yet {status}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_ends_with_ownership() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (member, user) =
        member(&world, &admin, "owner", &["projects:read:own", "projects:create", "projects:delete:own"])
            .await;
    let mine = member.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let theirs = admin.post("/api/v1/projects", &json!({"name": "Quay"})).await.expect(201).id();
    let path = |id: &str| format!("/api/v1/projects/{id}");
    member.get(&path(&mine)).await.expect(200);
    // What cannot be read cannot be told from nothing.
    member.get(&path(&theirs)).await.expect(404);
    member.delete(&path(&theirs)).await.expect(404);
    let ids = |answer: tenantry_testkit::Answer| answer.expect(200).body["data"].as_array().unwrap().len();
    assert_eq!(ids(member.get("/api/v1/projects").await), 1);
    assert_eq!(ids(member.get(&format!("/api/v1/projects?owner_id={}", world.a.admin)).await), 0);
    assert_eq!(ids(member.get(&format!("/api/v1/projects?owner_id={user}")).await), 1);
    let counted = member.get("/api/v1/projects?count=true").await.expect(200);
    assert_eq!(counted.body["meta"]["total"], 1);
    admin.put(&path(&mine), &json!({"owner_id": world.a.admin})).await.expect(200);
    member.get(&path(&mine)).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn system_roles_cannot_be_changed() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for name in ["tenant_admin", "user"] {
        let path = format!("/api/v1/roles/{}", role_named(&admin, name).await);
        assert_eq!(admin.put(&path, &json!({"permissions": []})).await.expect(409).code(), "system_role");
        assert_eq!(admin.delete(&path).await.expect(409).code(), "system_role");
    }
    for name in ["tenant_admin", "super_admin"] {
        let taken = json!({"name": name, "role_family": "Internal"});
        assert_eq!(admin.post("/api/v1/roles", &taken).await.expect(409).code(), "role_name_taken");
    }
    world.end().await;
}
