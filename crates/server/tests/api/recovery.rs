//! Forgotten passwords: links that are good once, and answers that tell nothing.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, MARKER_A, Options, PASSWORD, SeededTenant, World};

use crate::provider::Provider;
use crate::sign_in::{WRONG, advance, refresh, world_with_clock};

const NEW: &str = "another-Horse-77-battery";

/// What a link in a message carries.
pub(crate) fn token_in(text: &str) -> String {
    let rest = text.split_once("token=").unwrap_or_else(|| panic!("no link: {text}")).1;
    rest.split_whitespace().next().unwrap().to_owned()
}

/// Without what differs from request to request.
pub(crate) fn anonymised(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, body, names)
}

pub(crate) async fn public(world: &World, tenant: &SeededTenant, path: &str, body: Value) -> Answer {
    world.client().post(&format!("/v1/{}/auth/{path}", tenant.slug), &body).await
}

async fn ask(world: &World, email: &str) -> Answer {
    public(world, &world.a, "password-reset", json!({"email": email})).await
}

async fn confirm(world: &World, tenant: &SeededTenant, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "new_password": password});
    public(world, tenant, "password-reset/confirm", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_changes_the_password_once_and_ends_every_session() {
    let world = world_with_clock(1).await;
    let (email, id) = world.create_user_a("forgetful", "user").await;
    let before = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    ask(&world, &email).await.expect(200);
    let mail = world.message_to(&email, "password_reset").await.message;
    assert!(mail.text.contains("http://localhost:8080/t/alpha/new-password?token="), "{}", mail.text);
    let token = token_in(&mail.text);

    // What the policy refuses does not use the link up; nor does a password that the user had.
    let weak = confirm(&world, &world.a, &token, "password").await.expect(422);
    assert_eq!(weak.body["errors"][0]["pointer"], "#/new_password");
    confirm(&world, &world.a, &token, PASSWORD).await.expect(422);
    confirm(&world, &world.a, &token, NEW).await.expect(200);
    let again = confirm(&world, &world.a, &token, "yet-Another-78-battery").await.expect(422);
    assert_eq!(again.code(), "token_refused");

    before.get("/api/v1/auth/me").await.expect(401);
    refresh(&world.client(), &world.a.slug, before.refresh_token.as_deref().unwrap()).await.expect(401);
    world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await.expect(401);
    world.client().sign_in(&world.a.slug, &email, NEW).await;
    world.message_to(&email, "password_changed").await;

    let admin = world.admin_a().await;
    let events = admin.get(&format!("/api/v1/users/{id}/security-events")).await.expect(200);
    let actions: Vec<&str> =
        events.body["data"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert!(actions.contains(&"auth:password_reset"), "{actions:?}");
    let trail = admin.get("/api/v1/audit/logs?limit=100").await.expect(200).text;
    assert!(!trail.contains(&token) && !trail.contains(NEW), "{trail}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_counts_for_an_hour_at_its_own_tenant_and_until_the_next_one() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("late", "user").await;
    ask(&world, &email).await.expect(200);
    let first = token_in(&world.message_to(&email, "password_reset").await.message.text);
    let foreign = confirm(&world, &world.b, &first, NEW).await.expect(422);
    let unknown = format!("ott_{}.{}", "0".repeat(32), "A".repeat(43));
    let nonsense = confirm(&world, &world.b, &unknown, NEW).await;
    assert_eq!(anonymised(&foreign), anonymised(&nonsense));
    assert_eq!(anonymised(&confirm(&world, &world.a, "nonsense", NEW).await), anonymised(&nonsense));
    let changed = first.replace('.', ".A");
    assert_eq!(anonymised(&confirm(&world, &world.a, &changed, NEW).await), anonymised(&nonsense));
    // It verifies nothing.
    let wrong = public(&world, &world.a, "verify-email", json!({"token": first})).await.expect(422);
    assert_eq!(wrong.code(), "token_refused");

    // Within a minute nothing more is sent; afterwards the new link ends the old one.
    ask(&world, &email).await.expect(200);
    advance(&world, 61);
    ask(&world, &email).await.expect(200);
    let second = token_in(&world.nth_message_to(&email, "password_reset", 2).await.message.text);
    confirm(&world, &world.a, &first, NEW).await.expect(422);
    advance(&world, 3600);
    confirm(&world, &world.a, &second, NEW).await.expect(422);
    world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    assert_eq!(world.messages().len(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_tell_who_has_an_account() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let (known, _) = world.create_user_a("known", "user").await;
    let (banned, id) = world.create_user_a("banned", "user").await;
    admin.put(&format!("/api/v1/users/{id}"), &json!({"status": "banned"})).await.expect(200);
    let unknown = format!("unknown@{MARKER_A}.example");
    let answers = [ask(&world, &known).await, ask(&world, &unknown).await, ask(&world, &banned).await];
    assert_eq!(anonymised(&answers[0]), anonymised(&answers[1]));
    assert_eq!(anonymised(&answers[0]), anonymised(&answers[2]));
    world.message_to(&known, "password_reset").await;
    // The one that comes last is done when all are.
    let (last, _) = world.create_user_a("last", "user").await;
    ask(&world, &last).await.expect(200);
    world.message_to(&last, "password_reset").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let told: Vec<String> = world.messages().into_iter().map(|kept| kept.message.to).collect();
    assert_eq!((told.len(), told.contains(&banned), told.contains(&unknown)), (2, false, false), "{told:?}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_lead_to_the_configured_address_whatever_host_is_asked() {
    let world = world_with_clock(1).await;
    let (email, _) = world.create_user_a("hosted", "user").await;
    let headers = [
        ("host", "alpha.localhost:6666"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
    ];
    let mut text = String::new();
    for (number, (name, value)) in headers.into_iter().enumerate() {
        let client = world.client().header(name, value).header("x-tenant-slug", "alpha");
        client.post("/api/v1/auth/password-reset", &json!({"email": email})).await.expect(200);
        // The minute between two messages is counted where they are made, so each is waited for.
        text = world.nth_message_to(&email, "password_reset", number + 1).await.message.text;
        advance(&world, 61);
    }
    for kept in world.messages() {
        assert!(!kept.message.text.contains("evil") && !kept.message.text.contains("6666"), "{text}");
        assert!(kept.message.text.contains("http://localhost:8080/t/alpha/"), "{text}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_of_the_network_cannot_ask_for_ever() {
    let settings = [("limits.enabled", "true"), ("limits.account_requests_per_hour_per_ip", "3")];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let world = World::with(Options { settings, ..Options::default() }).await;
    for number in 0..3 {
        ask(&world, &format!("nobody{number}@{MARKER_A}.example")).await.expect(200);
    }
    let refused = ask(&world, &world.a.admin_email).await.expect(429);
    assert!(refused.header("retry-after").is_some());
    // It counts for one tenant.
    public(&world, &world.b, "password-reset", json!({"email": "a@b.example"})).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_need_no_script_and_change_nothing_until_their_form_is_sent() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let (email, _) = world.create_user_a("paged", "user").await;
    let mut browser = provider.browser();
    let sign_in = browser.authorize(&app, &[]).await;
    assert!(sign_in.text.contains("alpha/recover\""), "{}", sign_in.text);
    let page = browser.get("/recover").await.expect(200);
    assert!(page.headers["content-security-policy"].contains("script-src 'none'"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let sent = browser.submit(&page, &[("email", &email)]).await.expect(200);
    assert!(!sent.text.contains("<form") && sent.text.contains("role=\"status\""), "{}", sent.text);
    let nobody = browser.submit(&page, &[("email", "nobody@amaranth.example")]).await.expect(200);
    assert_eq!(sent.text, nobody.text);

    let token = token_in(&world.message_to(&email, "password_reset").await.message.text);
    let address = format!("/new-password?token={token}");
    for _ in 0..3 {
        browser.get(&address).await.expect(200);
    }
    let form = browser.get(&address).await.expect(200);
    let weak = browser.submit(&form, &[("password", "password")]).await.expect(422);
    assert!(
        weak.text.contains("role=\"alert\"") && !weak.text.contains("value=\"password\""),
        "{}",
        weak.text
    );
    // Another browser's form, or another page's, is none of ours.
    let mut other = provider.browser();
    other.get("/recover").await;
    assert_eq!(other.submit(&form, &[("password", NEW)]).await.status, 400);
    let mixed = browser.get("/recover").await;
    let crossed = crate::provider::form_of(&mixed.text).1;
    let crossed = crossed.iter().find(|(name, _)| name == "form_token").unwrap().1.clone();
    assert_eq!(browser.submit(&form, &[("password", NEW), ("form_token", &crossed)]).await.status, 400);
    browser.submit(&form, &[("password", NEW)]).await.expect(200);
    let over = browser.submit(&form, &[("password", "yet-Another-78-battery")]).await.expect(400);
    assert!(over.text.contains("alpha/recover\""), "{}", over.text);
    world.client().sign_in(&world.a.slug, &email, NEW).await;
    world.client().try_sign_in(&world.a.slug, &email, WRONG).await.expect(401);
    world.end().await;
}
