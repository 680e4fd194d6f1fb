//! POST {issuer}/consent: the form of the page that asks for consent.

use schemars::JsonSchema;
use serde_json::json;
use tenantry_db::Change;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::answer::{Hosted, refuse};
use super::browser::{Current, current, is_own_form};
use super::decide::{Fresh, Room, consent_of, decide};
use super::endpoint::{carried, finish};
use super::request::{Fault, Request, read};
use crate::device;
use crate::grant::store;
use crate::protocol::fields::Fields;
use crate::protocol::refusal::{OAuthError, Refusal};
use crate::service::{Desk, Sso};

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct ConsentForm {
    /// The authorization request, as a query.
    request: String,
    form_token: String,
    /// `allow`, or anything else for no.
    decision: String,
}

/// Consent on the way to a client, or not.
pub(crate) async fn consent(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<ConsentForm>,
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
    let session = current(desk, room.asker).await?;
    let carried = form.get("request").unwrap_or_default();
    let bound = session.as_ref().map(|current| consent_of(current, carried)).unwrap_or_default();
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), &bound) {
        return Err(Fault::Page("bad_form"));
    }
    let request = read(desk, room.asker, asked).await?;
    // The session has ended meanwhile: from the beginning.
    let Some(session) = session else { return Ok(decide(room, &request, None, Fresh::default()).await?) };
    if form.get("decision") != Some("allow") {
        if let Some(waiting) = &request.to.device {
            return Ok(device::deny(room, &request, waiting).await?);
        }
        let error = OAuthError::new("access_denied", "the person has said no");
        return Ok(refuse(room, &request.to, &error));
    }
    save(room, &request, &session).await?;
    let fresh = Fresh { has_signed_in: false, has_consented: true };
    Ok(decide(room, &request, Some(session), fresh).await?)
}

async fn save(room: &Room<'_>, request: &Request, session: &Current) -> Result<(), Refusal> {
    let (client, user) = (&request.to.client.client, session.session.user_id);
    let mut tx = room.desk.tenant.begin()?;
    let before = tx.read(store::find_consent(user, client.id)).await?;
    let mut scopes = before.map(|consent| consent.scopes).unwrap_or_default();
    scopes.extend(request.scopes.iter().filter(|scope| !scopes.contains(scope)).cloned().collect::<Vec<_>>());
    tx.queue(store::save_consent(user, client.id, scopes.clone(), room.desk.now));
    let values = json!({"client": client.name, "user_id": user, "scope": scopes.join(" ")});
    let change = Change::named("client", Some(client.id.as_uuid()), "consented", values);
    tx.commit(change.action("oauth:consent"), ()).await?;
    Ok(())
}
