//! Answers to "who may what, and why": checks, the log, lists, simulation, shadow evaluation, tests as files.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tenantry_testkit::{Client, World};

use crate::groups::{member, role};
use crate::policies::{policy, rule};

/// The log is written in batches: wait until it has what is wanted.
async fn logged(admin: &Client, query: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let list = admin.get(&format!("/api/v1/access/logs?limit=100{query}")).await.expect(200);
        let rows = list.body["data"].as_array().unwrap().clone();
        if wanted(&rows) {
            return rows;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "not logged: {}", list.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_denial_is_logged_with_its_reason_and_what_was_known() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (viewer, id) = member(&world, "looker", &["projects:read"]).await;
    let project = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let deny =
        policy(&admin, &rule("hide", "projects", "read", "deny", json!([{"project.name": "Harbour"}]))).await;
    viewer.get(&format!("/api/v1/projects/{project}")).await.expect(404);
    viewer.get("/api/v1/users").await.expect(403);
    let rows = logged(&admin, &format!("&user_id={id}&decision=deny"), |rows| rows.len() == 2).await;
    assert_eq!(
        (&rows[0]["action"], &rows[0]["reason"]),
        (&json!("users:read"), &json!("no role or policy grants the action"))
    );
    assert_eq!((&rows[1]["policies"], &rows[1]["reason"]), (&json!([deny]), &json!("a policy denies it")));
    assert_eq!(rows[1]["resource_id"], json!(project));
    assert_eq!(rows[1]["facts"]["resource"]["name"], json!("Harbour"));
    let of_action = logged(&admin, "&action=projects:read", |rows| !rows.is_empty()).await;
    assert!(of_action.iter().all(|row| row["action"] == "projects:read"));
    let page = admin.get(&format!("/api/v1/access/logs?user_id={id}&limit=10")).await.expect(200);
    assert_eq!(page.body["meta"]["next_cursor"], Value::Null);
    viewer.get("/api/v1/access/logs").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_say_who_can_and_on_what_it_depends() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (_, owner) = member(&world, "owner", &["projects:update:own", "projects:read"]).await;
    let (_, premium) = member(&world, "premium", &[]).await;
    let gold = role(&admin, "Gold", &[]).await;
    admin.post(&format!("/api/v1/users/{premium}/roles"), &json!({"role_id": gold})).await.expect(200);
    let condition = json!([{"user.role": "Gold", "project.status": "active"}]);
    policy(&admin, &rule("gold updates", "projects", "update", "allow", condition)).await;
    policy(&admin, &rule("gold reads", "projects", "read", "allow", json!([{"user.role": "Gold"}]))).await;
    policy(
        &admin,
        &rule("owners read not", "projects", "read", "deny", json!([{"project.status": "archived"}])),
    )
    .await;
    let of = async |user: &str, permission: &str| -> Option<Value> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let list =
                admin.get(&format!("/api/v1/users/{user}/permissions?limit=10{cursor}")).await.expect(200);
            found.extend(list.body["data"].as_array().unwrap().clone());
            let Some(next) = list.body["meta"]["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        found.into_iter().find(|one| one["permission"] == permission)
    };
    assert_eq!(of(&owner, "projects:update").await.unwrap()["conditions"][0]["policy"], "rbac.own");
    assert_eq!(of(&owner, "projects:delete").await, None);
    assert_eq!(of(&premium, "projects:update").await.unwrap()["answer"], "conditional");
    let read = of(&premium, "projects:read").await.unwrap();
    assert_eq!((&read["answer"], &read["conditions"][0]["effect"]), (&json!("conditional"), &json!("deny")));
    assert_eq!(of(&world.a.admin.to_string(), "users:read").await.unwrap()["answer"], "yes");
    // Users page by page, each looked at.
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let list = admin
            .get(&format!("/api/v1/access/who?permission=projects.update&limit=10{cursor}"))
            .await
            .expect(200);
        found.extend(list.body["data"].as_array().unwrap().clone());
        let Some(next) = list.body["meta"]["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let answers: Vec<(&str, &str)> =
        found.iter().map(|one| (one["user_id"].as_str().unwrap(), one["answer"].as_str().unwrap())).collect();
    let me = world.a.admin.to_string();
    assert_eq!(answers, [(me.as_str(), "yes"), (&owner, "conditional"), (&premium, "conditional")]);
    let wrong = admin.get("/api/v1/access/who?permission=nonsense").await.expect(400);
    assert_eq!(wrong.body["errors"][0]["pointer"], "query/permission");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_tried_on_questions_and_on_what_was_decided() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (viewer, id) = member(&world, "looker", &["projects:read"]).await;
    let project = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    viewer.put(&format!("/api/v1/projects/{project}"), &json!({"name": "Quay"})).await.expect(403);
    let draft = rule("let in", "projects", "update", "allow", json!([{"user.id": id}]));
    let check = json!({"user_id": id, "action": "projects:update", "resource": {"id": project, "properties": {"name": "x"}}});
    let body = json!({"checks": [check], "trial": {"drafts": [{"policy": draft}]}});
    let answer = admin.post("/api/v1/access/simulate", &body).await.expect(200);
    let first = &answer.body["data"]["answers"][0];
    assert_eq!(
        (&first["now"]["allowed"], &first["trial"]["allowed"], &first["differs"]),
        (&json!(false), &json!(true), &json!(true))
    );
    assert_eq!(first["trial"]["policies"], json!(["draft:let in"]));
    // What is one's own is decided as where it is guarded: it is no policy's to take, and nobody else's.
    let own = |resource: &str| json!({"user_id": id, "action": "self:read", "resource": {"id": resource}});
    let none = rule("shut", "*", "*", "deny", json!([]));
    let body = json!({"checks": [own(&id), own(&world.a.admin.to_string())], "trial": {"drafts": [{"policy": none}]}});
    let answer = admin.post("/api/v1/access/simulate", &body).await.expect(200);
    for (answer, allowed) in answer.body["data"]["answers"].as_array().unwrap().iter().zip([true, false]) {
        assert_eq!(
            (&answer["now"]["allowed"], &answer["trial"]["allowed"]),
            (&json!(allowed), &json!(allowed))
        );
    }
    let wrong = json!({"checks": [check], "trial": {"drafts": [{"policy": rule("x", "ship", "x", "allow", json!([]))}]}});
    let wrong = admin.post("/api/v1/access/simulate", &wrong).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "#/trial/drafts/0/policy/target/resource");

    logged(&admin, &format!("&user_id={id}&action=projects:update"), |rows| rows.len() == 1).await;
    let shadow = json!({"trial": {"drafts": [{"policy": draft}]}, "limit": 100});
    let changed = admin.post("/api/v1/access/shadow", &shadow).await.expect(200);
    let rows = changed.body["data"].as_array().unwrap();
    let of_user: Vec<&Value> = rows.iter().filter(|row| row["recorded"]["user_id"] == id.as_str()).collect();
    assert_eq!(of_user.len(), 1, "{}", changed.text);
    assert_eq!(
        (&of_user[0]["recorded"]["decision"], &of_user[0]["trial"]["allowed"]),
        (&json!("deny"), &json!(true))
    );
    // Nothing was changed by trying.
    viewer.put(&format!("/api/v1/projects/{project}"), &json!({"name": "Quay"})).await.expect(403);
    world.end().await;
}

/// Policy tests around document B's example.
fn suite() -> Value {
    let booking = |time: &str| json!({"id": "1", "properties": {"scheduled_time": time}});
    let case = |name: &str, role: &str, time: &str, expect: &str| {
        json!({
            "name": name, "user": {"roles": [role]}, "action": "booking.cancel", "resource": booking(time),
            "context": {"time": "2026-03-01T12:00:00Z"}, "expect": expect,
        })
    };
    let mut first = case("a day and a second before", "PremiumCustomer", "2026-03-02T12:00:01Z", "allow");
    first["because"] = json!("Premium");
    let condition = json!([{"user.role": "PremiumCustomer", "booking.scheduled_time": "> now() + 24h"}]);
    json!({
        "policies": [rule("Premium", "booking", "cancel", "allow", condition)],
        "tests": [
            first,
            case("a day before", "PremiumCustomer", "2026-03-02T12:00:00Z", "deny"),
            case("somebody else", "Customer", "2026-04-01T12:00:00Z", "deny"),
        ],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn policy_tests_run_by_the_api() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let report = admin.post("/api/v1/policies/test", &suite()).await.expect(200);
    assert_eq!(
        (&report.body["data"]["passed"], &report.body["data"]["failed"]),
        (&json!(3), &json!(0)),
        "{}",
        report.text
    );
    // Without policies of its own, the suite asks the tenant's.
    let mut own = suite();
    own.as_object_mut().unwrap().remove("policies");
    let report = admin.post("/api/v1/policies/test", &own).await.expect(200);
    assert_eq!(report.body["data"]["failed"], json!(1));
    policy(&admin, &suite()["policies"][0]).await;
    let report = admin.post("/api/v1/policies/test", &own).await.expect(200);
    assert_eq!(report.body["data"]["failed"], json!(0));
    let mut wrong = suite();
    wrong["tests"][1]["resource"]["properties"]["scheduled_time"] = json!("soon");
    let wrong = admin.post("/api/v1/policies/test", &wrong).await.expect(422);
    assert_eq!(wrong.body["errors"][0]["pointer"], "#/tests/1/resource/properties/scheduled_time");
    world.end().await;
}

#[test]
fn policy_tests_run_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = |suite: &Value| {
        let file = folder.path().join("suite.json");
        std::fs::write(&file, suite.to_string()).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_tenantry"))
            .args(["policy", "test"])
            .arg(&file)
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (well, out, _) = run(&suite());
    assert!(well && out.ends_with("3 passed, 0 failed\n"), "{out}");
    let mut wrong = suite();
    wrong["tests"][1]["expect"] = json!("allow");
    let (well, out, _) = run(&wrong);
    assert!(!well && out.contains("FAILED a day before") && out.ends_with("2 passed, 1 failed\n"), "{out}");
    wrong["policies"][0]["rules"]["effect"] = json!("maybe");
    let (well, _, err) = run(&wrong);
    assert!(!well && err.contains("#/policies/0/rules/effect"), "{err}");
}
