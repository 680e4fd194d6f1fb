//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628, 3.4 and 3.5): a device asks whether it may.

use serde_json::{Value, json};
use tenantry_db::Change;
use tenantry_identity::known_session;
use tenantry_vault::{constant_time_eq, hash_token};
use uuid::Uuid;

use super::store::{self, DeviceCode};
use super::{DeviceCodeId, DeviceState};
use crate::client::Client;
use crate::grant::Proof;
use crate::protocol::fields::Fields;
use crate::protocol::refusal::{OAuthError, Refusal};
use crate::protocol::token::trail;
use crate::protocol::{Approved, Issue, begin_grant, insert_grant};
use crate::service::Desk;

/// By how much the interval grows when a device does not wait for it, in seconds (RFC 8628, 3.5), and how far.
const SLOWER: i32 = 5;
const SLOWEST: i32 = 60;

fn parse(code: &str) -> Option<DeviceCodeId> {
    let (id, _) = code.split_once('.').filter(|(id, _)| id.len() == 32 && code.len() <= 200)?;
    Uuid::try_parse(id).ok().map(DeviceCodeId::from_uuid)
}

fn is_theirs(found: &DeviceCode, client: &Client, presented: &str) -> bool {
    constant_time_eq(&found.device_hash, &hash_token(presented)) && found.client_id == client.id
}

pub(crate) async fn exchange(desk: &Desk<'_>, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    let presented = form.need("device_code", "device_code is missing")?;
    let id = parse(presented).ok_or(OAuthError::grant())?;
    let found = desk.tenant.read(store::find(id)).await?.ok_or(OAuthError::grant())?;
    if !is_theirs(&found, client, presented) {
        return Err(OAuthError::grant().into());
    }
    if desk.now >= found.expires_at {
        return Err(OAuthError::new("expired_token", "nobody has answered in time; begin again").into());
    }
    let interval = i64::from(found.interval_seconds);
    let is_early = found.polled_at.is_some_and(|at| desk.now.duration_since(at).as_secs() < interval);
    let next = if is_early { (found.interval_seconds + SLOWER).min(SLOWEST) } else { found.interval_seconds };
    if is_early || found.state == DeviceState::Pending {
        desk.tenant.log(vec![store::note_poll(id, desk.now, next)]).await?;
    }
    match found.state {
        _ if is_early => Err(OAuthError::new("slow_down", "wait longer before asking again").into()),
        DeviceState::Pending => {
            Err(OAuthError::new("authorization_pending", "the person has not answered yet").into())
        }
        DeviceState::Denied => Err(OAuthError::new("access_denied", "the person has said no").into()),
        DeviceState::Approved => issue(desk, client, id, presented).await,
    }
}

async fn issue(
    desk: &Desk<'_>,
    client: &Client,
    id: DeviceCodeId,
    presented: &str,
) -> Result<Value, Refusal> {
    let mut tx = desk.tenant.begin()?;
    // Locked: of many that ask at once, one gets tokens.
    let found = tx.run(store::find_for_update(id)).await?.ok_or(OAuthError::grant())?;
    let answered = (found.user_id, found.session_id, found.auth_time, found.acr.clone(), found.amr.clone());
    let (Some(user), Some(session), Some(auth_time), Some(acr), Some(amr)) = answered else {
        return Err(OAuthError::grant().into());
    };
    if !is_theirs(&found, client, presented) {
        return Err(OAuthError::grant().into());
    }
    let known = tx.read(known_session(session)).await?;
    if !known.is_some_and(|known| known.is_not_ended() && known.user_id == user) {
        return Err(OAuthError::grant().into());
    }
    let mut scopes = found.scopes;
    scopes.retain(|scope| client.scopes.contains(scope));
    let proof = Proof { auth_time, acr, amr };
    let grant = begin_grant(desk, client, Approved { user, session, scopes, claims: json!({}), proof });
    tx.queue(insert_grant(&grant));
    tx.queue(store::delete(id));
    let values = trail(client, user, &grant.scopes);
    let change = Change::named("oauth_grant", Some(grant.id.as_uuid()), "issued", values);
    tx.commit(change.action("oauth:token"), ()).await?;
    // With the connection given back: the tokens may need one.
    Issue { desk, client, grant: &grant, nonce: None }.answer(&grant.scopes, 0).await
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn taking_a_code_apart_never_panics(text in "[0-9a-f]{0,33}.?.{0,40}") {
            let _ = super::parse(&text);
        }
    }
}
