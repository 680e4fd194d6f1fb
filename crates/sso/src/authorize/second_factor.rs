//! POST {issuer}/second-factor: the form of the page that asks for a second factor.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_identity::Pending;
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::is_own_form;
use super::decide::{Room, go_in};
use super::endpoint::{carried, finish};
use super::request::{Fault, Request, read};
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct SecondFactorForm {
    /// The authorization request, as a query.
    request: String,
    form_token: String,
    /// The sign-in that waits.
    mfa_token: String,
    /// Of an authenticator app, one that was sent, or a backup code.
    code: Option<String>,
    /// Instead of a code: `email` or `sms`, to be sent one.
    send: Option<String>,
    /// Whether this browser stands for the second factor from now on.
    trust: Option<String>,
}

/// What the page is good for: this sign-in, in this browser.
pub(super) fn bound(token: &str) -> String {
    format!("second factor of {token}")
}

/// Show the second factor on the way to a client.
pub(crate) async fn second_factor(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<SecondFactorForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let form = form.map(Fields::first).unwrap_or_default();
    let carried: Pairs = carried(&form);
    let room = Room::open(&desk, &asker, Fields::first(carried.clone()).get("ui_locales")).await?;
    let outcome = check(&room, &form, carried).await;
    finish(&room, outcome)
}

async fn check(room: &Room<'_>, form: &Fields, asked: Pairs) -> Result<Hosted, Fault> {
    let desk = room.desk;
    let token = form.get("mfa_token").unwrap_or_default();
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), &bound(token)) {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, room.asker, asked).await?;
    let identity = &desk.sso.identity;
    let again = || room.sign_in(&request, "", Some("challenge_over"), StatusCode::UNAUTHORIZED);
    let trust = form.get("trust").is_some();
    if let Some(method) = form.get("send") {
        return send(room, &request, (token, trust), method).await;
    }
    let code = form.get("code").unwrap_or_default();
    let page = async |why, status| -> Result<Hosted, Fault> {
        let pending = identity.pending(desk.guard, desk.clock, token).await?;
        let shown = |pending| room.second_factor(&request, (&pending, trust), Err(why), status);
        Ok(pending.map_or_else(again, shown))
    };
    if code.is_empty() || code.len() > 40 {
        return page("factor_refused", StatusCode::UNAUTHORIZED).await;
    }
    let (typed, shown) = ((token.to_owned(), code.to_owned()), room.shown(&request).wanting_trust(trust));
    let begun = identity.finish_session(desk.guard, desk.clock, desk.rng, typed, &shown).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(problem) if problem.code() == "challenge_over" => {
            return Ok(again());
        }
        Err(problem) if problem.kind() == ErrorKind::Unauthenticated => {
            return page("factor_refused", StatusCode::UNAUTHORIZED).await;
        }
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            return page("too_many", StatusCode::TOO_MANY_REQUESTS).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    go_in(room, &request, begun).await
}

/// Send a code, and show the page again.
async fn send(
    room: &Room<'_>,
    request: &Request,
    (token, trust): (&str, bool),
    method: &str,
) -> Result<Hosted, Fault> {
    let (desk, identity) = (room.desk, &room.desk.sso.identity);
    let tools = (desk.clock, desk.rng);
    let sent = identity.send_code(desk.guard, tools, token, method, room.locale).await;
    let Some(pending) = identity.pending(desk.guard, desk.clock, token).await? else {
        return Ok(room.sign_in(request, "", Some("challenge_over"), StatusCode::UNAUTHORIZED));
    };
    let page = |told, status| Ok(room.second_factor(request, (&pending, trust), told, status));
    match sent {
        Ok(()) => page(Ok(Some("code_sent")), StatusCode::OK),
        Err(problem) if problem.code() == "too_soon" => {
            page(Err("code_too_soon"), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            page(Err("too_many"), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(problem) if problem.kind() == ErrorKind::Invalid => {
            page(Err("code_not_sent"), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(problem) => Err(problem.into()),
    }
}

/// The page for a sign-in that waits.
pub(crate) fn page(room: &Room<'_>, request: &Request, pending: &Pending) -> Hosted {
    room.second_factor(request, (pending, false), Ok(None), StatusCode::OK)
}
