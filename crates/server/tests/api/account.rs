//! One's own account: the password, the sessions, the profile.

use serde_json::{Value, json};
use tenantry_testkit::{Client, PASSWORD, World};

use crate::sign_in::{WRONG, advance, world_with_clock};
use crate::tokens::{refused_within_a_second, two_nodes};
use crate::wire::random_id;

const NEW: &str = "another-Horse-43-battery";
const SESSIONS: &str = "/api/v1/users/me/sessions";

async fn change(client: &Client, current: &str, new: &str) -> tenantry_testkit::Answer {
    let body = json!({"current_password": current, "new_password": new});
    client.post("/api/v1/auth/change-password", &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_the_other_sessions_and_not_ones_own() {
    let world = world_with_clock(1).await;
    let (here, there) = (world.admin_a().await, world.admin_a().await);
    advance(&world, 1);
    let answer = change(&here, PASSWORD, NEW).await.expect(204);
    assert_eq!(answer.text, "");
    here.get("/api/v1/auth/me").await.expect(200);
    there.get("/api/v1/auth/me").await.expect(401);
    let (slug, email) = (&world.a.slug, &world.a.admin_email);
    world.client().try_sign_in(slug, email, PASSWORD).await.expect(401);
    world.client().try_sign_in(slug, email, NEW).await.expect(200);
    let trail = here.get("/api/v1/audit/logs?action=self:account").await.expect(200);
    assert_eq!(trail.body["data"][0]["new_values"], json!({"sessions_ended": 1 + 1}));
    assert!(!trail.text.contains(NEW) && !trail.text.contains(PASSWORD));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_says_which_field_is_wrong() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for (current, new, code, pointer) in [
        (WRONG, NEW, "wrong_password", "#/current_password"),
        (PASSWORD, "password123", "validation_failed", "#/new_password"),
        (PASSWORD, PASSWORD, "validation_failed", "#/new_password"),
    ] {
        let answer = change(&admin, current, new).await.expect(422);
        assert_eq!((answer.code(), &answer.body["errors"][0]["pointer"]), (code, &json!(pointer)));
        assert!(!answer.text.contains(new) && !answer.text.contains(current));
    }
    world.client().try_sign_in(&world.a.slug, &world.a.admin_email, PASSWORD).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_password_does_not_come_back_too_soon() {
    let settings = vec![("passwords.history".to_owned(), "1".to_owned())];
    let world = World::with(tenantry_testkit::Options { settings, ..Default::default() }).await;
    let admin = world.admin_a().await;
    change(&admin, PASSWORD, NEW).await.expect(204);
    let again = change(&admin, NEW, PASSWORD).await.expect(422);
    assert_eq!(again.body["errors"][0]["pointer"], "#/new_password");
    change(&admin, NEW, "a-third-Horse-44-battery").await.expect(204);
    change(&admin, "a-third-Horse-44-battery", PASSWORD).await.expect(204);
    world.client().try_sign_in(&world.a.slug, &world.a.admin_email, PASSWORD).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_found_an_open_session_cannot_guess_the_password() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    for _ in 0..5 {
        assert_eq!(change(&admin, WRONG, NEW).await.expect(422).code(), "wrong_password");
    }
    let locked = change(&admin, PASSWORD, NEW).await.expect(429);
    assert_eq!((locked.code(), locked.header("retry-after")), ("too_many_failures", Some("1800")));
    let refused = "/api/v1/audit/logs?action=auth:change_password&outcome=refused";
    assert_eq!(admin.get(refused).await.expect(200).body["data"].as_array().map(Vec::len), Some(5));
    advance(&world, 1801);
    let admin = world.admin_a().await;
    change(&admin, PASSWORD, NEW).await.expect(204);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_password_change_is_answered_by_its_key() {
    let world = World::new().await;
    let admin = world.admin_a().await.header("idempotency-key", "once");
    change(&admin, PASSWORD, NEW).await.expect(204);
    let again = change(&admin, PASSWORD, NEW).await.expect(204);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    world.end().await;
}

async fn sessions(client: &Client) -> Vec<Value> {
    client.get(SESSIONS).await.expect(200).body["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sees_and_ends_ones_own_sessions() {
    let world = two_nodes().await;
    let (email, _) = world.create_user_a("member", "viewer").await;
    let client = world.client();
    let sign_in = async || client.sign_in(&world.a.slug, &email, PASSWORD).await;
    let (here, there, third) = (sign_in().await, sign_in().await, sign_in().await);
    let listed = sessions(&here).await;
    assert_eq!(listed.len(), 3);
    let current = |listed: &[Value]| listed.iter().filter(|one| one["is_current"] == true).count();
    assert_eq!((current(&listed), current(&sessions(&there).await)), (1, 1));
    let id_of = |listed: &[Value]| {
        listed.iter().find(|one| one["is_current"] == true).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let of_there = id_of(&sessions(&there).await);
    here.delete(&format!("{SESSIONS}/{of_there}")).await.expect(200);
    refused_within_a_second(&there.at(&world.client_at(1).base)).await;
    here.delete(&format!("{SESSIONS}/{of_there}")).await.expect(404);
    here.delete(SESSIONS).await.expect(200);
    refused_within_a_second(&third.at(&world.client_at(1).base)).await;
    assert_eq!(sessions(&here).await.len(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_a_colleague_is_as_unknown_as_one_that_nobody_has() {
    let world = World::new().await;
    let (admin, member) = (world.admin_a().await, world.user_a("member", "tenant_admin").await);
    let theirs = sessions(&admin).await[0]["id"].as_str().unwrap().to_owned();
    let answers = [theirs, random_id()].map(|id| format!("{SESSIONS}/{id}"));
    for path in answers {
        assert_eq!(member.delete(&path).await.expect(404).code(), "not_found");
    }
    admin.get("/api/v1/auth/me").await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_changes_nothing_leaves_no_version_and_no_line() {
    let world = World::new().await;
    let (admin, operator) = (world.admin_a().await, world.operator().await);
    let project = admin
        .post("/api/v1/projects", &json!({"name": "Harbour", "description": "x"}))
        .await
        .expect(201)
        .id();
    let role = json!({"name": "Pilot", "role_family": "Internal", "permissions": ["projects:read", "berths:assign"]});
    let role = admin.post("/api/v1/roles", &role).await.expect(201).id();
    let user = json!({"email": "new@amaranth.example", "first_name": "Ada", "phone": "+1234567890"});
    let user = admin.post("/api/v1/users", &user).await.expect(201).id();
    let cases = [
        (
            &admin,
            format!("/api/v1/projects/{project}"),
            json!({"name": "Harbour", "description": "x", "status": "active"}),
        ),
        (&admin, format!("/api/v1/roles/{role}"), json!({"permissions": ["berths:assign", "projects:read"]})),
        (
            &admin,
            format!("/api/v1/users/{user}"),
            json!({"first_name": "Ada", "phone": "+1 (234) 567-890", "status": "pending"}),
        ),
        (&admin, "/api/v1/users/me".to_owned(), json!({"last_name": null})),
        (&operator, format!("/api/v1/tenants/{}", world.b.id), json!({"slug": "beta", "plan": "basic"})),
    ];
    for (client, path, same) in cases {
        let before = client.get(&path).await.expect(200);
        let lines = client.get("/api/v1/audit/logs?limit=100").await.expect(200).body["data"].clone();
        for body in [json!({}), same] {
            let keyed = client.clone().header("idempotency-key", &format!("{path} {body}"));
            let answer = keyed.put(&path, &body).await.expect(200);
            assert_eq!(
                (&answer.body["data"], answer.header("etag")),
                (&before.body["data"], before.header("etag"))
            );
            let again = keyed.put(&path, &body).await.expect(200);
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{path}");
        }
        assert_eq!(client.put(&path, &json!({"colour": "red"})).await.status, 422);
        assert_eq!(
            client.get("/api/v1/audit/logs?limit=100").await.expect(200).body["data"],
            lines,
            "{path}"
        );
        let stale = client.clone().header("if-match", "\"999\"");
        assert_eq!(stale.put(&path, &json!({})).await.expect(412).code(), "version_mismatch");
    }
    world.end().await;
}
