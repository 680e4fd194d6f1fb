//! POST {issuer}/sign-in: the form of the sign-in page.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_identity::Begin;
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::{self, SESSION, is_own_form};
use super::decide::{Fresh, Room, decide};
use super::endpoint::{carried, finish};
use super::request::{Fault, read};
use super::second_factor;
use crate::page::Locale;
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
    let locale = Locale::choose(Fields::first(carried.clone()).get("ui_locales"), asker.languages());
    let room = Room { desk: &desk, asker: &asker, locale };
    let outcome = check(&room, &form, carried).await;
    finish(&room, outcome)
}

async fn check(room: &Room<'_>, form: &Fields, asked: Pairs) -> Result<Hosted, Fault> {
    let desk = room.desk;
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), "") {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, asked).await?;
    let email = form.get("email").unwrap_or_default();
    let password = form.get("password").unwrap_or_default();
    if email.len() > 320 || password.len() > 1024 {
        return Ok(room.sign_in(&request, "", Some("refused"), StatusCode::UNAUTHORIZED));
    }
    let identity = &desk.sso.identity;
    let begun =
        identity.begin_session(desk.guard, desk.clock, desk.rng, email.to_owned(), password.into()).await;
    let begun = match begun {
        Ok(Begin::Begun(begun)) => begun,
        Ok(Begin::Second(pending)) => return Ok(second_factor::page(room, &request, &pending)),
        Err(problem) if problem.kind() == ErrorKind::Unauthenticated => {
            return Ok(room.sign_in(&request, email, Some("refused"), StatusCode::UNAUTHORIZED));
        }
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            return Ok(room.sign_in(&request, email, Some("too_many"), StatusCode::TOO_MANY_REQUESTS));
        }
        Err(problem) => return Err(problem.into()),
    };
    // Signing in takes its time; what follows counts from now.
    let desk = Desk::new(desk.guard, desk.sso, desk.clock, desk.rng);
    let room = Room { desk: &desk, ..*room };
    let (current, cookie) = browser::remember(&desk, begun, email.to_owned()).await?;
    let fresh = Fresh { has_signed_in: true, has_consented: false };
    let hosted = decide(&room, &request, Some(current), fresh).await?;
    Ok(hosted.cookie(desk.guard.tenant_info(), SESSION, &cookie))
}
