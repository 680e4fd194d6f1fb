//! The main job.

use serde_json::json;
use tenantry_testkit::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_works_with_projects_and_sees_the_trail() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let project = admin.post("/api/v1/projects", &json!({"name": "Harbour"})).await.expect(201).id();
    let path = format!("/api/v1/projects/{project}");
    let answer = admin.put(&path, &json!({"name": "Quay"})).await.expect(200);
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let log = admin.get("/api/v1/audit/logs?action=projects:update").await.expect(200);
    assert_eq!(log.body["data"][0]["old_values"], json!({"name": "Harbour"}));
    world.admin_b().await.get(&path).await.expect(404);
    world.end().await;
}
