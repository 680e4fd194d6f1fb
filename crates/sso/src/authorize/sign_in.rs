//! POST {issuer}/sign-in: the form of the sign-in page.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::is_own_form;
use super::decide::{Room, go_in};
use super::endpoint::{carried, finish};
use super::request::{Fault, read};
use crate::federation;
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the sign-in page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct SignInForm {
    /// The authorization request, as a query.
    request: String,
    form_token: String,
    email: String,
    password: String,
    /// Instead of the password: whoever keeps the accounts of this e-mail address is asked.
    federate: Option<String>,
}

/// Sign in on the way to a client.
pub(crate) async fn sign_in(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<SignInForm>,
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
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), "") {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, room.asker, asked).await?;
    let email = form.get("email").unwrap_or_default();
    if form.get("federate").is_some() {
        return Ok(federation::home(room, &request, email).await?);
    }
    let password = form.get("password").unwrap_or_default();
    if email.len() > 320 || password.len() > 1024 {
        return Ok(room.sign_in(&request, "", Some("refused"), StatusCode::UNAUTHORIZED));
    }
    let identity = &desk.sso.identity;
    let (typed, shown) = ((email.to_owned(), password.into()), room.shown(&request));
    let begun = identity.begin_session(desk.guard, desk.clock, desk.rng, typed, &shown).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(problem) if problem.kind() == ErrorKind::Unauthenticated => {
            return Ok(room.sign_in(&request, email, Some("refused"), StatusCode::UNAUTHORIZED));
        }
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            return Ok(room.sign_in(&request, email, Some("too_many"), StatusCode::TOO_MANY_REQUESTS));
        }
        Err(problem) => return Err(problem.into()),
    };
    go_in(room, &request, begun).await
}
