//! POST {issuer}/passkey: what an authenticator has answered to the sign-in page.

use http::StatusCode;
use schemars::JsonSchema;
use tenantry_kernel::{Clock, ErrorKind, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::Hosted;
use super::browser::is_own_form;
use super::decide::{Room, go_in};
use super::endpoint::{carried, finish};
use super::request::{Fault, read};
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct PasskeyForm {
    /// The authorization request, as a query.
    request: String,
    form_token: String,
    /// Of `/auth/passkeys/challenge`.
    passkey_token: String,
    /// The credential, as JSON.
    credential: String,
}

/// Sign in with a passkey on the way to a client.
pub(crate) async fn passkey(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<PasskeyForm>,
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
    let token = form.get("passkey_token").unwrap_or_default().to_owned();
    let credential = serde_json::from_str(form.get("credential").unwrap_or_default()).unwrap_or_default();
    let identity = &desk.sso.identity;
    let (answered, shown) = ((token, credential), room.shown(&request));
    let begun = match identity.begin_with_passkey(desk.guard, desk.clock, desk.rng, answered, &shown).await {
        Ok(begun) => begun,
        Err(problem) if problem.kind() == ErrorKind::TooMany => {
            return Ok(room.sign_in(&request, "", Some("too_many"), StatusCode::TOO_MANY_REQUESTS));
        }
        Err(problem) if matches!(problem.kind(), ErrorKind::Unauthenticated | ErrorKind::Invalid) => {
            return Ok(room.sign_in(&request, "", Some("passkey_refused"), StatusCode::UNAUTHORIZED));
        }
        Err(problem) => return Err(problem.into()),
    };
    go_in(room, &request, begun).await
}
