//! Whoever guesses passwords is slowed, then stopped.

use serde_json::json;
use tenantry_testkit::{MARKER_A, PASSWORD, World};

use crate::sign_in::{WRONG, advance, world_with_clock};

async fn fail(world: &World, email: &str, times: usize) {
    for _ in 0..times {
        world.client().try_sign_in(&world.a.slug, email, WRONG).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failures_lock_the_account_for_half_an_hour() {
    let world = world_with_clock(1).await;
    let email = world.a.admin_email.clone();
    fail(&world, &email, 5).await;
    let attempt = || async { world.client().try_sign_in(&world.a.slug, &email, PASSWORD).await };
    attempt().await.expect(401);
    advance(&world, 30 * 60 - 1);
    attempt().await.expect(401);
    advance(&world, 2);
    attempt().await.expect(200);

    // A lock that has run out counts for nothing, and a success forgets what was before.
    fail(&world, &email, 4).await;
    attempt().await.expect(200);
    fail(&world, &email, 4).await;
    attempt().await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_made_at_once_do_not_get_past_the_lock() {
    let world = world_with_clock(1).await;
    let (client, slug, email) = (world.client(), world.a.slug.clone(), world.a.admin_email.clone());
    let guesses = (0..8).map(|_| client.try_sign_in(&slug, &email, WRONG));
    for answer in futures_util::future::join_all(guesses).await {
        answer.expect(401);
    }
    client.try_sign_in(&slug, &email, PASSWORD).await.expect(401);
    advance(&world, 30 * 60 + 1);
    client.try_sign_in(&slug, &email, PASSWORD).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_fails_twenty_times_waits_at_that_tenant_only() {
    let world = world_with_clock(1).await;
    for number in 0..20 {
        // Fewer accounts than somebody tries who has a list of them.
        fail(&world, &format!("nobody{}@{MARKER_A}.example", number % 9), 1).await;
    }
    let client = world.client();
    let answer = client.try_sign_in(&world.a.slug, &world.a.admin_email, PASSWORD).await.expect(429);
    assert_eq!(answer.code(), "too_many_failures");
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    client.try_sign_in(&world.b.slug, &world.b.admin_email, PASSWORD).await.expect(200);
    advance(&world, wait);
    client.try_sign_in(&world.a.slug, &world.a.admin_email, PASSWORD).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_is_in_the_trail() {
    let world = world_with_clock(1).await;
    let admin = world.admin_a().await;
    let (email, id) = world.create_user_a("guessed", "user").await;
    for _ in 0..5 {
        fail(&world, &email, 1).await;
        advance(&world, 1);
    }
    let trail = format!(
        "/api/v1/audit/logs?action=auth:login&outcome=refused&resource_type=session&resource_id={id}"
    );
    let rows = admin.get(&trail).await.expect(200).body["data"].clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(5));
    assert_eq!(rows[0]["new_values"], json!({"email": email, "failed_attempts": 5, "locked": true}));
    assert_eq!(rows[0]["actor_type"], "anonymous");
    assert!(!rows.to_string().contains(WRONG));
    world.end().await;
}
