//! Clients are told that a session has ended (OpenID Connect Back-Channel Logout 1.0).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenantry_testkit::{Options, PASSWORD, World};

use crate::provider::{App, CALLBACK, Provider, claims, form_urlencoded};
use crate::wire::random_id;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A client's server, which keeps what it is told; the first message is refused.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

async fn hear(State(listener): State<Listener>, body: String) -> StatusCode {
    let token = form_urlencoded(&body).remove("logout_token").expect("a logout token");
    let mut heard = listener.0.lock().unwrap();
    heard.push(token);
    if heard.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

impl Listener {
    async fn start() -> (Self, String) {
        let listener = Self::default();
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let router = Router::new().route("/logout", post(hear)).with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
        (listener, format!("http://{address}/logout"))
    }

    fn tokens(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// The messages about a session, when there are so many.
    async fn heard(&self, sid: &Value, least: usize) -> Vec<String> {
        for _ in 0..300 {
            let about = |token: &String| claims(token)["sid"] == *sid;
            let found: Vec<String> = self.tokens().into_iter().filter(about).collect();
            if found.len() >= least {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "nobody was told of {sid}: {:?}",
            self.tokens().iter().map(|token| claims(token)).collect::<Vec<_>>()
        );
    }
}

async fn world() -> World {
    let private = ("outgoing.private_hosts".to_owned(), "127.0.0.1".to_owned());
    let poll = ("jobs.poll_ms".to_owned(), "50".to_owned());
    World::with(Options { settings: vec![private, poll], ..Options::default() }).await
}

async fn app(provider: &Provider, address: Option<&str>) -> App {
    provider
        .app(json!({"name": random_id(), "preset": "admin", "redirect_uris": [CALLBACK],
            "backchannel_logout_uri": address, "backchannel_logout_session_required": true}))
        .await
}

/// Sign a person in to a client: the claims of the ID token, and the token.
async fn signed_in(provider: &Provider, app: &App, email: &str) -> (Value, String) {
    let mut browser = provider.browser();
    let page = browser.authorize(app, &[]).await.expect(200);
    let got = browser.submit(&page, &[("email", email), ("password", PASSWORD)]).await;
    let code = got.redirected(CALLBACK).remove("code").unwrap();
    let id = provider.exchange(app, &code).await.expect(200).member("id_token");
    (claims(&id), id)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_a_session_tells_its_clients() {
    let world = world().await;
    let provider = Provider::of(&world, &world.a).await;
    let (listener, address) = Listener::start().await;
    let (app, silent) = (app(&provider, Some(&address)).await, app(&provider, None).await);
    let (email, user) = world.create_user_a("member", "viewer").await;
    let other = signed_in(&provider, &app, &provider.email).await.0;
    let path = format!("/api/v1/users/{user}");
    for way in ["logout", "own", "others", "admin", "suspended", "deactivated"] {
        let (about, hint) = signed_in(&provider, &app, &email).await;
        signed_in(&provider, &silent, &email).await;
        let member = world.client().sign_in(&world.a.slug, &email, PASSWORD).await;
        match way {
            "logout" => {
                // The client's own request, in the browser of the session.
                let mut browser = provider.browser();
                let page = browser.authorize(&app, &[]).await.expect(200);
                let got = browser.submit(&page, &[("email", &email), ("password", PASSWORD)]).await;
                let code = got.redirected(CALLBACK).remove("code").unwrap();
                let hint = provider.exchange(&app, &code).await.expect(200).member("id_token");
                browser.get(&format!("/oauth2/logout?id_token_hint={hint}")).await.expect(200);
                listener.heard(&claims(&hint)["sid"], 1).await;
                let none = |token: &String| claims(token)["sid"] != about["sid"];
                assert!(listener.tokens().iter().all(none), "the other session goes on");
                continue;
            }
            "own" => {
                let sid = about["sid"].as_str().unwrap();
                member.delete(&format!("/api/v1/users/me/sessions/{sid}")).await.expect(200);
            }
            "others" => {
                let body = json!({"current_password": PASSWORD, "new_password": "another-Horse-43-battery"});
                member.post("/api/v1/auth/change-password", &body).await.expect(204);
                let back = json!({"current_password": "another-Horse-43-battery", "new_password": "a-third-Horse-44-battery"});
                member.post("/api/v1/auth/change-password", &back).await.expect(204);
                // The old password must not come back by itself: the administrator's way, from the command line.
                let tenant = &world.nodes[0].parts;
                let placement = tenant.placements.of(world.a.id).await.unwrap().unwrap();
                let origin = tenantry_db::Origin::system(
                    tenantry_kernel::RequestId::new(&tenant.tools.clock, &tenant.tools.rng),
                    tenant.tools.clock.now(),
                    "users:reset_password",
                );
                let scope = tenant.authority.enter(&placement, tenantry_db::Purpose::Provision, origin);
                tenant
                    .identity
                    .reset_password(&scope, &tenant.tools.clock, &email, PASSWORD.into())
                    .await
                    .unwrap();
            }
            "admin" => {
                provider.admin.delete(&format!("{path}/sessions")).await.expect(200);
            }
            "suspended" => {
                provider.admin.put(&path, &json!({"status": "suspended"})).await.expect(200);
                provider.admin.put(&path, &json!({"status": "active"})).await.expect(200);
            }
            _ => {
                provider.admin.delete(&path).await.expect(200);
            }
        }
        drop(hint);
        let told = listener.heard(&about["sid"], 1).await;
        let said = claims(told.last().unwrap());
        assert_eq!((&said["sub"], &said["aud"]), (&json!(user), &json!(app.id)), "{way}");
    }
    let others =
        |token: &String| claims(token)["sid"] != other["sid"] && claims(token)["aud"] == json!(app.id);
    assert!(listener.tokens().iter().all(others), "nobody else is told, of nobody else");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_a_logout_token_and_comes_again_until_it_is_taken() {
    let world = world().await;
    let provider = Provider::of(&world, &world.a).await;
    let (listener, address) = Listener::start().await;
    let app = app(&provider, Some(&address)).await;
    let (about, _) = signed_in(&provider, &app, &provider.email).await;
    provider.admin.delete(&format!("/api/v1/users/{}/sessions", world.a.admin)).await.expect(200);
    let told = listener.heard(&about["sid"], 2).await;
    let said = claims(&told[1]);
    assert_ne!(said["jti"], claims(&told[0])["jti"]);
    assert_eq!((&said["iss"], &said["aud"]), (&json!(provider.issuer), &json!(app.id)));
    assert_eq!((&said["sub"], &said["events"]), (&json!(world.a.admin), &json!({EVENT: {}})));
    assert!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap() <= 120);
    assert_eq!((said.get("nonce"), told.len()), (None, 2));
    let header = URL_SAFE_NO_PAD.decode(told[1].split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let keys = provider.get("/oauth2/jwks").await.expect(200).json();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("ES256")));
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
    // It is nothing but a message: no hint, no access.
    provider.userinfo(&told[1]).await.refused(401, "invalid_token");
    let got = provider.browser().authorize(&app, &[("id_token_hint", &told[1])]).await.redirected(CALLBACK);
    assert_eq!(got["error"], "invalid_request");
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(listener.tokens().len(), 2, "told once");
    let metadata = provider.get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_the_server_ask_its_own_network() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let clients = "/api/v1/oauth/clients";
    let made = app(&provider, Some("https://app.example.com/logout?x=1")).await;
    for address in [
        "http://app.example.com/logout",
        "http://127.0.0.1:8080/logout",
        "https://127.0.0.1/logout",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://user:secret@app.example.com/",
        "https://app.example.com/#x",
        "/logout",
    ] {
        let body =
            json!({"name": random_id(), "redirect_uris": [CALLBACK], "backchannel_logout_uri": address});
        let refused = provider.admin.post(clients, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], "#/backchannel_logout_uri", "{address}");
        let change = json!({"backchannel_logout_uri": address});
        provider.admin.put(&format!("{clients}/{}", made.id), &change).await.expect(422);
    }
    let machine =
        json!({"name": "M", "kind": "machine", "backchannel_logout_uri": "https://app.example.com/"});
    provider.admin.post(clients, &machine).await.expect(422);
    let seen = provider.admin.get(&format!("{clients}/{}", made.id)).await.expect(200);
    assert_eq!(seen.body["data"]["backchannel_logout_uri"], "https://app.example.com/logout?x=1");
    let removed = json!({"backchannel_logout_uri": null, "backchannel_logout_session_required": false});
    let seen = provider.admin.put(&format!("{clients}/{}", made.id), &removed).await.expect(200);
    assert_eq!(seen.body["data"]["backchannel_logout_uri"], Value::Null);
    world.end().await;
}
