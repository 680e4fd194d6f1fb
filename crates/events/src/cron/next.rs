//! When a cron expression fits next.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};

use super::Cron;

/// Between two 29 February on the same day of the week there are at most forty years (around 2100).
const HORIZON_DAYS: usize = 366 * 40 + 2;

impl Cron {
    /// The first instant after `after` that fits in this time zone; none only at the end of the calendar.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // A day earlier: a clock that is set back may cross midnight.
        let first = zone.to_datetime(after).date().checked_sub(1.day()).ok()?;
        let days = first.series(1.day()).take(HORIZON_DAYS);
        days.filter(|day| self.fits(*day)).flat_map(|day| self.times(day)).find_map(|at| {
            let at = instant(at, zone)?;
            (at > after).then_some(at)
        })
    }

    fn fits(&self, day: Date) -> bool {
        let by_day = self.days.has(day.day());
        let by_weekday = self.days_of_week.has(day.weekday().to_sunday_zero_offset());
        let either = self.days.is_restricted && self.days_of_week.is_restricted;
        self.months.has(day.month()) && if either { by_day || by_weekday } else { by_day && by_weekday }
    }

    fn times(&self, day: Date) -> impl Iterator<Item = DateTime> {
        let (hours, minutes) = (self.hours, self.minutes);
        (0..24).filter(move |hour| hours.has(*hour)).flat_map(move |hour| {
            (0..60).filter(move |minute| minutes.has(*minute)).map(move |minute| day.at(hour, minute, 0, 0))
        })
    }
}

/// The instant of a wall-clock time: the first of two, or the end of the gap it falls into.
fn instant(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(at).offset() {
        AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
            offset.to_timestamp(at).ok()
        }
        AmbiguousOffset::Gap { after, .. } => {
            let before_gap = after.to_timestamp(at).ok()?;
            zone.following(before_gap).next().map(|transition| transition.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(cron: &str, after: &str, zone: &str) -> String {
        let cron: Cron = cron.parse().expect("a cron expression");
        let zone = TimeZone::get(zone).expect("a time zone");
        cron.next(after.parse().expect("an instant"), &zone).expect("an instant").to_string()
    }

    #[test]
    fn a_day_fits_when_either_restricted_field_does() {
        assert_eq!(next("0 0 13 * fri", "2026-11-10T00:00:00Z", "UTC"), "2026-11-13T00:00:00Z");
        assert_eq!(next("0 0 13 * fri", "2026-11-13T00:00:00Z", "UTC"), "2026-11-20T00:00:00Z");
        assert_eq!(next("0 0 */2 * mon", "2026-11-10T00:00:00Z", "UTC"), "2026-11-23T00:00:00Z");
    }

    #[test]
    fn a_leap_day_is_found_across_a_century() {
        assert_eq!(next("0 0 29 2 *", "2096-03-01T00:00:00Z", "UTC"), "2104-02-29T00:00:00Z");
        // `*/7` of the days of the week is Sunday, and not restricted: both must fit.
        assert_eq!(next("0 0 29 2 */7", "2096-03-01T00:00:00Z", "UTC"), "2128-02-29T00:00:00Z");
        assert_eq!("0 0 30 2 *".parse::<Cron>(), Err(super::super::CronError::Never));
        assert!("0 0 30 2 mon".parse::<Cron>().is_ok());
    }

    #[test]
    fn a_skipped_time_runs_once_at_the_end_of_the_gap() {
        // New York: 2026-03-08 02:00 becomes 03:00 (07:00Z).
        assert_eq!(next("30 2 * * *", "2026-03-08T05:00:00Z", "America/New_York"), "2026-03-08T07:00:00Z");
        assert_eq!(next("30 2 * * *", "2026-03-08T07:00:00Z", "America/New_York"), "2026-03-09T06:30:00Z");
        assert_eq!(next("0 2 * * *", "2026-03-08T05:00:00Z", "America/New_York"), "2026-03-08T07:00:00Z");
    }

    #[test]
    fn a_repeated_time_runs_once() {
        // Berlin: 2026-10-25 03:00 becomes 02:00 again (01:00Z).
        assert_eq!(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00Z");
        assert_eq!(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-26T01:30:00Z");
    }

    fn field(least: u8, most: u8) -> impl Strategy<Value = String> {
        prop_oneof![
            3 => Just("*".to_owned()),
            2 => (least..=most).prop_map(|number| number.to_string()),
            1 => (1..=9_u8).prop_map(|step| format!("*/{step}")),
            1 => (least..=most, least..=most).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
            1 => (least..=most, least..=most).prop_map(|(a, b)| format!("{a},{b}")),
        ]
    }

    fn expression() -> impl Strategy<Value = String> {
        (field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7))
            .prop_map(|(a, b, c, d, e)| format!("{a} {b} {c} {d} {e}"))
    }

    fn matches(cron: &Cron, at: DateTime) -> bool {
        cron.fits(at.date()) && cron.hours.has(at.hour()) && cron.minutes.has(at.minute()) && at.second() == 0
    }

    proptest! {
        #[test]
        fn reading_never_panics(text: String) {
            let _ = text.parse::<Cron>();
        }

        #[test]
        fn it_is_the_first_minute_that_fits(text in expression(), start in 1_700_000_000_i64..1_900_000_000) {
            let cron: Cron = text.parse().expect("a cron expression");
            let after = Timestamp::from_second(start).expect("in range");
            let next = cron.next(after, &TimeZone::UTC).expect("found");
            prop_assert!(next > after);
            prop_assert!(matches(&cron, TimeZone::UTC.to_datetime(next)));
            // Every minute between, but no more than a few days of them.
            let mut minute = Timestamp::from_second((start.div_euclid(60) + 1) * 60).expect("in range");
            for _ in 0..5_000 {
                if minute >= next { break }
                prop_assert!(!matches(&cron, TimeZone::UTC.to_datetime(minute)), "{minute} fits as well");
                minute += 1.minute();
            }
        }

        #[test]
        fn time_goes_forward_in_every_zone(
            text in expression(),
            start in 1_700_000_000_i64..1_900_000_000,
            zone in prop_oneof![Just("Europe/Berlin"), Just("America/New_York"), Just("Australia/Lord_Howe"), Just("UTC")],
        ) {
            let cron: Cron = text.parse().expect("a cron expression");
            let zone = TimeZone::get(zone).expect("a time zone");
            let mut at = Timestamp::from_second(start).expect("in range");
            for _ in 0..20 {
                let next = cron.next(at, &zone).expect("found");
                prop_assert!(next > at);
                let fits = matches(&cron, zone.to_datetime(next));
                let ends_a_gap = zone.preceding(next + 1.second()).next().is_some_and(|it| it.timestamp() == next);
                prop_assert!(fits || ends_a_gap, "{next} does not fit");
                at = next;
            }
        }
    }
}
