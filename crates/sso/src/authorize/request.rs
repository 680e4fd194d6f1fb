//! What a client asks the authorization endpoint for (OpenID Connect Core, 3.1.2.1; RFC 7636; RFC 9207).

use std::sync::Arc;

use tenantry_web::{Asker, Pairs};

use super::pushed;
use crate::client::check::is_registered;
use crate::client::{ClientId, ClientKind, GrantType, Known};
use crate::device::{self, Waiting};
use crate::federation::IdentityProvider;
use crate::grant::PushedId;
use crate::myself::{self, OwnPage};
use crate::protocol::claims::{Asked, Strength};
use crate::protocol::fields::{Fields, words};
use crate::protocol::id_token::{Hint, hint};
use crate::protocol::refusal::{OAuthError, Refusal};
use crate::service::Desk;

tenantry_kernel::text_enum! {
    /// How the answer reaches the client.
    pub(crate) enum Mode {
        /// In the query of its address.
        Query = "query",
        /// In a form that the browser sends to its address (OAuth 2.0 Form Post Response Mode).
        FormPost = "form_post",
    }
}

/// Where answers go: a registered address of a known client.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) client: Arc<Known>,
    pub(crate) redirect_uri: String,
    pub(crate) mode: Mode,
    pub(crate) state: Option<String>,
    /// The device that waits for the answer, instead of an address.
    pub(crate) device: Option<Waiting>,
    /// The page of one's own account that is to be seen, instead of a client.
    pub(crate) own: Option<OwnPage>,
}

/// `prompt`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the parameter")]
pub(crate) struct Prompt {
    pub(crate) none: bool,
    pub(crate) login: bool,
    pub(crate) consent: bool,
    pub(crate) select_account: bool,
}

/// A request that can be decided.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) to: Destination,
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) prompt: Prompt,
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) hint: Option<Hint>,
    pub(crate) claims: Asked,
    /// Its reference, when it was left beforehand.
    pub(crate) pushed: Option<PushedId>,
    /// The identity providers that the sign-in page offers.
    pub(crate) ways: Arc<Vec<IdentityProvider>>,
    /// The request as it came, for the pages on the way.
    pub(crate) query: String,
}

/// Why a request cannot be decided.
pub(crate) enum Fault {
    /// Nobody may be sent anywhere: a page says so. The name is that of its text.
    Page(&'static str),
    /// The client is told.
    Client(Box<Destination>, OAuthError),
    /// Something else.
    Refusal(Refusal),
}

impl<E: Into<Refusal>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Refusal(error.into())
    }
}

/// Read a request. Until client and address are known to belong together, nobody is sent there (RFC 6749, 4.1.2.1).
pub(crate) async fn read(desk: &Desk<'_>, asker: &Asker, pairs: Pairs) -> Result<Request, Fault> {
    let first = Fields::first(pairs.clone());
    if first.get(device::PROOF).is_some() {
        return device::read(desk, asker, &first).await;
    }
    if first.get(myself::PAGE).is_some() {
        return myself::read(desk, &first).await;
    }
    let reference = first.get("request_uri").filter(|text| pushed::is_reference(text));
    let Some(reference) = reference else { return read_whole(desk, pairs).await };
    let found = pushed::find(desk, first.get("client_id").unwrap_or_default(), reference).await?;
    let (id, pairs) = found.ok_or(Fault::Page("unknown_request"))?;
    // What stands beside the reference does not count (RFC 9126, 4).
    let request = read_whole(desk, pairs).await?;
    Ok(Request { pushed: Some(id), query: first.query_without(&[]), ..request })
}

async fn read_whole(desk: &Desk<'_>, pairs: Pairs) -> Result<Request, Fault> {
    let first = Fields::first(pairs.clone());
    let to = destination(desk, &first).await?;
    let fail = |error: OAuthError| Fault::Client(Box::new(to.clone()), error);
    let fields = Fields::read(pairs).map_err(fail)?;
    let to = check(&fields, to.clone()).map_err(fail)?;
    let mut claims = match fields.get("claims") {
        None => Asked::default(),
        Some(text) => Asked::read(text).ok_or_else(|| fail(OAuthError::request("claims is not readable")))?,
    };
    if claims.strength == Strength::Any {
        let values = words(fields.get("acr_values").unwrap_or_default());
        claims.strength = Strength::of(values.iter().map(String::as_str), false);
    }
    let given_hint =
        match fields.get("id_token_hint") {
            None => None,
            Some(token) => {
                let theirs = hint(desk, token).await?.filter(|hint| hint.aud == to.client.client.id);
                Some(theirs.ok_or_else(|| {
                    fail(OAuthError::request("id_token_hint is no ID token of this client"))
                })?)
            }
        };
    let scopes = scopes(&fields, &to).map_err(fail)?;
    let max_age = match fields.get("max_age").map(str::parse::<i64>) {
        None => None,
        Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
        Some(_) => return Err(fail(OAuthError::request("max_age is a number of seconds"))),
    };
    let text =
        |name: &str, most: usize| fields.get(name).filter(|text| text.len() <= most).map(str::to_owned);
    if fields.get("nonce").is_some_and(|nonce| nonce.len() > 500) {
        return Err(fail(OAuthError::request("nonce has at most 500 bytes")));
    }
    Ok(Request {
        scopes,
        nonce: text("nonce", 500),
        challenge: challenge(&fields, &to).map_err(fail)?,
        prompt: prompt(&fields).map_err(fail)?,
        max_age,
        login_hint: text("login_hint", 320),
        hint: given_hint,
        claims,
        pushed: None,
        ways: desk.sso.providers.of(&desk.tenant).await?,
        query: fields.query_without(&[]),
        to,
    })
}

/// The client, and an address that it has registered.
async fn destination(desk: &Desk<'_>, fields: &Fields) -> Result<Destination, Fault> {
    let id = fields
        .get("client_id")
        .and_then(|id| id.parse::<ClientId>().ok())
        .ok_or(Fault::Page("unknown_client"))?;
    let known = desk.sso.clients.get(&desk.tenant, id, desk.now).await?;
    let known = known.filter(|known| known.client.is_active).ok_or(Fault::Page("unknown_client"))?;
    let redirect_uri = fields.get("redirect_uri").ok_or(Fault::Page("unknown_address"))?;
    if !is_registered(redirect_uri, &known.client.redirect_uris) {
        return Err(Fault::Page("unknown_address"));
    }
    let mode = fields.get("response_mode").and_then(|mode| mode.parse().ok()).unwrap_or(Mode::Query);
    let state = fields.get("state").map(str::to_owned);
    Ok(Destination {
        client: known,
        redirect_uri: redirect_uri.to_owned(),
        mode,
        state,
        device: None,
        own: None,
    })
}

/// What is asked for at all.
fn check(fields: &Fields, to: Destination) -> Result<Destination, OAuthError> {
    if fields.get("request").is_some() {
        return Err(OAuthError::new("request_not_supported", "request objects are not read"));
    }
    if fields.get("request_uri").is_some() {
        return Err(OAuthError::new("request_uri_not_supported", "request objects are not fetched"));
    }
    if fields.get("registration").is_some() {
        return Err(OAuthError::new("registration_not_supported", "clients are registered beforehand"));
    }
    match fields.get("response_type") {
        Some("code") => {}
        Some(_) => {
            return Err(OAuthError::new("unsupported_response_type", "the only response_type is code"));
        }
        None => return Err(OAuthError::request("response_type is missing")),
    }
    if fields.get("response_mode").is_some_and(|mode| mode.parse::<Mode>().is_err()) {
        return Err(OAuthError::request("response_mode is query or form_post"));
    }
    if !to.client.client.may_use(GrantType::AuthorizationCode) {
        return Err(OAuthError::new("unauthorized_client", "the client may not use this grant"));
    }
    Ok(to)
}

/// The scopes that the client may have, of those it asks for; others are ignored (OpenID Connect Core, 3.1.2.1).
fn scopes(fields: &Fields, to: &Destination) -> Result<Vec<String>, OAuthError> {
    let mut scopes = words(fields.get("scope").unwrap_or_default());
    scopes.retain(|scope| to.client.client.scopes.contains(scope));
    if scopes.is_empty() {
        return Err(OAuthError::new("invalid_scope", "the client may have none of these scopes"));
    }
    Ok(scopes)
}

fn challenge(fields: &Fields, to: &Destination) -> Result<Option<String>, OAuthError> {
    let is_public = to.client.client.kind == ClientKind::Public;
    match (fields.get("code_challenge"), fields.get("code_challenge_method")) {
        (None, None) if is_public => {
            Err(OAuthError::request("code_challenge is missing; public clients use PKCE"))
        }
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => {
            let is_formed = challenge.len() == 43
                && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            let error = OAuthError::request("code_challenge is the base64url of a SHA-256");
            if is_formed { Ok(Some(challenge.to_owned())) } else { Err(error) }
        }
        (Some(_), _) => Err(OAuthError::request("the only code_challenge_method is S256")),
        (None, Some(_)) => Err(OAuthError::request("code_challenge is missing")),
    }
}

fn prompt(fields: &Fields) -> Result<Prompt, OAuthError> {
    let mut prompt = Prompt::default();
    let words = words(fields.get("prompt").unwrap_or_default());
    for word in &words {
        match word.as_str() {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            _ => return Err(OAuthError::request("prompt is none, login, consent or select_account")),
        }
    }
    if prompt.none && words.len() > 1 {
        return Err(OAuthError::request("prompt=none stands alone"));
    }
    Ok(prompt)
}
