//! GET and POST /auth/oauth/{provider}/callback/{tenant} (document D): somebody comes back from an identity provider.

use axum::response::Response;
use garde::Validate;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenantry_db::Change;
use tenantry_identity::{NewWay, Shown, TokenView, Vouched};
use tenantry_kernel::{Clock, Kind as _, Rng};
use tenantry_web::{
    Asker, Body, Guard, Output as _, Pairs, Path, Problem, Public, RawQuery, Success, Use, View,
};

use super::Scene;
use super::exchange::{Answered, Came, answered};
use super::fault::Fault;
use super::id_token::Claims;
use super::linking;
use super::model::IdentityProvider;
use super::settle::{Verdict, judge, known, link, mapped, settle};
use super::start::problem;
use super::state::Purpose;
use super::store::StateRow;
use crate::authorize::answer::Hosted;
use crate::authorize::decide::{Room, enter};
use crate::authorize::endpoint::finish;
use crate::authorize::request::read;
use crate::authorize::{enrolment, second_factor};
use crate::myself;
use crate::protocol::fields::Fields;
use crate::protocol::refusal::Refusal;
use crate::service::{Desk, Sso};

/// What an identity provider sends along, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// What a page of one's own hands on (document D).
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct FederationCallback {
    #[garde(length(max = 8192))]
    code: String,
    /// Without it, 400.
    #[garde(inner(length(max = 200)))]
    state: Option<String>,
    /// The issuer, when the identity provider names it (RFC 9207).
    #[garde(inner(length(max = 2000)))]
    iss: Option<String>,
}

/// What trying a provider shows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TestOutcome {
    /// `known`, `new` or `refused`: what signing in would have done.
    outcome: &'static str,
    /// Why it would be refused.
    reason: Option<String>,
    user_id: Option<tenantry_kernel::UserId>,
    /// The roles that the groups stand for.
    roles: Vec<tenantry_kernel::RoleId>,
    groups: Vec<String>,
    /// Everything that the ID token says.
    claims: Value,
}

impl View for TestOutcome {}

/// A provider by its name in addresses, also one that is switched off: it may be tried.
async fn any(scene: &Scene<'_>, slug: &str) -> Result<IdentityProvider, Problem> {
    let providers = scene.sso.providers.of(&scene.tenant).await?;
    let found = providers.iter().find(|provider| provider.slug == slug).cloned();
    Ok(found.ok_or(Fault::NoProvider)?)
}

/// Sign in with the code that a page of one's own was given. Needs the cookie that beginning has set.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Path(slug): Path<String>,
    asker: Asker,
    Body(request): Body<FederationCallback>,
) -> Result<Success<TokenView>, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let scene = Scene::of(&desk);
    if request.state.as_deref().unwrap_or_default().is_empty() {
        return Err(Problem::malformed("invalid_state", "#/state", "state is missing"));
    }
    let provider = any(&scene, &slug).await?;
    let came = Came { code: Some(request.code), state: request.state, iss: request.iss, error: None };
    let Answered { row, outcome } = answered(&scene, &asker, &provider, came).await.map_err(problem)?;
    let is_ours = row.is_some_and(|row| row.purpose == Purpose::Api);
    let claims = match outcome {
        Ok(claims) if is_ours && provider.enabled => claims,
        Ok(_) => return Err(refused(&scene, &provider, Fault::State).await),
        Err(fault) => return Err(refused(&scene, &provider, fault).await),
    };
    let shown = Shown::by_client(&asker, None);
    match come_in((&desk, &shown), &scene, &provider, &claims).await.map_err(problem)? {
        Ok(Vouched::Starting(starting)) => sso.identity.vouched_tokens(&guard, starting).await,
        Ok(Vouched::Second(pending, _)) => Err(pending.problem()),
        Ok(Vouched::Enrol(enrolment, _)) => Err(enrolment.problem()),
        Err(fault) => Err(refused(&scene, &provider, fault).await),
    }
}

/// Parameters by which a client, or a page of ours, may ask that the person prove more, or anew.
const ASKS_FOR_MORE: [&str; 8] = [
    "acr_values",
    "claims",
    "max_age",
    "prompt",
    "request",
    "request_uri",
    linking::PARAMETER,
    myself::AGAIN,
];

/// Come back from an identity provider.
///
/// From the hosted pages the way goes on to the client. Who began through the API gets tokens. Who links or tries an account sees
/// what came of it.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Path(slug): Path<String>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<CallbackQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let scene = Scene::of(&desk);
    let fields = Fields::first(pairs);
    let text = |name: &str| fields.get(name).map(str::to_owned);
    let room = Room::open(&desk, &asker, None).await?;
    if fields.get("state").is_none() {
        return Err(Problem::malformed("invalid_state", "query/state", "state is missing"));
    }
    let provider = any(&scene, &slug).await?;
    let came = Came { code: text("code"), state: text("state"), iss: text("iss"), error: text("error") };
    let Answered { row, outcome } = answered(&scene, &asker, &provider, came).await.map_err(problem)?;
    let Some(row) = row else {
        let fault = outcome.err().unwrap_or(Fault::State);
        note(&scene, &provider, &fault).await?;
        return Ok(room.error(fault.page()));
    };
    let outcome =
        if provider.enabled || row.purpose == Purpose::Test { outcome } else { Err(Fault::NoProvider) };
    match row.purpose {
        Purpose::Page => to_client(&room, &scene, &provider, row, outcome).await,
        Purpose::Api => {
            let claims = match outcome {
                Ok(claims) => claims,
                Err(fault) => return Err(refused(&scene, &provider, fault).await),
            };
            let shown = Shown::by_client(&asker, None);
            match come_in((&desk, &shown), &scene, &provider, &claims).await.map_err(problem)? {
                Ok(Vouched::Second(pending, _)) => Err(pending.problem()),
                Ok(Vouched::Enrol(enrolment, _)) => Err(enrolment.problem()),
                Ok(Vouched::Starting(starting)) => {
                    let tokens = sso.identity.vouched_tokens(&guard, starting).await?;
                    Ok(unstored(tokens.into_response()))
                }
                Err(fault) => Err(refused(&scene, &provider, fault).await),
            }
        }
        Purpose::Link => linked(&room, &scene, &provider, row, outcome).await,
        Purpose::Test => {
            let tried = tried(&scene, &provider, outcome).await.map_err(problem)?;
            Ok(unstored(Success::ok(tried).into_response()))
        }
    }
}

fn unstored(mut response: Response) -> Hosted {
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    Hosted::new(response)
}

/// Begin a session for somebody, and write down what it took.
async fn come_in(
    (desk, shown): (&Desk<'_>, &Shown),
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    claims: &Claims,
) -> Result<Result<Vouched, Fault>, Refusal> {
    let mut tx = scene.tenant.begin()?;
    let settled = match settle(scene, &mut tx, provider, claims).await? {
        Ok(settled) => settled,
        Err(fault) => return Ok(Err(fault)),
    };
    let identity = &desk.sso.identity;
    let who = (settled.user, claims.authenticated_at);
    let vouched = identity.start_vouched(&mut tx, desk.guard, (desk.clock, desk.rng), who, shown).await?;
    let mut changes = settled.changes;
    changes.extend(match &vouched {
        Vouched::Starting(starting) => starting.changes.clone(),
        Vouched::Second(_, changes) | Vouched::Enrol(_, changes) => changes.clone(),
    });
    tx.commit_all(changes, ()).await?;
    Ok(Ok(vouched))
}

/// On the hosted pages: remember the session, and go on with the client's request.
async fn to_client(
    room: &Room<'_>,
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    row: StateRow,
    outcome: Result<Claims, Fault>,
) -> Result<Hosted, Problem> {
    let asked: Pairs = form_urlencoded::parse(row.request.as_bytes()).into_owned().collect();
    // The request is read when somebody has come in; whatever may ask for more than a session is not that of a browser's word.
    let asks_for_all = asked.iter().any(|(name, _)| ASKS_FOR_MORE.contains(&name.as_str()));
    let shown = Shown::by_browser(room.asker, room.desk.guard.tenant_info()).asking_for_all(asks_for_all);
    let entered = match &outcome {
        Ok(claims) => come_in((room.desk, &shown), scene, provider, claims).await.map_err(problem)?,
        Err(fault) => Err(fault.clone()),
    };
    let vouched = match entered {
        Ok(entered) => entered,
        Err(Fault::LinkNeeded) if let Ok(claims) = &outcome => {
            note(scene, provider, &Fault::LinkNeeded).await?;
            return finish(room, linking::ask(room, scene, (provider, claims), &row.request).await);
        }
        Err(fault) => {
            note(scene, provider, &fault).await?;
            return Ok(room.error(fault.page()));
        }
    };
    let outcome = async {
        let request = read(room.desk, room.asker, asked).await?;
        match vouched {
            Vouched::Starting(starting) => enter(room, &request, starting.begun()).await,
            Vouched::Second(pending, _) => Ok(second_factor::page(room, &request, &pending)),
            Vouched::Enrol(waits, _) => Ok(enrolment::page(room, &request, &waits)),
        }
    };
    finish(room, outcome.await)
}

/// Link an account to the user who has asked, who was signed in then.
async fn linked(
    room: &Room<'_>,
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    row: StateRow,
    outcome: Result<Claims, Fault>,
) -> Result<Hosted, Problem> {
    let (claims, user) = match (outcome, row.user_id) {
        (Ok(claims), Some(user)) => (claims, user),
        (outcome, _) => {
            let fault = outcome.err().unwrap_or(Fault::State);
            note(scene, provider, &fault).await?;
            return Ok(not_linked(room, &fault));
        }
    };
    let mut tx = scene.tenant.begin()?;
    let person = scene.sso.identity.person(&mut tx, user).await?;
    let linked = tx.read(known(provider, &claims)).await?;
    let is_free = linked.as_ref().is_none_or(|linked| linked.user_id == user);
    if !is_free || !person.is_some_and(|person| person.is_active) {
        drop(tx);
        let fault = Fault::NotAllowed("the account is linked to somebody else");
        note(scene, provider, &fault).await?;
        return Ok(not_linked(room, &fault));
    }
    if linked.is_none() {
        let change = link(scene, &mut tx, provider, &claims, user).await.map_err(problem)?;
        let way = NewWay::Account(&provider.name);
        scene.sso.identity.tell_of(&mut tx, scene.info, user, way).await.map_err(crate::Error::from)?;
        tx.commit(change, ()).await?;
    }
    Ok(room.notice("device_done", StatusCode::OK, json!({"what": "identity_linked"})))
}

/// Why an account was not linked, with a way back.
fn not_linked(room: &Room<'_>, fault: &Fault) -> Hosted {
    room.notice("not_linked", StatusCode::BAD_REQUEST, json!({"why": fault.page()}))
}

/// What signing in would do. Whatever it finds is rolled back.
async fn tried(
    scene: &Scene<'_>,
    provider: &IdentityProvider,
    outcome: Result<Claims, Fault>,
) -> Result<TestOutcome, Refusal> {
    let refused = |reason: &Fault| TestOutcome {
        outcome: "refused",
        reason: Some(reason.to_string()),
        user_id: None,
        roles: Vec::new(),
        groups: Vec::new(),
        claims: Value::Null,
    };
    let claims = match outcome {
        Ok(claims) => claims,
        Err(fault) => return Ok(refused(&fault)),
    };
    let mut tx = scene.tenant.begin()?;
    let judged = judge(scene, &mut tx, provider, &claims).await?;
    let told = match judged {
        Ok(Verdict::Known(user)) => {
            TestOutcome { outcome: "known", reason: None, user_id: Some(user), ..refused(&Fault::State) }
        }
        Ok(Verdict::New(_)) => TestOutcome { outcome: "new", reason: None, ..refused(&Fault::State) },
        Err(fault) => refused(&fault),
    };
    let roles = mapped(provider, &claims);
    Ok(TestOutcome { roles, groups: claims.groups, claims: claims.all, ..told })
}

/// Write a refusal down, with its reason, where the tenant's administrators find it.
async fn note(scene: &Scene<'_>, provider: &IdentityProvider, fault: &Fault) -> Result<(), Problem> {
    let tx = scene.tenant.begin()?;
    let values = json!({"provider": provider.slug, "code": fault.code()});
    let change = Change::named("identity_provider", Some(provider.id.as_uuid()), "refused", values);
    Ok(tx.refuse(change.action("auth:federation").reason(fault.to_string())).await?)
}

async fn refused(scene: &Scene<'_>, provider: &IdentityProvider, fault: Fault) -> Problem {
    match note(scene, provider, &fault).await {
        Ok(()) => fault.into(),
        Err(problem) => problem,
    }
}
