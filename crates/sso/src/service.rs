//! What the provider's handlers share.

use std::sync::Arc;

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_db::{Listener, Purpose, TenantDb};
use tenantry_fetch::Fetcher;
use tenantry_identity::{Identity, Revocations, Tokens};
use tenantry_kernel::{Clock, Rng, TenantId};
use tenantry_tenancy::Brands;
use tenantry_vault::KeySource;
use tenantry_web::ports::TenantDirectory;
use tenantry_web::{Guard, Public};

use crate::Error;
use crate::client::{Client, ClientCache};
use crate::device::Guesses;
use crate::federation::{IdentityProvider, Issuers};
use crate::lists::Lists;
use crate::page::Pages;
use crate::protocol::access_token::Verified;
use crate::scope::Scope;

/// The provider's parts. Cheap to clone.
#[derive(Clone)]
pub struct Sso(Arc<Parts>);

/// What the provider needs of others.
pub struct Needs {
    /// People and sessions.
    pub identity: Identity,
    /// Issuers, and how long tokens live.
    pub tokens: Arc<Tokens>,
    /// What is refused before it expires.
    pub revocations: Arc<Revocations>,
    /// The keys of tenants.
    pub keys: Arc<dyn KeySource>,
    /// Finds tenants.
    pub directory: Arc<dyn TenantDirectory>,
    /// How tenants' pages look.
    pub brands: Brands,
    /// Asks addresses that tenants have chosen.
    pub fetcher: Fetcher,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

/// What the provider is made of.
pub struct Parts {
    pub(crate) identity: Identity,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) revocations: Arc<Revocations>,
    pub(crate) keys: Arc<dyn KeySource>,
    pub(crate) directory: Arc<dyn TenantDirectory>,
    pub(crate) brands: Brands,
    pub(crate) fetcher: Fetcher,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) clients: ClientCache,
    pub(crate) verified: moka::sync::Cache<[u8; 32], Arc<Verified>>,
    pub(crate) refresh_key: hmac::Key,
    pub(crate) form_key: hmac::Key,
    pub(crate) guesses: Guesses,
    pub(crate) providers: Lists<IdentityProvider>,
    pub(crate) scopes: Lists<Scope>,
    pub(crate) issuers: Issuers,
    pub(crate) pages: Pages,
}

impl Sso {
    /// Put the parts together. `derive` makes a secret for a purpose from the master key.
    pub fn new(needs: Needs, listener: &Listener, derive: impl Fn(&str) -> SecretString) -> Self {
        let Needs { identity, tokens, revocations, keys, directory, brands, fetcher, clock, rng } = needs;
        let issuers = Issuers::new(clock.clone());
        let key = |purpose| hmac::Key::new(hmac::HMAC_SHA256, derive(purpose).expose_secret().as_bytes());
        Self(Arc::new(Parts {
            identity,
            tokens,
            revocations,
            keys,
            directory,
            brands,
            fetcher,
            clock,
            rng,
            clients: ClientCache::start(listener),
            verified: moka::sync::Cache::builder().max_capacity(100_000).build(),
            refresh_key: key("oauth refresh tokens"),
            form_key: key("forms of hosted pages"),
            guesses: Guesses::default(),
            providers: Lists::start(listener),
            scopes: Lists::start(listener),
            issuers,
            pages: Pages::new(),
        }))
    }

    /// Refuse what a client has been issued so far.
    pub(crate) async fn refuse_tokens_of(&self, tenant: TenantId, client: &Client) -> Result<(), Error> {
        let life = SignedDuration::from_secs(i64::from(client.access_token_seconds));
        Ok(self.revocations.refuse_client(tenant, client.id.as_uuid(), life).await?)
    }
}

impl std::ops::Deref for Sso {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// One request to a tenant's issuer.
pub(crate) struct Desk<'a> {
    pub(crate) guard: &'a Guard<Public>,
    pub(crate) sso: &'a Sso,
    pub(crate) clock: &'a Clock,
    pub(crate) rng: &'a Rng,
    /// The tenant's rows, before anyone is known.
    pub(crate) tenant: TenantDb,
    pub(crate) issuer: String,
    base: String,
    pub(crate) now: Timestamp,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(guard: &'a Guard<Public>, sso: &'a Sso, clock: &'a Clock, rng: &'a Rng) -> Self {
        let tenant = guard.enter(Purpose::SignIn);
        let issuer = sso.tokens.issuer(guard.tenant_info());
        let is_at_domain = guard.at_issuer_domain().is_some();
        let base = if is_at_domain { String::new() } else { format!("/t/{}", guard.tenant_info().slug) };
        Self { guard, sso, clock, rng, tenant, issuer, base, now: clock.now() }
    }

    /// What the addresses of the issuer's pages begin with, on the host that was asked: nothing at a domain of its own.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn tenant_id(&self) -> TenantId {
        self.guard.tenant_info().id
    }
}
