//! One address that fails for many different accounts: somebody tries what has leaked elsewhere.
//!
//! Kept in this process's memory, like the [delays](super::IpDelays) that it makes longer. It is bounded: of more addresses than it
//! has room for, those that nobody has come from for the longest are forgotten, and the others are not.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::policy::EvictionPolicy;
use tenantry_kernel::TenantId;
use tenantry_vault::hash_token;

use super::ip::{Key, key};

/// How many accounts somebody behind one address mistypes within an hour, and no more.
const MOST_ACCOUNTS: usize = 10;
/// How long an attempt counts, and how long nobody is told again.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// How many addresses are remembered.
const CAPACITY: u64 = 10_000;

#[derive(Default)]
struct Tried {
    /// When, and a hash of the account's address.
    accounts: VecDeque<(Timestamp, [u8; 32])>,
    told_at: Option<Timestamp>,
}

/// The addresses that failed for some account lately.
pub(crate) struct Stuffing(moka::sync::Cache<Key, Arc<Mutex<Tried>>>);

impl Default for Stuffing {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

/// What a failure shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing: people mistype.
    Nothing,
    /// The address has failed for many accounts.
    Stuffing {
        /// Whether nobody was told within the hour.
        is_news: bool,
    },
}

impl Stuffing {
    fn with_capacity(capacity: u64) -> Self {
        let life = Duration::try_from(WINDOW).unwrap_or_default();
        // By use, not by frequency: whoever comes anew is remembered, however often others have come.
        let built = moka::sync::Cache::builder().max_capacity(capacity).time_to_idle(life);
        Self(built.eviction_policy(EvictionPolicy::lru()).build())
    }

    /// Note a failure of an address for an account.
    pub(crate) fn failed(&self, tenant: TenantId, ip: IpAddr, account: &str, now: Timestamp) -> Found {
        let account = hash_token(account);
        let tried = self.0.get_with(key(tenant, ip), Arc::default);
        let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.accounts.retain(|(at, one)| counts(*at, now) && *one != account);
        while tried.accounts.len() > MOST_ACCOUNTS {
            tried.accounts.pop_front();
        }
        tried.accounts.push_back((now, account));
        if tried.accounts.len() < MOST_ACCOUNTS {
            return Found::Nothing;
        }
        let is_news = tried.told_at.is_none_or(|at| !counts(at, now));
        if is_news {
            tried.told_at = Some(now);
        }
        Found::Stuffing { is_news }
    }
}

fn counts(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + minutes * 60).unwrap()
    }

    fn fail(stuffing: &Stuffing, number: usize, minutes: i64) -> Found {
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        let account = format!("user{number}@acme.example");
        stuffing.failed(tenant, "192.0.2.7".parse().unwrap(), &account, at(minutes))
    }

    #[test]
    fn many_accounts_within_an_hour_are_told_once_an_hour() {
        let stuffing = Stuffing::default();
        for number in 1..MOST_ACCOUNTS {
            assert_eq!(fail(&stuffing, number, 0), Found::Nothing);
        }
        assert_eq!(fail(&stuffing, MOST_ACCOUNTS, 1), Found::Stuffing { is_news: true });
        assert_eq!(fail(&stuffing, MOST_ACCOUNTS + 1, 2), Found::Stuffing { is_news: false });
        for number in 0..MOST_ACCOUNTS {
            fail(&stuffing, number, 60);
        }
        assert_eq!(fail(&stuffing, 99, 61), Found::Stuffing { is_news: true });
    }

    #[test]
    fn a_full_memory_forgets_whoever_came_first_and_nobody_else() {
        let stuffing = Stuffing::with_capacity(16);
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        let from = |address: u32, number: usize| {
            let account = format!("user{number}@acme.example");
            let found = stuffing.failed(tenant, IpAddr::V4(address.into()), &account, at(0));
            stuffing.0.run_pending_tasks();
            found
        };
        // Many others come between, but never so many that the one is the oldest.
        let (one, mut others) = (1, 1000..);
        for number in 1..MOST_ACCOUNTS {
            assert_eq!(from(one, number), Found::Nothing);
            for other in others.by_ref().take(15) {
                from(other, 0);
            }
            assert!(stuffing.0.entry_count() <= 16);
        }
        assert_eq!(from(one, MOST_ACCOUNTS), Found::Stuffing { is_news: true });
        for other in others.take(16) {
            from(other, 0);
        }
        assert_eq!(from(one, MOST_ACCOUNTS + 1), Found::Nothing, "the oldest");
    }

    #[test]
    fn one_account_and_the_mistakes_of_a_day_are_nothing() {
        let stuffing = Stuffing::default();
        for minutes in 0..100 {
            assert_eq!(fail(&stuffing, 1, minutes), Found::Nothing);
        }
        for number in 0..30 {
            assert_eq!(fail(&stuffing, number, 200 + i64::try_from(number).unwrap() * 10), Found::Nothing);
        }
    }
}
