//! What the system roles may do: the whole matrix as a snapshot, and a part of it through real requests.

use std::fmt::Write as _;

use serde_json::json;
use tenantry_access::{SYSTEM_ROLES, system_grant};
use tenantry_testkit::{Client, World};
use tenantry_web::Audience;
use tenantry_web::ports::Extent;

/// Read the difference when this changes: it says who gained what.
#[test]
fn the_policy_matrix_is_as_reviewed() {
    let mut actions = tenantry_server::modules::actions();
    actions.retain(|action| matches!(action.audience, Audience::Tenant | Audience::Platform));
    actions.sort_by_key(|action| action.name);
    let mut table = format!("{:<20}", "");
    for role in SYSTEM_ROLES {
        write!(table, " {:<15}", role.name).unwrap();
    }
    for action in &actions {
        write!(table, "\n{:<20}", action.name).unwrap();
        for role in SYSTEM_ROLES {
            let extent = system_grant(role.name, action).map_or("–", Extent::as_str);
            write!(table, " {extent:<15}").unwrap();
        }
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// What each role gets: reading, creating, changing a project of another and one's own, deleting one's own, seeing and
/// making users, making roles, reading the trail.
const EXPECTED: &[(&str, [u16; 9])] = &[
    ("tenant_admin", [200, 201, 200, 200, 200, 200, 201, 201, 200]),
    ("project_manager", [200, 201, 200, 200, 200, 200, 403, 403, 403]),
    ("user", [200, 201, 403, 200, 403, 403, 403, 403, 403]),
    ("viewer", [200, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("customer", [403, 403, 403, 403, 403, 403, 403, 403, 403]),
    ("provider", [403, 403, 403, 403, 403, 403, 403, 403, 403]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_system_role_may_do_what_the_documents_say() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let mut found = Vec::new();
    for (role, _) in EXPECTED {
        let member = world.user_a(role, role).await;
        found.push((*role, try_everything(&admin, &member, role).await));
    }
    assert_eq!(found, EXPECTED);
    let covered = SYSTEM_ROLES.iter().filter(|role| !role.is_root_only).map(|role| role.name);
    assert_eq!(covered.collect::<Vec<_>>(), EXPECTED.iter().map(|(role, _)| *role).collect::<Vec<_>>());
    world.end().await;
}

async fn try_everything(admin: &Client, member: &Client, role: &str) -> [u16; 9] {
    let project =
        async |client: &Client, name: &str| client.post("/api/v1/projects", &json!({"name": name})).await;
    let path = |id: &str| format!("/api/v1/projects/{id}");
    let theirs = path(&project(admin, "Harbour").await.expect(201).id());
    let made = project(member, "Quay").await;
    // Who cannot create one gets one as a gift.
    let own = if made.status == 201 {
        path(&made.id())
    } else {
        let me = member.get("/api/v1/auth/me").await.expect(200).id();
        let gift = path(&project(admin, "Gift").await.expect(201).id());
        admin.put(&gift, &json!({"owner_id": me})).await.expect(200);
        gift
    };
    let change = json!({"name": "Pier"});
    let user = json!({"email": format!("made-by-{}@amaranth.example", role.replace('_', "-"))});
    let new_role = json!({"name": format!("made by {role}"), "role_family": "Internal"});
    [
        member.get(&theirs).await.status,
        made.status,
        member.put(&theirs, &change).await.status,
        member.put(&own, &change).await.status,
        member.delete(&own).await.status,
        member.get("/api/v1/users").await.status,
        member.post("/api/v1/users", &user).await.status,
        member.post("/api/v1/roles", &new_role).await.status,
        member.get("/api/v1/audit/logs").await.status,
    ]
}
