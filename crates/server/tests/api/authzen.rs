//! OpenID AuthZEN 1.0: its Todo scenario, and what the standard says of wrong requests.

use serde_json::{Value, json};
use tenantry_testkit::{Client, World};

const RICK: &str = "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";
const MORTY: &str = "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";
const SUMMER: &str = "CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";
const BETH: &str = "CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";
const JERRY: &str = "CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs";

const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";

fn request(subject: &str, action: &str, kind: &str, id: &str, owner: Option<&str>) -> Value {
    let mut resource = json!({"type": kind, "id": id});
    if let Some(owner) = owner {
        resource["properties"] = json!({"ownerID": owner});
    }
    json!({"subject": {"type": "user", "id": subject}, "action": {"name": action}, "resource": resource})
}

/// The decisions of the working group's Todo scenario: each subject's eight questions in their order.
fn scenario() -> Vec<(Value, bool)> {
    let people = [
        (
            RICK,
            "rick@the-citadel.com",
            "morty@the-citadel.com",
            [true, true, true, true, true, true, true, true],
        ),
        (
            MORTY,
            "morty@the-citadel.com",
            "rick@the-citadel.com",
            [true, true, true, true, true, false, true, false],
        ),
        (
            SUMMER,
            "summer@the-smiths.com",
            "rick@the-citadel.com",
            [true, true, true, true, true, false, true, false],
        ),
        (
            BETH,
            "beth@the-smiths.com",
            "rick@the-citadel.com",
            [true, true, true, false, false, false, false, false],
        ),
        (
            JERRY,
            "jerry@the-smiths.com",
            "rick@the-citadel.com",
            [true, true, true, false, false, false, false, false],
        ),
    ];
    let todo = "7240d0db-8ff0-41ec-98b2-34a096273b9f";
    let mut all = Vec::new();
    for (subject, own, other, expected) in people {
        let questions = [
            request(subject, "can_read_user", "user", "beth@the-smiths.com", None),
            request(subject, "can_read_user", "user", own, None),
            request(subject, "can_read_todos", "todo", "todo-1", None),
            request(subject, "can_create_todo", "todo", "todo-1", None),
            request(subject, "can_update_todo", "todo", todo, Some(own)),
            request(subject, "can_update_todo", "todo", todo, Some(other)),
            request(subject, "can_delete_todo", "todo", todo, Some(own)),
            request(subject, "can_delete_todo", "todo", todo, Some(other)),
        ];
        all.extend(questions.into_iter().zip(expected));
    }
    all
}

/// The scenario's policies: roles by the subjects' ids, ownership by address.
async fn todo_policies(admin: &Client) {
    let kind = json!({"name": "todo", "attributes": {"ownerID": "string"}});
    admin.post("/api/v1/resource-types", &kind).await.expect(201);
    let everybody = json!([RICK, MORTY, SUMMER, BETH, JERRY]);
    let own = |id: &str, address: &str| json!({"user.id": id, "todo.ownerID": address});
    let owners = json!([
        own(RICK, "rick@the-citadel.com"),
        own(MORTY, "morty@the-citadel.com"),
        own(SUMMER, "summer@the-smiths.com")
    ]);
    for (name, resource, action, condition) in [
        ("viewers see users", "user", "can_read_user", json!({"user.id": everybody})),
        ("viewers see todos", "todo", "can_read_todos", json!({"user.id": everybody})),
        ("editors create", "todo", "can_create_todo", json!({"user.id": [RICK, MORTY, SUMMER]})),
        ("evil geniuses update", "todo", "can_update_todo", json!({"user.id": RICK})),
        ("admins delete", "todo", "can_delete_todo", json!({"user.id": RICK})),
        ("editors update their own", "todo", "can_update_todo", json!({"any": owners})),
        ("editors delete their own", "todo", "can_delete_todo", json!({"any": owners})),
    ] {
        let body = json!({
            "name": name, "target": {"resource": resource, "action": action},
            "rules": {"effect": "allow", "conditions": [condition]},
        });
        admin.post("/api/v1/policies", &body).await.expect(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_todo_scenario_is_decided_as_published() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    todo_policies(&admin).await;
    let scenario = scenario();
    assert_eq!(scenario.len(), 40);
    for (request, expected) in &scenario {
        let answer = admin.post(EVALUATION, request).await.expect(200);
        assert_eq!(answer.body["decision"], json!(expected), "{request} {}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let all: Vec<&Value> = scenario.iter().map(|(request, _)| request).collect();
    let answer = admin.post(EVALUATIONS, &json!({"evaluations": all})).await.expect(200);
    let found: Vec<bool> = answer.body["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["decision"].as_bool().unwrap())
        .collect();
    assert_eq!(found, scenario.iter().map(|(_, expected)| *expected).collect::<Vec<_>>());
    // The other tenant knows nothing of it.
    let other = world.admin_b().await.post(EVALUATION, &scenario[0].0).await.expect(200);
    assert_eq!(other.body["decision"], json!(false));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations_have_defaults_and_may_end_early() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    todo_policies(&admin).await;
    let subject = |id: &str| json!({"type": "user", "id": id});
    let todo =
        |owner: &str| json!({"resource": {"type": "todo", "id": "1", "properties": {"ownerID": owner}}});
    let items =
        json!([todo("morty@the-citadel.com"), todo("rick@the-citadel.com"), todo("morty@the-citadel.com")]);
    let body = |semantic: &str| {
        json!({
            "subject": subject(MORTY), "action": {"name": "can_update_todo"}, "evaluations": items,
            "options": {"evaluations_semantic": semantic, "another_option": "value"},
        })
    };
    let decisions = |answer: tenantry_testkit::Answer| -> Vec<bool> {
        let answer = answer.expect(200);
        assert_eq!(answer.body.as_object().unwrap().keys().collect::<Vec<_>>(), ["evaluations"]);
        answer.body["evaluations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["decision"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(decisions(admin.post(EVALUATIONS, &body("execute_all")).await), [true, false, true]);
    assert_eq!(decisions(admin.post(EVALUATIONS, &body("deny_on_first_deny")).await), [true, false]);
    assert_eq!(decisions(admin.post(EVALUATIONS, &body("permit_on_first_permit")).await), [true]);
    // An item's own key takes the place of the whole default.
    let mut mixed = body("execute_all");
    mixed["evaluations"][1]["subject"] = subject(RICK);
    assert_eq!(decisions(admin.post(EVALUATIONS, &mixed).await), [true, true, true]);
    // Without a list, it is a single evaluation.
    let single = request(RICK, "can_read_todos", "todo", "1", None);
    assert_eq!(admin.post(EVALUATIONS, &single).await.expect(200).body, json!({"decision": true}));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_400_and_name_the_place() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let good = request(RICK, "can_read_todos", "todo", "1", None);
    let without = |path: &str| {
        let mut body = good.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        body
    };
    for path in [
        "/subject",
        "/action",
        "/resource",
        "/subject/type",
        "/subject/id",
        "/action/name",
        "/resource/type",
        "/resource/id",
    ] {
        let answer = admin.post(EVALUATION, &without(path)).await.expect(400);
        assert_eq!(answer.body["errors"][0]["pointer"], format!("#{path}"), "{}", answer.text);
    }
    for (path, value) in [
        ("/subject", json!("rick")),
        ("/action/name", json!(1)),
        ("/resource/properties", json!([])),
        ("/context", json!(true)),
    ] {
        let mut body = good.clone();
        let (parent, name) = path.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        let answer = admin.post(EVALUATION, &body).await.expect(400);
        assert_eq!(answer.body["errors"][0]["pointer"], format!("#{path}"), "{}", answer.text);
    }
    let raw = async |media: &str, body: &str| {
        admin.send_raw("POST", EVALUATION, media, Some(body.to_owned())).await.status
    };
    assert_eq!(raw("application/json", "{").await, 400);
    assert_eq!(raw("application/json", "[]").await, 400);
    assert_eq!(raw("text/plain", &good.to_string()).await, 400);
    let list = admin.post(EVALUATIONS, &json!({"evaluations": [good, {}]})).await.expect(400);
    assert_eq!(list.body["errors"][0]["pointer"], "#/evaluations/1/subject");
    let semantic = json!({"evaluations": [good], "options": {"evaluations_semantic": "some"}});
    admin.post(EVALUATIONS, &semantic).await.expect(400);
    // Unknown fields are none of our business; an unknown subject is denied, not an error.
    let mut extra = good.clone();
    extra["colour"] = json!("red");
    assert_eq!(admin.post(EVALUATION, &extra).await.expect(200).body["decision"], json!(false));

    world.client().post(EVALUATION, &good).await.expect(401);
    world.user_a("powerless", "viewer").await.post(EVALUATION, &good).await.expect(403);
    let named = admin.clone().header("x-request-id", "my own id").post(EVALUATION, &good).await.expect(200);
    assert_eq!(named.header("x-request-id"), Some("my own id"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metadata_name_the_endpoints() {
    let world = World::new().await;
    let answer = world.client().get("/.well-known/authzen-configuration").await.expect(200);
    let base = answer.body["policy_decision_point"].as_str().unwrap().to_owned();
    assert_eq!(answer.body["access_evaluation_endpoint"], format!("{base}{EVALUATION}"));
    assert_eq!(answer.body["access_evaluations_endpoint"], format!("{base}{EVALUATIONS}"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_known_by_id_and_address_with_their_roles() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("reader", "viewer").await;
    for subject in [&email, &id] {
        let read = request(subject, "read", "project", "1", None);
        assert_eq!(
            admin.post(EVALUATION, &read).await.expect(200).body["decision"],
            json!(true),
            "{subject}"
        );
        let delete = request(subject, "delete", "project", "1", None);
        assert_eq!(
            admin.post(EVALUATION, &delete).await.expect(200).body["decision"],
            json!(false),
            "{subject}"
        );
    }
    admin.put(&format!("/api/v1/users/{id}"), &json!({"status": "suspended"})).await.expect(200);
    let read = request(&id, "read", "project", "1", None);
    let answer = admin.post(EVALUATION, &read).await.expect(200);
    assert_eq!(answer.body, json!({"decision": false, "context": {"reason": "the user is not active"}}));
    world.end().await;
}
