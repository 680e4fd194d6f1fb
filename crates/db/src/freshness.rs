//! Whether something cached is still good.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tenantry_kernel::TenantId;
use tokio::sync::broadcast::error::RecvError;

use crate::notify::{Heard, Listener, Topic};

/// How long anything may be used without being asked for anew, even when nothing was announced.
const LONGEST: Duration = Duration::from_secs(30);
/// The same while the line of announcements is down.
const LONGEST_DEAF: Duration = Duration::from_millis(400);

/// Follows the announcements of some topics, for caches: an entry is good while no change was announced since its loading
/// *began*. While the line is down, an entry is good for less than half a second.
pub struct Freshness {
    tenants: RwLock<HashMap<TenantId, u64>>,
    any: AtomicU64,
    everything: AtomicU64,
    listener: Listener,
    wanted: fn(&Topic) -> bool,
}

/// When an entry's loading began.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    generation: u64,
    loaded: Instant,
}

impl Freshness {
    /// Follow the topics that `wanted` picks.
    pub fn follow(listener: &Listener, wanted: fn(&Topic) -> bool) -> Arc<Self> {
        let fresh = Arc::new(Self {
            tenants: RwLock::default(),
            any: AtomicU64::new(0),
            everything: AtomicU64::new(0),
            listener: listener.clone(),
            wanted,
        });
        listener.committed.observe(&fresh);
        let mut heard = listener.subscribe();
        let weak = Arc::downgrade(&fresh);
        tokio::spawn(async move {
            loop {
                let message = heard.recv().await;
                let Some(fresh) = weak.upgrade() else { return };
                match message {
                    Ok(Heard::Signal(signal)) => fresh.heard(signal.tenant, &signal.topic),
                    Ok(Heard::Reconnected) | Err(RecvError::Lagged(_)) => {
                        fresh.everything.fetch_add(1, Ordering::SeqCst);
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
        fresh
    }

    pub(crate) fn heard(&self, tenant: TenantId, topic: &Topic) {
        if (self.wanted)(topic) {
            self.changed(tenant);
        }
    }

    /// Note a change at once, on this node, before it is announced to all.
    pub fn changed(&self, tenant: TenantId) {
        *self.tenants.write().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default() += 1;
        self.any.fetch_add(1, Ordering::SeqCst);
    }

    /// Take a stamp before loading. `tenant` is whom the entry is about; `None` when any tenant's change may touch it.
    pub fn stamp(&self, tenant: Option<TenantId>) -> Stamp {
        Stamp { generation: self.generation(tenant), loaded: Instant::now() }
    }

    /// Whether an entry with this stamp may be used.
    pub fn is_good(&self, stamp: Stamp, tenant: Option<TenantId>) -> bool {
        let longest = if self.listener.is_connected() { LONGEST } else { LONGEST_DEAF };
        stamp.generation == self.generation(tenant) && stamp.loaded.elapsed() < longest
    }

    fn generation(&self, tenant: Option<TenantId>) -> u64 {
        let of_tenant = match tenant {
            Some(tenant) => self
                .tenants
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&tenant)
                .copied()
                .unwrap_or_default(),
            None => self.any.load(Ordering::SeqCst),
        };
        self.everything.load(Ordering::SeqCst).wrapping_add(of_tenant)
    }
}
