//! Slowing down and stopping whoever guesses passwords.
//!
//! Two independent brakes. [`State`] belongs to one account and is stored with it: a growing delay from the second
//! failure in a row, and a lock at the fifth (the defaults of [`Settings`]). [`IpDelays`] belongs to one address at one
//! tenant and is kept in memory: it slows whoever tries many accounts.
//!
//! The caller asks [`State::decide`] before it looks at the password and [`State::after`] once it has, the latter on
//! the row as locked for update. The decision of `after` counts: attempts made at the same time all pass `decide`, and
//! one that turns out right after another has locked the account is still refused.
//!
//! **Answer uniformly.** A refusal must look like a wrong password: same status, same body, and after the same time
//! (`Hasher::verify` with `None`). An answer that says "locked" tells that the account exists, and one that comes
//! sooner says so too. `until` is for the audit trail and the mail to the account's owner. The refusals of `IpDelays`
//! do not depend on the account and may be told, with `Retry-After`.
//!
//! A refused attempt is not counted: trying on during a delay or a lock does not make it longer, so a lock cannot be
//! kept up for ever by knocking.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod ip;
pub(crate) mod stuffing;

pub use ip::{IpDelays, IpSettings};

/// When an account is slowed and locked; a tenant's own to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, garde::Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How many failures in a row lock the account, 1 to 100.
    #[garde(range(min = 1, max = 100))]
    pub threshold: u16,
    /// How long a lock lasts, in minutes, 1 to 10,080 (a week).
    #[garde(range(min = 1, max = 10_080))]
    pub lock_minutes: u16,
    /// The delay after the second failure in a row, in milliseconds, at most 60,000; it doubles with every further one.
    /// 0 means no delay.
    #[garde(range(max = 60_000))]
    pub base_delay_ms: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: 5, lock_minutes: 30, base_delay_ms: 500 }
    }
}

impl Settings {
    fn lock(self) -> SignedDuration {
        SignedDuration::from_mins(self.lock_minutes.max(1).into())
    }

    /// How long after the last of them failures in a row are forgotten.
    pub(crate) fn memory(self) -> SignedDuration {
        self.lock() + SignedDuration::from_hours(1)
    }

    /// How long to wait after this many failures in a row; never longer than a lock.
    fn delay(self, failed_attempts: u16) -> SignedDuration {
        let Some(doublings) = failed_attempts.checked_sub(2) else { return SignedDuration::ZERO };
        doubled(self.base_delay_ms, doublings).min(self.lock())
    }
}

/// What an account remembers of failed sign-ins; the default is an account without any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// Failures in a row since the last success or the last lock.
    pub failed_attempts: u16,
    /// When the last of them was.
    pub last_failed_at: Option<Timestamp>,
    /// Until when the account is locked, or was last.
    pub locked_until: Option<Timestamp>,
}

/// How an attempt ended that was allowed to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The password was right.
    Succeeded,
    /// The password was wrong.
    Failed,
}

/// Whether an attempt may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Proceed,
    /// It may not.
    Refuse {
        /// From when on an attempt may be made again.
        until: Timestamp,
    },
}

impl Decision {
    fn until(until: Timestamp, now: Timestamp) -> Self {
        if now < until { Self::Refuse { until } } else { Self::Proceed }
    }
}

impl State {
    /// Whether the account is locked, not merely slowed.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// Whether an attempt may be made now.
    pub fn decide(&self, settings: Settings, now: Timestamp) -> Decision {
        let Self { failed_attempts, last_failed_at, locked_until } = *self;
        match (locked_until, last_failed_at) {
            (Some(until), _) => Decision::until(until, now),
            (None, Some(last)) => Decision::until(later(last, settings.delay(failed_attempts)), now),
            (None, None) => Decision::Proceed,
        }
    }

    /// The state after an attempt, and whether what it asked for may go on (after a success) or when the next attempt
    /// may be made (after a failure).
    ///
    /// A success clears everything, except during a lock. A lock that has run out counts for nothing, and so do failures that
    /// nobody has added to for an hour longer than a lock lasts.
    #[must_use]
    pub fn after(self, settings: Settings, now: Timestamp, outcome: Outcome) -> (Self, Decision) {
        if self.is_locked(now) {
            return (self, self.decide(settings, now));
        }
        if outcome == Outcome::Succeeded {
            return (Self::default(), Decision::Proceed);
        }
        let is_old = self.last_failed_at.is_some_and(|last| later(last, settings.memory()) <= now);
        let before = if self.locked_until.is_some() || is_old { Self::default() } else { self };
        let failed_attempts = before.failed_attempts.saturating_add(1);
        let state = Self {
            failed_attempts,
            last_failed_at: Some(now),
            locked_until: (failed_attempts >= settings.threshold).then(|| later(now, settings.lock())),
        };
        (state, state.decide(settings, now))
    }
}

/// `base_ms` doubled so many times.
fn doubled(base_ms: u32, times: u16) -> SignedDuration {
    let millis = i64::from(base_ms) << times.min(30);
    SignedDuration::from_millis(millis)
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
