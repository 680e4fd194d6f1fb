//! How a tenant's pages look: what may be chosen, what becomes of it, and what no tenant sees of another.

use serde_json::{Value, json};
use tenantry_testkit::{Answer, Client, World};

use crate::provider::{Provider, encoded};
use crate::sign_in::world_with_clock;
use crate::wire::{Ask, Wire};

const BRANDING: &str = "/api/v1/config/branding";

/// A picture as its first bytes say it is, with what makes it another one.
pub(crate) fn png(mark: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend([0, 0, 0, 64, 0, 0, 0, 32, mark]);
    bytes
}

pub(crate) async fn upload(world: &World, client: &Client, bytes: Vec<u8>) -> crate::wire::Reply {
    let mut ask = Ask::new("PUT", format!("{BRANDING}/logo")).by(client.token.as_deref());
    ask.bytes = Some(bytes);
    Wire::to(world).send(&ask).await
}

fn data(answer: &Answer) -> &Value {
    &answer.body["data"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branding_is_chosen_kept_in_versions_and_restored() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let fresh = admin.get(BRANDING).await.expect(200);
    assert_eq!((&data(&fresh)["version"], fresh.header("etag")), (&json!(0), Some("\"0\"")));
    assert_eq!(data(&fresh)["colors"]["primary"], "#1d4fbf");

    let chosen = json!({
        "display_name": "Acme Harbour", "colors": {"primary": "#0A7A5A", "background": "#eef6f2"},
        "typography": {"font": "humanist", "scale": 110}, "radius": 12,
        "links": {"privacy": "https://acme.example/privacy", "support": "mailto:help@acme.example"},
    });
    let first = admin.put(BRANDING, &chosen).await.expect(200);
    assert_eq!(
        (&data(&first)["version"], &data(&first)["colors"]["primary"]),
        (&json!(1), &json!("#0a7a5a"))
    );
    assert_eq!(data(&first)["links"]["terms"], Value::Null);
    let again = admin.put(BRANDING, &chosen).await.expect(200);
    assert_eq!(data(&again)["version"], 1, "the same is no new version");

    let stale = admin.clone().header("if-match", "\"0\"").put(BRANDING, &json!({"radius": 4})).await;
    assert_eq!((stale.status, stale.body["code"].as_str()), (412, Some("version_mismatch")));
    let second = admin.put(BRANDING, &json!({"radius": 0, "display_name": null})).await.expect(200);
    assert_eq!((&data(&second)["radius"], &data(&second)["display_name"]), (&json!(0), &Value::Null));
    assert_eq!(data(&second)["typography"]["font"], "humanist", "what is absent stays");

    let restored = admin.post(&format!("{BRANDING}/versions/1/restore"), &json!({})).await.expect(200);
    assert_eq!(
        (&data(&restored)["version"], &data(&restored)["display_name"]),
        (&json!(3), &json!("Acme Harbour"))
    );
    let versions = admin.get(&format!("{BRANDING}/versions")).await.expect(200);
    let versions: Vec<_> =
        data(&versions).as_array().unwrap().iter().map(|one| &one["version"]).cloned().collect();
    assert_eq!(versions, [json!(3), json!(2), json!(1)]);
    admin.post(&format!("{BRANDING}/versions/9/restore"), &json!({})).await.expect(404);

    let trail = admin.get("/api/v1/audit/logs?action=config:update").await.expect(200);
    let newest = &data(&trail)[0];
    assert!(newest.to_string().contains("Acme Harbour"), "{newest}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_that_could_not_be_read_are_moved_and_the_answer_says_so() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let yellow = admin.put(BRANDING, &json!({"colors": {"primary": "#ffe000"}})).await.expect(200);
    let palette = &data(&yellow)["palette"];
    assert_eq!(
        (&palette["light"]["primary"], &palette["light"]["on_primary"]),
        (&json!("#ffe000"), &json!("#000000"))
    );
    assert_eq!(
        (&palette["light"]["is_adjusted"], &palette["dark"]["is_adjusted"]),
        (&json!(true), &json!(false))
    );
    assert_ne!(palette["light"]["text"], "#ffe000");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_that_is_wrong_is_named() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    for (body, pointer) in [
        (json!({"colors": {"primary": "red"}}), "#/colors/primary"),
        (json!({"colors": {"background_dark": "#12345;}"}}), "#/colors/background_dark"),
        (json!({"typography": {"font": "Comic Sans"}}), "#/typography/font"),
        (json!({"typography": {"scale": 300}}), "#/typography/scale"),
        (json!({"radius": 99}), "#/radius"),
        (json!({"display_name": " "}), "#/display_name"),
        (json!({"links": {"terms": "javascript:alert(1)"}}), "#/links/terms"),
        (json!({"links": {"support": "http://acme.example"}}), "#/links/support"),
        (json!({"css": "body{}"}), "#/css"),
    ] {
        let refused = admin.put(BRANDING, &body).await.expect(422);
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{body}: {}", refused.text);
    }
    assert_eq!(data(&admin.get(BRANDING).await)["version"], 0);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_has_an_address_that_never_changes_and_runs_nothing() {
    let world = World::new().await;
    let (admin, other) = (world.admin_a().await, world.admin_b().await);
    let large = vec![0x89; 300_000];
    for wrong in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"[..], b"", b"GIF89a", &large] {
        assert_eq!(upload(&world, &admin, wrong.to_vec()).await.status, 422, "{} bytes", wrong.len());
    }
    let first = upload(&world, &admin, png(1)).await;
    assert_eq!(first.status, 200, "{first:?}");
    let url = first.json()["data"]["logo_url"].as_str().unwrap().to_owned();
    let path = url.split_once("/t/").unwrap().1.to_owned();
    let wire = Wire::to(&world);
    let shown = wire.send(&Ask::new("GET", format!("/t/{path}"))).await;
    assert_eq!((shown.status, shown.headers["content-type"].as_str()), (200, "image/png"));
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    assert!(shown.headers["cache-control"].contains("immutable"));
    assert!(shown.headers["content-security-policy"].contains("default-src 'none'"));
    assert!(shown.headers["content-security-policy"].contains("sandbox"));

    // The same picture is kept once; another one has another address.
    let same = upload(&world, &admin, png(1)).await.json();
    assert_eq!((&same["data"]["version"], &same["data"]["logo_url"]), (&json!(1), &json!(url)));
    let second = upload(&world, &admin, png(2)).await.json();
    assert_ne!(second["data"]["logo_url"], json!(url));
    assert_eq!(wire.send(&Ask::new("GET", format!("/t/{path}"))).await.status, 404, "shown no longer");

    // It is nobody else's, whoever names it.
    let foreign = second["data"]["logo_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let asked = Ask::new("GET", format!("/t/{}/branding/logo/{foreign}", world.b.slug));
    assert_eq!(wire.send(&asked).await.status, 404);
    assert_eq!(data(&other.get(BRANDING).await)["logo_url"], Value::Null);

    let removed = admin.delete(&format!("{BRANDING}/logo")).await.expect(200);
    assert_eq!(data(&removed)["logo_url"], Value::Null);
    let restored = admin.post(&format!("{BRANDING}/versions/1/restore"), &json!({})).await.expect(200);
    assert_eq!(data(&restored)["logo_url"], json!(url));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_held_with_the_branding_and_not_sent_twice() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let url = upload(&world, &admin, png(1)).await.json()["data"]["logo_url"].as_str().unwrap().to_owned();
    let path = format!("/t/{}", url.split_once("/t/").unwrap().1);
    let wire = Wire::to(&world);
    let first = wire.send(&Ask::new("GET", path.clone())).await;
    let etag = first.headers["etag"].clone();
    let again = wire.send(&Ask::new("GET", path.clone()).header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.text.as_str(), &again.headers["etag"]), (304, "", &etag));
    assert!(again.headers["cache-control"].contains("immutable"), "{again:?}");
    let database = crate::keys::home(&world).await;
    database.batch_execute("DELETE FROM tenant_logos").await.unwrap();
    let held = wire.send(&Ask::new("GET", path.clone())).await;
    assert_eq!((held.status, &held.headers["etag"]), (200, &etag), "nobody asks the database");
    upload(&world, &admin, png(2)).await;
    let gone = wire.send(&Ask::new("GET", path).header("if-none-match", &etag)).await;
    assert_eq!(gone.status, 404, "whoever has it is not told that it still holds");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_logos_and_versions_go_and_what_holds_stays() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    assert_eq!(upload(&world, &admin, png(1)).await.status, 200);
    // As many as may be kept beside it, all of them later.
    let database = crate::keys::home(&world).await;
    let (tenant, more) = (world.a.id, "SELECT g FROM generate_series(1, 99) AS g");
    let seed = format!(
        "INSERT INTO tenant_logos (tenant_id, id, media_type, width, height, content, content_hash, created_at) \
         SELECT '{tenant}', ('fffffff0-0000-7000-8000-' || lpad(g::text, 12, '0'))::uuid, 'image/png', 1, 1, '', \
         g::text::bytea, now() FROM ({more}) AS m"
    );
    database.batch_execute(&seed).await.unwrap();
    let count = async |what: &str| -> i64 { database.query_one(what, &[]).await.unwrap().get(0) };
    assert_eq!(count("SELECT count(*) FROM tenant_logos").await, 100);
    let second = upload(&world, &admin, png(2)).await;
    assert_eq!(second.status, 200, "a full store takes another one: {second:?}");
    assert_eq!(count("SELECT count(*) FROM tenant_logos").await, 100);
    let url = second.json()["data"]["logo_url"].as_str().unwrap().to_owned();
    let path = format!("/t/{}", url.split_once("/t/").unwrap().1);
    assert_eq!(Wire::to(&world).send(&Ask::new("GET", path)).await.status, 200, "the current one stays");
    // The version whose logo has gone comes back without.
    let restored = admin.post(&format!("{BRANDING}/versions/1/restore"), &json!({})).await.expect(200);
    assert_eq!((&data(&restored)["version"], &data(&restored)["logo_url"]), (&json!(3), &Value::Null));
    let restored = admin.post(&format!("{BRANDING}/versions/2/restore"), &json!({})).await.expect(200);
    assert_eq!(data(&restored)["logo_url"], json!(url));

    let seed = format!(
        "INSERT INTO tenant_config_versions (tenant_id, section, version, value, created_at) \
         SELECT '{tenant}', 'branding', g, '{{}}', now() FROM generate_series(5, 300) AS g; \
         UPDATE tenant_configs SET version = 300"
    );
    database.batch_execute(&seed).await.unwrap();
    let changed = admin.put(BRANDING, &json!({"radius": 3})).await.expect(200);
    assert_eq!(data(&changed)["version"], 301);
    assert_eq!(count("SELECT count(*) FROM tenant_config_versions").await, 200);
    assert_eq!(count("SELECT min(version) FROM tenant_config_versions").await, 102);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_every_page_shows_and_only_who_may_chooses() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let viewer = world.user_a("viewer", "viewer").await;
    admin.put(BRANDING, &json!({"display_name": "Acme Harbour"})).await.expect(200);
    let public =
        world.client().header("x-tenant-slug", &world.a.slug).get("/api/v1/branding").await.expect(200);
    assert_eq!(data(&public)["display_name"], "Acme Harbour");
    assert!(data(&public).get("version").is_none());
    let other =
        world.client().header("x-tenant-slug", &world.b.slug).get("/api/v1/branding").await.expect(200);
    assert_ne!(data(&other)["display_name"], "Acme Harbour");
    viewer.get(BRANDING).await.expect(403);
    viewer.put(BRANDING, &json!({"radius": 1})).await.expect(403);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_the_branding_and_their_policy_stays_strict() {
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let plain = browser.authorize(&app, &[]).await.expect(200);
    assert!(!plain.headers["content-security-policy"].contains("img-src"));
    let chosen = json!({
        "display_name": "Acme <Harbour>", "colors": {"primary": "#0a7a5a"}, "typography": {"font": "serif"},
        "links": {"privacy": "https://acme.example/privacy?a=1&b=2"},
    });
    provider.admin.put(BRANDING, &chosen).await.expect(200);
    upload(&world, &provider.admin, png(3)).await;
    let page = browser.authorize(&app, &[]).await.expect(200);
    for part in ["Acme &lt;Harbour&gt;", "--act:#0a7a5a", "Charter", "<img src=", "Privacy"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("Acme <Harbour>"));
    let policy = &page.headers["content-security-policy"];
    assert!(policy.contains("img-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let styles = policy.split(';').find(|part| part.contains("style-src")).unwrap();
    assert_eq!(styles.matches("'sha256-").count(), 2, "{policy}");
    let error = browser.get("/oauth2/authorize").await.expect(400);
    assert!(error.text.contains("--act:#0a7a5a"), "errors look the same");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_that_was_chosen_by_a_link_stays() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let english = browser.authorize(&app, &[]).await.expect(200);
    assert!(english.text.contains("lang=\"en\"") && english.text.contains("hreflang=\"de\""));
    assert!(english.text.contains(&encoded(&[("ui_locales", "de")])));
    let german = browser.authorize(&app, &[("ui_locales", "de")]).await.expect(200);
    assert!(german.text.contains("Anmelden"));
    let later = browser.get("/recover").await.expect(200);
    assert!(later.text.contains("lang=\"de\""), "another page knows it");
    let asked = browser.get("/recover?ui_locales=hi").await.expect(200);
    assert!(asked.text.contains("lang=\"hi\""), "what is asked for wins");
    let nonsense = browser.get("/recover?ui_locales=%3Cb%3E").await.expect(200);
    assert!(!nonsense.text.contains("<b>"));
    world.end().await;
}
