//! A browser's session: signing in with cookies, staying in, signing out, and the tenant finder.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tenantry_testkit::{MARKER_A, MARKER_B, PASSWORD, World};

use crate::sign_in::{WRONG, advance, world_with_clock};
use crate::tokens::two_nodes;
use crate::wire::{Ask, Reply, Wire};

/// A browser with its cookies, at one node.
pub(crate) struct Browser {
    wire: Wire,
    pub(crate) slug: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// `Set-Cookie` of the last answer.
    pub(crate) set: Vec<String>,
}

impl Browser {
    pub(crate) fn at(world: &World, slug: &str) -> Self {
        Self { wire: Wire::to(world), slug: slug.to_owned(), cookies: BTreeMap::new(), set: Vec::new() }
    }

    /// Signed in, or the test fails.
    pub(crate) async fn signed_in(world: &World, slug: &str, email: &str) -> Self {
        let mut browser = Self::at(world, slug);
        assert_eq!(browser.sign_in(email, PASSWORD).await.status, 201);
        browser
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        let ask = self.ask("POST", "/auth/session").body(json!({"email": email, "password": password}));
        self.send(&ask).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        let ask = self.ask("GET", path);
        self.send(&ask).await
    }

    pub(crate) async fn refresh(&mut self) -> Reply {
        let ask = self.ask("POST", "/auth/session/refresh");
        self.send(&ask).await
    }

    pub(crate) async fn sign_out(&mut self) -> Reply {
        let ask = self.ask("DELETE", "/auth/session");
        self.send(&ask).await
    }

    /// A request as the console sends it.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let ask = Ask::new(method, format!("/v1/{}{path}", self.slug)).cookies(&self.cookies);
        if method == "GET" { ask } else { ask.header("x-tenantry-csrf", "1") }
    }

    /// Send, and keep the cookies of the answer as a browser does.
    pub(crate) async fn send(&mut self, ask: &Ask) -> Reply {
        let reply = self.wire.send(ask).await;
        self.set = reply.cookies.clone();
        for cookie in &self.set {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }
}

fn data(reply: &Reply) -> Value {
    reply.json()["data"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_in_works_renews_and_signs_out() {
    let world = world_with_clock(1).await;
    let mut page = Browser::at(&world, &world.a.slug);
    assert_eq!(page.get("/auth/session").await.status, 401);
    let started = page.sign_in(&world.a.admin_email, PASSWORD).await;
    assert_eq!(started.status, 201, "{started:?}");
    let session = data(&started);
    assert_eq!(session["user"]["email"], json!(world.a.admin_email));
    assert_eq!(session["user"]["roles"], json!(["tenant_admin"]));
    assert_eq!(
        session["tenant"],
        json!({"id": world.a.id, "slug": "alpha", "name": format!("{MARKER_A} Limited"), "is_platform": false})
    );
    assert!(session["permissions"].as_array().unwrap().contains(&json!("projects:create")));
    assert_eq!(session["access_expires_at"], "2026-11-05T12:15:00Z");
    assert_eq!(data(&page.get("/auth/session").await), session);

    let ask = page.ask("POST", "/projects").body(json!({"name": "Harbour"}));
    assert_eq!(page.send(&ask).await.status, 201);

    advance(&world, 15 * 60);
    assert_eq!(page.get("/projects").await.status, 401);
    let before = page.cookies.clone();
    let renewed = page.refresh().await;
    assert_eq!((renewed.status, &data(&renewed)["session_id"]), (200, &session["session_id"]));
    let is_kept = |name: &str| name.ends_with(".device");
    let is_new = |name: &String, value: &String| page.cookies[name] != *value || is_kept(name);
    assert!(before.iter().all(|(name, value)| is_new(name, value)), "a cookie was not replaced");
    assert_eq!(data(&page.get("/projects").await)[0]["name"], "Harbour");

    advance(&world, 1);
    let old = page.cookies.clone();
    let ended = page.sign_out().await;
    assert_eq!((ended.status, ended.text.as_str()), (204, ""));
    assert!(page.cookies.keys().all(|name| is_kept(name)), "{:?}", page.cookies);
    page.cookies = old;
    assert_eq!(page.get("/projects").await.status, 401);
    assert_eq!(page.refresh().await.code(), "session_over");
    assert_eq!(page.sign_out().await.status, 204, "signing out twice");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_in_cookies_that_no_script_reads_and_nowhere_else() {
    let world = World::new().await;
    let mut page = Browser::at(&world, &world.a.slug);
    for round in ["sign_in", "refresh"] {
        let reply = match round {
            "sign_in" => page.sign_in(&world.a.admin_email, PASSWORD).await,
            _ => page.refresh().await,
        };
        assert_eq!(reply.headers["cache-control"], "no-store");
        let (device, tokens): (Vec<&String>, Vec<&String>) =
            page.set.iter().partition(|cookie| cookie.contains(".device="));
        assert_eq!((tokens.len(), device.len()), (2, usize::from(round == "sign_in")));
        assert!(device.iter().all(|cookie| cookie.contains("; HttpOnly;")), "{device:?}");
        for cookie in tokens {
            let (name, rest) = cookie.split_once('=').unwrap();
            let (value, attributes) = rest.split_once("; ").unwrap();
            assert!(["__Host-tenantry-alpha", "__Host-tenantry-alpha.refresh"].contains(&name), "{name}");
            assert!(!reply.text.contains(value), "{round} shows a token");
            for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
                assert!(attributes.split("; ").any(|one| one == attribute), "{cookie}");
            }
            assert!(attributes.contains("Max-Age=") && !attributes.contains("Domain"), "{cookie}");
        }
    }
    assert_eq!(page.get("/projects").await.headers["cache-control"], "no-store");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_browser_is_signed_in_to_several_tenants() {
    let world = World::new().await;
    let mut page = Browser::signed_in(&world, &world.a.slug, &world.a.admin_email).await;
    page.slug.clone_from(&world.b.slug);
    assert_eq!(page.sign_in(&world.b.admin_email, PASSWORD).await.status, 201);
    assert_eq!(page.cookies.len(), 6);
    let seen_b = page.get("/users").await.text;
    page.slug.clone_from(&world.a.slug);
    let seen_a = page.get("/users").await.text;
    assert!(seen_a.contains(MARKER_A) && !seen_a.contains(MARKER_B), "{seen_a}");
    assert!(seen_b.contains(MARKER_B) && !seen_b.contains(MARKER_A), "{seen_b}");
    page.sign_out().await;
    assert_eq!(page.get("/users").await.status, 401);
    page.slug.clone_from(&world.b.slug);
    assert_eq!(page.get("/users").await.status, 200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_refused_like_any_other_sign_in() {
    let world = World::new().await;
    let mut page = Browser::at(&world, &world.a.slug);
    let wrong = page.sign_in(&world.a.admin_email, WRONG).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "sign_in_refused"));
    assert_eq!(wrong.anonymised(), page.sign_in("nobody@nowhere.example", WRONG).await.anonymised());
    page.slug = "nobody".to_owned();
    assert_eq!(page.sign_in(&world.a.admin_email, PASSWORD).await.code(), "tenant_unknown");
    assert!(page.cookies.is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_renew_at_once_both_stay_in() {
    let world = World::new().await;
    let page = Browser::signed_in(&world, &world.a.slug, &world.a.admin_email).await;
    let ask = page.ask("POST", "/auth/session/refresh");
    let (one, two) = futures_util::future::join(page.wire.send(&ask), page.wire.send(&ask)).await;
    assert_eq!((one.status, two.status), (200, 200));
    let refresh = |reply: &Reply| {
        reply
            .cookies
            .iter()
            .find(|cookie| cookie.contains(".refresh="))
            .unwrap()
            .split(';')
            .next()
            .map(str::to_owned)
    };
    assert_eq!(refresh(&one), refresh(&two));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_out_on_every_node() {
    let world = two_nodes().await;
    let mut page = Browser::signed_in(&world, &world.a.slug, &world.a.admin_email).await;
    let cookies = page.cookies.clone();
    page.sign_out().await;
    let started = std::time::Instant::now();
    let other = Wire::at(&world, 1);
    let ask = Ask::new("GET", "/v1/alpha/auth/session").cookies(&cookies);
    while other.send(&ask).await.status != 401 {
        assert!(started.elapsed() < std::time::Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_follows_events_with_its_cookie() {
    let world = World::new().await;
    let mut page = Browser::signed_in(&world, &world.a.slug, &world.a.admin_email).await;
    let ask = page.ask("POST", "/projects").body(json!({"name": "Harbour"}));
    assert_eq!(page.send(&ask).await.status, 201);
    // Numbered after commit, in the background.
    let mut seen = String::new();
    for _ in 0..20 {
        let reply = page.get("/events/stream?cursor=0&type=tenantry.project.*").await;
        assert_eq!((reply.status, reply.headers["content-type"].as_str()), (200, "text/event-stream"));
        seen = reply.text;
        if seen.contains("tenantry.project.created") {
            break;
        }
    }
    assert!(seen.contains("tenantry.project.created"), "{seen}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tenant_finder_knows_a_tenant_by_name_and_by_host() {
    let world = World::new().await;
    let wire = Wire::to(&world);
    let found = json!({"slug": "alpha", "name": format!("{MARKER_A} Limited")});
    let by_name = wire.send(&Ask::new("GET", "/api/v1/auth/tenant?slug=Alpha")).await;
    assert_eq!((by_name.status, data(&by_name)), (200, found.clone()));
    let by_host =
        wire.send(&Ask::new("GET", "/api/v1/auth/tenant").header("host", "alpha.localhost:8080")).await;
    assert_eq!((by_host.status, data(&by_host)), (200, found));
    for (path, host) in [
        ("/api/v1/auth/tenant", "localhost"),
        ("/api/v1/auth/tenant?slug=", "127.0.0.1:8080"),
        ("/api/v1/auth/tenant?slug=nobody", "localhost"),
        ("/api/v1/auth/tenant?slug=beta", "alpha.localhost"),
        ("/api/v1/auth/tenant", "login.unproved.example"),
    ] {
        let reply = wire.send(&Ask::new("GET", path).header("host", host)).await;
        assert_eq!((reply.status, reply.code().as_str()), (404, "tenant_unknown"), "{path} {host}");
    }
    let operator = world.operator().await;
    operator.send("POST", &format!("/api/v1/tenants/{}/suspend", world.a.id), None).await.expect(200);
    let switched_off = wire.send(&Ask::new("GET", "/api/v1/auth/tenant?slug=alpha")).await;
    assert_eq!(switched_off.code(), "tenant_unknown");
    world.end().await;
}
