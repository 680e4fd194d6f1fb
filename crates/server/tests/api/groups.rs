//! Groups: what members inherit, what nesting allows, and that nothing of it gives anyone more than its giver holds.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenantry_testkit::{Client, Options, PASSWORD, World};

use crate::wire::random_id;

pub(crate) async fn group(admin: &Client, name: &str) -> String {
    admin.post("/api/v1/groups", &json!({"name": name})).await.expect(201).id()
}

pub(crate) async fn role(admin: &Client, name: &str, permissions: &[&str]) -> String {
    let body = json!({"name": name, "role_family": "Internal", "permissions": permissions});
    admin.post("/api/v1/roles", &body).await.expect(201).id()
}

pub(crate) async fn put(client: &Client, group: &str, what: &str, body: Value) -> tenantry_testkit::Answer {
    client.post(&format!("/api/v1/groups/{group}/{what}"), &body).await
}

/// A user whose only role is the tenant's own with these permissions.
pub(crate) async fn member(world: &World, name: &str, permissions: &[&str]) -> (Client, String) {
    let admin = world.admin_a().await;
    let (email, user) = world.create_user_a(name, "customer").await;
    if !permissions.is_empty() {
        let role = role(&admin, &format!("role of {name}"), permissions).await;
        admin.post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": role})).await.expect(200);
    }
    (world.client().sign_in(&world.a.slug, &email, PASSWORD).await, user)
}

#[tokio::test(flavor = "multi_thread")]
async fn members_inherit_roles_of_their_group_and_of_the_groups_around_it() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (user, id) = member(&world, "sailor", &[]).await;
    let (crew, harbour) = (group(&admin, "crew").await, group(&admin, "harbour").await);
    let sees = role(&admin, "sees users", &["users:read"]).await;
    put(&admin, &harbour, "roles", json!({"role_id": sees})).await.expect(200);
    put(&admin, &crew, "members", json!({"user_id": id})).await.expect(200);
    user.get("/api/v1/users").await.expect(403);
    put(&admin, &harbour, "groups", json!({"group_id": crew})).await.expect(200);
    user.get("/api/v1/users").await.expect(200);
    let groups = admin.get(&format!("/api/v1/users/{id}/groups")).await.expect(200);
    let names: Vec<&Value> = groups.body["data"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["crew", "harbour"]);
    admin.delete(&format!("/api/v1/groups/{harbour}/groups/{crew}")).await.expect(200);
    user.get("/api/v1/users").await.expect(403);
    put(&admin, &crew, "roles", json!({"role_id": sees})).await.expect(200);
    user.get("/api/v1/users").await.expect(200);
    let members = admin.get(&format!("/api/v1/groups/{crew}/members")).await.expect(200);
    assert_eq!(members.body["data"][0]["user_id"], id.as_str());
    assert_eq!(admin.delete(&format!("/api/v1/roles/{sees}")).await.expect(409).code(), "role_in_use");
    admin.delete(&format!("/api/v1/groups/{crew}")).await.expect(200);
    user.get("/api/v1/users").await.expect(403);
    admin.delete(&format!("/api/v1/groups/{crew}")).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_never_contain_themselves() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let ids = [group(&admin, "a").await, group(&admin, "b").await, group(&admin, "c").await];
    let nest =
        async |outer: &str, inner: &str| put(&admin, outer, "groups", json!({"group_id": inner})).await;
    nest(&ids[0], &ids[1]).await.expect(200);
    nest(&ids[1], &ids[2]).await.expect(200);
    for (outer, inner) in [(0, 0), (1, 0), (2, 0), (2, 1)] {
        let answer = nest(&ids[outer], &ids[inner]).await.expect(409);
        assert_eq!(
            (answer.code(), &answer.body["errors"][0]["pointer"]),
            ("group_circle", &json!("#/group_id"))
        );
    }
    // Three at once that would close a circle together: one is refused.
    let ids = [group(&admin, "d").await, group(&admin, "e").await, group(&admin, "f").await];
    let pairs = [(0, 1), (1, 2), (2, 0)].map(|(outer, inner)| nest(&ids[outer], &ids[inner]));
    let answers = futures_util::future::join_all(pairs).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 409]);
    nest(&ids[0], &random_id()).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_end_to_the_second_wherever_they_come_from() {
    let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let world = World::with(Options { clock: Some(start), ..Options::default() }).await;
    let clock = world.clock.clone().unwrap();
    let admin = world.admin_a().await;
    let sees = role(&admin, "sees users", &["users:read"]).await;
    let until = |seconds: i64| (start + SignedDuration::from_secs(seconds)).to_string();
    let (direct, direct_id) = member(&world, "direct", &[]).await;
    let (joined, joined_id) = member(&world, "joined", &[]).await;
    let (inherited, inherited_id) = member(&world, "inherited", &[]).await;
    let body = json!({"role_id": sees, "expires_at": until(60)});
    admin.post(&format!("/api/v1/users/{direct_id}/roles"), &body).await.expect(200);
    let (short, lasting) = (group(&admin, "short").await, group(&admin, "lasting").await);
    put(&admin, &short, "roles", body.clone()).await.expect(200);
    put(&admin, &short, "members", json!({"user_id": inherited_id})).await.expect(200);
    put(&admin, &lasting, "roles", json!({"role_id": sees})).await.expect(200);
    let membership = json!({"user_id": joined_id, "expires_at": until(60)});
    put(&admin, &lasting, "members", membership).await.expect(200);
    let mut at = SignedDuration::ZERO;
    for (seconds, status) in [(0, 200), (59, 200), (60, 403), (61, 403)] {
        clock.advance(SignedDuration::from_secs(seconds) - at);
        at = SignedDuration::from_secs(seconds);
        for client in [&direct, &joined, &inherited] {
            assert_eq!(client.get("/api/v1/users").await.status, status, "after {seconds} s");
        }
    }
    let past = json!({"user_id": joined_id, "expires_at": until(1)});
    let refused = put(&admin, &lasting, "members", past).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/expires_at");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_through_groups_what_they_do_not_hold() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let manager =
        ["groups:read", "groups:create", "groups:update", "groups:delete", "groups:manage", "projects:read"];
    let (manager, me) = member(&world, "manager", &manager).await;
    let strong = group(&admin, "strong").await;
    let audit = role(&admin, "audit", &["audit:read"]).await;
    put(&admin, &strong, "roles", json!({"role_id": audit})).await.expect(200);
    let inner = group(&admin, "inner").await;
    put(&admin, &strong, "groups", json!({"group_id": inner})).await.expect(200);
    let mine = group(&manager, "mine").await;
    let beyond = |answer: tenantry_testkit::Answer, pointer: &str| {
        assert_eq!((answer.status, answer.code()), (403, "privilege_escalation"), "{}", answer.text);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{}", answer.text);
    };
    for group in [&strong, &inner] {
        beyond(put(&manager, group, "members", json!({"user_id": me})).await, "#/user_id");
        beyond(put(&manager, group, "groups", json!({"group_id": mine})).await, "#/group_id");
        beyond(manager.put(&format!("/api/v1/groups/{group}"), &json!({"name": "x"})).await, "path/group_id");
        beyond(manager.delete(&format!("/api/v1/groups/{group}")).await, "path/group_id");
    }
    beyond(put(&manager, &mine, "roles", json!({"role_id": audit})).await, "#/role_id");
    // A group of one's own can be put around a stronger one: its members gain nothing beyond the giver's.
    put(&manager, &mine, "groups", json!({"group_id": strong})).await.expect(200);
    put(&manager, &mine, "members", json!({"user_id": me})).await.expect(200);
    manager.get("/api/v1/audit/logs").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_defines_families_and_lists_are_cut_and_filtered() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let family = admin.post("/api/v1/role-families", &json!({"name": "Partner"})).await.expect(201).id();
    for name in ["Partner", "Customer"] {
        let taken = admin.post("/api/v1/role-families", &json!({"name": name})).await.expect(409);
        assert_eq!(taken.code(), "role_family_taken");
    }
    let body = |name: &str, family: &str| json!({"name": name, "role_family": family});
    let partner = admin.post("/api/v1/roles", &body("broker", "Partner")).await.expect(201).id();
    let unknown = admin.post("/api/v1/roles", &body("other", "Guest")).await.expect(422);
    assert_eq!(unknown.body["errors"][0]["pointer"], "#/role_family");
    let path = format!("/api/v1/role-families/{family}");
    assert_eq!(admin.delete(&path).await.expect(409).code(), "role_family_in_use");
    let found = admin.get("/api/v1/roles?role_family=Partner&count=true").await.expect(200);
    assert_eq!((&found.body["data"][0]["id"], &found.body["meta"]["total"]), (&json!(partner), &json!(1)));
    for number in 0..12 {
        admin.post("/api/v1/roles", &body(&format!("role {number}"), "Internal")).await.expect(201);
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/api/v1/roles?limit=10&is_system=false{cursor}")).await.expect(200);
        names.extend(page.body["data"].as_array().unwrap().iter().map(|one| one["name"].to_string()));
        let Some(next) = page.body["meta"]["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names.len(), 13);
    let newest = admin.get("/api/v1/roles?sort=-created_at&limit=10").await.expect(200);
    assert_eq!(newest.body["data"][0]["name"], "role 11");
    admin.put(&format!("/api/v1/roles/{partner}"), &json!({"role_family": "Internal"})).await.expect(200);
    admin.delete(&path).await.expect(200);

    // Permissions: the product's first, then the tenant's own.
    let made = admin.post("/api/v1/permissions", &json!({"name": "ship.sink"})).await.expect(201).id();
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/api/v1/permissions?limit=10{cursor}")).await.expect(200);
        let data = page.body["data"].as_array().unwrap().clone();
        names.extend(data.iter().map(|one| one["name"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["meta"]["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(names.iter().filter(|name| *name == "ship:sink").count(), 1);
    let mut distinct = names.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), names.len());
    let of_ship = admin.get("/api/v1/permissions?resource=ship").await.expect(200);
    assert_eq!(of_ship.body["data"].as_array().unwrap().len(), 1);
    admin.delete(&format!("/api/v1/permissions/{made}")).await.expect(200);
    world.end().await;
}
