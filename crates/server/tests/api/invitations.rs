//! Invitations: single, from a table, accepted, resent, revoked; and never to more than the inviter could give.

use serde_json::{Value, json};
use tenantry_testkit::{Client, MARKER_A, PASSWORD, World};

use crate::provider::Provider;
use crate::recovery::{anonymised, public, token_in};
use crate::sign_in::{advance, world_with_clock};

async fn role(admin: &Client, name: &str) -> String {
    let roles = admin.get(&format!("/api/v1/roles?name={name}")).await.expect(200);
    roles.body["data"][0]["id"].as_str().unwrap().to_owned()
}

/// A user whose only role grants these permissions.
async fn with(world: &World, name: &str, permissions: &[&str]) -> Client {
    let admin = world.admin_a().await;
    let new = json!({"name": name, "role_family": "Internal", "permissions": permissions});
    let made = admin.post("/api/v1/roles", &new).await.expect(201).id();
    let email = format!("{name}@{MARKER_A}.example");
    let body = json!({"email": email, "password": PASSWORD, "email_verified": true, "role_ids": [made]});
    admin.post("/api/v1/users", &body).await.expect(201);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await
}

async fn accept(world: &World, token: &str) -> tenantry_testkit::Answer {
    public(world, &world.a, "accept-invitation", json!({"token": token, "password": PASSWORD})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_chooses_a_password_and_is_in() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let manager = role(&admin, "project_manager").await;
    let email = format!("guest@{MARKER_A}.example");
    let body = json!({"email": email, "first_name": "Grace", "role_ids": [manager], "language": "hi"});
    let made = admin.post(&format!("/v1/{}/invites", world.a.slug), &body).await.expect(201);
    assert_eq!(made.body["data"]["state"], "pending");
    let again = admin.post("/api/v1/users/invite", &body).await.expect(409);
    assert_eq!(again.code(), "already_invited");
    let mail = world.message_to(&email, "invitation").await.message;
    assert!(
        mail.subject.contains("आमंत्रित") && mail.text.contains("http://localhost:8080/t/alpha/invitation?")
    );
    let token = token_in(&mail.text);
    assert!(!made.text.contains(&token));
    let trail = admin.get("/api/v1/audit/logs?limit=100").await.expect(200).text;
    assert!(!trail.contains(&token));

    // Elsewhere, and for anything else, the link is nothing.
    let at_b = json!({"token": token, "password": PASSWORD});
    let foreign = public(&world, &world.b, "accept-invitation", at_b).await.expect(422);
    let unknown = format!("oti_{}.{}", "0".repeat(32), "A".repeat(43));
    assert_eq!(anonymised(&foreign), anonymised(&accept(&world, &unknown).await));
    let reset = json!({"token": token, "new_password": PASSWORD});
    public(&world, &world.a, "password-reset/confirm", reset).await.expect(422);
    let weak = json!({"token": token, "password": "password"});
    public(&world, &world.a, "accept-invitation", weak).await.expect(422);

    accept(&world, &token).await.expect(200);
    accept(&world, &token).await.expect(422);
    let guest = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let me = guest.get("/api/v1/auth/me").await.expect(200).body["data"].clone();
    assert_eq!(me["roles"], json!(["project_manager"]));
    assert_eq!(guest.get("/api/v1/users/me").await.expect(200).body["data"]["first_name"], "Grace");
    let list = admin.get("/api/v1/invites?state=accepted").await.expect(200).body["data"].clone();
    assert_eq!((&list[0]["email"], &list[0]["user_id"]), (&json!(email), &me["id"]));
    admin.delete(&format!("/api/v1/invites/{}", made.id())).await.expect(409);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_invites_to_more_than_they_could_give() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (boss, user) = (role(&admin, "tenant_admin").await, role(&admin, "user").await);
    let inviter = with(&world, "inviter", &["invitations:create", "invitations:read"]).await;
    let invite = |roles: Value| json!({"email": format!("x@{MARKER_A}.example"), "role_ids": roles});
    for beyond in [&boss, &user] {
        inviter.post("/api/v1/users/invite", &invite(json!([beyond]))).await.expect(403);
        let table = json!({"csv": "email\na@b.example", "role_ids": [beyond]});
        inviter.post("/api/v1/users/invite/bulk", &table).await.expect(403);
    }
    // Without a word of roles: none, because they do not hold what `user` grants.
    let made = inviter.post("/api/v1/users/invite", &json!({"email": "plain@b.example"})).await.expect(201);
    assert_eq!(made.body["data"]["role_ids"], json!([]));
    let viewer = world.user_a("viewer", "viewer").await;
    viewer.post("/api/v1/users/invite", &json!({"email": "y@b.example"})).await.expect(403);

    // What the inviter has lost meanwhile is not given.
    let deputy = world.user_a("deputy", "tenant_admin").await;
    let email = format!("late@{MARKER_A}.example");
    let body = json!({"email": email, "role_ids": [boss]});
    deputy.post("/api/v1/users/invite", &body).await.expect(201);
    let token = token_in(&world.message_to(&email, "invitation").await.message.text);
    let id = deputy.get("/api/v1/auth/me").await.expect(200).id();
    admin.delete(&format!("/api/v1/users/{id}/roles/{boss}")).await.expect(200);
    assert_eq!(accept(&world, &token).await.expect(422).code(), "token_refused");
    admin.post(&format!("/api/v1/users/{id}/roles"), &json!({"role_id": boss})).await.expect(200);
    admin.put(&format!("/api/v1/users/{id}"), &json!({"status": "suspended"})).await.expect(200);
    accept(&world, &token).await.expect(422);
    assert_eq!(admin.get(&format!("/api/v1/users?email={email}")).await.expect(200).body["data"], json!([]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_resent_revoked_and_runs_out() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let email = format!("slow@{MARKER_A}.example");
    let body = json!({"email": email, "expires_in_days": 1});
    let id = admin.post("/api/v1/users/invite", &body).await.expect(201).id();
    let first = token_in(&world.message_to(&email, "invitation").await.message.text);
    let resend = format!("/api/v1/invites/{id}/resend");
    assert_eq!(admin.post(&resend, &json!({})).await.expect(429).code(), "too_soon");
    advance(&world, 61);
    admin.post(&resend, &json!({})).await.expect(200);
    let second = token_in(&world.nth_message_to(&email, "invitation", 2).await.message.text);
    accept(&world, &first).await.expect(422);
    advance(&world, 24 * 3600);
    let admin = world.admin_a().await;
    accept(&world, &second).await.expect(422);
    let list = admin.get(&format!("/api/v1/invites?state=expired&email={email}")).await.expect(200);
    assert_eq!(list.body["data"][0]["id"], id.as_str());
    assert_eq!(admin.get("/api/v1/invites?state=pending").await.expect(200).body["data"], json!([]));
    // One that has run out does not stand in the way of another.
    let next = admin.post("/api/v1/users/invite", &body).await.expect(201).id();
    let third = token_in(&world.nth_message_to(&email, "invitation", 3).await.message.text);
    admin.delete(&format!("/api/v1/invites/{next}")).await.expect(200);
    admin.delete(&format!("/api/v1/invites/{next}")).await.expect(200);
    accept(&world, &third).await.expect(422);
    admin.post(&format!("/api/v1/invites/{next}/resend"), &json!({})).await.expect(409);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_invites_row_by_row() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let table = format!(
        "email,first_name,last_name\nada@{MARKER_A}.example,Ada,Lovelace\nnobody,,\n{},,\nada@{MARKER_A}.example,,\n\
         \"grace@{MARKER_A}.example\",\"Grace \"\"G\"\"\",Hopper\n",
        world.a.admin_email
    );
    let done = admin.post("/api/v1/users/invite/bulk", &json!({"csv": table})).await.expect(200);
    let data = &done.body["data"];
    let rows = |list: &str, field: &str| -> Vec<(u64, String)> {
        let rows = data[list].as_array().unwrap().iter();
        rows.map(|row| (row["row"].as_u64().unwrap(), row[field].as_str().unwrap().to_owned())).collect()
    };
    let named = |row: u64, text: &str| (row, text.to_owned());
    assert_eq!(
        rows("failed", "code"),
        [named(2, "validation_failed"), named(3, "email_taken"), named(4, "already_invited")]
    );
    let ada = format!("ada@{MARKER_A}.example");
    let grace = format!("grace@{MARKER_A}.example");
    assert_eq!(rows("invited", "email"), [named(1, &ada), named(5, &grace)]);
    world.message_to(&ada, "invitation").await;
    world.message_to(&grace, "invitation").await;
    assert_eq!(world.messages().len(), 2);
    let wrong = json!({"csv": "email,role\na@b.example,tenant_admin"});
    admin.post("/api/v1/users/invite/bulk", &wrong).await.expect(422);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_whom_it_is_for_and_makes_the_account() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let email = format!("paged@{MARKER_A}.example");
    let body = json!({"email": email, "first_name": "<b>Ann"});
    admin.post("/api/v1/users/invite", &body).await.expect(201);
    let token = token_in(&world.message_to(&email, "invitation").await.message.text);
    let provider = Provider::of(&world, &world.a).await;
    let mut browser = provider.browser();
    let page = browser.get(&format!("/invitation?token={token}")).await.expect(200);
    assert!(page.text.contains("&lt;b&gt;Ann") && !page.text.contains("<b>Ann"), "{}", page.text);
    let theirs = browser.get(&format!("/t/beta/invitation?token={token}")).await.expect(400);
    assert!(!theirs.text.contains("Ann"), "{}", theirs.text);
    browser.submit(&page, &[("password", PASSWORD), ("first_name", "Ann")]).await.expect(200);
    browser.get(&format!("/invitation?token={token}")).await.expect(400);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_users_gives_no_more_than_one_has() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (boss, user) = (role(&admin, "tenant_admin").await, role(&admin, "user").await);
    let clerk = with(&world, "clerk", &["users:create", "users:read"]).await;
    let new = |name: &str, more: Value| {
        let mut body = json!({"email": format!("{name}@{MARKER_A}.example"), "password": PASSWORD, "email_verified": true});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for beyond in [&boss, &user] {
        clerk
            .post("/api/v1/auth/create-user", &new("beyond", json!({"role_ids": [beyond]})))
            .await
            .expect(403);
    }
    let made = clerk.post("/api/v1/auth/create-user", &new("plain", json!({}))).await.expect(201);
    assert_eq!(made.body["data"]["roles"], json!([]));
    let bulk = json!({"users": [{"email": format!("bulk@{MARKER_A}.example")}]});
    let bulk = clerk.post("/api/v1/users/bulk/create", &bulk).await.expect(200);
    let id = bulk.body["data"]["created"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(&format!("/api/v1/users/{id}")).await.expect(200).body["data"]["roles"], json!([]));
    let made = admin.post("/api/v1/auth/create-user", &new("usual", json!({}))).await.expect(201);
    assert_eq!(made.body["data"]["roles"][0]["name"], "user");

    // Hashes from elsewhere need a permission of their own; bcrypt is replaced at the first sign-in.
    let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let import = |name: &str, hash: &str| json!({"email": format!("{name}@{MARKER_A}.example"), "email_verified": true, "password_hash": hash});
    clerk.post("/api/v1/auth/create-user", &import("imported", hash)).await.expect(403);
    for wrong in ["U*U", "$1$abc$def", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"] {
        admin.post("/api/v1/auth/create-user", &import("imported", wrong)).await.expect(422);
    }
    let made = admin.post("/api/v1/auth/create-user", &import("imported", hash)).await.expect(201);
    assert!(!made.text.contains("$2a$"));
    let email = format!("imported@{MARKER_A}.example");
    world.client().try_sign_in(&world.a.slug, &email, "U*U*").await.expect(401);
    world.client().sign_in(&world.a.slug, &email, "U*U").await;
    let kept = format!("SELECT password_hash FROM app.credentials WHERE user_id = '{}'", made.id());
    if let Ok(Some(row)) = world.database.admin().await.query_opt(&kept, &[]).await {
        assert!(row.get::<_, String>(0).starts_with("$argon2id$"));
    }
    world.client().sign_in(&world.a.slug, &email, "U*U").await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_welcomed_without_a_password_chooses_one() {
    let world = World::new().await;
    let email = format!("welcome@{MARKER_A}.example");
    // Document D's example.
    let body = json!({"email": email, "first_name": "John", "last_name": "Doe", "send_welcome_email": true});
    world.admin_a().await.post("/api/v1/auth/create-user", &body).await.expect(201);
    let token = token_in(&world.message_to(&email, "welcome").await.message.text);
    let chosen = json!({"token": token, "new_password": PASSWORD});
    public(&world, &world.a, "password-reset/confirm", chosen).await.expect(200);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    world.end().await;
}
