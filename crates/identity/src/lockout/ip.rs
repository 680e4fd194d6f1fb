//! Slowing an address that fails often, over all accounts of a tenant.
//!
//! Kept in this process's memory: it survives neither a restart nor counts across nodes, and need not, since every
//! account has its own lock. Memory is bounded: when too many addresses are known, those that failed longest ago are
//! forgotten. An IPv6 host has a whole /64 to itself, so that is what counts as one address.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tenantry_kernel::TenantId;

use super::{Decision, doubled, later};

/// When an address is slowed; the operator's to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, garde::Validate)]
#[serde(deny_unknown_fields, default)]
pub struct IpSettings {
    /// How many failures within the window begin the delay, 2 to 1000. An office shares one address.
    #[garde(range(min = 2, max = 1000))]
    pub threshold: u16,
    /// How long a failure counts, in minutes, 1 to 1440.
    #[garde(range(min = 1, max = 1440))]
    pub window_minutes: u16,
    /// The first delay, in milliseconds, 1 to 60,000; it doubles with every further failure.
    #[garde(range(min = 1, max = 60_000))]
    pub base_delay_ms: u32,
    /// The longest delay, in seconds, 1 to 3600.
    #[garde(range(min = 1, max = 3600))]
    pub max_delay_seconds: u16,
    /// How many addresses are remembered, 16 to 1,000,000; each takes up to about a kilobyte at the default threshold.
    #[garde(range(min = 16, max = 1_000_000))]
    pub capacity: usize,
}

impl Default for IpSettings {
    fn default() -> Self {
        Self {
            threshold: 20,
            window_minutes: 15,
            base_delay_ms: 1000,
            max_delay_seconds: 60,
            capacity: 10_000,
        }
    }
}

pub(super) type Key = (TenantId, IpAddr);

/// The addresses that failed lately, each with when it did.
#[derive(Debug)]
pub struct IpDelays {
    settings: IpSettings,
    failures: Mutex<HashMap<Key, VecDeque<Timestamp>>>,
}

impl IpDelays {
    /// No address has failed yet.
    pub fn new(settings: IpSettings) -> Self {
        Self { settings, failures: Mutex::default() }
    }

    /// Whether an attempt from this address may be made now.
    pub fn decide(&self, tenant: TenantId, ip: IpAddr, now: Timestamp) -> Decision {
        let known = self.lock();
        known.get(&key(tenant, ip)).map_or(Decision::Proceed, |failures| self.judge(failures, now))
    }

    /// Note a failure, and say when the address may try again. Successes are not noted: an attacker has an account of
    /// their own to succeed with.
    pub fn failed(&self, tenant: TenantId, ip: IpAddr, now: Timestamp) -> Decision {
        let key = key(tenant, ip);
        let mut known = self.lock();
        if known.len() >= self.settings.capacity && !known.contains_key(&key) {
            self.make_room(&mut known, now);
        }
        let failures = known.entry(key).or_default();
        failures.retain(|failure| self.counts(*failure, now));
        while failures.len() >= self.most_failures() {
            failures.pop_front();
        }
        failures.push_back(now);
        self.judge(failures, now)
    }

    fn judge(&self, failures: &VecDeque<Timestamp>, now: Timestamp) -> Decision {
        let count = failures.iter().filter(|failure| self.counts(**failure, now)).count();
        let beyond = count.checked_sub(self.settings.threshold.into());
        match (failures.back(), beyond) {
            (Some(last), Some(beyond)) => Decision::until(later(*last, self.delay(beyond)), now),
            _ => Decision::Proceed,
        }
    }

    fn delay(&self, beyond: usize) -> SignedDuration {
        let doublings = u16::try_from(beyond).unwrap_or(u16::MAX);
        let longest = SignedDuration::from_secs(self.settings.max_delay_seconds.into());
        doubled(self.settings.base_delay_ms, doublings).min(longest)
    }

    fn counts(&self, failure: Timestamp, now: Timestamp) -> bool {
        now.duration_since(failure) < SignedDuration::from_mins(self.settings.window_minutes.into())
    }

    /// Enough to reach the longest delay from the shortest first one: 2^22 ms are more than an hour.
    fn most_failures(&self) -> usize {
        usize::from(self.settings.threshold) + 22
    }

    /// Forget addresses whose failures no longer count, and if none does, the eighth that failed longest ago.
    fn make_room(&self, known: &mut HashMap<Key, VecDeque<Timestamp>>, now: Timestamp) {
        let last = |failures: &VecDeque<Timestamp>| failures.back().copied().unwrap_or(Timestamp::MIN);
        known.retain(|_, failures| self.counts(last(failures), now));
        if known.len() < self.settings.capacity {
            return;
        }
        let mut order: Vec<(Timestamp, Key)> =
            known.iter().map(|(key, failures)| (last(failures), *key)).collect();
        let eighth = (order.len() / 8).max(1);
        order.sort_unstable();
        for (_, key) in order.iter().take(eighth) {
            known.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, VecDeque<Timestamp>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An IPv4 address in either spelling, or the /64 of an IPv6 address.
pub(super) fn key(tenant: TenantId, ip: IpAddr) -> Key {
    let network = match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    };
    (tenant, network)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tenantry_kernel::{Clock, Rng};

    use super::*;

    fn tenant() -> TenantId {
        TenantId::new(&Clock::system(), &Rng::system())
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("in range")
    }

    fn fail(delays: &IpDelays, tenant: TenantId, address: &str, times: usize) -> Decision {
        (0..times).fold(Decision::Proceed, |_, _| delays.failed(tenant, ip(address), at(0)))
    }

    #[test]
    fn the_delay_begins_at_the_threshold_doubles_and_is_capped() {
        let (delays, tenant) = (IpDelays::new(IpSettings::default()), tenant());
        assert_eq!(fail(&delays, tenant, "192.0.2.1", 19), Decision::Proceed);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let decision = delays.failed(tenant, ip("192.0.2.1"), at(0));
            assert_eq!(decision, Decision::Refuse { until: at(seconds) });
            assert_eq!(delays.decide(tenant, ip("192.0.2.1"), at(0)), decision);
        }
        assert_eq!(delays.decide(tenant, ip("192.0.2.1"), at(60)), Decision::Proceed);
    }

    #[test]
    fn failures_count_for_one_address_at_one_tenant_and_for_a_while() {
        let (delays, one) = (IpDelays::new(IpSettings::default()), tenant());
        fail(&delays, one, "192.0.2.1", 30);
        assert_ne!(delays.decide(one, ip("192.0.2.1"), at(1)), Decision::Proceed);
        assert_eq!(delays.decide(one, ip("192.0.2.2"), at(1)), Decision::Proceed);
        assert_eq!(delays.decide(tenant(), ip("192.0.2.1"), at(1)), Decision::Proceed);
        assert_eq!(delays.failed(one, ip("192.0.2.1"), at(15 * 60)), Decision::Proceed);
    }

    #[test]
    fn an_ipv6_network_and_a_mapped_ipv4_address_are_one_address() {
        let (delays, tenant) = (IpDelays::new(IpSettings::default()), tenant());
        fail(&delays, tenant, "2001:db8::1", 20);
        fail(&delays, tenant, "::ffff:192.0.2.1", 20);
        for (address, is_slowed) in [
            ("2001:db8::ffff:2", true),
            ("2001:db8:0:1::1", false),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
        ] {
            let decision = delays.decide(tenant, ip(address), at(0));
            assert_eq!(decision != Decision::Proceed, is_slowed, "{address}");
        }
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_are_forgotten_first() {
        let settings = IpSettings { capacity: 16, threshold: 2, ..IpSettings::default() };
        let (delays, tenant) = (IpDelays::new(settings), tenant());
        for number in 0..100_u32 {
            let address = IpAddr::V4(number.into());
            for _ in 0..100 {
                delays.failed(tenant, address, at(number.into()));
            }
            assert!(delays.lock().len() <= 16);
        }
        assert!(delays.lock().values().all(|failures| failures.len() <= 24));
        let is_slowed =
            |number: u32| delays.decide(tenant, IpAddr::V4(number.into()), at(99)) != Decision::Proceed;
        assert!(is_slowed(99) && is_slowed(90) && !is_slowed(0));
    }

    proptest! {
        #[test]
        fn never_slowed_before_the_threshold_and_once_allowed_always_allowed(
            gaps in prop::collection::vec(0_i64..120, 1..60), wait in 0_i64..2000, more in 0_i64..2000,
        ) {
            let (delays, tenant) = (IpDelays::new(IpSettings::default()), tenant());
            let mut now = 0;
            for (before, gap) in gaps.into_iter().enumerate() {
                now += gap;
                let decision = delays.failed(tenant, ip("192.0.2.1"), at(now));
                prop_assert!(before + 1 >= 20 || decision == Decision::Proceed);
            }
            let decide = |time| delays.decide(tenant, ip("192.0.2.1"), at(time));
            if decide(now + wait) == Decision::Proceed {
                prop_assert_eq!(decide(now + wait + more), Decision::Proceed);
            }
        }
    }
}
