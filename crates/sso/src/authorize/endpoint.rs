//! GET and POST {issuer}/oauth2/authorize

use schemars::JsonSchema;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, RawQuery, Use};

use super::answer::{Hosted, refuse, with_query};
use super::browser;
use super::decide::{Fresh, Room, decide};
use super::request::{Fault, read};
use crate::protocol::fields::Fields;
use crate::protocol::refusal::Refusal;
use crate::service::{Desk, Sso};

/// What a client asks for, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct AuthorizationRequest {
    /// `code`.
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: Option<String>,
    state: Option<String>,
    /// `query` or `form_post`.
    response_mode: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// `none`, `login`, `consent`, `select_account`.
    prompt: Option<String>,
    /// Seconds.
    max_age: Option<String>,
    login_hint: Option<String>,
    id_token_hint: Option<String>,
    /// JSON.
    claims: Option<String>,
    ui_locales: Option<String>,
}

/// Ask a person to sign in to a client.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<AuthorizationRequest>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let room = Room::open(&desk, &asker, Fields::first(pairs.clone()).get("ui_locales")).await?;
    let outcome = async {
        let request = read(&desk, &asker, pairs).await?;
        let current = browser::current(&desk, &asker).await?;
        Ok(decide(&room, &request, current, Fresh::default()).await?)
    };
    finish(&room, outcome.await)
}

/// The same by a form. It goes on as GET, because the session's cookie does not come along with other sites' forms.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<AuthorizationRequest>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let room = Room::open(&desk, &asker, None).await?;
    let Some(pairs) = form else { return finish(&room, Err(Fault::Page("bad_form"))) };
    let values: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(Hosted::redirect(&with_query(&format!("{}/oauth2/authorize", desk.issuer), &values)))
}

/// Faults as pages, or as answers to the client.
pub(crate) fn finish(room: &Room<'_>, outcome: Result<Hosted, Fault>) -> Result<Hosted, Problem> {
    match outcome {
        Ok(hosted) => Ok(hosted),
        Err(Fault::Page(why)) => Ok(room.error(why)),
        Err(Fault::Client(to, error)) => Ok(refuse(room, &to, &error)),
        Err(Fault::Refusal(Refusal::OAuth(_))) => Ok(room.error("bad_form")),
        Err(Fault::Refusal(Refusal::Problem(problem))) => Err(problem),
    }
}

/// The request that a page has carried along.
pub(super) fn carried(form: &Fields) -> Pairs {
    let text = form.get("request").unwrap_or_default();
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
