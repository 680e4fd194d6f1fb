//! Sending browsers to identity providers: GET /auth/oauth/{provider}/login/{tenant} (document D), GET {issuer}/federation,
//! and, for who is signed in, POST /users/me/identities and POST /identity-providers/{provider_id}/test.

use axum::response::Response;
use garde::Validate;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{
    Asker, Body, Guard, OperationDoc, Output, Path, Problem, Public, Query, RawQuery, Success, Use, View,
    issuer_cookie,
};

use super::fault::Fault;
use super::model::{IdentityProvider, ProviderKind};
use super::own::Oneself;
use super::state::{COOKIE, Leaving, Purpose, leave};
use super::{IdentityProviderId, Scene, store};
use crate::authorize::answer::{Hosted, with_query};
use crate::authorize::decide::Room;
use crate::authorize::endpoint::finish;
use crate::authorize::request::{self, Request};
use crate::protocol::fields::Fields;
use crate::protocol::refusal::Refusal;
use crate::service::{Desk, Sso};
use crate::{LinkIdentity, UpdateIdentityProvider};

/// Where to send the browser.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Departure {
    /// The identity provider's page; the answer's cookie goes with the browser that is sent there.
    authorization_url: String,
}

impl View for Departure {}

/// An answer with the cookie that binds what comes back to this browser.
pub(crate) struct Bound<T> {
    pub(crate) answer: T,
    pub(crate) cookie: Option<http::HeaderValue>,
}

impl<T: Output> Output for Bound<T> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().append(http::header::SET_COOKIE, cookie);
        }
        response
            .headers_mut()
            .insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        response
    }

    fn describe(operation: &mut OperationDoc) {
        T::describe(operation);
    }
}

/// What a provider is asked for beside who it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish<'a> {
    /// Whom to suggest.
    pub(crate) hint: Option<&'a str>,
    /// To let the person choose an account.
    pub(crate) chooses: bool,
    /// To sign the person in anew, unless that was so many seconds ago at most.
    pub(crate) max_age: Option<i64>,
}

/// The address of a provider's page, and the cookie.
pub(crate) async fn depart(
    scene: &Scene<'_>,
    asker: &Asker,
    provider: &IdentityProvider,
    leaving: Leaving,
    wish: Wish<'_>,
) -> Result<Result<(String, String), Fault>, Refusal> {
    let issuer = scene.sso.issuers.get(&scene.sso.fetcher, scene.info.id, provider, scene.now).await;
    let issuer = match issuer {
        Ok(issuer) => issuer,
        Err(fault) => return Ok(Err(fault)),
    };
    let redirect_uri = leaving.redirect_uri.clone();
    // So that somebody sees whose account it is that they link or try.
    let chooses = wish.chooses || matches!(leaving.purpose, Purpose::Link | Purpose::Test);
    let is_google = provider.kind == ProviderKind::Google;
    let max_age = wish.max_age.map(|seconds| seconds.to_string());
    let (state, cookie) = leave(scene, asker, provider, leaving).await?;
    let challenge = state.challenge();
    let mut values = vec![
        ("response_type", "code"),
        ("client_id", provider.client_id.as_str()),
        ("redirect_uri", redirect_uri.as_str()),
        ("scope", "openid email profile"),
        ("state", state.text.as_str()),
        ("nonce", state.nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    if let Some(hint) = wish.hint.filter(|hint| !hint.is_empty() && hint.len() <= 320) {
        values.push(("login_hint", hint));
    }
    if let Some(seconds) = &max_age {
        values.push(("max_age", seconds));
    }
    match wish.max_age {
        // Google has no `login`, and says when somebody signed in only where it is asked for by name.
        Some(_) if is_google => {
            values.push(("claims", r#"{"id_token":{"auth_time":{"essential":true}}}"#));
            values.push(("prompt", "select_account"));
        }
        Some(0) => values.push(("prompt", "login")),
        _ if chooses => values.push(("prompt", "select_account")),
        _ => {}
    }
    if let (true, Some(domain)) = (is_google, &provider.settings.hosted_domain) {
        values.push(("hd", domain));
    }
    Ok(Ok((with_query(&issuer.authorization_endpoint, &values), cookie)))
}

/// A provider that is switched on, by its name in addresses.
pub(crate) async fn enabled(
    scene: &Scene<'_>,
    slug: &str,
) -> Result<Result<IdentityProvider, Fault>, Refusal> {
    let providers = scene.sso.providers.of(&scene.tenant).await?;
    let found = providers.iter().find(|provider| provider.enabled && provider.slug == slug);
    Ok(found.cloned().ok_or(Fault::NoProvider))
}

pub(crate) fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Problem(problem) => problem,
        Refusal::OAuth(error) => Problem::malformed("invalid_request", "#", error.description),
    }
}

/// Where somebody comes back to.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoginQuery {
    /// One of the provider's `redirect_uris`: a page that hands code and state to the callback. Without it, the callback itself.
    redirect_uri: Option<String>,
    /// Whom to suggest.
    login_hint: Option<String>,
    /// How long ago, in seconds, the person may have signed in there; 0: they sign in anew.
    #[schemars(range(min = 0))]
    max_age: Option<u32>,
}

/// Begin signing in with an account that somebody else keeps (document D).
///
/// The answer sets a cookie: what comes back counts in this browser only, once, for ten minutes.
pub(crate) async fn login(
    guard: Guard<Public>,
    Use(sso): Use<Sso>,
    Path(slug): Path<String>,
    asker: Asker,
    Query(query): Query<LoginQuery>,
) -> Result<Bound<Success<Departure>>, Problem> {
    let scene = Scene::new(&sso, guard.enter(tenantry_db::Purpose::SignIn), guard.tenant_info());
    let provider = enabled(&scene, &slug).await.map_err(problem)??;
    let redirect_uri = match query.redirect_uri {
        None => scene.callback(&provider),
        Some(uri) if provider.settings.redirect_uris.contains(&uri) => uri,
        Some(_) => {
            let detail = "this is not one of the provider's redirect_uris";
            return Err(Problem::malformed("invalid_query", "query/redirect_uri", detail));
        }
    };
    let max_age = query.max_age.map(i64::from);
    let leaving =
        Leaving { purpose: Purpose::Api, request: String::new(), redirect_uri, user: None, max_age };
    let wish = Wish { hint: query.login_hint.as_deref(), max_age, ..Wish::default() };
    bound(&scene, &asker, &provider, leaving, wish).await
}

async fn bound(
    scene: &Scene<'_>,
    asker: &Asker,
    provider: &IdentityProvider,
    leaving: Leaving,
    wish: Wish<'_>,
) -> Result<Bound<Success<Departure>>, Problem> {
    let (authorization_url, cookie) =
        depart(scene, asker, provider, leaving, wish).await.map_err(problem)??;
    let cookie = issuer_cookie(scene.info, COOKIE, &cookie);
    Ok(Bound { answer: Success::ok(Departure { authorization_url }), cookie })
}

/// What the link on the sign-in page holds, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct PageQuery {
    /// The identity provider's name in addresses.
    provider: String,
    /// The authorization request, as a query.
    request: Option<String>,
    login_hint: Option<String>,
}

/// The link of the sign-in page: on to an identity provider.
pub(crate) async fn page(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<PageQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let room = Room::open(&desk, &asker, fields.get("ui_locales")).await?;
    let slug = fields.get("provider").unwrap_or_default();
    let request = fields.get("request").unwrap_or_default();
    if request.len() > 16_384 {
        return Ok(room.error("bad_form"));
    }
    let outcome = onward(&room, slug, request, fields.get("login_hint")).await;
    finish(&room, outcome)
}

/// Send a browser of the hosted pages to a provider.
pub(crate) async fn onward(
    room: &Room<'_>,
    slug: &str,
    request: &str,
    hint: Option<&str>,
) -> Result<Hosted, request::Fault> {
    let scene = Scene::of(room.desk);
    let provider = match enabled(&scene, slug).await? {
        Ok(provider) => provider,
        Err(fault) => return Ok(room.error(fault.page())),
    };
    let asked = form_urlencoded::parse(request.as_bytes()).into_owned().collect();
    // Nobody is sent away for a request that leads nowhere.
    let wanted = request::read(room.desk, room.asker, asked).await?;
    let max_age = if wanted.prompt.login { Some(0) } else { wanted.max_age };
    let redirect_uri = scene.callback(&provider);
    let leaving =
        Leaving { purpose: Purpose::Page, request: request.to_owned(), redirect_uri, user: None, max_age };
    let wish = Wish { hint, chooses: wanted.prompt.select_account, max_age };
    match depart(&scene, room.asker, &provider, leaving, wish).await? {
        Ok((address, cookie)) => Ok(Hosted::redirect(&address).cookie(scene.info, COOKIE, &cookie)),
        Err(fault) => {
            tracing::warn!(error = %fault, tenant.id = %scene.info.id, "an identity provider cannot be used");
            Ok(room.error(fault.page()))
        }
    }
}

/// Send somebody to where the accounts of their e-mail domain are kept, by a page: a form of the sign-in page may lead to its
/// client only.
pub(crate) async fn home(room: &Room<'_>, request: &Request, email: &str) -> Result<Hosted, Refusal> {
    let home = request.ways.iter().find(|provider| provider.is_home_of(email));
    // Whether there is such a user is nobody's business: the domain alone decides.
    let Some(provider) = home else {
        return Ok(room.sign_in(request, email, Some("no_home"), StatusCode::NOT_FOUND));
    };
    let query = [("provider", provider.slug.as_str()), ("request", &request.query), ("login_hint", email)];
    let address = with_query(&format!("{}/federation", room.desk.base()), &query);
    Ok(room.notice("onward", StatusCode::OK, json!({"name": provider.name, "address": address})))
}

/// Which account to link.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLink {
    /// The identity provider's name in addresses.
    #[garde(length(max = 40))]
    provider: String,
}

/// Begin linking an account that somebody else keeps to one's own user. Being signed in, and recent proof of who one is, is the
/// proof that it is one's own.
pub(crate) async fn link(
    guard: Guard<LinkIdentity>,
    Use(sso): Use<Sso>,
    asker: Asker,
    Body(request): Body<NewLink>,
) -> Result<Bound<Success<Departure>>, Problem> {
    let scene = Scene::new(&sso, guard.tenant(), guard.tenant_info());
    let provider = enabled(&scene, &request.provider).await.map_err(problem)??;
    let caller = guard.caller()?.user;
    guard.permit(&Oneself(caller))?;
    let mut tx = scene.tenant.begin()?;
    sso.identity.require_recent(&guard, &mut tx, scene.now).await?;
    drop(tx);
    let user = Some(caller);
    let redirect_uri = scene.callback(&provider);
    let leaving =
        Leaving { purpose: Purpose::Link, request: String::new(), redirect_uri, user, max_age: None };
    bound(&scene, &asker, &provider, leaving, Wish::default()).await
}

/// Begin trying a provider, also one that is switched off: nobody is signed in by it.
pub(crate) async fn test(
    guard: Guard<UpdateIdentityProvider>,
    Use(sso): Use<Sso>,
    Path(id): Path<IdentityProviderId>,
    asker: Asker,
) -> Result<Bound<Success<Departure>>, Problem> {
    let scene = Scene::new(&sso, guard.tenant(), guard.tenant_info());
    let provider: IdentityProvider =
        scene.tenant.read(store::find(id)).await?.ok_or(crate::Error::NotFound)?.into();
    guard.permit(&provider)?;
    let user = Some(guard.caller()?.user);
    let redirect_uri = scene.callback(&provider);
    let leaving =
        Leaving { purpose: Purpose::Test, request: String::new(), redirect_uri, user, max_age: None };
    bound(&scene, &asker, &provider, leaving, Wish::default()).await
}
