//! Identity providers as administrators and operators set them up: what they may say, whom they give roles, their keys and secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{PASSWORD, World};

use crate::idp::{CLIENT, DIRECTORY, Idp, PROVIDERS, SECRET, back, leave, me, set_up, sign_in, world};
use crate::provider::Provider;

#[tokio::test(flavor = "multi_thread")]
async fn groups_give_and_take_the_roles_that_were_set_up_for_them() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let roles = provider.admin.get("/api/v1/roles").await.expect(200).body["data"].clone();
    let role =
        |name: &str| roles.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
    let (manager, viewer, admin) = (role("project_manager"), role("viewer"), role("tenant_admin"));
    let settings = json!({"groups_claim": "memberships", "default_role_id": viewer,
        "group_roles": {"managers": manager, "admins": admin}});
    set_up(&provider, &idp, settings).await;
    let roles_with = async |groups: Value| {
        let got = sign_in(&provider, &idp, "oidc", json!({"memberships": groups})).await.expect(200);
        me(&world, &got).await["roles"].clone()
    };
    assert_eq!(
        roles_with(json!(["managers", "tenant_admin", "unknown"])).await,
        json!(["project_manager", "viewer"])
    );
    assert_eq!(roles_with(json!(["admins"])).await, json!(["tenant_admin", "viewer"]));
    assert_eq!(roles_with(Value::Null).await, json!(["viewer"]));
    // What was given by hand is not the group's to take.
    let users = provider.admin.get("/api/v1/users?email=new@corp.example").await.expect(200);
    let user = users.body["data"][0]["id"].as_str().unwrap().to_owned();
    provider
        .admin
        .post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": manager}))
        .await
        .expect(200);
    assert_eq!(roles_with(json!("managers")).await, json!(["project_manager", "viewer"]));
    assert_eq!(roles_with(json!([])).await, json!(["project_manager", "viewer"]));
    // Trying it shows what it would do, and does nothing.
    let id =
        provider.admin.get(PROVIDERS).await.expect(200).body["data"][0]["id"].as_str().unwrap().to_owned();
    provider.admin.put(&format!("{PROVIDERS}/{id}"), &json!({"enabled": false})).await.expect(200);
    let begun = provider.admin.post(&format!("{PROVIDERS}/{id}/test"), &json!({})).await.expect(200);
    let mut browser = provider.browser();
    let (name, rest) = begun.header("set-cookie").unwrap().split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
    let address = begun.body["data"]["authorization_url"].as_str().unwrap().to_owned();
    let code = idp
        .code(&address, &json!({"memberships": ["admins"], "sub": "somebody", "email": "some@corp.example"}));
    let tried = back(&mut browser, "oidc", &address, &code).await.expect(200);
    let shown = tried.json()["data"].clone();
    assert_eq!((&shown["outcome"], &shown["roles"]), (&json!("new"), &json!([admin])));
    assert_eq!(shown["claims"]["email"], "some@corp.example");
    assert!(tried.cookies.is_empty() && shown.get("access_token").is_none());
    let users = provider.admin.get("/api/v1/users?count=true").await.expect(200);
    assert_eq!(users.body["meta"]["total"], 2);
    // Switched off, nobody comes in.
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_looked_for_again_but_not_for_everybody_who_asks() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    assert_eq!(idp.asked_for_keys(), 1);
    let mut browser = provider.browser();
    for number in 0..5 {
        let address = leave(&mut browser, "oidc").await;
        let body = URL_SAFE_NO_PAD.encode(idp.claims(&address, &json!({})).to_string());
        let header =
            URL_SAFE_NO_PAD.encode(json!({"alg": "ES256", "kid": format!("unknown {number}")}).to_string());
        let code = idp.code_for(&address, format!("{header}.{body}.{}", "A".repeat(86)));
        back(&mut browser, "oidc", &address, &code).await.expect(401);
    }
    assert_eq!(idp.asked_for_keys(), 1, "within a minute, once");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_found_after_a_minute() {
    let idp = Idp::start("corp").await;
    let settings = vec![
        ("outgoing.private_hosts".to_owned(), "127.0.0.1".to_owned()),
        ("http.public_url".to_owned(), "http://localhost:8080".to_owned()),
    ];
    let clock = Some(tenantry_kernel::Clock::system().now());
    let world =
        World::with(tenantry_testkit::Options { clock, settings, ..tenantry_testkit::Options::default() })
            .await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    set_up(&provider, &idp, json!({})).await;
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    idp.rotate();
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(401);
    crate::sign_in::advance(&world, 61);
    let later = tenantry_kernel::Clock::system().now().as_second() + 61;
    let change = json!({"iat": later, "exp": later + 300});
    sign_in(&provider, &idp, "oidc", change.clone()).await.expect(200);
    assert_eq!(idp.asked_for_keys(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_could_be_abused_is_refused_by_name() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    for (change, pointer) in [
        (json!({"issuer": "http://login.example.com"}), "#/issuer"),
        (json!({"issuer": "https://169.254.169.254"}), "#/issuer"),
        (json!({"issuer": "https://[::1]/"}), "#/issuer"),
        (json!({"issuer": null}), "#/issuer"),
        (json!({"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}), "#/issuer"),
        (json!({"slug": "a/b"}), "#/slug"),
        (json!({"client_id": ""}), "#/client_id"),
        (json!({"client_secret": ""}), "#/client_secret"),
        (json!({"type": "microsoft"}), "#/directory_id"),
        (json!({"type": "microsoft", "directory_id": "common"}), "#/directory_id"),
        (json!({"type": "google"}), "#/auto_provision"),
        (json!({"email_domains": ["not a domain"]}), "#/email_domains"),
        (json!({"trusts_email": true}), "#/trusts_email"),
        (json!({"redirect_uris": ["http://app.example.com/"]}), "#/redirect_uris"),
        (json!({"type": "saml"}), "#/type"),
    ] {
        let mut body = json!({"type": "oidc", "issuer": idp.issuer(), "client_id": CLIENT, "client_secret": SECRET, "auto_provision": true});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = provider.admin.post(PROVIDERS, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{change} {}", refused.text);
    }
    let made = set_up(&provider, &idp, json!({})).await;
    let path = format!("{PROVIDERS}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        provider
            .admin
            .post(
                PROVIDERS,
                &json!({"type": "oidc", "issuer": idp.issuer(), "client_id": "x", "client_secret": "y"})
            )
            .await
            .expect(409)
            .code(),
        "slug_taken"
    );
    provider
        .admin
        .put(&path, &json!({"client_secret": "another s3cret", "name": "Corp 2"}))
        .await
        .expect(200);
    for path in [path.as_str(), PROVIDERS, "/api/v1/audit/logs?limit=100", "/api/v1/events?limit=100"] {
        let seen = provider.admin.get_when(path, |seen| seen.text.contains("Corp 2")).await;
        assert!(!seen.text.contains("s3cret"), "{}", seen.text);
    }
    // A wrong secret is said to nobody but the trail.
    let got = sign_in(&provider, &idp, "oidc", json!({})).await.expect(401);
    assert!(!got.text.contains("credentials were refused by"), "{got:?}");
    // An administrator of less than everything gives no more than they hold.
    let role = json!({"name": "sso", "role_family": "Internal", "permissions": ["identity_providers:read", "identity_providers:create", "identity_providers:update", "roles:read"]});
    let role = provider.admin.post("/api/v1/roles", &role).await.expect(201).id();
    let (email, user) = world.create_user_a("sso", "viewer").await;
    provider.admin.post(&format!("/api/v1/users/{user}/roles"), &json!({"role_id": role})).await.expect(200);
    let limited = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let roles = provider.admin.get("/api/v1/roles?name=tenant_admin").await.expect(200).body["data"].clone();
    limited.put(&path, &json!({"default_role_id": roles[0]["id"]})).await.expect(403);
    limited.put(&path, &json!({"group_roles": {"x": roles[0]["id"]}})).await.expect(403);
    limited.put(&path, &json!({"name": "Corp 3"})).await.expect(200);
    // That holds for a role that it confers already, as soon as others would get it, or by another's word.
    let conferred = json!({"group_roles": {"admins": roles[0]["id"]}});
    provider.admin.put(&path, &conferred).await.expect(200);
    for change in [
        json!({"group_roles": {"everyone": roles[0]["id"]}}),
        json!({"groups_claim": "given_name"}),
        json!({"client_id": "another"}),
        json!({"email_domains": ["evil.example"]}),
        json!({"issuer": "https://evil.example", "client_secret": "mine"}),
    ] {
        limited.put(&path, &change).await.expect(403);
    }
    limited.put(&path, &json!({"name": "Corp 4"})).await.expect(200);
    // What an issuer's metadata say must be the issuer's; and no issuer gets another's secret.
    let liar = Idp::start("liar").await;
    let change = json!({"issuer": format!("{}/", liar.issuer())});
    let refused = provider.admin.put(&path, &change).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/client_secret");
    let change = json!({"issuer": format!("{}/", liar.issuer()), "client_secret": "its own"});
    provider.admin.put(&path, &change).await.expect(200);
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(503);
    provider.admin.delete(&path).await.expect(200);
    provider.browser().get("/api/v1/auth/oauth/oidc/login/alpha").await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_set_providers_up_in_the_tenants_sight() {
    let world = world().await;
    let operator = world.operator().await;
    let base = format!("/api/v1/tenants/{}/identity-providers", world.a.id);
    let body = json!({"client_id": "c", "client_secret": "s3cret", "directory_id": DIRECTORY});
    let made = operator.post(&format!("{base}/microsoft"), &body).await.expect(201);
    let issuer = format!("https://login.microsoftonline.com/{DIRECTORY}/v2.0");
    assert_eq!(
        (&made.body["data"]["issuer"], &made.body["data"]["slug"]),
        (&json!(issuer), &json!("microsoft"))
    );
    let google = json!({"client_id": "c", "client_secret": "s3cret", "hosted_domain": "corp.example"});
    operator.post(&format!("{base}/google"), &google).await.expect(201);
    operator.post(&format!("{base}/google"), &json!({"client_id": "c"})).await.expect(422);
    operator.put(&format!("{base}/{}", made.id()), &json!({"enabled": false})).await.expect(200);
    let listed = operator.get(&base).await.expect(200);
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 2);
    assert!(!listed.text.contains("s3cret"));
    let admin = world.admin_a().await;
    assert_eq!(admin.get(PROVIDERS).await.expect(200).body["data"].as_array().unwrap().len(), 2);
    let trail = admin.get("/api/v1/audit/logs?resource_type=identity_provider&limit=100").await.expect(200);
    assert!(
        trail.body["data"].as_array().unwrap().iter().all(|line| line["actor_type"] == "operator"),
        "{}",
        trail.text
    );
    admin.get(&base).await.expect(403);
    operator.delete(&format!("{base}/{}", made.id())).await.expect(200);
    operator.delete(&format!("{base}/{}", made.id())).await.expect(404);
    assert_eq!(world.admin_b().await.get(PROVIDERS).await.expect(200).body["data"], json!([]));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_opens_after_the_tenants_keys_were_rotated() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    set_up(&provider, &idp, json!({})).await;
    let home = crate::keys::home(&world).await;
    let sealed = "SELECT client_secret_sealed FROM identity_providers";
    let before: Vec<u8> = home.query_one(sealed, &[]).await.unwrap().get(0);
    assert!(!before.windows(6).any(|window| window == b"s3cret"));
    let parts = &world.nodes[0].parts;
    let (clock, rng) = (&parts.tools.clock, &parts.tools.rng);
    let id = tenantry_kernel::RequestId::new(clock, rng);
    let origin = || tenantry_db::Origin::system(id, clock.now(), "keys:rotate");
    let mut tx = parts.authority.platform(std::sync::Arc::new(origin()), "key rotation").unwrap();
    parts.keys.rotate(&mut tx, world.a.id, rng, jiff::SignedDuration::from_mins(20)).await.unwrap();
    tx.commit(tenantry_db::Change::named("tenant", None, "keys_rotated", Value::Null), ()).await.unwrap();
    parts.keys.forget(world.a.id);
    let placement = parts.placements.of(world.a.id).await.unwrap().unwrap();
    let scope = parts.authority.enter(&placement, tenantry_db::Purpose::Operate, origin());
    assert_eq!(tenantry_sso::reseal(&scope, &*parts.keys, rng).await.unwrap(), 1);
    assert_eq!(tenantry_sso::reseal(&scope, &*parts.keys, rng).await.unwrap(), 0);
    let after: Vec<u8> = home.query_one(sealed, &[]).await.unwrap().get(0);
    assert_ne!(before, after);
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_stays_while_anybody_is_linked() {
    let (world, idp) = (world().await, Idp::start("corp").await);
    let provider = Provider::of(&world, &world.a).await;
    let made = set_up(&provider, &idp, json!({})).await;
    let path = format!("{PROVIDERS}/{}", made["id"].as_str().unwrap());
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    // Another issuer could give the same name to somebody else.
    let evil = Idp::start("evil").await;
    let change = json!({"issuer": evil.issuer(), "client_secret": SECRET});
    let refused = provider.admin.put(&path, &change).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/issuer");
    sign_in(&provider, &idp, "oidc", json!({})).await.expect(200);
    world.end().await;
}
