//! The person's browser: its session at the provider, and the token that proves that a form is from a page of ours.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenantry_identity::{ACR_TWO, Begun, acr_of, known_session};
use tenantry_kernel::SessionId;
use tenantry_vault::{constant_time_eq, hash_token};
use tenantry_web::Asker;
use uuid::Uuid;

use super::decide::Known;
use crate::grant::Proof;
use crate::grant::store::{self, SsoSession};
use crate::protocol::refusal::Refusal;
use crate::service::Desk;

/// The cookie of the session at the provider.
pub(crate) const SESSION: &str = "sso";
/// The cookie that forms are bound to.
pub(crate) const FORM: &str = "form";

/// Who is signed in at the provider.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) session: SsoSession,
    pub(crate) email: String,
    /// Whether they could prove it more strongly.
    pub(crate) has_more: bool,
}

/// The session of the browser's cookie, when it still goes on.
pub(crate) async fn current(desk: &Desk<'_>, asker: &Asker) -> Result<Option<Current>, Refusal> {
    let Some(text) = asker.cookie(desk.guard.tenant_info(), SESSION) else { return Ok(None) };
    let Some((id, secret)) = text.split_once('.').filter(|(id, _)| id.len() == 32 && text.len() <= 100)
    else {
        return Ok(None);
    };
    let Ok(id) = Uuid::try_parse(id).map(SessionId::from_uuid) else { return Ok(None) };
    let (session, known) = desk.tenant.read((store::find_session(id), known_session(id))).await?;
    let (Some(session), Some(known)) = (session, known) else { return Ok(None) };
    let is_theirs =
        constant_time_eq(&session.secret_hash, &hash_token(secret)) && known.user_id == session.user_id;
    let idle = desk.sso.tokens.lifetimes().idle;
    let is_alive = desk.now < session.expires_at && desk.now.duration_since(session.last_used_at) < idle;
    if !is_theirs || !is_alive || !known.is_alive(desk.now) {
        return Ok(None);
    }
    // What was begun with one factor is not enough for who must have two by now, unless the browser stands for the other.
    if session.acr != ACR_TWO
        && !known.is_trusted(desk.now)
        && desk.sso.identity.must_show_two(&desk.tenant, session.user_id, desk.now).await?
    {
        return Ok(None);
    }
    let has_more = known.mfa_enabled && session.acr != ACR_TWO;
    Ok(Some(Current { session, email: known.email, has_more }))
}

/// Remember a person who has just signed in: the session, and the value of the cookie.
pub(crate) async fn remember(
    desk: &Desk<'_>,
    begun: Begun,
    known: Known,
) -> Result<(Current, String), Refusal> {
    let secret = URL_SAFE_NO_PAD.encode(desk.rng.bytes::<32>());
    let Known { email, auth_time, has_factor, .. } = known;
    let proof = Proof { auth_time, acr: acr_of(&begun.amr).to_owned(), amr: begun.amr };
    let session = SsoSession {
        id: begun.session,
        user_id: begun.user,
        secret_hash: hash_token(&secret).to_vec(),
        auth_time: proof.auth_time,
        acr: proof.acr.clone(),
        amr: proof.amr.clone(),
        last_used_at: desk.now,
        expires_at: begun.expires_at,
    };
    let insert = store::insert_session(
        session.id,
        session.user_id,
        session.secret_hash.clone(),
        proof.auth_time,
        proof.acr,
        proof.amr,
        session.expires_at,
    );
    let mut tx = desk.tenant.begin()?;
    tx.queue(insert);
    let values = serde_json::json!({"user_id": session.user_id});
    let change = tenantry_db::Change::named("session", Some(session.id.as_uuid()), "remembered", values);
    tx.commit(change.action("oauth:sign_in").without_event(), ()).await?;
    let cookie = format!("{}.{secret}", session.id.as_uuid().simple());
    // Whoever has a second factor has just shown it, or the browser stands for it.
    let has_more = has_factor && session.acr != ACR_TWO;
    Ok((Current { session, email, has_more }, cookie))
}

/// The value of the cookie that forms are bound to: the browser's, or a new one.
pub(crate) fn form_cookie(desk: &Desk<'_>, asker: &Asker) -> (String, bool) {
    match asker.cookie(desk.guard.tenant_info(), FORM).filter(|value| value.len() == 22) {
        Some(value) => (value.to_owned(), false),
        None => (URL_SAFE_NO_PAD.encode(desk.rng.bytes::<16>()), true),
    }
}

fn mac(desk: &Desk<'_>, cookie: &str, bound: &str, nonce: &str) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&desk.sso.form_key);
    context.update(desk.tenant_id().as_uuid().as_bytes());
    for part in [cookie, bound, nonce] {
        context.update(&u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        context.update(part.as_bytes());
    }
    context.sign()
}

/// The hidden field of a form: another one on each page, so that compression tells nothing of it. `bound` is what the form
/// is good for beside the browser: the session.
pub(crate) fn form_token(desk: &Desk<'_>, cookie: &str, bound: &str) -> String {
    let nonce = URL_SAFE_NO_PAD.encode(desk.rng.bytes::<12>());
    let mac = URL_SAFE_NO_PAD.encode(mac(desk, cookie, bound, &nonce));
    format!("{nonce}.{mac}")
}

/// Whether a form is from a page of ours, shown to this very browser.
pub(crate) fn is_own_form(desk: &Desk<'_>, asker: &Asker, token: Option<&str>, bound: &str) -> bool {
    let cookie = asker.cookie(desk.guard.tenant_info(), FORM);
    let parts = token.and_then(|token| token.split_once('.'));
    let (Some(cookie), Some((nonce, given))) = (cookie, parts) else { return false };
    let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
    constant_time_eq(mac(desk, cookie, bound, nonce).as_ref(), &given)
}
