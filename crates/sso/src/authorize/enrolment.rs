//! POST {issuer}/enrolment: the form of the pages on which somebody sets up the second factor that their organisation asks for.
//!
//! Three pages: what to set up; the first code of it; the backup codes, and on to the client.

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Value, json};
use tenantry_identity::{Enrolled, Enrolment, SetUp};
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::{self, Current, SESSION, current, is_own_form};
use super::decide::{Fresh, Room, decide, known};
use super::endpoint::{carried, finish};
use super::request::{Fault, Request, read};
use crate::federation::linking;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the pages send, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct EnrolmentForm {
    /// The authorization request, as a query.
    request: String,
    form_token: String,
    /// The sign-in that waits.
    enrollment_token: Option<String>,
    /// What to set up: `totp`, `email`, `sms` or `passkey`.
    setup: Option<String>,
    /// What was set up.
    kind: Option<String>,
    /// Its first code.
    code: Option<String>,
    /// Of a passkey that the browser has made.
    challenge_token: Option<String>,
    /// What the passkey is called.
    name: Option<String>,
    /// The passkey, as JSON.
    credential: Option<String>,
    /// What was told after signing in has been seen: the backup codes.
    go_on: Option<String>,
}

/// What the pages are good for: this sign-in, in this browser.
fn bound(token: &str) -> String {
    format!("enrolment of {token}")
}

/// What the last page is good for: this session, and this very request, for which the person has just signed in.
fn enrolled(current: &Current, request: &str) -> String {
    format!("enrolled {} {request}", current.session.id)
}

/// Set up a second factor on the way to a client.
pub(crate) async fn enrolment(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<EnrolmentForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let form = form.map(Fields::first).unwrap_or_default();
    let carried: Pairs = carried(&form);
    let room = Room::open(&desk, &asker, Fields::first(carried.clone()).get("ui_locales")).await?;
    let outcome = check(&room, &form, carried).await;
    finish(&room, outcome)
}

async fn check(room: &Room<'_>, form: &Fields, asked: Pairs) -> Result<Hosted, Fault> {
    if form.get("go_on").is_some() {
        return go_on(room, form, asked).await;
    }
    let desk = room.desk;
    let token = form.get("enrollment_token").unwrap_or_default();
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), &bound(token)) {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, room.asker, asked).await?;
    let (identity, tools) = (&desk.sso.identity, (desk.clock, desk.rng));
    if form.get("setup") == Some("passkey") {
        return match identity.begin_passkey_enrolment(desk.guard, tools, token).await {
            Ok(begun) => Ok(passkey_page(room, &request, token, begun)),
            Err(problem) => refused(room, &request, token, problem).await,
        };
    }
    let shown = room.shown(&request);
    if form.get("credential").is_some() {
        let passkey = passkey_of(form, token);
        return match identity.finish_passkey_enrolment(desk.guard, tools, &passkey, &shown).await {
            Ok(enrolled) => done(room, &request, enrolled).await,
            Err(problem) => refused(room, &request, token, problem).await,
        };
    }
    if let Some(kind) = form.get("setup") {
        return match identity.begin_enrolment(desk.guard, tools, token, kind, room.locale).await {
            Ok(set_up) => Ok(code_page(room, &request, token, &set_up, None, StatusCode::OK)),
            Err(problem) => refused(room, &request, token, problem).await,
        };
    }
    let kind = form.get("kind").unwrap_or_default();
    let code = form.get("code").filter(|code| code.len() <= 40).unwrap_or_default();
    match identity.finish_enrolment(desk.guard, tools, token, (kind, code), room.locale, &shown).await {
        Ok(enrolled) => done(room, &request, enrolled).await,
        // What was begun can still be met: the app has the secret, and the code was sent.
        Err(problem) if problem.kind() == ErrorKind::Invalid => {
            let set_up = SetUp { kind: named(kind), app: None, destination: None };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(code_page(room, &request, token, &set_up, Some("first_code_refused"), status))
        }
        Err(problem) => refused(room, &request, token, problem).await,
    }
}

/// A kind as the pages' texts name it.
pub(crate) fn named(kind: &str) -> &'static str {
    ["email", "sms"].into_iter().find(|one| *one == kind).unwrap_or("totp")
}

/// What to set up.
pub(crate) fn page(room: &Room<'_>, request: &Request, enrolment: &Enrolment) -> Hosted {
    choice_page(room, request, enrolment, None, StatusCode::OK)
}

fn choice_page(
    room: &Room<'_>,
    request: &Request,
    enrolment: &Enrolment,
    why: Option<&str>,
    status: StatusCode,
) -> Hosted {
    let choices = enrolment.methods.iter();
    let choices: Vec<_> =
        choices.map(|kind| json!({"kind": kind, "text": format!("set_up_{kind}")})).collect();
    let facts = json!({
        "client": request.to.client.client.name, "request": request.query, "why": why,
        "enrollment_token": enrolment.token, "choices": choices,
    });
    room.form("enrolment", status, &bound(&enrolment.token), &request.to.redirect_uri, facts)
}

/// The first code.
fn code_page(
    room: &Room<'_>,
    request: &Request,
    token: &str,
    set_up: &SetUp,
    why: Option<&str>,
    status: StatusCode,
) -> Hosted {
    let app = set_up.app.as_ref().map(|(secret, address, picture)| {
        json!({"secret": secret, "address": address, "picture": picture.as_deref().map(element)})
    });
    let facts = json!({
        "client": request.to.client.client.name, "request": request.query, "why": why, "enrollment_token": token,
        "kind": set_up.kind, "app": app, "to": set_up.destination, "how": format!("first_code_{}", set_up.kind),
        "again": format!("again_{}", set_up.kind),
    });
    room.form("enrolment_code", status, &bound(token), &request.to.redirect_uri, facts)
}

/// A new passkey.
fn passkey_page(
    room: &Room<'_>,
    request: &Request,
    token: &str,
    (challenge, options): (String, Value),
) -> Hosted {
    let facts = json!({
        "client": request.to.client.client.name, "request": request.query, "enrollment_token": token,
        "challenge_token": challenge, "new_passkey": options.to_string(),
    });
    room.form("enrolment_passkey", StatusCode::OK, &bound(token), &request.to.redirect_uri, facts)
}

/// What a browser says of the passkey that it has made.
fn passkey_of(form: &Fields, token: &str) -> Value {
    let credential: Value =
        serde_json::from_str(form.get("credential").unwrap_or_default()).unwrap_or_default();
    let value = |name: &str| form.get(name).unwrap_or_default();
    json!({
        "enrollment_token": token, "challenge_token": value("challenge_token"), "name": value("name"),
        "credential": credential,
    })
}

/// A picture as an element of a page: without the declaration that documents of their own begin with.
pub(crate) fn element(svg: &str) -> &str {
    svg.find("<svg").and_then(|start| svg.get(start..)).unwrap_or_default()
}

async fn refused(room: &Room<'_>, request: &Request, token: &str, problem: Problem) -> Result<Hosted, Fault> {
    let desk = room.desk;
    let over = || room.sign_in(request, "", Some("challenge_over"), StatusCode::UNAUTHORIZED);
    let (why, status) = match problem.kind() {
        ErrorKind::Unauthenticated => return Ok(over()),
        ErrorKind::TooMany if problem.code() == "too_soon" => {
            ("code_too_soon", StatusCode::TOO_MANY_REQUESTS)
        }
        ErrorKind::TooMany => ("too_many", StatusCode::TOO_MANY_REQUESTS),
        ErrorKind::Invalid | ErrorKind::Conflict => ("cannot_set_up", StatusCode::UNPROCESSABLE_ENTITY),
        _ => return Err(problem.into()),
    };
    let waits = desk.sso.identity.enrolment(desk.guard, desk.clock, token).await?;
    Ok(waits.map_or_else(over, |waits| choice_page(room, request, &waits, Some(why), status)))
}

/// Signed in: the backup codes, if there are new ones, and then on to the client.
async fn done(room: &Room<'_>, request: &Request, enrolled_now: Enrolled) -> Result<Hosted, Fault> {
    let desk = room.desk;
    let Enrolled { begun, backup_codes } = enrolled_now;
    let known = known(desk, begun.session).await?;
    let by_device = known.by_device;
    let device = begun.device.clone();
    let (current, cookie) = browser::remember(desk, begun, known).await?;
    let why =
        linking::settle(room, request, (current.session.user_id, by_device)).await.then_some("link_failed");
    let hosted = if backup_codes.is_empty() && why.is_none() {
        let fresh = Fresh { has_signed_in: true, has_consented: false };
        decide(room, request, Some(current), fresh).await?
    } else {
        go_on_page(room, request, &current, &backup_codes, why)
    };
    let tenant = desk.guard.tenant_info();
    Ok(hosted.cookie(tenant, SESSION, &cookie).device(tenant, device.as_deref()))
}

/// What somebody who has just signed in is told before they go on: what went wrong, their new backup codes.
pub(super) fn go_on_page(
    room: &Room<'_>,
    request: &Request,
    current: &Current,
    codes: &[String],
    why: Option<&str>,
) -> Hosted {
    let name = if codes.is_empty() { "not_linked_yet" } else { "enrolled" };
    let facts = json!({
        "client": request.to.client.client.name, "request": request.query, "codes": codes, "why": why,
    });
    room.form(name, StatusCode::OK, &enrolled(current, &request.query), &request.to.redirect_uri, facts)
}

/// They have been told, and go on.
async fn go_on(room: &Room<'_>, form: &Fields, asked: Pairs) -> Result<Hosted, Fault> {
    let desk = room.desk;
    let session = current(desk, room.asker).await?;
    let carried = form.get("request").unwrap_or_default();
    let bound = session.as_ref().map(|current| enrolled(current, carried)).unwrap_or_default();
    if session.is_none()
        || !room.asker.is_own_page()
        || !is_own_form(desk, room.asker, form.get("form_token"), &bound)
    {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, room.asker, asked).await?;
    let fresh = Fresh { has_signed_in: true, has_consented: false };
    Ok(decide(room, &request, session, fresh).await?)
}
