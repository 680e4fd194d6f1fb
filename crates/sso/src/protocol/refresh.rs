//! `grant_type=refresh_token` (RFC 6749, 6; OAuth 2.0 Security BCP, 4.14).
//!
//! A refresh token is good once. The previous one is good for a few seconds more and gives the same successor, because two
//! tabs may refresh at once. An older one means that somebody has stolen a token: the grant ends.

use serde_json::Value;
use tenantry_db::{Change, TenantTx};
use tenantry_identity::{ACR_TWO, KnownSession, known_session};

use super::code::{Issue, refuse_grant};
use super::fields::Fields;
use super::refusal::{OAuthError, Refusal};
use super::token::{narrowed, trail};
use crate::client::Client;
use crate::grant::{Grant, RefreshToken, store};
use crate::service::Desk;

pub(super) async fn exchange(desk: &Desk<'_>, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    let text = form.need("refresh_token", "refresh_token is missing")?;
    let token = RefreshToken::parse(text).filter(|token| token.tenant == desk.tenant_id());
    let token = token.ok_or(OAuthError::grant())?;
    let mut tx = desk.tenant.begin()?;
    let grant = tx.run(store::find_grant_for_update(token.grant)).await?.ok_or(OAuthError::grant())?;
    let is_theirs =
        grant.client_id == client.id && token.is_genuine(&desk.sso.refresh_key, &grant.refresh_seed);
    if !is_theirs || grant.revoked_at.is_some() || desk.now >= grant.expires_at {
        return Err(OAuthError::grant().into());
    }
    let grace = desk.sso.tokens.lifetimes().grace;
    let generation = match grant.generation.checked_sub(token.generation) {
        Some(0) => grant.generation + 1,
        Some(1) if desk.now.duration_since(grant.rotated_at) <= grace => grant.generation,
        _ => return Err(reused(desk, tx, client, &grant).await),
    };
    let session = tx.read(known_session(grant.session_id)).await?;
    let Some(session) = session.filter(KnownSession::is_not_ended) else {
        return Err(OAuthError::grant().into());
    };
    let is_less = grant.acr != ACR_TWO && !session.is_trusted(desk.now);
    if is_less && desk.sso.identity.must_show_two_in(&mut tx, grant.user_id, desk.now).await? {
        return Err(OAuthError::grant().into());
    }
    let scopes = narrowed(form.get("scope"), &grant.scopes)?;
    if generation != grant.generation {
        tx.queue(store::rotate_grant(grant.id, generation, desk.now));
    }
    let values = trail(client, grant.user_id, &scopes);
    let change = Change::named("oauth_grant", Some(grant.id.as_uuid()), "refreshed", values);
    tx.commit(change.action("oauth:token").without_event(), ()).await?;
    // With the connection given back: the tokens may need one. Should that fail, the old token is good for a while.
    Issue { desk, client, grant: &grant, nonce: None }.answer(&scopes, generation).await
}

/// End a grant whose old refresh token came back, and say so in the trail.
async fn reused(desk: &Desk<'_>, mut tx: TenantTx, client: &Client, grant: &Grant) -> Refusal {
    let end = async {
        tx.run(store::revoke_grant(grant.id, desk.now)).await?;
        refuse_grant(desk, client, grant.id).await?;
        let values = trail(client, grant.user_id, &grant.scopes);
        let change = Change::named("oauth_grant", Some(grant.id.as_uuid()), "refresh_token_reused", values)
            .action("oauth:token")
            .reason("a refresh token was used twice; the grant has ended");
        tx.refuse(change).await?;
        Ok::<(), Refusal>(())
    };
    end.await.err().unwrap_or_else(|| OAuthError::grant().into())
}
