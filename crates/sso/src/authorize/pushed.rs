//! POST {issuer}/oauth2/par: authorization requests that clients leave beforehand (RFC 9126).
//!
//! The browser carries a reference alone: what is asked for can neither be read nor changed on the way. A reference counts
//! for ten minutes, because people take their time to sign in, and until a code has been issued for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tenantry_kernel::{Clock, Rng};
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::{Asker, Guard, Pairs, Problem, Public, RawForm, Use};
use uuid::Uuid;

use super::endpoint::AuthorizationRequest;
use super::request::{Fault, read};
use crate::grant::{PushedId, store};
use crate::protocol::authenticate;
use crate::protocol::fields::Fields;
use crate::protocol::refusal::{Answer, OAuthError, Refusal};
use crate::service::{Desk, Sso};

/// What references begin with.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// How long one counts, in seconds.
const SECONDS: i64 = 600;
/// How the client proves itself; the browser's request does not need it.
const CREDENTIALS: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Leave an authorization request.
pub(crate) async fn push(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<AuthorizationRequest>,
) -> Result<Answer, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    Answer::made(keep(&desk, &asker, form).await)
}

async fn keep(desk: &Desk<'_>, asker: &Asker, form: Option<Pairs>) -> Result<Value, Refusal> {
    let fields = Fields::of_form(form)?;
    let known = authenticate::client(desk, asker, &fields).await?;
    if fields.get("request_uri").is_some() {
        return Err(OAuthError::request("request_uri is what this endpoint answers").into());
    }
    let client = known.client.id.to_string();
    let mut parameters = fields.query_without(&CREDENTIALS);
    if fields.get("client_id").is_none() {
        parameters = format!("{parameters}&client_id={client}");
    }
    if parameters.len() > 16_384 {
        return Err(OAuthError::request("the request has at most 16 KiB").into());
    }
    // What would be refused later is refused now (RFC 9126, 2.1).
    match read(desk, asker, parsed(&parameters)).await {
        Ok(_) => {}
        Err(Fault::Refusal(refusal)) => return Err(refusal),
        Err(Fault::Client(_, error)) => return Err(error.into()),
        Err(Fault::Page(_)) => return Err(OAuthError::request("redirect_uri is not registered").into()),
    }
    let id = PushedId::new(desk.clock, desk.rng);
    let secret = URL_SAFE_NO_PAD.encode(desk.rng.bytes::<32>());
    let (until, hash) = (desk.now + SignedDuration::from_secs(SECONDS), hash_token(&secret).to_vec());
    let insert = store::insert_pushed(id, known.client.id, hash, parameters, desk.now, until);
    desk.tenant.log(vec![insert]).await?;
    let reference = format!("{PREFIX}{}.{secret}", id.as_uuid().simple());
    Ok(json!({"request_uri": reference, "expires_in": SECONDS}))
}

fn parsed(parameters: &str) -> Pairs {
    form_urlencoded::parse(parameters.as_bytes()).into_owned().collect()
}

/// Whether a text is a reference of ours at all.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The request behind a reference, when this client has left it and it still counts.
pub(super) async fn find(
    desk: &Desk<'_>,
    client: &str,
    reference: &str,
) -> Result<Option<(PushedId, Pairs)>, Refusal> {
    let parts = reference.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.'));
    let Some((id, secret)) = parts.filter(|(id, _)| id.len() == 32 && reference.len() <= 200) else {
        return Ok(None);
    };
    let Ok(id) = Uuid::try_parse(id).map(PushedId::from_uuid) else { return Ok(None) };
    let Some(kept) = desk.tenant.read(store::find_pushed(id)).await? else { return Ok(None) };
    let is_theirs = kept.client_id.to_string() == client
        && constant_time_eq(&kept.secret_hash, &hash_token(secret))
        && desk.now < kept.expires_at;
    Ok(is_theirs.then(|| (id, parsed(&kept.parameters))))
}
