//! The life of a policy: versions, import and export, the types it speaks of, and who may write it.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, World};

use crate::groups::{group, member, put, role};
use crate::policies::{ask, example, policy, rule};

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_kept_compared_and_restored() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let path = format!("/api/v1/policies/{}", policy(&admin, &example()).await);
    let mut rules = example()["rules"].clone();
    rules["conditions"][0]["booking.scheduled_time"] = json!("> now() + 48h");
    admin.put(&path, &json!({"rules": rules, "priority": 7})).await.expect(200);
    let diff = admin.get(&format!("{path}/diff")).await.expect(200);
    let changes = diff.body["data"]["changes"].as_array().unwrap();
    let places: Vec<&Value> = changes.iter().map(|change| &change["pointer"]).collect();
    assert_eq!(places, ["#/priority", "#/rules/conditions/0/booking.scheduled_time"]);
    admin
        .clone()
        .header("if-match", "\"1\"")
        .post(&format!("{path}/rollback"), &json!({"version": 1}))
        .await
        .expect(412);
    let back = admin.post(&format!("{path}/rollback"), &json!({"version": 1})).await.expect(200);
    assert_eq!((back.header("etag"), &back.body["data"]["rules"]), (Some("\"3\""), &example()["rules"]));
    admin.post(&format!("{path}/rollback"), &json!({"version": 9})).await.expect(422);
    let versions = admin.get(&format!("{path}/versions")).await.expect(200);
    let numbers: Vec<&Value> =
        versions.body["data"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    // As code: out, and in again with a change.
    let mut bundle = admin.get("/api/v1/policies/export").await.expect(200).body["data"].clone();
    bundle["policies"][0]["is_enabled"] = json!(false);
    let second = rule("second", "booking", "read", "allow", json!([]));
    bundle["policies"].as_array_mut().unwrap().push(second);
    let mut dry = bundle.clone();
    dry["dry_run"] = json!(true);
    for body in [dry, bundle] {
        let done = admin.post("/api/v1/policies/import", &body).await.expect(200);
        assert_eq!(
            (&done.body["data"]["updated"], &done.body["data"]["created"]),
            (&json!(["PremiumCustomerBookingPolicy"]), &json!(["second"]))
        );
    }
    let mut wrong = admin.get("/api/v1/policies/export").await.expect(200).body["data"].clone();
    wrong["policies"][1]["rules"]["effect"] = json!("maybe");
    let refused = admin.post("/api/v1/policies/import", &wrong).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/policies/1/rules/effect");
    let pruned =
        admin.post("/api/v1/policies/import", &json!({"policies": [], "prune": true})).await.expect(200);
    assert_eq!(pruned.body["data"]["deleted"].as_array().map(Vec::len), Some(2));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_by_a_policy_what_they_do_not_hold() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let permissions = [
        "policies:read",
        "policies:create",
        "policies:update",
        "policies:delete",
        "roles:read",
        "roles:create",
        "roles:update",
        "roles:assign",
        "groups:create",
        "groups:manage",
        "groups:read",
        "projects:read",
        "projects:update:own",
    ];
    let (writer, me) = member(&world, "writer", &permissions).await;
    let beyond = |answer: Answer| {
        assert_eq!((answer.status, answer.code()), (403, "privilege_escalation"), "{}", answer.text);
    };
    let allow = |resource: &str, action: &str| rule("mine", resource, action, "allow", json!([]));
    for (resource, action) in [
        ("users", "delete"),
        ("*", "*"),
        ("project", "*"),
        ("projects", "update"),
        ("booking", "cancel"),
        ("audit", "read"),
    ] {
        beyond(writer.post("/api/v1/policies", &allow(resource, action)).await);
        let bundle = json!({"policies": [allow(resource, action)]});
        beyond(writer.post("/api/v1/policies/import", &bundle).await);
    }
    beyond(
        writer
            .post(
                "/api/v1/policies",
                &json!({"name": "native", "cedar": "permit (principal, action, resource);"}),
            )
            .await,
    );
    let own = policy(&writer, &allow("projects", "read")).await;
    beyond(
        writer
            .put(&format!("/api/v1/policies/{own}"), &json!({"target": {"resource": "users", "action": "*"}}))
            .await,
    );
    // Nor by touching the administrator's, not even to take a denial away.
    let deny = policy(&admin, &rule("freeze", "users", "*", "deny", json!([{"user.group": "frozen"}]))).await;
    let path = format!("/api/v1/policies/{deny}");
    beyond(writer.put(&path, &json!({"is_enabled": false})).await);
    beyond(writer.delete(&path).await);
    beyond(writer.post(&format!("{path}/rollback"), &json!({"version": 1})).await);
    beyond(
        writer
            .post(&format!("{path}/assignments"), &json!({"assignee_type": "user", "assignee_id": me}))
            .await,
    );
    // Nor by a role, a group or a name that a policy speaks of.
    let open = rule("gold", "users", "delete", "allow", json!([{"user.role": "Gold"}]));
    policy(&admin, &open).await;
    let body = |name: &str| json!({"name": name, "role_family": "Customer", "permissions": []});
    beyond(writer.post("/api/v1/roles", &body("Gold")).await);
    let mine = writer.post("/api/v1/roles", &body("Silver")).await.expect(201).id();
    beyond(writer.put(&format!("/api/v1/roles/{mine}"), &json!({"name": "Gold"})).await);
    let gold = role(&admin, "Gold", &[]).await;
    beyond(writer.post(&format!("/api/v1/users/{me}/roles"), &json!({"role_id": gold})).await);
    let (assigned, bronze) = (
        policy(&admin, &rule("bronze", "users", "read", "allow", json!([]))).await,
        role(&admin, "Bronze", &[]).await,
    );
    let to = json!({"assignee_type": "role", "assignee_id": bronze});
    admin.post(&format!("/api/v1/policies/{assigned}/assignments"), &to).await.expect(201);
    beyond(writer.post(&format!("/api/v1/users/{me}/roles"), &json!({"role_id": bronze})).await);
    let rich = group(&admin, "rich").await;
    put(&admin, &rich, "roles", json!({"role_id": gold})).await.expect(200);
    beyond(put(&writer, &rich, "members", json!({"user_id": me})).await);
    beyond(writer.post("/api/v1/groups", &json!({"name": "frozen"})).await);
    writer.get("/api/v1/users").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_cannot_go_while_a_policy_speaks_of_it() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let body = json!({"name": "ship", "attributes": {"length_m": "number", "flag": "string"}});
    let kind = admin.post("/api/v1/resource-types", &body).await.expect(201).id();
    for taken in ["ship", "booking", "project", "projects"] {
        let answer =
            admin.post("/api/v1/resource-types", &json!({"name": taken, "attributes": {}})).await.expect(409);
        assert_eq!(answer.code(), "resource_type_taken");
    }
    let wrong =
        admin.post("/api/v1/resource-types", &json!({"name": "in", "attributes": {}})).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "#/name");
    let long = policy(
        &admin,
        &rule("long ships", "ship", "moor", "allow", json!([{"ship.length_m": {"gte": 100, "lt": 400}}])),
    )
    .await;
    let me = world.a.admin.to_string();
    for (length, allowed) in [(99, false), (100, true), (399, true), (400, false)] {
        let answer =
            ask(&admin, &me, "ship.moor", json!({"id": "x", "properties": {"length_m": length}})).await;
        assert_eq!(answer.body["data"]["allowed"], json!(allowed), "{length}");
    }
    let wrong = json!({"action": "ship.moor", "resource": {"properties": {"length_m": "long"}}});
    let wrong = admin.post("/api/v1/access/check", &wrong).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "#/resource/properties/length_m");
    let path = format!("/api/v1/resource-types/{kind}");
    assert_eq!(admin.delete(&path).await.expect(409).code(), "resource_type_in_use");
    admin.put(&path, &json!({"attributes": {"flag": "string"}})).await.expect(409);
    admin.put(&path, &json!({"attributes": {"length_m": "number"}})).await.expect(200);
    admin.delete(&format!("/api/v1/policies/{long}")).await.expect(200);
    admin.delete(&path).await.expect(200);
    world.end().await;
}
