//! The person's yes or no. What a device asks for goes the way of every authorization request, so that whatever is asked of
//! who signs in is asked here as well; instead of an address of the client, its device is what waits for the answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::json;
use tenantry_db::Change;
use tenantry_vault::constant_time_eq;
use tenantry_web::{Asker, Pairs};

use super::{DeviceState, Waiting, store, user_code};
use crate::authorize::answer::Hosted;
use crate::authorize::browser::{Current, FORM};
use crate::authorize::decide::Room;
use crate::authorize::request::{Destination, Fault, Mode, Prompt, Request};
use crate::client::GrantType;
use crate::grant::store::touch_session;
use crate::protocol::claims::Asked;
use crate::protocol::fields::Fields;
use crate::protocol::refusal::Refusal;
use crate::service::Desk;

/// The parameter that says that a code was typed here; nobody else can make it.
pub(crate) const PROOF: &str = "device_proof";

/// That a code was typed in this very browser: a link with somebody else's leads nowhere.
fn proof(desk: &Desk<'_>, asker: &Asker, code: &str) -> String {
    let browser = asker.cookie(desk.guard.tenant_info(), FORM).unwrap_or_default();
    let typed = format!("{code} {browser}");
    URL_SAFE_NO_PAD.encode(user_code::tag(&desk.sso.form_key, desk.tenant_id(), "typed", &typed))
}

/// The authorization request of a device, as pages carry it along.
pub(crate) fn reference_of(desk: &Desk<'_>, asker: &Asker, code: &str) -> Pairs {
    vec![("user_code".to_owned(), code.to_owned()), (PROOF.to_owned(), proof(desk, asker, code))]
}

/// Read it. Whatever is wrong with it, the answer is the same.
pub(crate) async fn read(desk: &Desk<'_>, asker: &Asker, fields: &Fields) -> Result<Request, Fault> {
    let unknown = || Fault::Page("unknown_request");
    let code = fields.get("user_code").and_then(user_code::normalise).ok_or_else(unknown)?;
    let given = fields.get(PROOF).unwrap_or_default();
    let has_cookie = asker.cookie(desk.guard.tenant_info(), FORM).is_some();
    if !has_cookie || !constant_time_eq(proof(desk, asker, &code).as_bytes(), given.as_bytes()) {
        return Err(unknown());
    }
    let hash = user_code::hash(&desk.sso.form_key, desk.tenant_id(), &code);
    let found = desk.tenant.read(store::find_by_user_code(hash)).await?;
    let found = found.filter(|found| found.state == DeviceState::Pending && desk.now < found.expires_at);
    let found = found.ok_or_else(unknown)?;
    let known = desk.sso.clients.get(&desk.tenant, found.client_id, desk.now).await?;
    let may =
        |known: &crate::client::Known| known.client.is_active && known.client.may_use(GrantType::DeviceCode);
    let known = known.filter(|known| may(known)).ok_or_else(unknown)?;
    // The device may have asked for what the client has lost since.
    let mut scopes = found.scopes;
    scopes.retain(|scope| known.client.scopes.contains(scope));
    let device = Some(Waiting { id: found.id, shown: user_code::shown(&code) });
    Ok(Request {
        to: Destination {
            client: known,
            redirect_uri: String::new(),
            mode: Mode::Query,
            state: None,
            device,
            own: None,
        },
        scopes,
        nonce: None,
        challenge: None,
        // Whatever was consented to before: it may be somebody else's device.
        prompt: Prompt { consent: true, ..Prompt::default() },
        max_age: None,
        login_hint: None,
        hint: None,
        claims: Asked::default(),
        pushed: None,
        ways: desk.sso.providers.of(&desk.tenant).await?,
        query: fields.query_without(&[]),
    })
}

/// Let the device have it.
pub(crate) async fn approve(
    room: &Room<'_>,
    request: &Request,
    waiting: &Waiting,
    current: &Current,
) -> Result<Hosted, Refusal> {
    let (desk, session) = (room.desk, &current.session);
    let proof = session.proof();
    let mut tx = desk.tenant.begin()?;
    let approve =
        store::approve(waiting.id, session.user_id, session.id, proof.auth_time, proof.acr, proof.amr);
    if tx.run(approve).await?.0 == 0 {
        return Ok(room.error("unknown_request"));
    }
    tx.queue(touch_session(session.id, desk.now));
    let client = &request.to.client.client;
    let values =
        json!({"client": client.name, "user_id": session.user_id, "scope": request.scopes.join(" ")});
    let change = Change::named("client", Some(client.id.as_uuid()), "device_approved", values);
    tx.commit(change.action("oauth:device"), ()).await?;
    Ok(done(room, "device_approved"))
}

/// Tell the device no.
pub(crate) async fn deny(room: &Room<'_>, request: &Request, waiting: &Waiting) -> Result<Hosted, Refusal> {
    let mut tx = room.desk.tenant.begin()?;
    if tx.run(store::deny(waiting.id)).await?.0 == 0 {
        return Ok(room.error("unknown_request"));
    }
    let client = &request.to.client.client;
    let values = json!({"client": client.name});
    let change = Change::named("client", Some(client.id.as_uuid()), "device_denied", values);
    tx.commit(change.action("oauth:device"), ()).await?;
    Ok(done(room, "device_denied"))
}

fn done(room: &Room<'_>, what: &str) -> Hosted {
    room.notice("device_done", StatusCode::OK, json!({"what": what}))
}
