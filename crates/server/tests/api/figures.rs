//! Figures for plots, and searching by the beginning of a name.

use serde_json::{Value, json};
use tenantry_testkit::{Client, MARKER_B, World};

use crate::sign_in::{advance, world_with_clock};

async fn data(client: &Client, path: &str) -> Value {
    client.get(path).await.expect(200).body["data"].clone()
}

async fn make(client: &Client, names: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(client.post("/api/v1/projects", &json!({"name": name})).await.expect(201).id());
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_and_users_are_counted_by_state_and_day() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    make(&world.admin_b().await, &["Theirs", "Also theirs"]).await;
    make(&admin, &["Harbour", "Quay"]).await;
    advance(&world, 2 * 24 * 3600);
    let admin = world.admin_a().await;
    let pier = make(&admin, &["Pier"]).await.remove(0);
    admin.put(&format!("/api/v1/projects/{pier}"), &json!({"status": "archived"})).await.expect(200);
    let expected = json!({
        "total": 3, "by_status": {"active": 2, "archived": 1, "completed": 0},
        "created_per_day": [
            {"day": "2026-11-05", "count": 2}, {"day": "2026-11-06", "count": 0}, {"day": "2026-11-07", "count": 1},
        ],
    });
    assert_eq!(data(&admin, "/api/v1/projects/stats?days=3").await, expected);
    let users = data(&admin, "/api/v1/users/stats").await;
    assert_eq!((&users["total"], &users["by_status"]["active"]), (&json!(1), &json!(1)));
    assert_eq!(users["created_per_day"].as_array().map(Vec::len), Some(30));

    // Who may see only their own counts those.
    let role = json!({"name": "Own", "role_family": "Internal", "permissions": ["projects:read:own", "projects:create"]});
    admin.post("/api/v1/roles", &role).await.expect(201);
    let member = world.user_a("member", "Own").await;
    make(&member, &["Mine"]).await;
    let own = data(&member, "/api/v1/projects/stats?days=1").await;
    assert_eq!((&own["total"], &own["created_per_day"][0]["count"]), (&json!(1), &json!(1)));
    member.get("/api/v1/users/stats").await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_counted_by_day_and_outcome() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let before = data(&admin, "/api/v1/audit/stats?days=2").await;
    make(&admin, &["Harbour"]).await;
    world.client().try_sign_in(&world.a.slug, &world.a.admin_email, "wrong").await.expect(401);
    let after = data(&admin, "/api/v1/audit/stats?days=2").await;
    let number = |value: &Value, field: &str| value["per_day"][1][field].as_i64().unwrap();
    for field in ["success", "refused"] {
        assert_eq!(number(&after, field), number(&before, field) + 1, "{field}");
    }
    assert_eq!(after["total"], json!(number(&after, "success") + number(&after, "refused")));
    assert_eq!(after["per_day"][0], json!({"day": "2026-11-04", "success": 0, "refused": 0}));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_how_many_tenants_there_are_and_what_one_has() {
    let world = world_with_clock(1).await;
    let operator = world.operator().await;
    make(&world.admin_b().await, &[MARKER_B]).await;
    let fleet = data(&operator, "/api/v1/tenants/stats?days=1").await;
    assert_eq!(
        (&fleet["total"], &fleet["by_status"]["active"], &fleet["by_status"]["suspended"]),
        (&json!(3), &json!(3), &json!(0))
    );
    assert_eq!(fleet["by_plan"], json!({"basic": 2, "custom": 1, "enterprise": 0, "premium": 0}));
    let isolations = fleet["by_isolation"].as_object().unwrap();
    assert_eq!(isolations.values().filter_map(Value::as_i64).sum::<i64>(), 3);
    assert_eq!(fleet["created_per_day"], json!([{"day": "2026-11-05", "count": 3}]));

    let one = operator.get(&format!("/api/v1/tenants/{}/stats?days=1", world.b.id)).await.expect(200);
    assert_eq!(one.body["data"]["projects"]["total"], 1);
    assert_eq!(one.body["data"]["users"]["by_status"]["active"], 1);
    assert!(one.body["data"]["audit"]["per_day"][0]["success"].as_i64().unwrap() > 0);
    assert!(!one.text.contains(MARKER_B), "figures show contents");
    for path in ["/api/v1/tenants/stats".to_owned(), format!("/api/v1/tenants/{}/stats", world.a.id)] {
        world.admin_a().await.get(&path).await.expect(403);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_has_a_sensible_number_of_days() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for list in ["users", "projects", "audit"] {
        for days in ["0", "367", "-1", "many"] {
            let answer = admin.get(&format!("/api/v1/{list}/stats?days={days}")).await.expect(400);
            assert_eq!(answer.body["errors"][0]["pointer"], "query/days", "{days}");
        }
        admin.get(&format!("/api/v1/{list}/stats?days=366")).await.expect(200);
    }
    world.end().await;
}

async fn found(client: &Client, path: &str, field: &str) -> Vec<String> {
    let rows = data(client, path).await;
    let mut found: Vec<String> =
        rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_found_by_the_beginning_of_address_name_and_last_name() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for (email, first, last) in [
        ("lovelace@a.example", "Ada", "Byron"),
        ("hopper@a.example", "Grace", "Murray Hopper"),
        ("byron@a.example", "Lord", "Gordon"),
        ("oezil@a.example", "Änne", "100%_sure"),
    ] {
        let user = json!({"email": email, "first_name": first, "last_name": last});
        admin.post("/api/v1/users", &user).await.expect(201);
        let theirs = json!({"email": email, "first_name": MARKER_B, "last_name": last});
        world.admin_b().await.post("/api/v1/users", &theirs).await.expect(201);
    }
    for (search, expected) in [
        ("BYRON", vec!["byron@a.example", "lovelace@a.example"]),
        ("ada%20by", vec!["lovelace@a.example"]),
        ("%C3%84nn", vec!["oezil@a.example"]),
        ("100%25_", vec!["oezil@a.example"]),
        ("murray", vec!["hopper@a.example"]),
        ("opper", vec![]),
        ("%25", vec![]),
        (MARKER_B, vec![]),
    ] {
        let path = format!("/api/v1/users?search={search}&count=true");
        assert_eq!(found(&admin, &path, "email").await, expected, "{search}");
        let total = admin.get(&path).await.expect(200).body["meta"]["total"].clone();
        assert_eq!(total, json!(expected.len()), "{search}");
    }
    assert_eq!(
        found(&admin, "/api/v1/users?search=byron&status=active", "email").await,
        Vec::<String>::new()
    );
    for (query, pointer) in [
        ("sort=created_at&search=a", "query/sort"),
        (&*format!("search={}", "a".repeat(101)), "query/search"),
    ] {
        let answer = admin.get(&format!("/api/v1/users?{query}")).await.expect(400);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
    // A changed name is found, the old one no longer.
    let id = data(&admin, "/api/v1/users?email=hopper@a.example").await[0]["id"].as_str().unwrap().to_owned();
    admin.put(&format!("/api/v1/users/{id}"), &json!({"last_name": "Brewster"})).await.expect(200);
    assert_eq!(found(&admin, "/api/v1/users?search=brew", "email").await, ["hopper@a.example"]);
    assert!(found(&admin, "/api/v1/users?search=murray", "email").await.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_are_found_by_the_beginning_of_their_name_page_by_page() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let names: Vec<String> = (0..25).map(|number| format!("Harbour {number}")).collect();
    make(&admin, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    make(&admin, &["Quay", "The Harbour"]).await;
    let first = admin.get("/api/v1/projects?search=harb&count=true&limit=20").await.expect(200);
    assert_eq!(
        (first.body["data"].as_array().map(Vec::len), &first.body["meta"]["total"]),
        (Some(20), &json!(25))
    );
    let cursor = first.body["meta"]["next_cursor"].as_str().unwrap();
    let rest = admin.get(&format!("/api/v1/projects?search=harb&limit=20&cursor={cursor}")).await.expect(200);
    assert_eq!(
        (rest.body["data"].as_array().map(Vec::len), &rest.body["meta"]["next_cursor"]),
        (Some(5), &Value::Null)
    );
    let quay = data(&admin, "/api/v1/projects?search=quay").await[0]["id"].as_str().unwrap().to_owned();
    admin.put(&format!("/api/v1/projects/{quay}"), &json!({"name": "Harbour quay"})).await.expect(200);
    assert_eq!(
        found(&admin, "/api/v1/projects?search=harbour%20q&status=active", "name").await,
        ["Harbour quay"]
    );
    world.end().await;
}
