//! Nobody gets what they do not hold: tried over every permission, by every way there is.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, World};
use tenantry_web::Audience;

use crate::groups::{group, member, put, role};

/// What somebody needs to try everything.
const TOOLS: [&str; 13] = [
    "api_keys:create",
    "api_keys:read",
    "roles:read",
    "roles:create",
    "roles:update",
    "roles:assign",
    "groups:read",
    "groups:create",
    "groups:manage",
    "policies:read",
    "policies:create",
    "policies:update",
    "access:check",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_way_leads_to_a_permission_that_one_does_not_hold() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    // One token for all attempts: demotions count although it was issued before.
    let (climber, me) = member(&world, "climber", &TOOLS).await;
    let roles = admin.get(&format!("/api/v1/users/{me}/roles")).await.expect(200);
    let held =
        roles.body["data"].as_array().unwrap().iter().find(|one| one["name"] == "role of climber").unwrap();
    let held = format!("/api/v1/roles/{}", held["id"].as_str().unwrap());
    let (mine, empty) = (group(&admin, "mine").await, role(&admin, "empty", &[]).await);
    let robot = admin.post("/api/v1/service-accounts", &json!({"name": "robot"})).await.expect(201).id();
    let mut actions = tenantry_server::modules::actions();
    actions.retain(|action| action.audience == Audience::Tenant);
    actions.sort_by_key(|action| action.name);
    actions.dedup_by_key(|action| action.name);
    assert!(actions.len() > 30);
    let mut faults: Vec<String> = Vec::new();
    for action in actions {
        let wanted = action.name;
        let (resource, verb) = wanted.split_once(':').unwrap();
        let tools: Vec<&str> = TOOLS.into_iter().filter(|tool| *tool != wanted).collect();
        admin.put(&held, &json!({"permissions": tools})).await.expect(200);
        let strong = role(&admin, &format!("strong {wanted}"), &[wanted]).await;
        let around = group(&admin, &format!("around {wanted}")).await;
        put(&admin, &around, "roles", json!({"role_id": strong})).await.expect(200);
        let key = json!({"name": wanted, "scopes": [wanted], "service_account_id": robot});
        let key = admin.post("/api/v1/api-keys", &key).await.expect(201).id();
        let rotation = format!("/api/v1/api-keys/{key}/rotate");
        let policy = json!({
            "name": format!("policy {wanted}"), "target": {"resource": resource, "action": verb},
            "rules": {"effect": "allow"},
        });
        let native = format!("permit (principal, action == Action::\"{wanted}\", resource);");
        let new = |name: &str| json!({"name": format!("{name} {wanted}"), "role_family": "Internal", "permissions": [wanted]});
        let attempts: Vec<(&str, Answer)> = vec![
            ("a role", climber.post("/api/v1/roles", &new("mine")).await),
            (
                "a role's edit",
                climber.put(&format!("/api/v1/roles/{empty}"), &json!({"permissions": [wanted]})).await,
            ),
            (
                "self-assignment",
                climber.post(&format!("/api/v1/users/{me}/roles"), &json!({"role_id": strong})).await,
            ),
            ("a group's role", put(&climber, &mine, "roles", json!({"role_id": strong})).await),
            ("membership", put(&climber, &around, "members", json!({"user_id": me})).await),
            ("nesting", put(&climber, &around, "groups", json!({"group_id": mine})).await),
            ("a policy", climber.post("/api/v1/policies", &policy).await),
            (
                "a policy in Cedar",
                climber.post("/api/v1/policies", &json!({"name": "native", "cedar": native})).await,
            ),
            ("a key", climber.post("/api/v1/api-keys", &json!({"name": "mine", "scopes": [wanted]})).await),
            (
                "a service account's key",
                climber
                    .post(
                        "/api/v1/api-keys",
                        &json!({"name": "robot's", "scopes": [wanted], "service_account_id": robot}),
                    )
                    .await,
            ),
            ("a key's rotation", climber.post(&rotation, &json!({})).await),
            ("a wildcard", climber.post("/api/v1/policies", &wild(wanted)).await),
            ("an import", climber.post("/api/v1/policies/import", &json!({"policies": [policy]})).await),
        ];
        for (way, answer) in &attempts {
            if answer.status != 403 {
                faults.push(format!("{wanted} by {way}: {}", answer.text));
            }
        }
        let question = json!({"user_id": me, "action": wanted});
        let answer = admin.post("/api/v1/access/check", &question).await.expect(200);
        if answer.body["data"]["allowed"] != json!(false) {
            faults.push(format!("{wanted} was reached: {}", answer.text));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    world.end().await;
}

fn wild(wanted: &str) -> Value {
    json!({
        "name": format!("wild {wanted}"), "target": {"resource": "*", "action": "*"}, "rules": {"effect": "allow"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_from_before_a_demotion_is_worth_no_more_than_its_user() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (client, id) = member(&world, "clerk", &["users:read"]).await;
    client.get("/api/v1/users").await.expect(200);
    let roles = admin.get(&format!("/api/v1/users/{id}/roles")).await.expect(200);
    let role =
        roles.body["data"].as_array().unwrap().iter().find(|one| one["name"] == "role of clerk").unwrap();
    let path = format!("/api/v1/users/{id}/roles/{}", role["id"].as_str().unwrap());
    admin.delete(&path).await.expect(200);
    client.get("/api/v1/users").await.expect(403);
    world.end().await;
}
