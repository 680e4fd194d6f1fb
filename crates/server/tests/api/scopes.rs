//! Scopes of a tenant's own, and the claims that they stand for.

use serde_json::{Value, json};
use tenantry_testkit::{MARKER_A, PASSWORD, World};

use crate::provider::{CALLBACK, Provider, claims};

const SCOPES: &str = "/api/v1/oauth/scopes";

fn orders() -> Value {
    json!({"name": "orders:read", "description": "See your orders",
    "translations": {"de": "Ihre Bestellungen <sehen>"}, "in_id_token": true,
    "claims": {
        "https://acme.example/employee": {"managed": "employee_id"},
        "https://acme.example/shoe": {"metadata": "shoe_size"},
        "https://acme.example/roles": {"claim": "roles"},
        "https://acme.example/mail": {"claim": "email"},
        "https://acme.example/region": {"value": {"name": "north", "zones": [1, 2]}},
        "https://acme.example/none": {"managed": "nothing"},
    }})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_of_ones_own_tells_what_its_tenant_wants_told() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let made = provider.admin.post(SCOPES, &orders()).await.expect(201);
    let body = json!({"name": "shop", "kind": "confidential", "redirect_uris": [CALLBACK], "needs_consent": true,
        "scopes": ["openid", "orders:read", "orders:write"]});
    let app = provider.app(body).await;
    let metadata = json!({"metadata": {"managed": {"employee_id": 4711}, "shoe_size": "44", "managedx": 1}});
    provider.admin.put(&format!("/api/v1/users/{}", world.a.admin), &metadata).await.expect(200);

    // People read what it means, in their language, and nothing of it is markup.
    let mut browser = provider.browser();
    let page =
        browser.authorize(&app, &[("scope", "openid orders:read orders:write"), ("ui_locales", "de")]).await;
    let page = browser.sign_in(&page.expect(200)).await.expect(200);
    assert!(page.text.contains("Ihre Bestellungen &lt;sehen&gt; <code>orders:read</code>"), "{}", page.text);
    assert!(page.text.contains("<li><code>orders:write</code>"));
    let code =
        browser.submit(&page, &[("decision", "allow")]).await.redirected(CALLBACK).remove("code").unwrap();
    let tokens = provider.exchange(&app, &code).await.expect(200);
    let expected = json!({
        "https://acme.example/employee": 4711, "https://acme.example/shoe": "44",
        "https://acme.example/roles": ["tenant_admin"], "https://acme.example/mail": provider.email,
        "https://acme.example/region": {"name": "north", "zones": [1, 2]},
    });
    let told = |all: &Value| {
        let own =
            all.as_object().unwrap().iter().filter(|(name, _)| name.starts_with("https://acme.example/"));
        Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let userinfo = provider.userinfo(&tokens.member("access_token")).await.expect(200).json();
    assert_eq!(told(&userinfo), expected);
    assert_eq!(told(&claims(&tokens.member("id_token"))), expected);
    assert!(userinfo.get("email").is_none(), "another name for a claim is not the claim: {userinfo}");

    // Without the scope, nothing of it; and a change is told at once.
    let mut other = provider.browser();
    let page = other.authorize(&app, &[("scope", "openid orders:write")]).await.expect(200);
    // Consented to before, and less than that.
    let code = other.sign_in(&page).await.redirected(CALLBACK).remove("code").unwrap();
    let less = provider.exchange(&app, &code).await.expect(200);
    assert_eq!(told(&provider.userinfo(&less.member("access_token")).await.expect(200).json()), json!({}));
    let path = format!("{SCOPES}/{}", made.id());
    let change = json!({"claims": {"https://acme.example/plan": {"claim": "plan"}}, "in_id_token": false});
    provider.admin.put(&path, &change).await.expect(200);
    let userinfo = provider.userinfo(&tokens.member("access_token")).await.expect(200).json();
    assert_eq!(
        told(&userinfo).as_object().unwrap().keys().collect::<Vec<_>>(),
        ["https://acme.example/plan"]
    );
    let metadata = provider.get("/.well-known/openid-configuration").await.expect(200).json();
    assert!(metadata["scopes_supported"].to_string().contains("orders:read"));
    assert!(metadata["claims_supported"].to_string().contains("https://acme.example/plan"));
    // It is this tenant's: the other's issuer knows nothing of it.
    let theirs = Provider::of(&world, &world.b).await;
    assert!(!theirs.get("/.well-known/openid-configuration").await.expect(200).text.contains("orders:read"));
    theirs.admin.get(&path).await.expect(404);
    provider.admin.delete(&path).await.expect(200);
    let userinfo = provider.userinfo(&tokens.member("access_token")).await.expect(200).json();
    assert_eq!(told(&userinfo), json!({}));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_scope_says_what_is_not_its_tenants_to_say() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let with = |name: &str, value: Value| {
        let mut body = orders();
        body[name] = value;
        body
    };
    for (body, pointer) in [
        (with("name", json!("openid")), "#/name"),
        (with("name", json!("two words")), "#/name"),
        (with("description", json!(" ")), "#/description"),
        (with("translations", json!({"fr": "Voir"})), "#/translations/fr"),
        (with("claims", json!({"sub": {"value": "somebody else"}})), "#/claims/sub"),
        (with("claims", json!({"email_verified": {"value": true}})), "#/claims/email_verified"),
        (with("claims", json!({"roles": {"value": ["tenant_admin"]}})), "#/claims/roles"),
        (with("claims", json!({"a/b": {"claim": "password_hash"}})), "#/claims/a~1b"),
    ] {
        let refused = admin.post(SCOPES, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
    for body in [
        with("claims", json!({"x": {"sql": "1"}})),
        with("claims", json!({"x": {}})),
        with("claims", json!([])),
    ] {
        assert!([400, 422].contains(&admin.post(SCOPES, &body).await.status));
    }
    admin.post(SCOPES, &orders()).await.expect(201);
    let taken = admin.post(SCOPES, &orders()).await.expect(409);
    assert_eq!(taken.code(), "name_taken");
    world.user_a("viewer", "viewer").await.post(SCOPES, &with("name", json!("x"))).await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_managed_is_not_ones_own_to_change() {
    let world = World::new().await;
    let (email, id) = world.create_user_a("ada", "user").await;
    let ada = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
    let put = async |metadata: Value| ada.put("/api/v1/users/me", &json!({"metadata": metadata})).await;
    let refused = put(json!({"managed": {"employee_id": 1}})).await.expect(422);
    assert_eq!(refused.body["errors"][0]["pointer"], "#/metadata/managed");
    put(json!({"managed": null})).await.expect(422);
    let body = json!({"metadata": {"managed": {"employee_id": 7}, "shoe_size": "44"}});
    let path = format!("/api/v1/users/{id}");
    world.admin_a().await.put(&path, &body).await.expect(200);
    // Left out or sent back it stays; changed, emptied or removed it is refused.
    for metadata in [json!({"shoe_size": "45"}), json!({"managed": {"employee_id": 7}, "note": MARKER_A})] {
        let got = put(metadata).await.expect(200);
        assert_eq!(got.body["data"]["metadata"]["managed"], json!({"employee_id": 7}));
    }
    for managed in [json!({"employee_id": 8}), json!({}), Value::Null, json!({"employee_id": 7, "x": 1})] {
        put(json!({"managed": managed})).await.expect(422);
    }
    world.end().await;
}
