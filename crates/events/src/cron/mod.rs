//! Cron expressions of five fields: minute, hour, day of the month, month, day of the week.
//!
//! Each field is `*`, a number, a range `a-b`, either of them with a step `/n`, or a list of these with commas. Months and
//! days of the week also have their English names (`jan`, `mon`); Sunday is 0 and 7. When both day fields are restricted,
//! a day that fits either of them fits (POSIX `crontab`).
//!
//! **Daylight saving time**: what falls into the skipped hour runs once, at the first instant after it; what falls into the
//! repeated hour runs once, the first time.

mod field;
mod next;

use std::fmt;
use std::str::FromStr;

use field::{DAY, DAY_OF_WEEK, Field, HOUR, MINUTE, MONTH};

/// A cron expression.
///
/// ```
/// use jiff::{Timestamp, tz::TimeZone};
/// use tenantry_events::Cron;
///
/// let cron: Cron = "30 9 * * mon-fri".parse()?;
/// let saturday: Timestamp = "2026-11-07T00:00:00Z".parse()?;
/// assert_eq!(cron.next(saturday, &TimeZone::UTC), Some("2026-11-09T09:30:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    text: String,
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    days_of_week: Field,
}

/// Why a schedule's cron expression or time zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// There are not five fields.
    #[error("a cron expression has five fields: minute, hour, day of the month, month, day of the week")]
    Fields,
    /// A field cannot be read.
    #[error("{field}: `{part}` is not a number, name, range or step that fits")]
    Part {
        /// Which field.
        field: &'static str,
        /// The part of its list.
        part: String,
    },
    /// No day ever fits (30 February).
    #[error("no day ever fits this cron expression")]
    Never,
    /// The time zone is not in the IANA database.
    #[error("`{0}` is not an IANA time zone")]
    TimeZone(String),
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, days_of_week] = fields.as_slice() else {
            return Err(CronError::Fields);
        };
        let cron = Self {
            text: fields.join(" "),
            minutes: MINUTE.read(minutes)?,
            hours: HOUR.read(hours)?,
            days: DAY.read(days)?,
            months: MONTH.read(months)?,
            days_of_week: DAY_OF_WEEK.read(days_of_week)?,
        };
        if cron.ever_fits() { Ok(cron) } else { Err(CronError::Never) }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Cron {
    /// Whether any date fits: only days beyond the end of every allowed month make that impossible.
    fn ever_fits(&self) -> bool {
        const LENGTHS: [i8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let by_day = (1..)
            .zip(LENGTHS)
            .any(|(month, length)| self.months.has(month) && (1..=length).any(|day| self.days.has(day)));
        by_day || (self.days.is_restricted && self.days_of_week.is_restricted)
    }
}
