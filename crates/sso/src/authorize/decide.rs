//! Whether the person has to sign in or to consent first (OpenID Connect Core, 3.1.2.3 and 3.1.2.4), and the code.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tenantry_db::Change;
use tenantry_identity::{ACR_TWO, Begin, Begun, Pending, Shown, known_session};
use tenantry_kernel::SessionId;
use tenantry_vault::hash_token;

use super::answer::{Hosted, answer, refuse, with_query};
use super::browser::{self, Current, SESSION};
use super::enrolment;
use super::request::{Fault, Request};
pub(crate) use super::room::Room;
use super::second_factor::{self, bound};
use crate::device;
use crate::federation::linking;
use crate::grant::{CodeId, store};
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

impl Room<'_> {
    /// What the browser shows of itself. Where a client asks for more than a session, or an account is to be linked, the browser
    /// stands for nothing.
    pub(crate) fn shown(&self, request: &Request) -> Shown {
        let is_asked = request.prompt.login || request.max_age.is_some();
        let asks_for_all = is_asked || request.claims.strength != Strength::Any || linking::is_asked(request);
        Shown::by_browser(self.asker, self.desk.guard.tenant_info()).asking_for_all(asks_for_all)
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
                let base = format!("{}/federation", self.desk.base());
                json!({"name": provider.name, "address": with_query(&base, &query)})
            })
            .collect();
        let has_homes = request.ways.iter().any(|one| one.enabled && !one.settings.email_domains.is_empty());
        let facts = json!({
            "client": client.name, "request": request.query, "email": email, "why": why, "ways": ways,
            "has_homes": has_homes, "here": self.beginning(request),
        });
        self.form("sign_in", status, "", &request.to.redirect_uri, facts)
    }

    /// The page that asks for a second factor of a sign-in that waits. `told` names the text of what went wrong, or else of what
    /// was done.
    pub(crate) fn second_factor(
        &self,
        request: &Request,
        (pending, trust): (&Pending, bool),
        told: Result<Option<&str>, &str>,
        status: StatusCode,
    ) -> Hosted {
        let client = &request.to.client.client;
        let has = |method: &str| pending.methods.contains(&method);
        let sent: Vec<Value> = pending
            .destinations
            .iter()
            .map(|(method, to)| json!({"method": method, "text": format!("send_{method}"), "to": to}))
            .collect();
        let how = match (has("totp"), sent.is_empty()) {
            (true, true) => "code_how",
            (true, false) => "code_how_any",
            (false, false) => "code_how_sent",
            (false, true) => "code_how_backup",
        };
        let days = pending.trusted_device_days;
        let trust_days = (days > 0).then(|| days.to_string());
        let facts = json!({
            "client": client.name, "request": request.query, "mfa_token": pending.token, "why": told.err(),
            "done": told.ok().flatten(), "how": how, "sent": sent, "trust_days": trust_days,
            "trust": trust,
        });
        self.form("second_factor", status, &bound(&pending.token), &request.to.redirect_uri, facts)
    }

    /// The page that asks for consent.
    async fn consent(&self, request: &Request, current: &Current) -> Result<Hosted, Refusal> {
        let client = &request.to.client.client;
        let (known, other): (Vec<&String>, Vec<&String>) =
            request.scopes.iter().partition(|scope| SCOPES.iter().any(|(known, _)| known == scope));
        let own = self.desk.sso.scopes.of(&self.desk.tenant).await?;
        let described = |name: &&String| {
            let text =
                own.iter().find(|scope| scope.name == **name).map(|scope| scope.described(self.locale));
            json!({"name": name, "text": text})
        };
        let other: Vec<Value> = other.iter().map(described).collect();
        let facts = json!({
            "client": client.name, "description": client.description, "email": current.email,
            "request": request.query, "known": known, "other": other,
            "device": request.to.device.as_ref().map(|waiting| &waiting.shown), "here": self.beginning(request),
        });
        let bound = consent_of(current, &request.query);
        Ok(self.form("consent", StatusCode::OK, &bound, &request.to.redirect_uri, facts))
    }
}

/// What the form of the consent page is good for: this session and this very request, for which the person has signed in
/// again if that was asked for.
pub(super) fn consent_of(current: &Current, request: &str) -> String {
    format!("{} {request}", current.session.id)
}

/// Go on with whatever has come of signing in.
pub(crate) async fn go_in(room: &Room<'_>, request: &Request, outcome: Begin) -> Result<Hosted, Fault> {
    match outcome {
        Begin::Begun(begun) => enter(room, request, begun).await,
        Begin::Second(pending) => Ok(second_factor::page(room, request, &pending)),
        Begin::Enrol(enrolment) => Ok(enrolment::page(room, request, &enrolment)),
    }
}

/// Whose a session is, by address, and since when it is known.
pub(crate) async fn known(desk: &Desk<'_>, session: SessionId) -> Result<Known, Refusal> {
    let known = desk.tenant.read(known_session(session)).await?;
    Ok(known.map_or_else(
        || Known { email: String::new(), auth_time: desk.now, has_factor: false, by_device: true },
        |known| Known {
            email: known.email,
            auth_time: known.authenticated_at,
            has_factor: known.mfa_enabled,
            by_device: known.by_trusted_device,
        },
    ))
}

/// What is known of whoever has just signed in.
pub(crate) struct Known {
    pub(crate) email: String,
    pub(crate) auth_time: Timestamp,
    /// Whether they have a second factor, shown or not.
    pub(crate) has_factor: bool,
    /// Whether a device stood for it.
    pub(crate) by_device: bool,
}

/// Remember whoever has just signed in, and go on with the request.
pub(crate) async fn enter(room: &Room<'_>, request: &Request, begun: Begun) -> Result<Hosted, Fault> {
    // Signing in takes its time; what follows counts from now.
    let desk = Desk::new(room.desk.guard, room.desk.sso, room.desk.clock, room.desk.rng);
    let room = room.at(&desk);
    let known = known(&desk, begun.session).await?;
    let device = begun.device.clone();
    let by_device = known.by_device;
    let (current, cookie) = browser::remember(&desk, begun, known).await?;
    let hosted = if linking::settle(&room, request, (current.session.user_id, by_device)).await {
        enrolment::go_on_page(&room, request, &current, &[], Some("link_failed"))
    } else {
        let fresh = Fresh { has_signed_in: true, has_consented: false };
        decide(&room, request, Some(current), fresh).await?
    };
    let tenant = desk.guard.tenant_info();
    Ok(hosted.cookie(tenant, SESSION, &cookie).device(tenant, device.as_deref()))
}

/// Go on with a request.
pub(crate) async fn decide(
    room: &Room<'_>,
    request: &Request,
    current: Option<Current>,
    fresh: Fresh,
) -> Result<Hosted, Refusal> {
    let fail = |error, description| Ok(refuse(room, &request.to, &OAuthError::new(error, description)));
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
            room.consent(request, &current).await
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
    if let Some(page) = request.to.own {
        return Ok(Hosted::redirect(&format!("{}/account/{page}", desk.base())));
    }
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
    tx.queue((insert, store::touch_session(session.id, desk.now)));
    let values =
        json!({"client": client.name, "user_id": session.user_id, "scope": request.scopes.join(" ")});
    let change = Change::named("client", Some(client.id.as_uuid()), "authorized", values);
    tx.commit(change.action("oauth:authorize").without_event(), ()).await?;
    Ok(answer(room, &request.to, &[("code", &code)]))
}
