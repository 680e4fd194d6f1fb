//! Who a key stands for.
//!
//! A key that was found is remembered until something of the tenant's accounts, roles or keys changes, 30 seconds at most
//! (and for less than half a second while the line of announcements is down). What is remembered is never the secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tenantry_access::GrantSpec;
use tenantry_db::{Authority, Freshness, Listener, Origin, Purpose, Stamp, Topic};
use tenantry_kernel::{RequestId, SessionId, TenantId, UserId};
use tenantry_web::Problem;
use tenantry_web::ports::{Authenticator, Identity, Means, Scopes, TenantInfo};

use super::{ApiKeyId, Presented, store};
use crate::Error;
use crate::revocation::Revocations;
use crate::token::Tokens;
use crate::user::UserStatus;

/// How exact "last used" is.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// A key that was found.
struct Known {
    user: UserId,
    status: UserStatus,
    secret_hash: Vec<u8>,
    scopes: Arc<Scopes>,
    expires_at: Timestamp,
    /// When its use was last written down, in seconds since 1970.
    noted: AtomicI64,
    stamp: Stamp,
}

/// Tells who a bearer token stands for, be it an access token or an API key.
pub struct Keys {
    tokens: Arc<Tokens>,
    revocations: Arc<Revocations>,
    authority: Arc<Authority>,
    fresh: Arc<Freshness>,
    known: moka::sync::Cache<(TenantId, ApiKeyId), Arc<Known>>,
}

impl Keys {
    /// Start looking keys up; what is not a key is left to `tokens`.
    pub fn start(
        tokens: Arc<Tokens>,
        revocations: Arc<Revocations>,
        authority: Arc<Authority>,
        listener: &Listener,
    ) -> Self {
        let known =
            moka::sync::Cache::builder().max_capacity(100_000).time_to_idle(Duration::from_mins(10)).build();
        let fresh = Freshness::follow(listener, |topic| *topic == Topic::Access);
        Self { tokens, revocations, authority, fresh, known }
    }

    async fn find(&self, tenant: &TenantInfo, id: ApiKeyId) -> Result<Option<Arc<Known>>, Error> {
        if let Some(known) = self.known.get(&(tenant.id, id))
            && self.fresh.is_good(known.stamp, Some(tenant.id))
        {
            return Ok(Some(known));
        }
        let stamp = self.fresh.stamp(Some(tenant.id));
        let scope = self.authority.enter(&tenant.placement, Purpose::SignIn, self.origin());
        let found = scope.read(store::credential(id)).await?.filter(|key| key.revoked_at.is_none());
        let Some(found) = found else {
            self.known.invalidate(&(tenant.id, id));
            return Ok(None);
        };
        let known = Arc::new(Known {
            user: found.user_id,
            status: found.status,
            secret_hash: found.secret_hash,
            scopes: Arc::new(scopes(&found.scopes)),
            expires_at: found.expires_at,
            noted: AtomicI64::new(found.last_used_at.map_or(0, Timestamp::as_second)),
            stamp,
        });
        self.known.insert((tenant.id, id), Arc::clone(&known));
        Ok(Some(known))
    }

    async fn verify(&self, tenant: &TenantInfo, token: &str) -> Result<Identity, Problem> {
        let key = Presented::parse(token).filter(|key| key.tenant == tenant.id);
        let key = key.ok_or_else(Problem::unauthenticated)?;
        let known = self.find(tenant, key.id).await?.filter(|known| key.fits(&known.secret_hash));
        let known = known.ok_or_else(Problem::unauthenticated)?;
        let now = self.authority.databases().clock().now();
        if known.status != UserStatus::Active || known.expires_at <= now {
            return Err(Problem::unauthenticated());
        }
        let session = SessionId::from_uuid(key.id.as_uuid());
        if self.revocations.is_ended(tenant.id, session).await? {
            return Err(Problem::unauthenticated());
        }
        self.note_use(tenant, key.id, &known, now);
        Ok(Identity {
            user: known.user,
            session,
            means: Means::Key(Arc::clone(&known.scopes)),
            expires_at: known.expires_at,
        })
    }

    /// Write down that the key is in use, unless that was done a short while ago; nobody waits for it.
    fn note_use(&self, tenant: &TenantInfo, id: ApiKeyId, known: &Known, now: Timestamp) {
        let (last, seconds) = (known.noted.load(Ordering::Relaxed), now.as_second());
        if seconds - last < NOTED_EVERY.as_secs() {
            return;
        }
        let is_first = known.noted.compare_exchange(last, seconds, Ordering::Relaxed, Ordering::Relaxed);
        if is_first.is_err() {
            return;
        }
        let scope = self.authority.enter(&tenant.placement, Purpose::Log, self.origin());
        tokio::spawn(async move {
            if let Err(error) = scope.log(vec![store::note_use(id, now)]).await {
                tracing::warn!(tenant.id = %scope.tenant_id(), api_key.id = %id, error = %error,
                    "the use of an API key could not be noted");
            }
        });
    }

    fn origin(&self) -> Origin {
        let databases = self.authority.databases();
        let id = RequestId::new(databases.clock(), databases.rng());
        Origin::system(id, databases.clock().now(), "api_keys:use")
    }
}

fn scopes(stored: &[String]) -> Scopes {
    let specs = stored.iter().filter_map(|text| text.parse::<GrantSpec>().ok());
    specs.map(|spec| (spec.permission.as_str().to_owned().into(), spec.extent)).collect()
}

impl Authenticator for Keys {
    fn claimed_tenant(&self, token: &str) -> Option<TenantId> {
        if Presented::is_meant(token) {
            return Presented::parse(token).map(|key| key.tenant);
        }
        self.tokens.claimed_tenant(token)
    }

    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantInfo,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Identity, Problem>> {
        if Presented::is_meant(token) {
            return Box::pin(self.verify(tenant, token));
        }
        self.tokens.authenticate(tenant, token)
    }
}
