//! Clients of the OpenID provider: what an administrator may register, and the secrets.

use serde_json::{Value, json};
use tenantry_testkit::World;

use crate::provider::{App, CALLBACK, Provider};
use crate::sign_in::{advance, world_with_clock};

const CLIENTS: &str = "/api/v1/oauth/clients";

#[tokio::test(flavor = "multi_thread")]
async fn presets_choose_what_is_left_out() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for (preset, kind, method, consent) in [
        ("provider", "confidential", "client_secret_basic", false),
        ("user", "public", "none", false),
        ("admin", "confidential", "client_secret_basic", false),
        ("partner", "confidential", "client_secret_basic", true),
        ("vendor", "machine", "client_secret_basic", true),
    ] {
        let redirects = if kind == "machine" { json!([]) } else { json!([CALLBACK]) };
        let body = json!({"name": preset, "preset": preset, "redirect_uris": redirects});
        let made = admin.post(CLIENTS, &body).await.expect(201);
        let data = &made.body["data"];
        assert_eq!(
            (
                &data["kind"],
                &data["token_endpoint_auth_method"],
                &data["needs_consent"],
                &data["is_confidential"]
            ),
            (&json!(kind), &json!(method), &json!(consent), &json!(kind != "public"))
        );
        assert_eq!(data["client_secret"].is_string(), kind != "public", "{data}");
        let path = format!("{CLIENTS}/{}", made.id());
        assert_eq!(made.header("location").unwrap(), path.trim_start_matches("/api/v1"));
        let seen = admin.get(&path).await.expect(200);
        assert!(!seen.text.contains("secret\""), "{}", seen.text);
        assert_eq!(seen.body["data"]["name"], preset);
    }
    let list = admin.get(&format!("{CLIENTS}?count=true&is_active=true")).await.expect(200);
    assert_eq!(list.body["meta"]["total"], 5);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_could_be_abused_is_refused_by_name() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let private = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}]});
    let symmetric = json!({"keys": [{"kty": "oct", "k": "AAAA"}]});
    for (change, pointer) in [
        (json!({"redirect_uris": ["http://app.example.com/"]}), "#/redirect_uris/0"),
        (json!({"redirect_uris": [CALLBACK, "https://*.example.com/"]}), "#/redirect_uris/1"),
        (json!({"redirect_uris": ["javascript:alert(1)"]}), "#/redirect_uris/0"),
        (json!({"redirect_uris": ["com.example.app:/cb"]}), "#/redirect_uris/0"),
        (json!({"redirect_uris": []}), "#/redirect_uris"),
        (json!({"post_logout_redirect_uris": ["https://a/#b"]}), "#/post_logout_redirect_uris/0"),
        (json!({"grant_types": []}), "#/grant_types"),
        (json!({"grant_types": ["password"]}), "#/grant_types/0"),
        (json!({"scopes": ["a b"]}), "#/scopes/0"),
        (json!({"token_endpoint_auth_method": "none"}), "#/token_endpoint_auth_method"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "#/jwks"),
        (json!({"jwks": private}), "#/jwks"),
        (json!({"jwks": symmetric}), "#/jwks"),
        (json!({"access_token_seconds": 3601}), "#/access_token_seconds"),
        (json!({"name": " "}), "#/name"),
    ] {
        let mut body = json!({"name": "Shop", "redirect_uris": [CALLBACK]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = admin.post(CLIENTS, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    let machine = json!({"name": "M", "kind": "machine", "grant_types": ["authorization_code"], "redirect_uris": [CALLBACK]});
    assert_eq!(
        admin.post(CLIENTS, &machine).await.expect(422).body["errors"][0]["pointer"],
        "#/grant_types/0"
    );
    let shop = json!({"name": "Shop", "redirect_uris": [CALLBACK]});
    admin.post(CLIENTS, &shop).await.expect(201);
    assert_eq!(admin.post(CLIENTS, &shop).await.expect(409).code(), "name_taken");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_registration_does_not_tell_the_secret_again() {
    let world = World::new().await;
    let admin = world.admin_a().await.header("idempotency-key", "once");
    let body = json!({"name": "Shop", "redirect_uris": [CALLBACK]});
    let first = admin.post(CLIENTS, &body).await.expect(201);
    let again = admin.post(CLIENTS, &body).await.expect(201);
    assert_eq!(first.id(), again.id());
    let secret = first.body["data"]["client_secret"].as_str().unwrap();
    assert!(secret.starts_with("tcs_") && secret.len() == 47, "{secret}");
    assert_eq!(again.body["data"].get("client_secret"), None);
    let database = world.database.admin().await;
    for table in ["idempotency_keys", "audit_log", "outbox", "oauth_client_secrets", "oauth_clients"] {
        let rows = database.query(&format!("SELECT t::text FROM app.{table} t"), &[]).await.unwrap();
        for row in rows {
            let text: String = row.get(0);
            assert!(!text.contains(secret), "{table} holds the secret");
        }
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_versioned_and_switching_off_is_felt_at_once() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let tokens = provider.tokens(&app, "openid offline_access").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    provider.userinfo(access).await.expect(200);
    let path = format!("{CLIENTS}/{}", app.id);
    let off = json!({"is_active": false});
    provider.admin.clone().header("if-match", "\"7\"").put(&path, &off).await.expect(412);
    let changed = provider.admin.clone().header("if-match", "\"1\"").put(&path, &off).await.expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    provider.userinfo(access).await.refused(401, "invalid_token");
    provider.refresh(&app, refresh).await.refused(401, "invalid_client");
    provider.admin.put(&path, &json!({"is_active": true})).await.expect(200);
    provider.refresh(&app, refresh).await.expect(200);
    provider.admin.delete(&path).await.expect(200);
    provider.admin.delete(&path).await.expect(404);
    provider.refresh(&app, refresh).await.refused(401, "invalid_client");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_overlaps_with_the_old_one() {
    let world = world_with_clock(1).await;
    let provider = Provider::with(&world, &world.a, "http://localhost:8080").await;
    let old = provider.app(json!({"name": "Vendor", "preset": "vendor"})).await;
    let path = format!("{CLIENTS}/{}/secret", old.id);
    let rotated = provider.admin.post(&path, &json!({"overlap_seconds": 60})).await.expect(200);
    let new =
        App { secret: rotated.body["data"]["client_secret"].as_str().map(str::to_owned), ..old.clone() };
    assert_ne!(old.secret, new.secret);
    let form = [("grant_type", "client_credentials")];
    for app in [&old, &new] {
        provider.post("/oauth2/token", app, &form).await.expect(200);
    }
    advance(&world, 60);
    provider.post("/oauth2/token", &old, &form).await.refused(401, "invalid_client");
    provider.post("/oauth2/token", &new, &form).await.expect(200);
    provider.admin.post(&path, &json!({"overlap_seconds": 0})).await.expect(200);
    provider.post("/oauth2/token", &new, &form).await.refused(401, "invalid_client");
    let public = provider.app(json!({"name": "App", "preset": "user", "redirect_uris": [CALLBACK]})).await;
    let refused =
        provider.admin.post(&format!("{CLIENTS}/{}/secret", public.id), &json!({})).await.expect(409);
    assert_eq!(refused.code(), "no_client_secret");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_shows_changes_and_events_tell_of_them() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let path = format!("{CLIENTS}/{}", app.id);
    provider.admin.put(&path, &json!({"name": "Harbour", "scopes": ["openid"]})).await.expect(200);
    let trail = format!("/api/v1/audit/logs?resource_type=client&resource_id={}", app.id);
    let trail = provider.admin.get(&trail).await.expect(200);
    let rows: Vec<&Value> = trail.body["data"].as_array().unwrap().iter().collect();
    let actions: Vec<&str> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["clients:update", "clients:create"]);
    assert_eq!(rows[0]["new_values"], json!({"name": "Harbour", "scopes": ["openid"]}));
    world.end().await;
}
