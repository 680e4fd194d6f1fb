//! PUT and DELETE /oauth/clients/{client_id}

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_db::{Change, Committed, Topic};
use tenantry_kernel::{Clock, UserId};
use tenantry_web::{Body, Guard, IfMatch, Message, Path, Problem, Success, Use, not_blank, present};

use super::check::check;
use super::model::{self, AuthMethod, Client, ClientId, ClientView, GrantType};
use super::store;
use crate::service::Sso;
use crate::{DeleteClient, Error, UpdateClient};

/// What to change of a client; what is absent stays. Its kind stays as well: who holds its tokens relies on it.
#[derive(Debug, Default, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedClient {
    #[garde(inner(length(chars, min = 1, max = 100), custom(not_blank)))]
    name: Option<String>,
    /// `null` removes it.
    #[garde(inner(inner(length(chars, max = 1000))))]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
    #[garde(skip)]
    token_endpoint_auth_method: Option<AuthMethod>,
    #[garde(skip)]
    redirect_uris: Option<Vec<String>>,
    #[garde(skip)]
    post_logout_redirect_uris: Option<Vec<String>>,
    /// `null` removes it.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<String>")]
    backchannel_logout_uri: Option<Option<String>>,
    #[garde(skip)]
    backchannel_logout_session_required: Option<bool>,
    #[garde(skip)]
    grant_types: Option<Vec<GrantType>>,
    #[garde(skip)]
    scopes: Option<Vec<String>>,
    /// `null` removes them.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<Value>")]
    jwks: Option<Option<Value>>,
    /// 60 to 3600.
    #[garde(skip)]
    access_token_seconds: Option<i32>,
    /// 60 to 86400.
    #[garde(skip)]
    id_token_seconds: Option<i32>,
    /// 300 to 31536000.
    #[garde(skip)]
    refresh_token_seconds: Option<i32>,
    #[garde(skip)]
    needs_consent: Option<bool>,
    /// A client that is switched off gets nothing, and what it has got is refused.
    #[garde(skip)]
    is_active: Option<bool>,
}

impl Client {
    fn changed(&self, change: ChangedClient, by: UserId, now: Timestamp) -> Self {
        let old = self.clone();
        Self {
            name: change.name.unwrap_or(old.name),
            description: change.description.unwrap_or(old.description),
            auth_method: change.token_endpoint_auth_method.unwrap_or(old.auth_method),
            redirect_uris: change.redirect_uris.unwrap_or(old.redirect_uris),
            post_logout_redirect_uris: change
                .post_logout_redirect_uris
                .unwrap_or(old.post_logout_redirect_uris),
            backchannel_logout_uri: change.backchannel_logout_uri.unwrap_or(old.backchannel_logout_uri),
            backchannel_logout_session_required: change
                .backchannel_logout_session_required
                .unwrap_or(old.backchannel_logout_session_required),
            grant_types: change.grant_types.unwrap_or(old.grant_types),
            scopes: change.scopes.unwrap_or(old.scopes),
            jwks: change.jwks.unwrap_or(old.jwks),
            access_token_seconds: change.access_token_seconds.unwrap_or(old.access_token_seconds),
            id_token_seconds: change.id_token_seconds.unwrap_or(old.id_token_seconds),
            refresh_token_seconds: change.refresh_token_seconds.unwrap_or(old.refresh_token_seconds),
            needs_consent: change.needs_consent.unwrap_or(old.needs_consent),
            is_active: change.is_active.unwrap_or(old.is_active),
            version: old.version + 1,
            updated_at: now,
            updated_by: Some(by),
            ..*self
        }
    }
}

/// Change a client.
pub(crate) async fn update(
    guard: Guard<UpdateClient>,
    clock: Clock,
    Path(id): Path<ClientId>,
    expected: IfMatch,
    Use(sso): Use<Sso>,
    Body(request): Body<ChangedClient>,
) -> Result<Committed<Success<ClientView>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let client = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    let permit = guard.permit(&client)?;
    expected.check(client.version)?;
    let changed = client.changed(request, guard.caller()?.user, clock.now());
    let wrong = check(&changed, &sso.fetcher);
    if !wrong.is_empty() {
        return Err(Error::Fields(wrong).into());
    }
    let change = Change::between(&client, &changed);
    if change.is_empty() {
        return Ok(tx
            .unchanged(Success::ok(ClientView::new(&permit, client)))
            .await
            .map_err(Error::of_write)?);
    }
    tx.queue(model::save(&changed));
    tx.announce(Topic::Clients);
    let is_switched_off = client.is_active && !changed.is_active;
    let committed =
        tx.commit(change, Success::ok(ClientView::new(&permit, changed))).await.map_err(Error::of_write)?;
    if is_switched_off {
        sso.refuse_tokens_of(guard.tenant_info().id, &client).await?;
    }
    Ok(committed)
}

/// Delete a client, and everything that it has got. Deleting it twice is 404.
pub(crate) async fn delete(
    guard: Guard<DeleteClient>,
    Path(id): Path<ClientId>,
    expected: IfMatch,
    Use(sso): Use<Sso>,
) -> Result<Committed<Success<Message>>, Problem> {
    let mut tx = guard.tenant().begin()?;
    let client = tx.run(store::find_for_update(id)).await?.ok_or(Error::NotFound)?;
    guard.permit(&client)?;
    expected.check(client.version)?;
    tx.queue(store::delete(id));
    tx.announce(Topic::Clients);
    let message = Success::ok(Message::new("Client deleted successfully"));
    let committed = tx.commit(Change::deleted(&client), message).await?;
    sso.refuse_tokens_of(guard.tenant_info().id, &client).await?;
    Ok(committed)
}
