//! POST /oauth/clients

use garde::Validate;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tenantry_db::{Change, Topic};
use tenantry_kernel::{Clock, Rng, UserId};
use tenantry_web::{Body, Guard, Problem, Success, Use, not_blank};

use super::check::check;
use super::defaults::{auth_method, defaults, grants};
use super::model::{self, AuthMethod, Client, ClientId, ClientKind, ClientView, GrantType, Preset};
use super::secret::{NewSecret, Told};
use crate::service::Sso;
use crate::{CreateClient, Error};

/// A new client. What is left out follows from `preset` and `kind`.
#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewClient {
    #[garde(length(chars, min = 1, max = 100), custom(not_blank))]
    name: String,
    #[garde(inner(length(chars, max = 1000)))]
    description: Option<String>,
    #[garde(skip)]
    preset: Option<Preset>,
    /// `confidential`, unless the preset says otherwise.
    #[garde(skip)]
    kind: Option<ClientKind>,
    #[garde(skip)]
    token_endpoint_auth_method: Option<AuthMethod>,
    /// Compared letter by letter; `https`, `http` on a loopback address, or for public clients a scheme of their own.
    #[garde(skip)]
    redirect_uris: Option<Vec<String>>,
    #[garde(skip)]
    post_logout_redirect_uris: Option<Vec<String>>,
    /// Where the client is told that a session has ended (OpenID Connect Back-Channel Logout): `https`, in the public internet.
    #[garde(skip)]
    backchannel_logout_uri: Option<String>,
    /// Whether it needs to know which session. It is told anyway.
    #[garde(skip)]
    backchannel_logout_session_required: Option<bool>,
    #[garde(skip)]
    grant_types: Option<Vec<GrantType>>,
    #[garde(skip)]
    scopes: Option<Vec<String>>,
    /// Public keys (RFC 7517) for `private_key_jwt`.
    #[garde(skip)]
    jwks: Option<Value>,
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
}

impl NewClient {
    fn into_client(self, id: ClientId, by: UserId, now: Timestamp) -> Client {
        let standard = defaults(self.preset);
        let kind = self.kind.unwrap_or(standard.kind);
        let [access, identity, refresh] = standard.lifetimes;
        let scopes = || {
            let own: &[&str] = if kind == ClientKind::Machine { &[] } else { standard.scopes };
            own.iter().map(|scope| (*scope).to_owned()).collect()
        };
        Client {
            id,
            name: self.name,
            description: self.description,
            kind,
            preset: self.preset,
            auth_method: self.token_endpoint_auth_method.unwrap_or(auth_method(kind)),
            redirect_uris: self.redirect_uris.unwrap_or_default(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.unwrap_or_default(),
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required.unwrap_or(false),
            grant_types: self.grant_types.unwrap_or_else(|| grants(kind)),
            scopes: self.scopes.unwrap_or_else(scopes),
            jwks: self.jwks,
            access_token_seconds: self.access_token_seconds.unwrap_or(access),
            id_token_seconds: self.id_token_seconds.unwrap_or(identity),
            refresh_token_seconds: self.refresh_token_seconds.unwrap_or(refresh),
            needs_consent: self.needs_consent.unwrap_or(standard.needs_consent),
            is_active: true,
            version: 1,
            created_at: now,
            updated_at: now,
            created_by: Some(by),
            updated_by: Some(by),
        }
    }
}

/// Create a client. Its secret, when it has one, is in this answer and nowhere else.
pub(crate) async fn create(
    guard: Guard<CreateClient>,
    clock: Clock,
    rng: Rng,
    Use(sso): Use<Sso>,
    Body(request): Body<NewClient>,
) -> Result<Told<ClientView>, Problem> {
    let (by, now) = (guard.caller()?.user, clock.now());
    let client = request.into_client(ClientId::new(&clock, &rng), by, now);
    let permit = guard.permit_new(&client)?;
    let wrong = check(&client, &sso.fetcher);
    if !wrong.is_empty() {
        return Err(Error::Fields(wrong).into());
    }
    let mut tx = guard.tenant().begin()?;
    tx.queue(model::insert(&client));
    let secret = client.has_secret().then(|| NewSecret::make(&clock, &rng));
    if let Some(secret) = &secret {
        tx.queue(secret.insert(client.id, now));
    }
    tx.announce(Topic::Clients);
    let change = Change::created(&client);
    let location = format!("/oauth/clients/{}", client.id);
    let told = Told::new(
        |view| Success::created(view, location.clone()),
        |view| Success::created(view, location.clone()),
        ClientView::new(&permit, client),
        secret.map(|secret| secret.text),
    );
    Ok(tx.commit(change, told).await.map_err(Error::of_write)?.value)
}
