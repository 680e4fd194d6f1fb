//! Health, metrics, and the documentation of the API.

use tenantry_testkit::World;

use crate::wire::{Ask, Wire};

const TOKEN: &str = "operations-token-of-the-tests";

#[tokio::test(flavor = "multi_thread")]
async fn health_is_public_and_says_no_details() {
    let world = World::new().await;
    let client = world.client();
    assert_eq!(client.get("/health").await.expect(200).text, r#"{"status":"ok"}"#);
    assert_eq!(client.get("/ready").await.expect(200).text, r#"{"status":"ready"}"#);
    let detailed = client.clone().with_token(TOKEN).get("/health/detailed").await.expect(200);
    assert_eq!(detailed.body["checks"]["database"], "ok");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn details_and_metrics_need_the_operations_token() {
    let world = World::new().await;
    let (client, admin, operator) = (world.client(), world.admin_a().await, world.operator().await);
    for path in ["/metrics", "/health/detailed"] {
        for caller in
            [client.clone(), client.clone().with_token("operations-token"), admin.clone(), operator.clone()]
        {
            assert_eq!(caller.get(path).await.expect(404).text, "");
        }
    }
    admin.get("/api/v1/projects").await.expect(200);
    let metrics = client.with_token(TOKEN).get("/metrics").await.expect(200).text;
    for name in [
        "tenantry_http_request_duration_seconds",
        "tenantry_db_connections",
        "tenantry_db_connections_idle",
        "tenantry_notifications_connected",
    ] {
        assert!(metrics.contains(name), "{name} is not in\n{metrics}");
    }
    assert!(metrics.contains(r#"route="/projects""#), "routes are told by their pattern\n{metrics}");
    for secret in [&world.a.slug, &world.a.id.to_string()] {
        assert!(!metrics.contains(&format!("\"{secret}\"")), "metrics name a tenant");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_served_as_it_is_made() {
    let world = World::new().await;
    let served = world.client().get("/openapi.json").await.expect(200);
    assert_eq!(served.body, tenantry_server::modules::openapi());
    assert_eq!(served.body["openapi"], "3.1.0");
    let public: Vec<String> = crate::operation::Operation::all("/api/v1")
        .into_iter()
        .filter(crate::operation::Operation::is_public)
        .map(|operation| operation.name())
        .collect();
    let expected = [
        "POST /api/v1/auth/accept-invitation",
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/mfa/challenge",
        "POST /api/v1/auth/mfa/challenge/send",
        "POST /api/v1/auth/mfa/enrollment/passkey/begin",
        "POST /api/v1/auth/mfa/enrollment/passkey/finish",
        "POST /api/v1/auth/mfa/enrollment/setup",
        "POST /api/v1/auth/mfa/enrollment/verify",
        "GET /api/v1/auth/oauth/{provider}/callback/{tenant}",
        "POST /api/v1/auth/oauth/{provider}/callback/{tenant}",
        "GET /api/v1/auth/oauth/{provider}/login/{tenant}",
        "POST /api/v1/auth/passkeys/challenge",
        "POST /api/v1/auth/passkeys/login",
        "POST /api/v1/auth/password-reset",
        "POST /api/v1/auth/password-reset/confirm",
        "POST /api/v1/auth/password-reset/request",
        "GET /api/v1/auth/providers",
        "POST /api/v1/auth/register",
        "POST /api/v1/auth/session",
        "DELETE /api/v1/auth/session",
        "POST /api/v1/auth/session/challenge",
        "POST /api/v1/auth/session/enrollment",
        "POST /api/v1/auth/session/enrollment/passkey",
        "POST /api/v1/auth/session/passkey",
        "POST /api/v1/auth/session/refresh",
        "GET /api/v1/auth/tenant",
        "POST /api/v1/auth/token",
        "POST /api/v1/auth/verify-email",
        "POST /api/v1/auth/verify-email/resend",
        "GET /api/v1/branding",
    ];
    assert_eq!(public, expected);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_browser_needs_no_other_host() {
    let world = World::new().await;
    let wire = Wire::to(&world);
    let page = wire.send(&Ask::new("GET", "/docs")).await;
    assert_eq!(page.status, 200);
    assert!(page.headers["content-type"].starts_with("text/html"));
    let policy = &page.headers["content-security-policy"];
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
    for attribute in ["src=\"", "href=\""] {
        for target in page.text.split(attribute).skip(1) {
            let target = target.split('"').next().unwrap();
            assert!(!target.contains("//"), "{target}");
            assert_eq!(wire.send(&Ask::new("GET", target)).await.status, 200, "{target}");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_served_with_its_policy_and_every_page_of_it() {
    let world = World::new().await;
    let wire = Wire::to(&world);
    let page = wire.send(&Ask::new("GET", "/")).await;
    assert!(page.headers["content-type"].starts_with("text/html"), "{page:?}");
    for path in ["/console", "/console/", "/console/alpha", "/console/alpha/projects/1", "/console/alpha/"] {
        let page = wire.send(&Ask::new("GET", path)).await;
        assert_eq!((page.status, page.headers["cache-control"].as_str()), (200, "no-store"), "{path}");
        assert!(page.text.starts_with("<!doctype html>") || page.text.starts_with("<!DOCTYPE html>"));
        let policy = &page.headers["content-security-policy"];
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        for attribute in ["src=\"", "href=\""] {
            for target in page.text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(target.starts_with('/') && !target.starts_with("//"), "{target}");
                assert_eq!(wire.send(&Ask::new("GET", target)).await.status, 200, "{target}");
            }
        }
    }
    assert_eq!(wire.send(&Ask::new("GET", "/console/assets/gone.js")).await.status, 404);
    assert_eq!(wire.send(&Ask::new("POST", "/console/")).await.status, 405);
    world.end().await;
}
