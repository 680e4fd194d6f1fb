//! Which tenant a request is for: every source, and every disagreement.

use serde_json::json;
use tenantry_testkit::{PASSWORD, SeededTenant, World};

use crate::wire::{Ask, Reply, Wire, random_id};

/// The ways to name a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    PathId,
    PathSlug,
    Host,
    HeaderId,
    HeaderSlug,
    QueryId,
    QuerySlug,
}

use Source::{HeaderId, HeaderSlug, Host, PathId, PathSlug, QueryId, QuerySlug};

const ALL: [Source; 7] = [PathId, PathSlug, Host, HeaderId, HeaderSlug, QueryId, QuerySlug];

impl Source {
    /// The request, naming the tenant in this way too.
    fn name(self, ask: Ask, tenant: &SeededTenant) -> Ask {
        let (id, slug) = (tenant.id.to_string(), tenant.slug.clone());
        let in_path =
            |ask: Ask, name: &str| Ask { path: ask.path.replace("/api/v1/", &format!("/v1/{name}/")), ..ask };
        let in_query = |ask: Ask, name: &str| Ask { path: format!("{}?tenant={name}", ask.path), ..ask };
        match self {
            PathId => in_path(ask, &id),
            PathSlug => in_path(ask, &slug),
            Host => ask.header("host", &format!("{slug}.localhost:8080")),
            HeaderId => ask.header("x-tenant-id", &id),
            HeaderSlug => ask.header("x-tenant-slug", &slug),
            QueryId => in_query(ask, &id),
            QuerySlug => in_query(ask, &slug),
        }
    }

    /// Whether both can be in one request.
    fn goes_with(self, other: Self) -> bool {
        let kind = |source| match source {
            PathId | PathSlug => 1,
            QueryId | QuerySlug => 2,
            Host => 3,
            HeaderId => 4,
            HeaderSlug => 5,
        };
        kind(self) != kind(other)
    }
}

fn pairs() -> impl Iterator<Item = (Source, Source)> {
    ALL.into_iter()
        .flat_map(|one| ALL.into_iter().map(move |other| (one, other)))
        .filter(|(one, other)| one.goes_with(*other))
}

/// A sign-in that cannot succeed: it is refused with 401 when the tenant is known, without the price of a password.
fn sign_in(world: &World) -> Ask {
    let body = json!({"grant_type": "refresh_token", "refresh_token": format!("rt_{}", world.a.slug)});
    Ask::new("POST", "/api/v1/auth/token").body(body)
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.code())
}

fn is(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A tenant that nobody made.
fn nobody(like: &SeededTenant) -> SeededTenant {
    SeededTenant { id: random_id().parse().unwrap(), slug: "nobody".to_owned(), ..like.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_names_the_tenant_in_any_way_and_in_one_way_only() {
    let world = World::new().await;
    let (wire, nobody) = (Wire::to(&world), nobody(&world.a));
    let refused = is(401, "invalid_grant");
    let unknown = is(404, "tenant_unknown");
    assert_eq!(code(&wire.send(&sign_in(&world)).await), unknown);
    for source in ALL {
        let known = wire.send(&source.name(sign_in(&world), &world.a)).await;
        assert_eq!(code(&known), refused, "{source:?}");
        let foreign = wire.send(&source.name(sign_in(&world), &nobody)).await;
        assert_eq!(code(&foreign), unknown, "{source:?}");
    }
    for (one, other) in pairs() {
        for (tenant, expected) in [(&world.a, &refused), (&world.b, &unknown), (&nobody, &unknown)] {
            let ask = other.name(one.name(sign_in(&world), &world.a), tenant);
            assert_eq!(&code(&wire.send(&ask).await), expected, "{one:?} {other:?} {ask:?}");
        }
    }
    // With the right password as well.
    let body = json!({"email": world.a.admin_email, "password": PASSWORD});
    for source in [PathId, Host, QuerySlug] {
        let ask = source.name(Ask::new("POST", "/api/v1/auth/login").body(body.clone()), &world.a);
        assert_eq!(wire.send(&ask).await.status, 200, "{source:?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_must_agree_with_the_token() {
    let world = World::new().await;
    let (wire, nobody, admin) = (Wire::to(&world), nobody(&world.a), world.admin_a().await);
    let ask = || Ask::new("GET", "/api/v1/projects").by(admin.token.as_deref());
    assert_eq!(wire.send(&ask()).await.status, 200);
    for source in ALL {
        assert_eq!(wire.send(&source.name(ask(), &world.a)).await.status, 200, "{source:?}");
        // A foreign tenant is as good as none.
        let foreign = wire.send(&source.name(ask(), &world.b)).await;
        assert_eq!(code(&foreign), is(404, "tenant_unknown"), "{source:?}");
        assert_eq!(foreign.anonymised(), wire.send(&source.name(ask(), &nobody)).await.anonymised());
    }
    for (one, other) in pairs() {
        let both = |tenant| other.name(one.name(ask(), &world.a), tenant);
        assert_eq!(wire.send(&both(&world.a)).await.status, 200, "{one:?} {other:?}");
        let foreign = wire.send(&both(&world.b)).await;
        assert_eq!(code(&foreign), is(403, "tenant_mismatch"), "{one:?} {other:?}");
        assert_eq!(foreign.anonymised(), wire.send(&both(&nobody)).await.anonymised(), "{one:?} {other:?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_comes_twice_must_agree_with_itself() {
    let world = World::new().await;
    let (wire, admin) = (Wire::to(&world), world.admin_a().await);
    let twice = |name: &str, one: &str, other: &str| {
        Ask::new("GET", "/api/v1/projects").by(admin.token.as_deref()).header(name, one).header(name, other)
    };
    let (a, b) = (world.a.id.to_string(), world.b.id.to_string());
    for ask in [
        twice("x-tenant-slug", "alpha", "beta"),
        twice("x-tenant-slug", "beta", "alpha"),
        twice("x-tenant-id", &a, &b),
        Ask::new("GET", "/api/v1/projects?tenant=alpha&tenant=beta").by(admin.token.as_deref()),
    ] {
        assert_eq!(code(&wire.send(&ask).await), is(403, "tenant_mismatch"), "{ask:?}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_hosts_name_no_tenant() {
    let world = World::new().await;
    let (wire, admin) = (Wire::to(&world), world.admin_a().await);
    for host in [
        "evil.example.com",
        "nobody.localhost",
        "alpha.localhost.evil.com",
        "a.b.localhost",
        "alpha.evil.localhost",
    ] {
        for token in [None, admin.token.as_deref()] {
            let ask =
                if token.is_some() { Ask::new("GET", "/api/v1/projects").by(token) } else { sign_in(&world) };
            assert_eq!(
                code(&wire.send(&ask.header("host", host)).await),
                is(404, "tenant_unknown"),
                "{host}"
            );
        }
    }
    for host in
        ["localhost", "LOCALHOST:9999", "127.0.0.1", "[::1]:80", "ALPHA.localhost", "alpha.localhost."]
    {
        let ask = Ask::new("GET", "/api/v1/projects").by(admin.token.as_deref()).header("host", host);
        assert_eq!(wire.send(&ask).await.status, 200, "{host}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_answers_once_it_is_verified() {
    let world = World::new().await;
    let (wire, operator) = (Wire::to(&world), world.operator().await);
    let new = |slug: &str, is_verified: bool| {
        json!({
            "name": slug, "slug": slug, "domain": format!("{slug}.example.com"), "domain_verified": is_verified,
            "admin_email": "admin@example.com",
        })
    };
    for (slug, is_verified, expected) in
        [("proved", true, is(401, "invalid_grant")), ("claimed", false, is(404, "tenant_unknown"))]
    {
        let made = operator.post("/api/v1/tenants", &new(slug, is_verified)).await.expect(201);
        assert_eq!(made.body["data"]["domains"][0]["is_verified"], is_verified);
        for host in [format!("{slug}.example.com"), format!("{}.EXAMPLE.com:443", slug.to_uppercase())] {
            assert_eq!(code(&wire.send(&sign_in(&world).header("host", &host)).await), expected, "{host}");
        }
    }
    let again = json!({"name": "thief", "domain": "proved.example.com", "domain_verified": true, "admin_email": "a@b.example", "slug": "thief"});
    let refused = operator.post("/api/v1/tenants", &again).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/domain");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mismatch_is_in_the_trail_of_the_tokens_tenant() {
    let world = World::new().await;
    let (admin, b) = (world.admin_a().await, world.admin_b().await);
    let confused = admin.clone().header("x-tenant-id", &world.b.id.to_string());
    let answer = confused.get(&format!("/v1/{}/projects", world.a.slug)).await.expect(403);
    let trail = "/api/v1/audit/logs?outcome=refused&action=security:tenant_mismatch";
    let rows = admin.get(trail).await.expect(200).body["data"].clone();
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&rows[0]["request_id"], &rows[0]["actor_id"]),
        (&answer.body["request_id"], &json!(world.a.admin))
    );
    assert_eq!(b.get(trail).await.expect(200).body["data"], json!([]));
    world.end().await;
}
