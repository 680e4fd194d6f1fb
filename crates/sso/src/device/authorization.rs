//! POST {issuer}/oauth2/device_authorization (RFC 8628, 3.1)

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde_json::{Value, json};
use tenantry_kernel::{Clock, Rng};
use tenantry_vault::hash_token;
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};

use super::{DeviceCodeId, store, user_code};
use crate::client::GrantType;
use crate::protocol::authenticate;
use crate::protocol::fields::{Fields, words};
use crate::protocol::refusal::{Answer, OAuthError, Refusal};
use crate::service::{Desk, Sso};

/// How long the codes count, in seconds.
const SECONDS: i64 = 600;
/// How long a device waits between two questions, in seconds.
const INTERVAL: i32 = 5;

/// What a device asks for, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct DeviceRequest {
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// Begin signing in on a device without a browser: a code for the device, and one for the person.
pub(crate) async fn begin(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<DeviceRequest>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::of(answer(&desk, &asker, form).await)
}

async fn answer(desk: &Desk<'_>, asker: &Asker, form: Option<Pairs>) -> Result<Value, Refusal> {
    let form = Fields::of_form(form)?;
    let known = authenticate::client(desk, asker, &form).await?;
    if !known.client.may_use(GrantType::DeviceCode) {
        return Err(OAuthError::new("unauthorized_client", "the client may not use this grant").into());
    }
    let mut scopes = words(form.get("scope").unwrap_or_default());
    scopes.retain(|scope| known.client.scopes.contains(scope));
    if scopes.is_empty() {
        return Err(OAuthError::new("invalid_scope", "the client may have none of these scopes").into());
    }
    let id = DeviceCodeId::new(desk.clock, desk.rng);
    let secret = URL_SAFE_NO_PAD.encode(desk.rng.bytes::<32>());
    let device_code = format!("{}.{secret}", id.as_uuid().simple());
    let code = user_code::make(desk.rng);
    let insert = store::insert(
        id,
        known.client.id,
        hash_token(&device_code).to_vec(),
        user_code::hash(&desk.sso.form_key, desk.tenant_id(), &code),
        scopes,
        INTERVAL,
        desk.now,
        desk.now + SignedDuration::from_secs(SECONDS),
    );
    // A device that asks late is still told that its code has expired.
    let before = desk.now - SignedDuration::from_hours(1);
    desk.tenant.log(vec![store::delete_expired(before), insert]).await?;
    let shown = user_code::shown(&code);
    let uri = format!("{}/device", desk.issuer);
    Ok(json!({
        "device_code": device_code, "user_code": shown, "verification_uri": uri,
        "verification_uri_complete": format!("{uri}?user_code={shown}"), "expires_in": SECONDS, "interval": INTERVAL,
    }))
}
