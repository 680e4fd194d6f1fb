//! Attacks on a browser's session: other sites, other tenants, planted and stolen cookies.

use serde_json::json;
use tenantry_testkit::{MARKER_B, Options, PASSWORD, World};

use crate::browser::Browser;
use crate::operation::Operation;
use crate::sign_in::{advance, world_with_clock};
use crate::wire::{Ask, Wire};

const ACCESS_A: &str = "__Host-tenantry-alpha";
const REFRESH_A: &str = "__Host-tenantry-alpha.refresh";
const ACCESS_B: &str = "__Host-tenantry-beta";
const REFRESH_B: &str = "__Host-tenantry-beta.refresh";

async fn page_a(world: &World) -> Browser {
    Browser::signed_in(world, &world.a.slug, &world.a.admin_email).await
}

/// The same request without the header that only our pages send.
fn bare(mut ask: Ask) -> Ask {
    ask.headers.retain(|(name, _)| name != "x-tenantry-csrf");
    ask
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_changes_something_without_the_header_is_refused() {
    let world = World::new().await;
    let page = page_a(&world).await;
    let wire = Wire::to(&world);
    let mut count = 0;
    for operation in Operation::all("/v1/{tenant}").iter().filter(|one| one.is_mutation()) {
        let path = operation.path.replace("{tenant}", "alpha");
        // Whoever is nobody yet has no cookie that could be used against them.
        if operation.is_public() && operation.method == "POST" && !path.ends_with("/auth/session/refresh") {
            continue;
        }
        let ask = Ask::new(&operation.method, path).cookies(&page.cookies);
        for ask in
            [ask.clone(), ask.clone().header("x-tenantry-csrf", "0"), ask.header("x-tenantry-csrf", "")]
        {
            let reply = wire.send(&ask).await;
            assert_eq!((reply.status, reply.code().as_str()), (403, "csrf_refused"), "{ask:?}");
            count += 1;
        }
    }
    assert!(count > 50);
    let form = [("email", "x"), ("password", "y")].map(|(name, value)| format!("{name}={value}")).join("&");
    let answer = world
        .client()
        .send_raw("POST", "/v1/alpha/auth/session", "application/x-www-form-urlencoded", Some(form))
        .await;
    assert_eq!(answer.status, 415, "a form signs in");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_another_origin_is_refused_even_with_the_header() {
    let world = World::new().await;
    let mut page = page_a(&world).await;
    let own = format!("http://{}", world.nodes[0].address);
    let foreign = [
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", "http://beta.localhost"),
        ("origin", "null"),
        ("origin", ""),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("sec-fetch-site", "nonsense"),
    ];
    let requests = [
        page.ask("POST", "/projects").body(json!({"name": "Harbour"})),
        page.ask("POST", "/auth/logout"),
        page.ask("POST", "/auth/session/refresh"),
        page.ask("DELETE", "/auth/session"),
        page.ask("POST", "/auth/session").body(json!({"email": world.a.admin_email, "password": PASSWORD})),
    ];
    for (name, value) in foreign {
        for ask in &requests {
            let reply = page.send(&ask.clone().header(name, value)).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (403, "csrf_refused"),
                "{name}: {value} {ask:?}"
            );
            assert!(reply.cookies.is_empty());
        }
    }
    let twice = requests[0].clone().header("origin", &own).header("origin", "https://evil.example");
    assert_eq!(page.send(&twice).await.status, 403);
    let ask = requests[0].clone().header("origin", &own).header("sec-fetch-site", "same-origin");
    assert_eq!(page.send(&ask).await.status, 201);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sibling_site_cannot_even_read_with_a_cookie_and_the_address_bar_can() {
    let world = World::new().await;
    let mut page = page_a(&world).await;
    for (site, status) in [("same-site", 403), ("cross-site", 403), ("same-origin", 200), ("none", 200)] {
        let ask = page.ask("GET", "/audit/logs/export").header("sec-fetch-site", site);
        assert_eq!(page.send(&ask).await.status, status, "{site}");
    }
    let ask = page.ask("GET", "/projects").header("origin", "https://evil.example");
    assert_eq!(page.send(&ask).await.status, 403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_of_one_tenant_is_nothing_at_another_whatever_its_name() {
    let world = World::new().await;
    let a = page_a(&world).await;
    let (access, refresh) = (a.cookies[ACCESS_A].clone(), a.cookies[REFRESH_A].clone());
    let swaps = [
        vec![(ACCESS_A, &access), (REFRESH_A, &refresh)],
        vec![(ACCESS_B, &access), (REFRESH_B, &refresh)],
        vec![(ACCESS_B, &refresh), (REFRESH_B, &access)],
        vec![(ACCESS_A, &access), (ACCESS_B, &access), (REFRESH_B, &refresh)],
    ];
    let mut at_b = Browser::at(&world, &world.b.slug);
    for swap in swaps {
        at_b.cookies = swap.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone())).collect();
        for path in ["/projects", "/users", "/auth/session", "/users/me", "/events"] {
            let reply = at_b.get(path).await;
            assert_eq!((reply.status, reply.code().as_str()), (401, "unauthenticated"), "{swap:?} {path}");
            assert!(!reply.text.contains(MARKER_B) && !reply.text.contains(&world.b.id.to_string()));
        }
        let ask = at_b.ask("POST", "/projects").body(json!({"name": "Planted"}));
        assert_eq!(at_b.send(&ask).await.status, 401);
        assert_eq!(at_b.refresh().await.code(), "session_over");
        assert_eq!(at_b.sign_out().await.status, 204);
    }
    // Nothing of it has harmed the session where it is one.
    let mut a = a;
    assert_eq!(a.get("/projects").await.status, 200);
    assert_eq!(a.refresh().await.status, 200);
    let planted = world.admin_b().await.get("/api/v1/projects").await.expect(200);
    assert_eq!(planted.body["data"], json!([]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_two_tenants_is_refused_and_written_down() {
    let world = World::new().await;
    let mut page = page_a(&world).await;
    for ask in [
        page.ask("GET", "/projects").header("x-tenant-slug", "beta"),
        page.ask("GET", "/projects").header("host", "beta.localhost"),
        page.ask("GET", "/projects?tenant=beta"),
        page.ask("GET", "/projects").header("x-tenant-slug", "nobody"),
    ] {
        let reply = page.send(&ask).await;
        assert_eq!((reply.status, reply.code().as_str()), (403, "tenant_mismatch"), "{ask:?}");
    }
    let trail = page.get("/audit/logs?outcome=refused&action=security:tenant_mismatch").await;
    assert_eq!(trail.json()["data"].as_array().map(Vec::len), Some(4));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_counts_only_where_the_request_names_the_tenant() {
    let world = World::new().await;
    let page = page_a(&world).await;
    let wire = Wire::to(&world);
    let ask = Ask::new("GET", "/api/v1/projects").cookies(&page.cookies);
    assert_eq!(wire.send(&ask).await.code(), "unauthenticated");
    for named in [
        ask.clone().header("x-tenant-slug", "alpha"),
        ask.clone().header("x-tenant-id", &world.a.id.to_string()),
        ask.clone().header("host", "alpha.localhost"),
        Ask { path: "/api/v1/projects?tenant=alpha".to_owned(), ..ask.clone() },
        Ask { path: format!("/v1/{}/projects", world.a.id), ..ask.clone() },
    ] {
        assert_eq!(wire.send(&named).await.status, 200, "{named:?}");
    }
    assert_eq!(wire.send(&ask.header("x-tenant-slug", "nobody")).await.code(), "unauthenticated");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_wins_over_a_cookie_and_a_bad_one_is_not_replaced_by_it() {
    let world = World::new().await;
    let mut page = page_a(&world).await;
    for bad in ["Bearer nonsense", "Basic YTpi", "Bearer", ""] {
        let ask = page.ask("GET", "/projects").header("authorization", bad);
        assert_eq!(page.send(&ask).await.code(), "unauthenticated", "{bad:?}");
    }
    let viewer = world.user_a("viewer", "viewer").await;
    let ask = page.ask("GET", "/auth/me").by(viewer.token.as_deref());
    assert_eq!(page.send(&ask).await.json()["data"]["roles"], json!(["viewer"]));
    // A bearer token needs no header of ours: no browser sends it by itself.
    let ask = bare(page.ask("POST", "/auth/logout")).by(viewer.token.as_deref());
    assert_eq!(page.send(&ask).await.status, 200);
    assert_eq!(page.get("/projects").await.status, 200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_second_cookie_makes_nobody_of_the_caller() {
    let world = World::new().await;
    let mut page = page_a(&world).await;
    let own = page.cookies[ACCESS_A].clone();
    for planted in ["nonsense", own.as_str()] {
        let ask = page.ask("GET", "/projects").header("cookie", &format!("{ACCESS_A}={planted}"));
        assert_eq!(page.send(&ask).await.status, 401, "{planted}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_cookie_that_comes_back_ends_the_session() {
    let world = world_with_clock(1).await;
    let mut page = page_a(&world).await;
    let stolen = page.cookies.clone();
    assert_eq!(page.refresh().await.status, 200);
    assert_eq!(page.get("/projects").await.status, 200);
    advance(&world, 11);
    let mut thief = Browser::at(&world, &world.a.slug);
    thief.cookies = stolen;
    assert_eq!(thief.refresh().await.code(), "session_over");
    assert_eq!(page.get("/projects").await.status, 401);
    assert_eq!(page.refresh().await.code(), "session_over");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_in_the_wrong_place_are_nothing() {
    let world = World::new().await;
    let page = page_a(&world).await;
    let (access, refresh) = (page.cookies[ACCESS_A].clone(), page.cookies[REFRESH_A].clone());
    let mut swapped = Browser::at(&world, &world.a.slug);
    swapped.cookies.insert(ACCESS_A.to_owned(), refresh);
    swapped.cookies.insert(REFRESH_A.to_owned(), access.clone());
    assert_eq!(swapped.get("/projects").await.status, 401);
    assert_eq!(swapped.refresh().await.code(), "session_over");
    for name in
        ["tenantry-alpha", "__Secure-tenantry-alpha", "__host-tenantry-alpha", "__Host-tenantry-ALPHA"]
    {
        swapped.cookies = [(name.to_owned(), access.clone())].into();
        assert_eq!(swapped.get("/projects").await.status, 401, "{name}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_origin_is_ever_allowed_to_send_cookies() {
    let partner = "https://partner.example";
    let settings = vec![("http.allowed_origins".to_owned(), partner.to_owned())];
    let world = World::with(Options { settings, ..Options::default() }).await;
    let mut page = page_a(&world).await;
    for (method, path) in [("OPTIONS", "/projects"), ("OPTIONS", "/auth/session"), ("GET", "/projects")] {
        let ask = page
            .ask(method, path)
            .header("origin", partner)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-tenantry-csrf,content-type");
        let reply = page.send(&ask).await;
        assert!(!reply.headers.contains_key("access-control-allow-credentials"), "{reply:?}");
        let allowed = reply.headers.get("access-control-allow-headers").cloned().unwrap_or_default();
        assert!(!allowed.contains("csrf"), "{allowed}");
        if method == "GET" {
            assert_eq!(reply.code(), "csrf_refused");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_is_nothing_when_its_tenant_is_switched_off_or_renamed() {
    let world = World::new().await;
    let (mut page, operator) = (page_a(&world).await, world.operator().await);
    let path = format!("/api/v1/tenants/{}", world.a.id);
    operator.put(&path, &json!({"slug": "gamma"})).await.expect(200);
    operator.put(&format!("/api/v1/tenants/{}", world.b.id), &json!({"slug": "alpha"})).await.expect(200);
    // The name belongs to B now, and A's cookie comes along.
    assert_eq!(page.get("/projects").await.status, 401);
    operator.put(&format!("/api/v1/tenants/{}", world.b.id), &json!({"slug": "beta"})).await.expect(200);
    operator.put(&path, &json!({"slug": "alpha"})).await.expect(200);
    assert_eq!(page.get("/projects").await.status, 200);
    operator.send("POST", &format!("{path}/suspend"), None).await.expect(200);
    assert_eq!(page.get("/projects").await.status, 401);
    assert_eq!(page.refresh().await.code(), "tenant_unknown");
    world.end().await;
}
