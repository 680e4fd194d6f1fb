//! What the conformance suite asks of requests that say more than is needed, or say it in another order.

use tenantry_testkit::World;

use crate::provider::{CALLBACK, Provider};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_optional_or_unknown_does_not_stand_in_the_way() {
    let world = World::new().await;
    let provider = Provider::of(&world, &world.a).await;
    let app = provider.web_app().await;
    let mut browser = provider.browser();
    for more in [
        vec![("display", "page")],
        vec![("display", "popup")],
        vec![("claims_locales", "de en")],
        vec![("acr_values", "1 2")],
        vec![("extra", "foobar")],
        vec![("scope", "email openid")],
    ] {
        let code = browser.code(&app, &more).await;
        let tokens = provider.exchange(&app, &code).await.expect(200);
        assert_eq!(tokens.member("id_token").split('.').count(), 3, "{more:?}");
    }
    // What is not supported is refused, not ignored.
    for (name, value, error) in [
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://app.example.com/request.jwt", "request_uri_not_supported"),
    ] {
        let got = browser.authorize(&app, &[(name, value)]).await.redirected(CALLBACK);
        assert_eq!(got["error"], error);
    }
    world.end().await;
}
