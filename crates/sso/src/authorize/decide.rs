//! Whether the person has to sign in or to consent first (OpenID Connect Core, 3.1.2.3 and 3.1.2.4), and the code.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tenantry_db::Change;
use tenantry_identity::ACR_TWO;
use tenantry_vault::hash_token;
use tenantry_web::Asker;

use super::answer::{Hosted, answer, refuse, with_query};
use super::browser::{Current, FORM, form_cookie, form_token};
use super::request::Request;
use super::second_factor::bound;
use crate::device;
use crate::grant::{CodeId, store};
use crate::page::Locale;
use crate::protocol::claims::{SCOPES, Strength};
use crate::protocol::code_text;
use crate::protocol::refusal::{OAuthError, Refusal};
use crate::service::Desk;

/// How long a code counts, in seconds.
const CODE_SECONDS: i64 = 60;

/// What the person has done on this very request's way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fresh {
    pub(crate) has_signed_in: bool,
    pub(crate) has_consented: bool,
}

/// Where pages are shown.
pub(crate) struct Room<'a> {
    pub(crate) desk: &'a Desk<'a>,
    pub(crate) asker: &'a Asker,
    pub(crate) locale: Locale,
}

impl Room<'_> {
    /// A page with a form: it is bound to the browser's cookie.
    pub(crate) fn form(
        &self,
        name: &'static str,
        status: StatusCode,
        bound: &str,
        target: &str,
        mut facts: Value,
    ) -> Hosted {
        let desk = self.desk;
        let (cookie, is_new) = form_cookie(desk, self.asker);
        let tenant = desk.guard.tenant_info();
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("form_token".to_owned(), json!(form_token(desk, &cookie, bound)));
            if matches!(name, "sign_in" | "second_factor") && desk.sso.identity.has_passkeys() {
                facts.insert("open_token".to_owned(), json!(form_token(desk, &cookie, "")));
                let challenge = format!("/v1/{}/auth/passkeys/challenge", tenant.slug);
                facts.insert("passkeys".to_owned(), json!(challenge));
            }
            facts.insert("tenant".to_owned(), json!(tenant.name));
            facts.insert("base".to_owned(), json!(format!("/t/{}", tenant.slug)));
        }
        let page = Hosted::new(desk.sso.pages.form(name, status, self.locale, &facts, target));
        if is_new { page.cookie(desk.guard.tenant_info(), FORM, &cookie) } else { page }
    }

    /// The sign-in page; `why` names the text of what went wrong.
    pub(crate) fn sign_in(
        &self,
        request: &Request,
        email: &str,
        why: Option<&str>,
        status: StatusCode,
    ) -> Hosted {
        let client = &request.to.client.client;
        let ways: Vec<Value> = request
            .ways
            .iter()
            .filter(|provider| provider.enabled)
            .map(|provider| {
                let query = [("provider", provider.slug.as_str()), ("request", &request.query)];
                let base = format!("/t/{}/federation", self.desk.guard.tenant_info().slug);
                json!({"name": provider.name, "address": with_query(&base, &query)})
            })
            .collect();
        let has_homes = request.ways.iter().any(|one| one.enabled && !one.settings.email_domains.is_empty());
        let facts = json!({
            "client": client.name, "request": request.query, "email": email, "why": why, "ways": ways,
            "has_homes": has_homes,
        });
        self.form("sign_in", status, "", &request.to.redirect_uri, facts)
    }

    /// The page that asks for a second factor of the sign-in that `token` stands for.
    pub(crate) fn second_factor(
        &self,
        request: &Request,
        token: &str,
        why: Option<&str>,
        status: StatusCode,
    ) -> Hosted {
        let client = &request.to.client.client;
        let facts = json!({"client": client.name, "request": request.query, "mfa_token": token, "why": why});
        self.form("second_factor", status, &bound(token), &request.to.redirect_uri, facts)
    }

    /// The page that asks for consent.
    fn consent(&self, request: &Request, current: &Current) -> Hosted {
        let client = &request.to.client.client;
        let (known, other): (Vec<&String>, Vec<&String>) =
            request.scopes.iter().partition(|scope| SCOPES.iter().any(|(known, _)| known == scope));
        let facts = json!({
            "client": client.name, "description": client.description, "email": current.email,
            "request": request.query, "known": known, "other": other,
            "device": request.to.device.as_ref().map(|waiting| &waiting.shown),
        });
        let bound = consent_of(current, &request.query);
        self.form("consent", StatusCode::OK, &bound, &request.to.redirect_uri, facts)
    }

    /// A page that says what went wrong.
    pub(crate) fn error(&self, why: &'static str) -> Hosted {
        let facts = json!({"tenant": self.desk.guard.tenant_info().name, "why": why});
        Hosted::new(self.desk.sso.pages.notice("error", StatusCode::BAD_REQUEST, self.locale, &facts))
    }
}

/// What the form of the consent page is good for: this session and this very request, for which the person has signed in
/// again if that was asked for.
pub(super) fn consent_of(current: &Current, request: &str) -> String {
    format!("{} {request}", current.session.id)
}

/// Go on with a request.
pub(crate) async fn decide(
    room: &Room<'_>,
    request: &Request,
    current: Option<Current>,
    fresh: Fresh,
) -> Result<Hosted, Refusal> {
    let fail = |error, description| {
        Ok(refuse(room.desk, &request.to, room.locale, &OAuthError::new(error, description)))
    };
    let hinted =
        request.hint.as_ref().map(|hint| hint.sub.to_string()).or_else(|| request.claims.sub.clone());
    let is_other =
        |current: &Current| hinted.as_ref().is_some_and(|sub| *sub != current.session.user_id.to_string());
    let Some(current) =
        current.filter(|current| !must_sign_in(room, request, current, fresh) && !is_other(current))
    else {
        return if request.prompt.none || fresh.has_signed_in {
            fail("login_required", "the person has to sign in")
        } else {
            let email = request.login_hint.as_deref().unwrap_or_default();
            Ok(room.sign_in(request, email, None, StatusCode::OK))
        };
    };
    if request.claims.strength == Strength::Two && current.session.acr != ACR_TWO {
        // OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
        return fail("unmet_authentication_requirements", "the person has no second factor");
    }
    if must_consent(room, request, &current, fresh).await? {
        return if request.prompt.none {
            fail("consent_required", "the person has to consent")
        } else {
            Ok(room.consent(request, &current))
        };
    }
    issue(room, request, &current).await
}

fn must_sign_in(room: &Room<'_>, request: &Request, current: &Current, fresh: Fresh) -> bool {
    if fresh.has_signed_in {
        return false;
    }
    let age = room.desk.now.duration_since(current.session.auth_time).as_secs();
    // Consent follows sign-in on the same way; what was asked of sign-in has been done.
    let is_asked = (request.prompt.login || request.prompt.select_account) && !fresh.has_consented;
    let is_too_weak = request.claims.strength != Strength::Any && current.has_more;
    is_asked || is_too_weak || (request.max_age.is_some_and(|most| age > most) && !fresh.has_consented)
}

async fn must_consent(
    room: &Room<'_>,
    request: &Request,
    current: &Current,
    fresh: Fresh,
) -> Result<bool, Refusal> {
    let client = &request.to.client.client;
    if fresh.has_consented {
        return Ok(false);
    }
    if request.prompt.consent {
        return Ok(true);
    }
    if !client.needs_consent {
        return Ok(false);
    }
    let found = room.desk.tenant.read(store::find_consent(current.session.user_id, client.id)).await?;
    let has = |scope: &String| found.as_ref().is_some_and(|found| found.scopes.contains(scope));
    Ok(!request.scopes.iter().all(has))
}

/// Issue a code, or let a device have what it waits for. Of the code only its hash is kept.
async fn issue(room: &Room<'_>, request: &Request, current: &Current) -> Result<Hosted, Refusal> {
    if let Some(waiting) = &request.to.device {
        return device::approve(room, request, waiting, current).await;
    }
    let desk = room.desk;
    let (client, session) = (&request.to.client.client, &current.session);
    let id = CodeId::new(desk.clock, desk.rng);
    let code = code_text(id, &URL_SAFE_NO_PAD.encode(desk.rng.bytes::<32>()));
    let proof = session.proof();
    let insert = store::insert_code(
        id,
        client.id,
        session.user_id,
        session.id,
        hash_token(&code).to_vec(),
        request.to.redirect_uri.clone(),
        request.scopes.clone(),
        request.nonce.clone(),
        request.challenge.clone(),
        json!(request.claims),
        proof.auth_time,
        proof.acr,
        proof.amr,
        desk.now,
        desk.now + SignedDuration::from_secs(CODE_SECONDS),
    );
    let mut tx = desk.tenant.begin()?;
    if let Some(pushed) = request.pushed
        && tx.run(store::use_pushed(pushed)).await?.0 == 0
    {
        return Ok(room.error("unknown_request"));
    }
    // For a day, a code that comes again still ends what it was exchanged for.
    tx.run(store::delete_expired_codes(desk.now - SignedDuration::from_hours(24))).await?;
    tx.queue((insert, store::touch_session(session.id, desk.now)));
    let values =
        json!({"client": client.name, "user_id": session.user_id, "scope": request.scopes.join(" ")});
    let change = Change::named("client", Some(client.id.as_uuid()), "authorized", values);
    tx.commit(change.action("oauth:authorize").without_event(), ()).await?;
    Ok(answer(desk, &request.to, room.locale, &[("code", &code)]))
}
