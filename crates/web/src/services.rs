//! What every request shares.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use tenantry_db::Authority;
use tenantry_kernel::{Clock, Rng};

use crate::limits::Limits;
use crate::network::Network;
use crate::ports::{Authenticator, Decisions, TenantDirectory};

/// How requests are received.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `https://api.example.com`; never taken from `Host`.
    pub public_url: String,
    /// Tenants answer at `{slug}.<base_domain>`.
    pub base_domain: String,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// Origins that browsers may call from.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

/// What every request shares.
pub struct Services {
    /// Mints scopes; only the dispatcher asks it.
    pub(crate) authority: Arc<Authority>,
    pub(crate) directory: Arc<dyn TenantDirectory>,
    pub(crate) sessions: Arc<dyn Authenticator>,
    pub(crate) decisions: Arc<dyn Decisions>,
    pub(crate) clock: Clock,
    pub(crate) rng: Rng,
    pub(crate) http: HttpSettings,
    /// What requests with an `Idempotency-Key` are recognised by.
    pub(crate) fingerprints: hmac::Key,
    pub(crate) limits: Option<Limits>,
    values: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl Services {
    /// Wire the parts together. `fingerprint_key` is derived from the master key: the same on every node.
    pub fn new(
        authority: Arc<Authority>,
        directory: Arc<dyn TenantDirectory>,
        sessions: Arc<dyn Authenticator>,
        decisions: Arc<dyn Decisions>,
        http: HttpSettings,
        fingerprint_key: &SecretString,
    ) -> Self {
        let clock = authority.databases().clock().clone();
        let rng = authority.databases().rng().clone();
        Self {
            authority,
            directory,
            sessions,
            decisions,
            clock,
            rng,
            http,
            fingerprints: hmac::Key::new(hmac::HMAC_SHA256, fingerprint_key.expose_secret().as_bytes()),
            limits: None,
            values: HashMap::new(),
        }
    }

    /// Limit how fast and how much at once may be asked.
    #[must_use]
    pub fn limited(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Offer a value to handlers that take [`Use<T>`](crate::Use).
    #[must_use]
    pub fn with<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.values.insert(TypeId::of::<T>(), Box::new(value));
        self
    }

    pub(crate) fn value<T: Clone + 'static>(&self) -> Option<T> {
        self.values.get(&TypeId::of::<T>())?.downcast_ref::<T>().cloned()
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.values.contains_key(&id)
    }
}
