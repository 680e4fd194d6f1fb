//! How often somebody may type a wrong code (RFC 8628, 5.1). Counted in memory, by each node for itself.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tenantry_kernel::{TenantId, UserId};

/// Wrong codes in ten minutes, of an address and of a person.
pub(crate) const MOST: u32 = 10;
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// Who guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Guesser {
    /// An IPv4 address, or the network of 64 bits that somebody has of IPv6.
    Address([u8; 8]),
    User(UserId),
}

/// Wrong codes, counted from the first one on.
pub(crate) struct Guesses(Mutex<moka::sync::Cache<(TenantId, Guesser), (Timestamp, u32)>>);

impl Default for Guesses {
    fn default() -> Self {
        let kept = Duration::from_mins(11);
        Self(Mutex::new(moka::sync::Cache::builder().max_capacity(100_000).time_to_live(kept).build()))
    }
}

fn guessers(ip: Option<&str>, user: Option<UserId>) -> Vec<Guesser> {
    let address = ip.and_then(|ip| ip.parse::<IpAddr>().ok()).map(|ip| {
        let mut network = [0; 8];
        match ip.to_canonical() {
            IpAddr::V4(ip) => network[..4].copy_from_slice(&ip.octets()),
            IpAddr::V6(ip) => network.copy_from_slice(ip.octets().first_chunk::<8>().unwrap_or(&[0; 8])),
        }
        Guesser::Address(network)
    });
    address.into_iter().chain(user.map(Guesser::User)).collect()
}

impl Guesses {
    /// Count a guess before it is looked up, so that many at once do not slip through; `false` when there were too many.
    pub(crate) fn may_try(
        &self,
        tenant: TenantId,
        ip: Option<&str>,
        user: Option<UserId>,
        now: Timestamp,
    ) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut may = true;
        for guesser in guessers(ip, user) {
            let key = (tenant, guesser);
            let (since, count) =
                counts.get(&key).filter(|(since, _)| now.duration_since(*since) < WINDOW).unwrap_or((now, 0));
            may &= count < MOST;
            counts.insert(key, (since, count.saturating_add(1)));
        }
        may
    }

    /// The code was right: what was counted for it is forgotten.
    pub(crate) fn was_right(&self, tenant: TenantId, ip: Option<&str>, user: Option<UserId>) {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for guesser in guessers(ip, user) {
            if let Some((since, count)) = counts.get(&(tenant, guesser)) {
                counts.insert((tenant, guesser), (since, count.saturating_sub(1)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_are_enough_for_an_address_a_network_and_a_person() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let other = TenantId::from_uuid(uuid::Uuid::from_u128(2));
        let user = UserId::from_uuid(uuid::Uuid::from_u128(3));
        let now = Timestamp::UNIX_EPOCH;
        let guesses = Guesses::default();
        for number in 0..MOST {
            let ip = format!("2001:db8::{number}");
            assert!(guesses.may_try(tenant, Some(&ip), Some(user), now), "{number}");
        }
        assert!(!guesses.may_try(tenant, Some("2001:db8::ffff"), None, now));
        assert!(!guesses.may_try(tenant, Some("192.0.2.1"), Some(user), now));
        assert!(guesses.may_try(tenant, Some("192.0.2.2"), None, now));
        assert!(guesses.may_try(tenant, Some("2001:db9::1"), None, now));
        assert!(guesses.may_try(other, Some("2001:db8::1"), Some(user), now));
        assert!(guesses.may_try(tenant, Some("2001:db8::1"), Some(user), now + WINDOW));
    }

    #[test]
    fn right_codes_cost_nothing() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let guesses = Guesses::default();
        for _ in 0..50 {
            assert!(guesses.may_try(tenant, Some("192.0.2.1"), None, Timestamp::UNIX_EPOCH));
            guesses.was_right(tenant, Some("192.0.2.1"), None);
        }
    }
}
