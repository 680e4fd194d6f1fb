//! Exchanging a refresh token for new tokens, whatever they are carried in.
//!
//! A refresh token is good once. The previous one is good for a few seconds more and gives the same successor, because
//! two tabs may refresh at once. An older one means that somebody has stolen a token: the session ends. It ends as well when it
//! was begun with one factor by somebody who must have two by now, unless its device still stands for the other.

use serde_json::json;
use tenantry_access::roles_of;
use tenantry_db::{Change, Purpose, TenantTx};
use tenantry_kernel::Clock;
use tenantry_web::{Guard, Problem, Public};

use super::sign_in::SignedIn;
use crate::Error;
use crate::mfa::obliged::Obligation;
use crate::mfa::{ACR_ONE, acr_of};
use crate::service::Identity;
use crate::session::store::{self, Session};
use crate::token::RefreshToken;
use crate::user::{UserStatus, store as users};

/// Exchange a refresh token for the next one and an access token.
///
/// # Errors
/// 401 `invalid_grant`, whatever is wrong.
pub(crate) async fn refresh(
    guard: &Guard<Public>,
    clock: &Clock,
    identity: &Identity,
    token: &str,
) -> Result<SignedIn, Problem> {
    let tenant = guard.enter(Purpose::SignIn);
    let token = RefreshToken::parse(token)
        .filter(|token| token.tenant == tenant.tenant_id())
        .ok_or(Error::RefreshRefused)?;
    let now = clock.now();
    let lifetimes = identity.tokens.lifetimes();
    let mut tx = tenant.begin()?;
    let session = tx.run(store::find_for_update(token.session, now)).await?.ok_or(Error::RefreshRefused)?;
    if !identity.tokens.is_genuine(&token, &session.refresh_seed) {
        return Err(Error::RefreshRefused.into());
    }
    let in_time = now < session.expires_at && now.duration_since(session.last_used_at) < lifetimes.idle;
    if session.revoked_at.is_some() || !in_time {
        return Err(Error::RefreshRefused.into());
    }
    let generation = match session.generation.checked_sub(token.generation) {
        Some(0) => session.generation + 1,
        Some(1) if now.duration_since(session.rotated_at) <= lifetimes.grace => session.generation,
        _ => return Err(end(identity, tx, &session, now, REUSED).await),
    };
    let (user, roles) = tx.read((users::find(session.user_id), roles_of(session.user_id))).await?;
    let user = user.filter(|user| user.status == UserStatus::Active).ok_or(Error::RefreshRefused)?;
    let is_less = acr_of(&session.amr) == ACR_ONE && !session.is_trusted;
    if is_less && Obligation::of(&mut tx, &user, now).await?.is_due(now) {
        return Err(end(identity, tx, &session, now, TOO_WEAK).await);
    }
    if generation != session.generation {
        tx.queue(store::rotate(session.id, generation, now));
    }
    let roles = roles.into_iter().map(|role| role.name).collect();
    let access_token =
        identity.tokens.access_token(guard.tenant_info(), session.user_id, session.id, roles).await?;
    let values = json!({"generation": generation});
    let change =
        Change::named("session", Some(session.id.as_uuid()), "refreshed", values).action("auth:refresh");
    tx.commit(change.without_event(), ()).await?;
    let idle_end = if generation == session.generation { session.last_used_at } else { now } + lifetimes.idle;
    Ok(SignedIn {
        user: session.user_id,
        session: session.id,
        access_token,
        refresh_token: identity.tokens.refresh_token(
            tenant.tenant_id(),
            session.id,
            &session.refresh_seed,
            generation,
        ),
        access_expires_at: now + lifetimes.access,
        refresh_expires_at: idle_end.min(session.expires_at),
        expires_at: session.expires_at,
        amr: session.amr,
        device: None,
        kept: None,
    })
}

/// Somebody has stolen a token.
const REUSED: (&str, &str) =
    ("refresh_token_reused", "a refresh token was used twice; the session has ended");
/// The tenant has come to ask for more than the session was begun with.
const TOO_WEAK: (&str, &str) =
    ("second_factor_missing", "a second factor is asked for now; the session has ended");

/// End a session, and say why in the trail.
async fn end(
    identity: &Identity,
    mut tx: TenantTx,
    session: &Session,
    now: jiff::Timestamp,
    (verb, reason): (&str, &str),
) -> Problem {
    let end = async {
        tx.run(store::revoke(session.id, now)).await?;
        let life = identity.tokens.lifetimes().access;
        identity.revocations.revoke(tx.tenant_id(), "session", session.id.as_uuid(), life).await?;
        let values = json!({"user_id": session.user_id, "generation": session.generation});
        let change = Change::named("session", Some(session.id.as_uuid()), verb, values);
        tx.refuse(change.action("auth:refresh").reason(reason)).await?;
        Ok::<(), Error>(())
    };
    match end.await {
        Ok(()) => Error::RefreshRefused.into(),
        Err(error) => error.into(),
    }
}
