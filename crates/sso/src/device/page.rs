//! GET and POST {issuer}/device: where the person types the code that the device shows.
//!
//! A code in the address is filled in and no more: the person compares it, goes on, and is asked for consent.

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::json;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::{reference_of, user_code};
use crate::authorize::answer::Hosted;
use crate::authorize::browser::{current, is_own_form};
use crate::authorize::decide::{Fresh, Room, decide};
use crate::authorize::endpoint::finish;
use crate::authorize::request::{Fault, read};
use crate::protocol::fields::Fields;
use crate::service::{Desk, Sso};

/// What the address may hold, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct DeviceQuery {
    user_code: Option<String>,
    ui_locales: Option<String>,
}

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct DeviceForm {
    user_code: String,
    form_token: String,
    ui_locales: Option<String>,
}

/// The page where a person types the code of a device.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<DeviceQuery>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let room = Room::open(&desk, &asker, fields.get("ui_locales")).await?;
    let code = fields.get("user_code").and_then(user_code::normalise);
    let shown = code.as_deref().map(user_code::shown).unwrap_or_default();
    Ok(room.device(&shown, None, StatusCode::OK))
}

/// The form of that page.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<DeviceForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let form = form.map(Fields::first).unwrap_or_default();
    let room = Room::open(&desk, &asker, form.get("ui_locales")).await?;
    let outcome = look_up(&room, &form).await;
    finish(&room, outcome)
}

async fn look_up(room: &Room<'_>, form: &Fields) -> Result<Hosted, Fault> {
    let desk = room.desk;
    if !room.asker.is_own_page() || !is_own_form(desk, room.asker, form.get("form_token"), "") {
        return Err(Fault::Page("bad_form"));
    }
    let session = current(desk, room.asker).await?;
    let user = session.as_ref().map(|current| current.session.user_id);
    let (tenant, ip) = (desk.tenant_id(), desk.guard.ip());
    if !desk.sso.guesses.may_try(tenant, ip, user, desk.now) {
        return Ok(room.device("", Some("too_many"), StatusCode::TOO_MANY_REQUESTS));
    }
    let typed = form.get("user_code").unwrap_or_default();
    let request = match user_code::normalise(typed) {
        // Unknown, used and expired codes are told apart from each other by nothing.
        Some(code) => match read(desk, room.asker, reference_of(desk, room.asker, &code)).await {
            Ok(request) => Some(request),
            Err(Fault::Page(_)) => None,
            Err(fault) => return Err(fault),
        },
        None => None,
    };
    let Some(request) = request else {
        return Ok(room.device("", Some("unknown_code"), StatusCode::BAD_REQUEST));
    };
    desk.sso.guesses.was_right(tenant, ip, user);
    Ok(decide(room, &request, session, Fresh::default()).await?)
}

impl Room<'_> {
    fn device(&self, code: &str, why: Option<&str>, status: StatusCode) -> Hosted {
        let here = format!(
            "{}/device?{}",
            self.desk.base(),
            if code.is_empty() { String::new() } else { format!("user_code={code}") }
        );
        let facts = json!({"code": code, "why": why, "ui_locales": self.locale.as_str(), "here": here});
        self.form("device", status, "", "", facts)
    }
}
