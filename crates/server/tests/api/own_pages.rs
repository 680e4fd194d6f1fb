//! The pages of one's own account: what one can do there, and what nobody else can.

use serde_json::{Value, json};
use tenantry_testkit::{PASSWORD, World};

use crate::devices::Person;
use crate::provider::{Browser, Got, Provider, form_of};
use crate::sign_in::{WRONG, advance, world_with_clock};

const PAGES: [&str; 4] = ["profile", "security", "sessions", "applications"];

/// Signed in at the pages of one's own account.
async fn signed_in(provider: &Provider) -> (Browser<'_>, Got) {
    let mut browser = provider.browser();
    let page = browser.get("/account/profile").await.expect(200);
    let entered = browser.sign_in(&page).await;
    assert_eq!(
        (entered.status, entered.headers["location"].as_str()),
        (303, &*at(provider, "profile")),
        "{entered:?}"
    );
    let page = browser.get("/account/profile").await.expect(200);
    (browser, page)
}

fn at(provider: &Provider, page: &str) -> String {
    format!("/t/{}/account/{page}", provider.slug)
}

/// Send a form to a page with the token of the page that is shown, and the version that it shows.
async fn act(browser: &mut Browser<'_>, page: &Got, to: &str, fields: &[(&str, &str)]) -> Got {
    let (_, hidden) = form_of(&page.text);
    let mut all: Vec<(&str, &str)> = hidden
        .iter()
        .filter(|(name, _)| ["form_token", "version"].contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    all.extend(fields);
    browser.post(to, &all).await
}

#[track_caller]
fn done(provider: &Provider, got: &Got, page: &str, what: &str) {
    let expected = format!("{}?done={what}", at(provider, page));
    assert_eq!((got.status, got.headers.get("location")), (303, Some(&expected)), "{got:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_signs_in_and_comes_back() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    assert_eq!(provider.get("/account").await.redirected_to(), at(&provider, "profile"));
    for page in PAGES {
        let mut browser = provider.browser();
        let shown = browser.get(&format!("/account/{page}")).await.expect(200);
        assert!(shown.text.contains("name=\"password\"") && !shown.text.contains(&provider.email));
        let entered = browser.sign_in(&shown).await;
        assert_eq!(entered.redirected_to(), at(&provider, page));
        let shown = browser.get(&format!("/account/{page}")).await.expect(200);
        assert!(shown.text.contains(&provider.email), "{page}: {}", shown.text);
        assert!(shown.headers["content-security-policy"].contains("script-src 'none'"), "{page}");
    }
    // Neither a session of the API nor one of another tenant is one here.
    let other = Provider::of(&world, &world.b).await;
    let (browser, _) = signed_in(&other).await;
    // What tenant B's cookies hold, under the names that tenant A's have.
    let mut replayed = provider.browser();
    for (name, value) in &browser.cookies {
        replayed.cookies.insert(name.replace(&other.slug, &provider.slug), value.clone());
    }
    let names = |browser: &Browser<'_>| browser.cookies.keys().cloned().collect::<Vec<_>>();
    let (own, _) = signed_in(&provider).await;
    assert_eq!(names(&replayed), names(&own), "these are the cookies that count");
    let foreign = replayed.get(&at(&provider, "profile")).await.expect(200);
    assert!(foreign.text.contains("name=\"password\"") && !foreign.text.contains(&other.email));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_is_changed_as_by_the_api() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut browser, page) = signed_in(&provider).await;
    let fields =
        [("act", "profile"), ("first_name", "Ada <b>"), ("phone", "+4917012345678"), ("language", "de")];
    done(&provider, &act(&mut browser, &page, "/account/profile", &fields).await, "profile", "done_saved");
    let me = provider.admin.get("/api/v1/users/me").await.expect(200).body["data"].clone();
    assert_eq!(
        (&me["first_name"], &me["phone"], &me["language"]),
        (&json!("Ada <b>"), &json!("+4917012345678"), &json!("de"))
    );
    assert_eq!(me["last_name"], Value::Null, "an empty name is none");
    let shown = browser.get("/account/profile?done=done_saved").await.expect(200);
    assert!(shown.text.contains("Saved.") && shown.text.contains("Ada &lt;b&gt;"));
    let made_up = browser.get("/account/profile?done=sign_out_text").await.expect(200);
    assert!(!made_up.text.contains("role=\"status\""), "only what pages say of themselves");

    let typed = [("act", "profile"), ("phone", "12"), ("last_name", "as \"typed\"")];
    let wrong = act(&mut browser, &shown, "/account/profile", &typed).await.expect(422);
    for part in ["international form", "value=\"12\"", "value=\"as &quot;typed&quot;\""] {
        assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
    }
    let asked = browser.get("/account/profile?act=profile&last_name=nobody-typed-this").await.expect(200);
    assert!(!asked.text.contains("value=\"nobody-typed-this\""), "an address fills no form in");
    act(&mut browser, &page, "/account/profile", &[("act", "nonsense")]).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_was_changed_meanwhile_is_shown_and_not_overwritten() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut browser, page) = signed_in(&provider).await;
    let me = async || provider.admin.get("/api/v1/users/me").await.expect(200).body["data"].clone();
    provider.admin.put("/api/v1/users/me", &json!({"first_name": "Elsewhere"})).await.expect(200);
    let before = me().await;
    let typed = [("act", "profile"), ("first_name", "Typed"), ("last_name", "Here")];
    let lost = act(&mut browser, &page, "/account/profile", &typed).await.expect(412);
    for part in ["changed elsewhere", "value=\"Typed\"", "value=\"Here\"", "Saved now: <strong>Elsewhere"] {
        assert!(lost.text.contains(part), "{part}: {}", lost.text);
    }
    assert_eq!(me().await, before);
    // A form that does not say what it was shown is for nothing that there is.
    let (_, hidden) = form_of(&page.text);
    let token = hidden.iter().find(|(name, _)| name == "form_token").unwrap().1.as_str();
    let blind = [("form_token", token), ("act", "profile"), ("first_name", "Blind")];
    browser.post("/account/profile", &blind).await.expect(412);
    assert_eq!(me().await, before);
    // Whoever has seen it may replace it.
    let got = act(&mut browser, &lost, "/account/profile", &typed).await;
    done(&provider, &got, "profile", "done_saved");
    assert_eq!(me().await["first_name"], "Typed");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_shown_named_trusted_no_longer_and_forgotten() {
    let world = world_with_clock(1).await;
    let person = Person::new(&world, "ada").await;
    let (token, api) = person.trust().await;
    let mut provider = Provider::of(&world, &world.a).await;
    provider.email.clone_from(&person.email);
    let mut browser = provider.browser();
    let page = browser.get("/account/sessions").await.expect(200);
    let second = browser.sign_in(&page).await.expect(200);
    browser.submit(&second, &[("code", &person.code())]).await.redirected_to();
    let page = browser.get("/account/sessions").await.expect(200);
    for part in ["Firefox on", "stands for the second factor until", "New device", "Stop trusting"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let list = async |client: &tenantry_testkit::Client| {
        let listed = client.get("/api/v1/users/me/devices").await.expect(200).body["data"].clone();
        listed.as_array().unwrap().clone()
    };
    let trusted = list(&api).await.into_iter().find(|one| !one["trusted_until"].is_null()).unwrap();
    let id = trusted["id"].as_str().unwrap();

    let to = "/account/sessions";
    let named = [("act", "device_rename"), ("id", id), ("name", "Kitchen <b>")];
    done(&provider, &act(&mut browser, &page, to, &named).await, "sessions", "done_device_renamed");
    let page = browser.get("/account/sessions?done=done_device_renamed").await.expect(200);
    assert!(page.text.contains("Kitchen &lt;b&gt;") && page.text.contains("has its new name"));
    assert!(person.gets_in_with(&token).await);
    let got = act(&mut browser, &page, to, &[("act", "device_distrust"), ("id", id)]).await;
    done(&provider, &got, "sessions", "done_device_distrusted");
    assert!(!person.gets_in_with(&token).await);

    // Somebody else's is not there.
    let others = list(&provider.admin).await;
    let foreign = others[0]["id"].as_str().unwrap();
    for act_of in ["device_forget", "device_distrust"] {
        act(&mut browser, &page, to, &[("act", act_of), ("id", foreign)]).await.expect(404);
    }
    assert_eq!(list(&provider.admin).await, others);

    api.get("/api/v1/users/me").await.expect(200);
    let got = act(&mut browser, &page, to, &[("act", "device_forget"), ("id", id)]).await;
    done(&provider, &got, "sessions", "done_device_forgotten");
    api.get("/api/v1/users/me").await.expect(401);
    let page = browser.get(to).await.expect(200);
    assert!(!page.text.contains("Kitchen"), "{}", page.text);
    // To forget the one that one sits at is to sign out.
    let (_, hidden) = form_of(page.text.rsplit("this one").next().unwrap());
    let own = hidden.iter().find(|(name, _)| name == "id").unwrap().1.as_str();
    act(&mut browser, &page, to, &[("act", "device_forget"), ("id", own)]).await.redirected_to();
    let out = browser.get(to).await.expect(200);
    assert!(out.text.contains("name=\"password\""), "signed out");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_only_from_its_own_page_browser_and_session() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut mine, page) = signed_in(&provider).await;
    let (mut others, _) = signed_in(&provider).await;
    let fields = [("act", "profile"), ("first_name", "Mallory")];
    act(&mut others, &page, "/account/profile", &fields).await.expect(400);
    mine.post("/account/profile", &fields).await.expect(400);
    let (_, hidden) = form_of(&page.text);
    let token = hidden.iter().find(|(name, _)| name == "form_token").unwrap().1.clone();
    let mut forged = vec![("form_token", token.as_str())];
    forged.extend(fields);
    mine.post_from("https://evil.example", "/account/profile", &forged).await.expect(400);
    let me = provider.admin.get("/api/v1/users/me").await.expect(200);
    assert_ne!(me.body["data"]["first_name"], "Mallory");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_changed_with_the_rules_of_the_api() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut browser, _) = signed_in(&provider).await;
    let page = browser.get("/account/security").await.expect(200);
    let new = "another-Horse-77-staple";
    let change = |current, new| [("act", "password"), ("current_password", current), ("new_password", new)];
    let wrong = act(&mut browser, &page, "/account/security", &change(WRONG, new)).await.expect(422);
    assert!(wrong.text.contains("current password is wrong"), "{}", wrong.text);
    let weak = act(&mut browser, &page, "/account/security", &change(PASSWORD, "password")).await.expect(422);
    assert!(weak.text.contains("Choose another password"));
    let got = act(&mut browser, &page, "/account/security", &change(PASSWORD, new)).await;
    done(&provider, &got, "security", "done_password");
    browser.get("/account/security").await.expect(200);
    provider.admin.get("/api/v1/users/me").await.expect(401);
    world.client().try_sign_in(&provider.slug, &provider.email, new).await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recent_proof_is_asked_for_where_the_api_asks_for_it() {
    let world = world_with_clock(1).await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut browser, _) = signed_in(&provider).await;
    advance(&world, 16 * 60);
    let page = browser.get("/account/security").await.expect(200);
    let begin = [("act", "factor_begin"), ("type", "totp")];
    let asked = act(&mut browser, &page, "/account/security", &begin).await;
    assert_eq!(asked.redirected_to(), format!("{}?page=security", at(&provider, "proof")));
    let proof = browser.get("/account/proof?page=security").await.expect(200);
    assert!(proof.text.contains("id=\"password\"") && proof.text.contains("account_page=security"));
    let wrong = browser.submit(&proof, &[("password", WRONG)]).await.expect(422);
    assert!(wrong.text.contains("This is wrong"));
    let back = browser.submit(&proof, &[("password", PASSWORD)]).await;
    assert_eq!(back.redirected_to(), at(&provider, "security"));
    let app = act(&mut browser, &page, "/account/security", &begin).await.expect(200);
    assert!(app.text.contains("otpauth:&#x2f;&#x2f;totp") && app.text.contains("<svg"), "{}", app.text);
    // Only pages of ours can be gone back to.
    let elsewhere = browser.get("/account/proof?page=https://evil.example").await.expect(200);
    assert!(!elsewhere.text.contains("evil.example"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_one_by_one_or_all_but_this() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let (mut mine, _) = signed_in(&provider).await;
    let (mut others, _) = signed_in(&provider).await;
    let page = mine.get("/account/sessions").await.expect(200);
    assert!(page.text.contains("Recent sign-ins"));
    let foreign = crate::wire::random_id();
    act(&mut mine, &page, "/account/sessions", &[("act", "end"), ("id", &foreign)]).await.expect(404);
    let got = act(&mut mine, &page, "/account/sessions", &[("act", "end_others")]).await;
    done(&provider, &got, "sessions", "done_sessions");
    let out = others.get("/account/sessions").await.expect(200);
    assert!(out.text.contains("name=\"password\""), "signed out");
    mine.get("/account/sessions").await.expect(200);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_removed_has_nothing_any_more() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let tokens = provider.tokens(&app, "openid offline_access email").await;
    let access = tokens["access_token"].as_str().unwrap();
    provider.userinfo(access).await.expect(200);
    let (mut browser, _) = signed_in(&provider).await;
    let page = browser.get("/account/applications").await.expect(200);
    assert!(page.text.contains(&app.id), "{}", page.text);
    let listed = provider.admin.get("/api/v1/users/me/applications").await.expect(200);
    assert_eq!(listed.body["data"][0]["client_id"], json!(app.id));

    // Whom somebody else has let in is not theirs to remove.
    let viewer = world.user_a("viewer", "viewer").await;
    viewer.delete(&format!("/api/v1/users/me/applications/{}", app.id)).await.expect(404);
    provider.userinfo(access).await.expect(200);

    let got = act(&mut browser, &page, "/account/applications", &[("act", "revoke"), ("id", &app.id)]).await;
    done(&provider, &got, "applications", "done_application");
    provider.userinfo(access).await.expect(401);
    if let Some(refresh) = tokens["refresh_token"].as_str() {
        provider.refresh(&app, refresh).await.refused(400, "invalid_grant");
    }
    let listed = provider.admin.get("/api/v1/users/me/applications").await.expect(200);
    assert_eq!(listed.body["data"], json!([]));
    provider.admin.delete(&format!("/api/v1/users/me/applications/{}", app.id)).await.expect(404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_bring_the_answer_of_our_own_pages_anywhere() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    let more = [("account_page", "https://evil.example"), ("redirect_uri", "https://evil.example")];
    let page = browser.authorize(&app, &more).await.expect(200);
    let entered = browser.sign_in(&page).await;
    assert_eq!(entered.redirected_to(), at(&provider, "profile"), "a page of ours, and no code");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_that_are_switched_on_are_told_by_name_only() {
    let world = World::new().await;
    let admin = world.admin_a().await;
    let provider = |slug: &str, enabled: bool| {
        json!({"type": "oidc", "slug": slug, "name": "Corp", "issuer": "https://login.corp.example", "client_id": "the-id",
            "client_secret": "the-secret", "enabled": enabled})
    };
    admin.post("/api/v1/identity-providers", &provider("corp", true)).await.expect(201);
    admin.post("/api/v1/identity-providers", &provider("off", false)).await.expect(201);
    let told =
        world.client().header("x-tenant-slug", &world.a.slug).get("/api/v1/auth/providers").await.expect(200);
    assert_eq!(told.body["data"], json!([{"slug": "corp", "name": "Corp", "type": "oidc"}]));
    let other =
        world.client().header("x-tenant-slug", &world.b.slug).get("/api/v1/auth/providers").await.expect(200);
    assert_eq!(other.body["data"], json!([]));
    world.end().await;
}
