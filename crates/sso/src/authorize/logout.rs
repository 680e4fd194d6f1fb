//! GET and POST {issuer}/oauth2/logout (OpenID Connect RP-Initiated Logout 1.0), and the page that asks.

use http::StatusCode;
use schemars::JsonSchema;
use serde_json::json;
use tenantry_kernel::{Clock, Rng};
use tenantry_web::{Asker, Guard, Problem, Public, RawForm, RawQuery, Use};

use super::answer::{Hosted, with_query};
use super::browser::{self, Current, SESSION, is_own_form};
use super::decide::Room;
use super::endpoint::{carried, finish};
use super::request::Fault;
use crate::client::ClientId;
use crate::client::check::is_registered;
use crate::protocol::fields::Fields;
use crate::protocol::id_token::{Hint, hint};
use crate::protocol::refusal::Refusal;
use crate::service::{Desk, Sso};

/// What a client asks for, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct LogoutRequest {
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
    ui_locales: Option<String>,
}

/// What the page sends, for the API's description.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "read by hand; this is its description")]
pub(crate) struct SignOutForm {
    /// The client's request, as a query.
    request: Option<String>,
    form_token: String,
}

/// A request to sign out, read.
struct Request {
    hint: Option<Hint>,
    /// Where the browser goes afterwards: a registered address.
    then: Option<String>,
    query: String,
}

/// Sign out, at a client's request. Whose session the client's hint names is not asked again.
pub(crate) async fn get(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawQuery(pairs, _): RawQuery<LogoutRequest>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let fields = Fields::first(pairs);
    let room = Room::open(&desk, &asker, fields.get("ui_locales")).await?;
    let outcome = async {
        let request = read(&desk, &fields).await?;
        let current = browser::current(&desk, &asker).await?;
        let Some(current) = current else { return Ok(done(&room, &request)) };
        let is_named = request.hint.as_ref().is_some_and(|hint| hint.sid == Some(current.session.id));
        if is_named {
            return Ok(end(&room, &request, &current).await?);
        }
        Ok(room.sign_out(&request.query, request.then.as_deref(), &current))
    };
    finish(&room, outcome.await)
}

/// The same by a form. It goes on as GET, because the session's cookie does not come along with other sites' forms.
pub(crate) async fn post(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<LogoutRequest>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let room = Room::open(&desk, &asker, None).await?;
    let Some(pairs) = form else { return finish(&room, Err(Fault::Page("bad_form"))) };
    let values: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(Hosted::redirect(&with_query(&format!("{}/oauth2/logout", desk.issuer), &values)))
}

/// POST {issuer}/sign-out: the form of the page that asks.
pub(crate) async fn confirm(
    guard: Guard<Public>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    asker: Asker,
    RawForm(form, _): RawForm<SignOutForm>,
) -> Result<Hosted, Problem> {
    let desk = Desk::new(&guard, &sso, &clock, &rng);
    let form = form.map(Fields::first).unwrap_or_default();
    let fields = Fields::first(carried(&form));
    let room = Room::open(&desk, &asker, fields.get("ui_locales")).await?;
    let outcome = async {
        let current = browser::current(&desk, &asker).await?;
        let request = read(&desk, &fields).await?;
        let Some(current) = current else { return Ok(done(&room, &request)) };
        let bound = current.session.id.to_string();
        if !asker.is_own_page() || !is_own_form(&desk, &asker, form.get("form_token"), &bound) {
            return Err(Fault::Page("bad_form"));
        }
        Ok(end(&room, &request, &current).await?)
    };
    finish(&room, outcome.await)
}

/// Read a request. Nobody is sent to an address that the client has not registered.
async fn read(desk: &Desk<'_>, fields: &Fields) -> Result<Request, Fault> {
    let given_hint = match fields.get("id_token_hint") {
        None => None,
        Some(token) => hint(desk, token).await?,
    };
    let named = match fields.get("client_id") {
        None => None,
        Some(id) => Some(id.parse::<ClientId>().map_err(|_| Fault::Page("unknown_client"))?),
    };
    let client = match (&given_hint, named) {
        (Some(hint), Some(named)) if hint.aud != named => return Err(Fault::Page("unknown_client")),
        (Some(hint), _) => Some(hint.aud),
        (None, named) => named,
    };
    let then = match (fields.get("post_logout_redirect_uri"), client) {
        (None, _) => None,
        (Some(_), None) => return Err(Fault::Page("unknown_address")),
        (Some(address), Some(client)) => {
            let known = desk.sso.clients.get(&desk.tenant, client, desk.now).await?;
            let known = known.filter(|known| known.client.is_active).ok_or(Fault::Page("unknown_client"))?;
            if !is_registered(address, &known.client.post_logout_redirect_uris) {
                return Err(Fault::Page("unknown_address"));
            }
            let state = fields.get("state").map(|state| ("state", state));
            Some(state.map_or_else(|| address.to_owned(), |state| with_query(address, &[state])))
        }
    };
    Ok(Request { hint: given_hint, then, query: fields.query_without(&[]) })
}

/// End the session: everywhere, and what it has let clients have.
async fn end(room: &Room<'_>, request: &Request, current: &Current) -> Result<Hosted, Refusal> {
    let desk = room.desk;
    desk.sso.identity.end_session(&desk.tenant, desk.clock, current.session.id).await?;
    Ok(done(room, request).cookie(desk.guard.tenant_info(), SESSION, ""))
}

fn done(room: &Room<'_>, request: &Request) -> Hosted {
    if let Some(address) = &request.then {
        return Hosted::redirect(address);
    }
    room.notice("signed_out", StatusCode::OK, json!({}))
}

impl Room<'_> {
    /// The page that asks whether to sign out.
    fn sign_out(&self, query: &str, then: Option<&str>, current: &Current) -> Hosted {
        let here = format!("{}/oauth2/logout?{query}", self.desk.base());
        let facts = json!({"request": query, "email": current.email, "here": here});
        let bound = current.session.id.to_string();
        self.form("sign_out", StatusCode::OK, &bound, then.unwrap_or_default(), facts)
    }
}
