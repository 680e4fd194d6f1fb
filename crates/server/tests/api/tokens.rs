//! Access tokens and refresh tokens: expiry, forgery, rotation, theft; and revocation on every node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{Client, Options, World};

use crate::sign_in::{advance, one_address, refresh, text, world_with_clock};
use crate::wire::random_id;

const ME: &str = "/api/v1/auth/me";

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_lives_a_quarter_of_an_hour() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    advance(&world, 15 * 60 - 1);
    admin.get(ME).await.expect(200);
    advance(&world, 1);
    admin.get(ME).await.expect(401);
    let answer =
        refresh(&world.client(), &world.a.slug, admin.refresh_token.as_deref().unwrap()).await.expect(200);
    admin.with_token(&text(&answer, "access_token")).get(ME).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_used_ends() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    advance(&world, 30 * 24 * 3600 + 1);
    refresh(&world.client(), &world.a.slug, admin.refresh_token.as_deref().unwrap()).await.expect(401);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_instant_of_their_revocation_are_refused_and_later_ones_of_it_are_not() {
    // Time stands still: everything happens in one millisecond.
    let world = world_with_clock(2).await;
    let admin = world.admin_a().await;
    let (email, user) = world.create_user_a("twin", "user").await;
    let sign_in = async |node: usize| {
        world.client_at(node).sign_in(&world.a.slug, &email, tenantry_testkit::PASSWORD).await
    };
    let (old, other) = (sign_in(0).await, sign_in(0).await);
    old.get(ME).await.expect(200);
    old.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    old.get(ME).await.expect(401);
    other.get(ME).await.expect(200);
    admin.delete(&format!("/api/v1/users/{user}/sessions")).await.expect(200);
    other.get(ME).await.expect(401);
    sign_in(0).await.get(ME).await.expect(200);
    other.get(ME).await.expect(401);
    world.end().await;
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let json = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    (json(parts[0]), json(parts[1]), parts[2].to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_access_tokens_are_refused() {
    let world = World::new().await;
    let (a, b) = (world.admin_a().await, world.admin_b().await);
    let token = a.token.clone().unwrap();
    let (head, claims, seal) = parts(&token);
    let (head_b, claims_b, seal_b) = parts(b.token.as_deref().unwrap());
    let with = |mut of: Value, field: &str, value: Value| {
        of[field] = value;
        of
    };
    let join = |head: &Value, claims: &Value, seal: &str| format!("{}.{}.{seal}", part(head), part(claims));
    let user = |id: String| with(claims.clone(), "sub", json!(id));
    let forged = [
        join(&with(head.clone(), "alg", json!("none")), &claims, ""),
        join(&with(head.clone(), "alg", json!("HS256")), &claims, &seal),
        join(&with(head.clone(), "kid", json!(random_id())), &claims, &seal),
        join(&with(head.clone(), "kid", head_b["kid"].clone()), &claims, &seal),
        join(&with(head.clone(), "typ", json!("JWT")), &claims, &seal),
        join(&head, &user(random_id()), &seal),
        join(&head, &with(claims.clone(), "tid", claims_b["tid"].clone()), &seal),
        join(&head_b, &with(claims_b, "tid", claims["tid"].clone()), &seal_b),
        join(&head, &with(claims.clone(), "exp", json!(4_000_000_000_u64)), &seal),
        join(&head, &claims, &seal_b),
        format!("{token}x"),
        format!("{token}."),
        "..".to_owned(),
        token[..token.len() - 4].to_owned(),
        world.admin_a().await.refresh_token.unwrap(),
    ];
    let refused = a.clone().with_token("nonsense").get(ME).await.expect(401);
    for token in forged {
        let answer = a.clone().with_token(&token).get(ME).await.expect(401);
        assert_eq!(
            (answer.code(), &answer.body["detail"]),
            (refused.code(), &refused.body["detail"]),
            "{token}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    a.get(ME).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_refresh_at_once_both_stay_in() {
    let world = world_with_clock(1).await;
    let (client, slug) = (world.client(), world.a.slug.clone());
    let old = world.admin_a().await.refresh_token.unwrap();
    let (one, two) =
        futures_util::future::join(refresh(&client, &slug, &old), refresh(&client, &slug, &old)).await;
    let (one, two) = (one.expect(200), two.expect(200));
    assert_eq!(text(&one, "refresh_token"), text(&two, "refresh_token"));
    advance(&world, 9);
    let late = refresh(&client, &slug, &old).await.expect(200);
    assert_eq!(text(&one, "refresh_token"), text(&late, "refresh_token"));
    refresh(&client, &slug, &text(&one, "refresh_token")).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_that_comes_back_ends_the_session_on_every_node() {
    let world = world_with_clock(2).await;
    let admin = world.admin_a().await;
    let other = admin.clone().at(&world.client_at(1).base);
    let old = admin.refresh_token.clone().unwrap();
    let new = refresh(&world.client(), &world.a.slug, &old).await.expect(200);
    let thief = other.clone().with_token(&text(&new, "access_token"));
    for client in [&admin, &other, &thief] {
        client.get(ME).await.expect(200);
    }
    advance(&world, 11);
    refresh(&world.client(), &world.a.slug, &old).await.expect(401);
    refused_within_a_second(&other).await;
    refused_within_a_second(&thief).await;
    refresh(&world.client(), &world.a.slug, &text(&new, "refresh_token")).await.expect(401);

    advance(&world, 1);
    let rows =
        world.admin_a().await.get("/api/v1/audit/logs?action=auth:refresh&outcome=refused").await.expect(200);
    assert_eq!(rows.body["data"].as_array().map(Vec::len), Some(1), "{}", rows.text);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_cannot_be_made_from_another() {
    let world = World::new().await;
    let token = world.admin_a().await.refresh_token.unwrap();
    let (tenant_a, tenant_b) =
        (world.a.id.to_string().replace('-', ""), world.b.id.to_string().replace('-', ""));
    let next = token.replacen(".0.", ".1.", 1);
    assert_ne!(next, token);
    for forged in
        [next, token.replace(&tenant_a, &tenant_b), format!("{token}A"), token.to_uppercase(), String::new()]
    {
        refresh(&world.client(), &world.a.slug, &forged).await.expect(401);
    }
    // None of it counted as theft.
    refresh(&world.client(), &world.a.slug, &token).await.expect(200);
    world.end().await;
}

pub(crate) async fn refused_within_a_second(client: &Client) {
    let started = Instant::now();
    while client.get(ME).await.status != 401 {
        assert!(started.elapsed() < Duration::from_secs(1), "still let in after {:?}", started.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) async fn two_nodes() -> World {
    World::with(Options { nodes: 2, settings: one_address(), ..Options::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_counts_on_every_node_within_a_second() {
    let world = two_nodes().await;
    let admin = world.admin_a().await;
    let other = admin.clone().at(&world.client_at(1).base);
    other.get(ME).await.expect(200);
    admin.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    admin.get(ME).await.expect(401);
    refused_within_a_second(&other).await;
    world.end().await;
}

const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'tenantry listener' AND datname = current_database()";

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_counts_on_every_node_also_when_the_line_was_just_cut() {
    let world = two_nodes().await;
    let database = world.database.admin().await;
    for _ in 0..3 {
        let admin = world.admin_a().await;
        let other = admin.clone().at(&world.client_at(1).base);
        other.get(ME).await.expect(200);
        while database.query(CUT, &[]).await.unwrap().len() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        admin.send("POST", "/api/v1/auth/logout", None).await.expect(200);
        refused_within_a_second(&other).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_counts_on_every_node_also_while_the_line_stays_down() {
    let world = two_nodes().await;
    let (admin, keep_cutting) = (world.admin_a().await, Arc::new(AtomicBool::new(true)));
    let other = admin.clone().at(&world.client_at(1).base);
    let (database, goes_on) = (world.database.admin().await, Arc::clone(&keep_cutting));
    let cutter = tokio::spawn(async move {
        while goes_on.load(Ordering::SeqCst) {
            database.query(CUT, &[]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    other.get(ME).await.expect(200);
    admin.send("POST", "/api/v1/auth/logout", None).await.expect(200);
    refused_within_a_second(&other).await;
    // It stays so, and so it does when the line is back.
    for _ in 0..20 {
        other.get(ME).await.expect(401);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    keep_cutting.store(false, Ordering::SeqCst);
    cutter.await.unwrap();
    for _ in 0..30 {
        other.get(ME).await.expect(401);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.end().await;
}
