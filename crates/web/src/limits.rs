//! How fast and how much at once may be asked, so that one cannot starve the others.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, MonotonicClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tenantry_kernel::{ErrorKind, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Problem;

/// The limits of one node.
#[derive(Debug, Clone, Copy)]
pub struct LimitSettings {
    /// Requests a second of one tenant.
    pub per_tenant: NonZeroU32,
    /// Requests that a tenant may send at once after a pause.
    pub burst: NonZeroU32,
    /// Requests a second of one address.
    pub per_address: NonZeroU32,
    /// Requests of one tenant at work at the same time.
    pub concurrent: usize,
}

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, MonotonicClock>;

/// Counts requests (GCRA) by tenant and by address.
pub struct Limits {
    tenants: Keyed<TenantId>,
    addresses: Keyed<IpAddr>,
    working: moka::sync::Cache<TenantId, Arc<Semaphore>>,
    concurrent: usize,
    checks: AtomicU32,
}

impl Limits {
    /// Nothing counted yet.
    pub fn new(settings: LimitSettings) -> Self {
        let LimitSettings { per_tenant, burst, per_address, concurrent } = settings;
        Self {
            tenants: RateLimiter::new(
                Quota::per_second(per_tenant).allow_burst(burst),
                DashMapStateStore::default(),
                MonotonicClock,
            ),
            addresses: RateLimiter::new(
                Quota::per_second(per_address),
                DashMapStateStore::default(),
                MonotonicClock,
            ),
            working: moka::sync::Cache::builder().time_to_idle(Duration::from_mins(2)).build(),
            concurrent,
            checks: AtomicU32::new(0),
        }
    }

    /// Count a request of an address.
    pub(crate) fn check_address(&self, address: IpAddr) -> Result<(), Problem> {
        // A /64 is one customer's.
        let address = match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        };
        // Now and then forget those who have gone.
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(65_536) {
            self.addresses.retain_recent();
            self.tenants.retain_recent();
        }
        check(&self.addresses, &address, "rate_limited", "Your address sends too many requests.")
    }

    /// Count a request of a tenant, and take one of its places.
    pub(crate) fn check_tenant(&self, tenant: TenantId) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        check(&self.tenants, &tenant, "rate_limited", "Your organisation sends too many requests.")?;
        let places = self.working.get_with(tenant, || Arc::new(Semaphore::new(self.concurrent)));
        let place = places.try_acquire_owned().map_err(|_| {
            let detail = "Too many of your organisation's requests are being worked on.";
            Problem::new(ErrorKind::TooMany, "too_many_at_once", detail).retry_after(1)
        })?;
        Ok(Some(place))
    }
}

fn check<K: Hash + Eq + Clone>(
    limiter: &Keyed<K>,
    key: &K,
    code: &'static str,
    detail: &str,
) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(MonotonicClock.now()).as_secs() + 1;
        Problem::new(ErrorKind::TooMany, code, detail).retry_after(wait)
    })
}
