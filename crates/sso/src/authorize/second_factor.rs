//! POST {issuer}/second-factor: the form of the page that asks for a second factor.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_identity::{Pending, known_session};
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::{self, SESSION, is_own_form};
use super::decide::{Fresh, Room, decide};
use super::endpoint::{carried, finish};
use super::request::{Fault, read};
use crate::page::Locale;
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
    /// Of an authenticator app, or a backup code.
    code: String,
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
    let locale = Locale::choose(Fields::first(carried.clone()).get("ui_locales"), asker.languages());
    let room = Room { desk: &desk, asker: &asker, locale };
    let outcome = check(&room, &form, carried).await;
    finish(&room, outcome)
}

async fn check(room: &Room<'_>, form: &Fields, asked: Pairs) -> Result<Hosted, Fault> {
    let desk = room.desk;
    let token = form.get("mfa_token").unwrap_or_default();
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), &bound(token)) {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, asked).await?;
    let code = form.get("code").unwrap_or_default();
    let page = |why, status| room.second_factor(&request, token, Some(why), status);
    if code.is_empty() || code.len() > 40 {
        return Ok(page("factor_refused", StatusCode::UNAUTHORIZED));
    }
    let identity = &desk.sso.identity;
    let begun =
        identity.finish_session(desk.guard, desk.clock, desk.rng, token.to_owned(), code.to_owned()).await;
    let begun = match begun {
        Ok(begun) => begun,
        Err(problem) if problem.code() == "challenge_over" => {
            return Ok(room.sign_in(&request, "", Some("challenge_over"), StatusCode::UNAUTHORIZED));
        }
        Err(problem) if problem.kind() == ErrorKind::Unauthenticated => {
            return Ok(page("factor_refused", StatusCode::UNAUTHORIZED));
        }
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            return Ok(page("too_many", StatusCode::TOO_MANY_REQUESTS));
        }
        Err(problem) => return Err(problem.into()),
    };
    let known = desk.tenant.read(known_session(begun.session)).await?;
    let email = known.map(|known| known.email).unwrap_or_default();
    let (current, cookie) = browser::remember(desk, begun, email).await?;
    let fresh = Fresh { has_signed_in: true, has_consented: false };
    let hosted = decide(room, &request, Some(current), fresh).await?;
    Ok(hosted.cookie(desk.guard.tenant_info(), SESSION, &cookie))
}

/// The page for a sign-in that waits.
pub(crate) fn page(room: &Room<'_>, request: &super::request::Request, pending: &Pending) -> Hosted {
    room.second_factor(request, &pending.token, None, StatusCode::OK)
}
