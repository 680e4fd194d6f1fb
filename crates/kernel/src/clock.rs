//! Time, given rather than taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time; cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Given(Arc<Given>),
}

#[derive(Debug)]
struct Given {
    micros: AtomicI64,
    ticks: Ticks,
}

/// The ticks of the machine's clock, for the whole process: every copy of [`Clock::system`] counts the same.
static SYSTEM_TICKS: Ticks = Ticks(AtomicU64::new(0));

/// Instants that never repeat: milliseconds since 1970 in the upper 48 bits, 4,096ths of one in the lower 12.
#[derive(Debug)]
struct Ticks(AtomicU64);

impl Ticks {
    /// A clock that was set back by more than this is followed; until then, ticks go on from the last one.
    const LARGEST_STEP_BACK: u64 = 10_000 << 12;

    fn next(&self, micros: i64) -> u64 {
        let micros = u64::try_from(micros).unwrap_or_default();
        let now = ((micros / 1000) << 12) | ((micros % 1000) * 4096 / 1000);
        let follow = |last: u64| {
            let is_ahead = last >= now && last - now <= Self::LARGEST_STEP_BACK;
            if is_ahead { last + 1 } else { now }
        };
        let update = |last| Some(follow(last));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update).map_or(now, follow)
    }
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now`.
    pub fn at(now: Timestamp) -> Self {
        GivenClock::new(now).clock()
    }

    /// Now, in UTC, to the microsecond: what PostgreSQL's `timestamptz` can hold.
    pub fn now(&self) -> Timestamp {
        let micros = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
            Source::System => Timestamp::now().as_microsecond(),
            Source::Given(given) => given.micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// An instant later than every one this clock has given: 48 bits of milliseconds, 12 of their 4,096ths.
    pub(crate) fn tick(&self) -> u64 {
        let ticks = match &self.0 {
            Source::System => &SYSTEM_TICKS,
            Source::Given(given) => &given.ticks,
        };
        ticks.next(self.now().as_microsecond())
    }
}

/// The hand on a test's clock.
#[derive(Debug, Clone)]
pub struct GivenClock(Arc<Given>);

impl GivenClock {
    /// A clock that shows `now` until it is moved.
    pub fn new(now: Timestamp) -> Self {
        let micros = AtomicI64::new(now.as_microsecond());
        Self(Arc::new(Given { micros, ticks: Ticks(AtomicU64::new(0)) }))
    }

    /// The clock that shows this hand's time.
    pub fn clock(&self) -> Clock {
        Clock(Source::Given(Arc::clone(&self.0)))
    }

    /// Move time forward (or back, with a negative duration).
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn ticks_ascend_whatever_the_clock_does(steps: Vec<(u8, bool)>) {
            let ticks = Ticks(AtomicU64::new(0));
            let (mut now, mut last) = (1_000_000_000, 0);
            for (step, is_back) in steps {
                now += i64::from(step) * if is_back { -100 } else { 100 };
                let tick = ticks.next(now);
                proptest::prop_assert!(tick > last);
                last = tick;
            }
        }
    }

    #[test]
    fn a_clock_that_was_far_ahead_is_followed_back() {
        let ticks = Ticks(AtomicU64::new(0));
        ticks.next(60_000_000_000);
        assert_eq!(ticks.next(1_000_500), (1000 << 12) | 2048);
    }
}
