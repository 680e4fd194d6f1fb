//! What an issuer says of itself (OpenID Connect Discovery), and its keys: asked through the guard for outgoing requests, and
//! kept for a while. An unknown key is looked for once a minute at most, whoever asks for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::Deserialize;
use serde_json::Value;
use tenantry_fetch::Fetcher;
use tenantry_kernel::{Clock, TenantId};
use tokio::sync::Mutex;

use super::fault::Fault;
use super::model::{IdentityProvider, ProviderKind};

/// How many bytes metadata and keys may have.
const MOST: usize = 262_144;
/// How long metadata and keys are kept.
const KEPT: SignedDuration = SignedDuration::from_mins(15);
/// How often an unknown key makes us look again.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// The metadata that matters.
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// An issuer, as it was when it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    /// Whether credentials go into the form instead of the header.
    pub(crate) is_post: bool,
    /// Whether its answers name it (RFC 9207).
    pub(crate) names_itself: bool,
    jwks_uri: String,
    keys: Vec<Jwk>,
    asked_at: Timestamp,
    keys_at: Timestamp,
}

/// How long an issuer that did not answer is left alone: whoever comes meanwhile is told so at once.
const RESPITE: SignedDuration = SignedDuration::from_secs(5);

/// What is known of an issuer.
#[derive(Default)]
struct Known {
    issuer: Option<Arc<Issuer>>,
    /// When and why it could not be asked.
    failed: Option<(Timestamp, Fault)>,
}

type Slot = Arc<Mutex<Known>>;

/// Issuers in memory. One request at a time asks an issuer; the others wait for its answer.
pub(crate) struct Issuers {
    slots: moka::sync::Cache<(TenantId, String), Slot>,
    clock: Clock,
}

impl Issuers {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { slots: moka::sync::Cache::new(5_000), clock }
    }

    fn slot(&self, tenant: TenantId, provider: &IdentityProvider) -> Slot {
        self.slots.get_with((tenant, provider.issuer.clone()), Slot::default)
    }

    /// The provider's issuer.
    pub(crate) async fn get(
        &self,
        fetcher: &Fetcher,
        tenant: TenantId,
        provider: &IdentityProvider,
        now: Timestamp,
    ) -> Result<Arc<Issuer>, Fault> {
        let slot = self.slot(tenant, provider);
        let mut slot = slot.lock().await;
        let fresh = slot.issuer.as_ref().filter(|known| now.duration_since(known.asked_at) < KEPT);
        if let Some(known) = fresh {
            return Ok(Arc::clone(known));
        }
        if let Some((_, fault)) = slot.failed.as_ref().filter(|(at, _)| now.duration_since(*at) < RESPITE) {
            return Err(fault.clone());
        }
        match ask(fetcher, provider, now).await {
            Ok(issuer) => {
                let issuer = Arc::new(issuer);
                *slot = Known { issuer: Some(Arc::clone(&issuer)), failed: None };
                Ok(issuer)
            }
            Err(fault) => {
                // Those who have waited for this answer came at about the time it was asked for.
                slot.failed = Some((self.clock.now(), fault.clone()));
                Err(fault)
            }
        }
    }

    /// The keys with an id; all of them when there is none.
    pub(crate) async fn keys(
        &self,
        fetcher: &Fetcher,
        tenant: TenantId,
        provider: &IdentityProvider,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<Jwk>, Fault> {
        let known = self.get(fetcher, tenant, provider, now).await?;
        let found = known.find(kid);
        if !found.is_empty() {
            return Ok(found);
        }
        let slot = self.slot(tenant, provider);
        let mut slot = slot.lock().await;
        let latest = slot.issuer.as_ref().map_or_else(|| Arc::clone(&known), Arc::clone);
        if now.duration_since(latest.keys_at) < PATIENCE {
            return Ok(latest.find(kid));
        }
        let keys = keys(fetcher, &latest.jwks_uri).await?;
        let latest = Arc::new(Issuer { keys, keys_at: now, ..(*latest).clone() });
        slot.issuer = Some(Arc::clone(&latest));
        Ok(latest.find(kid))
    }
}

impl Issuer {
    fn find(&self, kid: Option<&str>) -> Vec<Jwk> {
        let fits = |key: &&Jwk| kid.is_none() || key.common.key_id.as_deref() == kid;
        self.keys.iter().filter(fits).cloned().collect()
    }
}

fn unreachable(what: &str, error: tenantry_fetch::Error) -> Fault {
    Fault::Provider(format!("{what}: {error}"))
}

async fn ask(fetcher: &Fetcher, provider: &IdentityProvider, now: Timestamp) -> Result<Issuer, Fault> {
    let address = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
    let metadata = fetcher.json(&address, MOST).await.map_err(|error| unreachable("its metadata", error))?;
    let metadata: Metadata = serde_json::from_value(metadata)
        .map_err(|_| Fault::Provider("its metadata: members are missing".to_owned()))?;
    if !is_same_issuer(provider, &metadata.issuer) {
        return Err(Fault::Provider("its metadata: they are those of another issuer".to_owned()));
    }
    for address in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
        fetcher.check(address).map_err(|error| unreachable("an endpoint of it", error))?;
    }
    let methods = metadata.token_endpoint_auth_methods_supported.unwrap_or_default();
    let has = |method: &str| methods.iter().any(|one| one == method);
    Ok(Issuer {
        keys: keys(fetcher, &metadata.jwks_uri).await?,
        authorization_endpoint: metadata.authorization_endpoint,
        token_endpoint: metadata.token_endpoint,
        is_post: !has("client_secret_basic") && has("client_secret_post"),
        names_itself: metadata.authorization_response_iss_parameter_supported,
        jwks_uri: metadata.jwks_uri,
        asked_at: now,
        keys_at: now,
    })
}

async fn keys(fetcher: &Fetcher, address: &str) -> Result<Vec<Jwk>, Fault> {
    let set = fetcher.json(address, MOST).await.map_err(|error| unreachable("its keys", error))?;
    Ok(read_keys(set))
}

/// The keys that can be read; one of a new kind does not spoil the others.
fn read_keys(set: Value) -> Vec<Jwk> {
    let keys = set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut read = JwkSet { keys: Vec::new() };
    read.keys.extend(keys.into_iter().take(100).filter_map(|key| serde_json::from_value(key).ok()));
    read.keys
}

/// Whether a name is that of the configured issuer, letter by letter. Entra's own placeholder stands for the directory.
pub(crate) fn is_same_issuer(provider: &IdentityProvider, named: &str) -> bool {
    let directory = provider.settings.directory_id.as_deref();
    match (provider.kind, directory) {
        (ProviderKind::Microsoft, Some(directory)) => {
            named.replace("{tenantid}", directory) == provider.issuer
        }
        _ => named == provider.issuer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_an_unknown_kind_does_not_spoil_the_others() {
        let set = serde_json::json!({"keys": [
            {"kty": "new", "x": 1}, {"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA"}, 7,
        ]});
        let read = read_keys(set);
        assert!(read.iter().any(|key| key.common.key_id.as_deref() == Some("a")), "{read:?}");
        assert!(read_keys(serde_json::json!([])).is_empty());
    }
}
