//! How clients prove who they are at the OpenID provider, and get tokens of their own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_kernel::{Clock, Rng};
use tenantry_testkit::World;
use tenantry_vault::SigningKey;

use crate::provider::{App, Provider, claims};
use crate::wire::random_id;

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_gets_tokens_of_its_own() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let body =
        json!({"name": "Robot", "kind": "machine", "scopes": ["orders:read", "orders:write", "email"]});
    let robot = provider.app(body).await;
    let form = |scope: &'static str| [("grant_type", "client_credentials"), ("scope", scope)];
    let all = provider.post("/oauth2/token", &robot, &form("")).await.expect(200);
    // What is said of people is nothing for a machine.
    assert_eq!(all.member("scope"), "orders:read orders:write");
    assert_eq!((all.json().get("refresh_token"), all.json().get("id_token")), (None, None));
    let one = provider.post("/oauth2/token", &robot, &form("orders:read")).await.expect(200);
    let granted = claims(&one.member("access_token"));
    assert_eq!((&granted["sub"], &granted["client_id"]), (&json!(robot.id), &json!(robot.id)));
    for scope in ["orders:delete", "openid", "email"] {
        provider.post("/oauth2/token", &robot, &form(scope)).await.refused(400, "invalid_scope");
    }
    provider.userinfo(&one.member("access_token")).await.refused(403, "insufficient_scope");
    let web = provider.web_app().await;
    provider.post("/oauth2/token", &web, &form("")).await.refused(400, "unauthorized_client");
    provider
        .post("/oauth2/token", &robot, &[("grant_type", "password")])
        .await
        .refused(400, "unsupported_grant_type");
    provider.post("/oauth2/token", &robot, &[]).await.refused(400, "invalid_request");
    let twice = [("grant_type", "client_credentials"), ("grant_type", "client_credentials")];
    provider.post("/oauth2/token", &robot, &twice).await.refused(400, "invalid_request");
    provider.send("POST", "/oauth2/token", &[robot.basic()], None).await.refused(400, "invalid_request");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_proves_itself_in_the_one_way_that_it_has_registered() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let register = |name: &'static str, method: &'static str| json!({"name": name, "kind": "machine", "token_endpoint_auth_method": method});
    let basic = provider.app(register("basic", "client_secret_basic")).await;
    let post = provider.app(register("post", "client_secret_post")).await;
    let grant = ("grant_type", "client_credentials");
    let in_form =
        |app: &App| [grant.0.to_owned(), grant.1.to_owned(), app.id.clone(), app.secret.clone().unwrap()];
    let send = async |app: &App, as_form: bool| {
        let [name, value, id, secret] = in_form(app);
        let form = [(name.as_str(), value.as_str()), ("client_id", &id), ("client_secret", &secret)];
        if as_form {
            provider.send("POST", "/oauth2/token", &[], Some(&form)).await
        } else {
            provider.send("POST", "/oauth2/token", &[app.basic()], Some(&form[..2])).await
        }
    };
    send(&basic, false).await.expect(200);
    send(&post, true).await.expect(200);
    for (app, as_form) in [(&basic, true), (&post, false)] {
        let got = send(app, as_form).await;
        got.refused(401, "invalid_client");
        assert!(got.headers["www-authenticate"].starts_with("Basic"));
    }
    let wrong = App { secret: Some("tcs_wrong".into()), ..basic.clone() };
    let unknown = App { id: random_id(), ..basic.clone() };
    let texts: Vec<String> =
        [send(&wrong, false).await, send(&unknown, false).await].into_iter().map(|got| got.text).collect();
    assert_eq!(texts[0], texts[1]);
    let nothing = provider.send("POST", "/oauth2/token", &[], Some(&[grant, ("client_id", &basic.id)])).await;
    nothing.refused(401, "invalid_client");
    let two = [grant, ("client_id", &basic.id), ("client_secret", basic.secret.as_deref().unwrap())];
    provider
        .send("POST", "/oauth2/token", &[basic.basic()], Some(&two))
        .await
        .refused(400, "invalid_request");
    let other = [grant, ("client_id", post.id.as_str())];
    provider
        .send("POST", "/oauth2/token", &[basic.basic()], Some(&other))
        .await
        .refused(401, "invalid_client");
    world.end().await;
}

/// An assertion of a client, with some claims changed.
fn assertion(key: &SigningKey, provider: &Provider, app: &str, change: &Value) -> String {
    let now = Clock::system().now().as_second();
    let mut claims = json!({
        "iss": app, "sub": app, "aud": provider.issuer, "jti": random_id(), "exp": now + 60, "iat": now,
    });
    claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    key.sign("JWT", &claims).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_counts_once_for_this_issuer_and_not_for_long() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let make = || SigningKey::generate(&Clock::system(), &Rng::system()).unwrap();
    let (key, foreign) = (make(), make());
    let body = json!({"name": "Robot", "kind": "machine", "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.public().jwk()]}});
    let robot = provider.app(body).await;
    assert_eq!(robot.secret, None);
    let send = async |jwt: String| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", jwt.as_str()),
        ];
        provider.send("POST", "/oauth2/token", &[], Some(&form)).await
    };
    let good = assertion(&key, &provider, &robot.id, &json!({}));
    send(good.clone()).await.expect(200);
    send(good).await.refused(401, "invalid_client");
    let endpoint = format!("{}/oauth2/token", provider.issuer);
    send(assertion(&key, &provider, &robot.id, &json!({"aud": [endpoint, "x"]}))).await.expect(200);
    let now = Clock::system().now().as_second();
    for change in [
        json!({"aud": provider.issuer.replace("alpha", "beta")}),
        json!({"iss": random_id()}),
        json!({"sub": random_id()}),
        json!({"exp": now - 60}),
        json!({"exp": now + 3600}),
        json!({"nbf": now + 600}),
        json!({"jti": null}),
    ] {
        send(assertion(&key, &provider, &robot.id, &change)).await.refused(401, "invalid_client");
    }
    send(assertion(&foreign, &provider, &robot.id, &json!({}))).await.refused(401, "invalid_client");
    let good = assertion(&key, &provider, &robot.id, &json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    send(format!("{none}.{}.", parts[1])).await.refused(401, "invalid_client");
    send(format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86))).await.refused(401, "invalid_client");
    world.end().await;
}
