//! Policies: document B's example to the second, errors that point into the JSON, priorities, and that every route asks
//! them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, Options, World};

use crate::groups::member;

/// Document B's example, unchanged.
pub(crate) fn example() -> Value {
    json!({
      "name": "PremiumCustomerBookingPolicy",
      "description": "Allows premium customers to cancel bookings up to 24 hours before",
      "target": {
        "resource": "booking",
        "action": "cancel"
      },
      "rules": {
        "effect": "allow",
        "conditions": [
          {
            "user.role": "PremiumCustomer",
            "booking.scheduled_time": "> now() + 24h"
          }
        ]
      }
    })
}

pub(crate) async fn policy(admin: &Client, body: &Value) -> String {
    admin.post("/api/v1/policies", body).await.expect(201).id()
}

pub(crate) fn rule(name: &str, resource: &str, action: &str, effect: &str, conditions: Value) -> Value {
    json!({
        "name": name, "target": {"resource": resource, "action": action},
        "rules": {"effect": effect, "conditions": conditions},
    })
}

pub(crate) async fn ask(admin: &Client, user: &str, action: &str, resource: Value) -> Answer {
    let body = json!({"user_id": user, "action": action, "resource": resource});
    admin.post("/api/v1/access/check", &body).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn premium_customers_cancel_up_to_a_day_before_to_the_second() {
    let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let world = World::with(Options { clock: Some(start), ..Options::default() }).await;
    let admin = world.admin_a().await;
    let body = json!({"name": "PremiumCustomer", "role_family": "Customer", "permissions": []});
    let premium = admin.post("/api/v1/roles", &body).await.expect(201).id();
    let made = admin.post("/api/v1/policies", &example()).await.expect(201);
    assert_eq!(made.body["data"]["is_enabled"], json!(true));
    assert_eq!(made.body["data"]["rules"], example()["rules"]);
    let (_, customer) = member(&world, "customer", &[]).await;
    let booking = |seconds: i64| {
        let at = start + SignedDuration::from_hours(24) + SignedDuration::from_secs(seconds);
        json!({"id": "BK-20260302-001", "properties": {"scheduled_time": at.to_string()}})
    };
    // Without the role, nothing.
    let refused = ask(&admin, &customer, "booking.cancel", booking(3600)).await;
    assert_eq!(refused.body["data"]["allowed"], json!(false));
    admin.post(&format!("/api/v1/users/{customer}/roles"), &json!({"role_id": premium})).await.expect(200);
    for (seconds, allowed) in [(-1, false), (0, false), (1, true), (3600, true)] {
        let answer = ask(&admin, &customer, "booking:cancel", booking(seconds)).await;
        assert_eq!(answer.body["data"]["allowed"], json!(allowed), "{seconds} {}", answer.text);
    }
    let allowed = ask(&admin, &customer, "booking.cancel", booking(1)).await;
    assert_eq!(allowed.body["data"]["policies"], json!([made.id()]));
    assert_eq!(allowed.body["data"]["reason"], "a policy allows it");
    // The clock goes on: a second later it is too late.
    world.clock.as_ref().unwrap().advance(SignedDuration::from_secs(1));
    let late = ask(&admin, &customer, "booking.cancel", booking(1)).await;
    assert_eq!(late.body["data"]["allowed"], json!(false));
    // What is not known is named.
    let unknown = ask(&admin, &customer, "booking.cancel", json!({"id": "1"})).await;
    assert_eq!(
        (&unknown.body["data"]["allowed"], &unknown.body["data"]["missing"]),
        (&json!(false), &json!(["booking.scheduled_time"]))
    );
    // The policy speaks of cancelling only.
    assert_eq!(
        ask(&admin, &customer, "booking.update", booking(3600)).await.body["data"]["allowed"],
        json!(false)
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_point_into_the_policy() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let with = |at: &str, value: Value| {
        let mut body = example();
        let (parent, name) = at.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().insert(name.to_owned(), value);
        body
    };
    for (at, value, pointer) in [
        ("/target/resource", json!("ship"), "#/target/resource"),
        ("/target/resource", json!(["booking", "ship"]), "#/target/resource/1"),
        ("/target/resource", json!("projects"), "#/target/action"),
        ("/target/action", json!("can cel"), "#/target/action"),
        ("/target/colour", json!(1), "#/target/colour"),
        ("/target", json!("booking"), "#/target"),
        ("/rules/effect", json!("maybe"), "#/rules/effect"),
        ("/rules/conditions", json!({}), "#/rules/conditions"),
        ("/rules/conditions", json!(["x"]), "#/rules/conditions/0"),
        ("/rules/colour", json!(1), "#/rules/colour"),
        ("/rules/conditions/0/user.rank", json!("1"), "#/rules/conditions/0/user.rank"),
        ("/rules/conditions/0/booking.colour", json!("1"), "#/rules/conditions/0/booking.colour"),
        ("/rules/conditions/0/project.status", json!("1"), "#/rules/conditions/0/project.status"),
        (
            "/rules/conditions/0/booking.scheduled_time",
            json!("> soon"),
            "#/rules/conditions/0/booking.scheduled_time",
        ),
        (
            "/rules/conditions/0/booking.scheduled_time",
            json!("> now() + 1y"),
            "#/rules/conditions/0/booking.scheduled_time",
        ),
        ("/rules/conditions/0/booking.price", json!("cheap"), "#/rules/conditions/0/booking.price"),
        (
            "/rules/conditions/0/booking.price",
            json!({"gt": 1, "near": 2}),
            "#/rules/conditions/0/booking.price/near",
        ),
        (
            "/rules/conditions/0/environment.ip",
            json!(["10.0.0.0/8", "10.0.0.0/64"]),
            "#/rules/conditions/0/environment.ip/1",
        ),
        (
            "/rules/conditions/0/environment.business_hours",
            json!({"from": "9", "to": "17:00"}),
            "#/rules/conditions/0/environment.business_hours/from",
        ),
        (
            "/rules/conditions/0/any",
            json!([{"user.role": "a"}, {"user.nothing": "b"}]),
            "#/rules/conditions/0/any/1/user.nothing",
        ),
        ("/cedar", json!("permit (principal, action, resource);"), "#"),
    ] {
        for path in ["/api/v1/policies", "/api/v1/policies/validate"] {
            let answer = admin.post(path, &with(at, value.clone())).await.expect(422);
            assert_eq!(answer.code(), "validation_failed", "{}", answer.text);
            assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{at} {}", answer.text);
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn native_cedar_is_checked_against_the_schema() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let native = |text: &str| json!({"name": "native", "cedar": text});
    for text in [
        "permit (principal, action == Action::\"booking:cancel\", resource) when { resource.colour == 1 };",
        "permit (principal, action == Action::\"booking:cancel\", resource) when { resource.status == \"x\" };",
        "permit (principal, action, resource); permit (principal, action, resource);",
        "permit (principal, action == Action::\"cancel\", resource);",
        "nonsense",
    ] {
        let answer = admin.post("/api/v1/policies", &native(text)).await.expect(422);
        assert_eq!(answer.body["errors"][0]["pointer"], "#/cedar", "{text} {}", answer.text);
    }
    let good = "permit (principal, action == Action::\"booking:cancel\", resource) \
                when { resource has status && resource.status == \"open\" };";
    let made = admin.post("/api/v1/policies", &native(good)).await.expect(201).id();
    let answer = ask(
        &admin,
        &world.a.admin.to_string(),
        "booking.cancel",
        json!({"id": "1", "properties": {"status": "open"}}),
    )
    .await;
    assert_eq!(answer.body["data"]["policies"], json!([made]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_highest_priority_in_which_a_policy_applies_decides() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let me = world.a.admin.to_string();
    let allowed = async || {
        let answer =
            ask(&admin, &me, "booking.cancel", json!({"id": "1", "properties": {"status": "open"}})).await;
        answer.body["data"]["allowed"].as_bool().unwrap()
    };
    let at = |name: &str, effect: &str, priority: i32, conditions: Value| {
        let mut body = rule(name, "booking", "*", effect, conditions);
        body["priority"] = json!(priority);
        body
    };
    assert!(!allowed().await);
    policy(&admin, &at("low", "allow", -5, json!([]))).await;
    assert!(allowed().await);
    let deny = policy(&admin, &at("deny", "deny", 0, json!([{"booking.status": "open"}]))).await;
    assert!(!allowed().await);
    policy(&admin, &at("same tier", "allow", 0, json!([]))).await;
    assert!(!allowed().await, "inside a tier, a denial wins");
    policy(&admin, &at("does not apply", "deny", 20, json!([{"booking.status": "closed"}]))).await;
    assert!(!allowed().await);
    let high = policy(&admin, &at("high", "allow", 10, json!([]))).await;
    assert!(allowed().await);
    admin.put(&format!("/api/v1/policies/{high}"), &json!({"is_enabled": false})).await.expect(200);
    assert!(!allowed().await);
    admin.delete(&format!("/api/v1/policies/{deny}")).await.expect(200);
    assert!(allowed().await);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_and_lists_ask_the_policies_about_every_object() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("viewer", "viewer").await;
    let viewer = world.client().sign_in(&world.a.slug, &email, tenantry_testkit::PASSWORD).await;
    let project =
        async |name: &str| admin.post("/api/v1/projects", &json!({"name": name})).await.expect(201).id();
    let (open, secret) = (project("Open quay").await, project("Secret quay").await);
    let path = |id: &str| format!("/api/v1/projects/{id}");
    let names = async |client: &Client, query: &str| -> Vec<String> {
        let list = client.get(&format!("/api/v1/projects{query}")).await.expect(200);
        list.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&viewer, "").await.len(), 2);
    let hide = rule("hide", "projects", "read", "deny", json!([{"project.name": "like Secret*"}]));
    let hide = policy(&admin, &hide).await;
    admin
        .post(
            &format!("/api/v1/policies/{hide}/assignments"),
            &json!({"assignee_type": "user", "assignee_id": id}),
        )
        .await
        .expect(201);
    viewer.get(&path(&open)).await.expect(200);
    viewer.get(&path(&secret)).await.expect(404);
    assert_eq!(names(&viewer, "").await, ["Open quay"]);
    let counted = viewer.get("/api/v1/projects?count=true").await.expect(200);
    assert_eq!(counted.body["meta"].get("total"), None, "a total would count what is hidden");
    assert_eq!(names(&admin, "").await.len(), 2, "the policy is assigned to the viewer only");
    // A policy alone lets somebody in, as far as it goes.
    viewer.put(&path(&open), &json!({"name": "Free quay"})).await.expect(403);
    let mut edit = rule(
        "edit",
        "projects",
        "update",
        "allow",
        json!([{"project.name": "Open quay", "project.status": "active"}]),
    );
    edit["priority"] = json!(3);
    policy(&admin, &edit).await;
    viewer.put(&path(&secret), &json!({"name": "Free quay"})).await.expect(404);
    viewer.put(&path(&open), &json!({"name": "Free quay"})).await.expect(200);
    viewer.put(&path(&open), &json!({"name": "Other quay"})).await.expect(403);
    // Somebody whom only a policy lets see anything sees exactly that.
    let (guest, _) = member(&world, "guest", &[]).await;
    guest.get("/api/v1/projects").await.expect(403);
    let show = rule("show", "projects", "read", "allow", json!([{"project.name": "Free quay"}]));
    policy(&admin, &show).await;
    assert_eq!(names(&guest, "").await, ["Free quay"]);
    guest.get(&path(&secret)).await.expect(404);
    // What is made must fit as well.
    let small = rule("no secrets", "projects", "create", "deny", json!([{"project.name": "like Secret*"}]));
    policy(&admin, &small).await;
    admin.post("/api/v1/projects", &json!({"name": "Secret pier"})).await.expect(403);
    project("Plain pier").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_asks_about_each_row() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    // An auditor sees everything that the policies below do not hide.
    let permissions = ["audit:read", "audit:export", "events:read", "roles:read", "groups:read", "jobs:read"];
    let (auditor, id) = member(&world, "auditor", &permissions).await;
    for name in ["Crew", "Board"] {
        admin.post("/api/v1/groups", &json!({"name": name})).await.expect(201);
    }
    admin.post("/api/v1/projects", &json!({"name": "Quay"})).await.expect(201);
    let values = async |path: &str, name: &str| -> Vec<String> {
        let list = auditor.get(path).await.expect(200);
        let rows = list.body["data"].as_array().unwrap();
        rows.iter().map(|row| row[name].as_str().unwrap().to_owned()).collect()
    };
    let lists = [
        ("/api/v1/groups?limit=100", "name", "Board", "Crew", "groups", "group.name"),
        ("/api/v1/roles?limit=100", "name", "viewer", "user", "roles", "role.name"),
        (
            "/api/v1/audit/logs?limit=100",
            "action",
            "groups:create",
            "projects:create",
            "audit",
            "audit.action",
        ),
        (
            "/api/v1/events?limit=100",
            "type",
            "tenantry.group.created",
            "tenantry.project.created",
            "events",
            "event.event_type",
        ),
    ];
    for (path, field, hidden, seen, resource, attribute) in lists {
        // Events are in the list when they have been numbered.
        let is_there = |row: &Value| row[field] == hidden;
        auditor.get_when(path, |list| list.body["data"].as_array().unwrap().iter().any(is_there)).await;
        let conditions = json!([{attribute: hidden, "user.id": id}]);
        policy(&admin, &rule(&format!("hide {resource}"), resource, "read", "deny", conditions)).await;
        let after = values(path, field).await;
        assert!(after.iter().all(|one| one != hidden), "{path}: {after:?}");
        assert!(after.iter().any(|one| one == seen), "{path}: {after:?}");
    }
    for path in ["/api/v1/groups?count=true", "/api/v1/roles?count=true"] {
        let counted = auditor.get(path).await.expect(200);
        assert_eq!(counted.body["meta"].get("total"), None, "{path}: a total would count what is hidden");
    }
    let no_groups = rule("no groups", "audit", "export", "deny", json!([{"audit.action": "groups:create"}]));
    policy(&admin, &no_groups).await;
    let export = auditor.get("/api/v1/audit/logs/export").await.expect(200);
    // As an action: the policy's own row speaks of it too.
    let has = |action: &str| export.text.contains(&format!(",\"{action}\","));
    assert!(has("projects:create") && !has("groups:create"), "{}", export.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_policy_locks_everybody_out() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let deny = policy(&admin, &rule("nothing", "*", "*", "deny", json!([]))).await;
    admin.get("/api/v1/projects").await.expect(403);
    admin.get("/api/v1/auth/me").await.expect(200);
    admin.get("/api/v1/policies").await.expect(200);
    admin.put(&format!("/api/v1/policies/{deny}"), &json!({"is_enabled": false})).await.expect(200);
    admin.get("/api/v1/projects").await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_policy_counts_on_every_node_within_a_second() {
    let world = crate::tokens::two_nodes().await;
    let admin = world.admin_a().await;
    let (here, _) = member(&world, "reader", &["projects:read"]).await;
    let there = here.clone().at(&world.client_at(1).base);
    there.get("/api/v1/projects").await.expect(200);
    let path = format!(
        "/api/v1/policies/{}",
        policy(&admin, &rule("stop", "projects", "read", "deny", json!([]))).await
    );
    for (is_enabled, status) in [(true, 403), (false, 200), (true, 403)] {
        admin.put(&path, &json!({"is_enabled": is_enabled})).await.expect(200);
        here.get("/api/v1/projects").await.expect(status);
        let started = std::time::Instant::now();
        while there.get("/api/v1/projects").await.status != status {
            assert!(started.elapsed() < std::time::Duration::from_secs(1), "not yet {status}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    world.end().await;
}
