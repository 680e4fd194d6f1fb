//! Figures for plots: how many there are in which state, and how many came into being on which day (UTC).

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::View;

/// How many days a series has: 1 to 366.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days(i32);

impl Default for Days {
    fn default() -> Self {
        Self(30)
    }
}

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let days = u32::deserialize(input)?;
        let is_in_range = (1..=366).contains(&days);
        let days = i32::try_from(days).ok().filter(|_| is_in_range);
        days.map(Self).ok_or_else(|| serde::de::Error::custom("a series has 1 to 366 days"))
    }
}

impl JsonSchema for Days {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Days".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "integer", "minimum": 1, "maximum": 366, "default": 30})
    }
}

/// Which days to tell of.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Span {
    /// How many days the series have, today included.
    pub days: Option<Days>,
}

impl Span {
    /// The days up to today.
    pub fn until(&self, now: Timestamp) -> Period {
        let today = now.to_zoned(TimeZone::UTC).date();
        let days = self.days.unwrap_or_default().0;
        Period { first: today.saturating_sub((days - 1).days()), last: today }
    }
}

/// Some days in a row, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
}

impl Period {
    /// The beginning of the first day.
    pub fn start(&self) -> Timestamp {
        self.first.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |start| start.timestamp())
    }

    /// Every day of the period.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        let last = self.last;
        self.first.series(1.day()).take_while(move |day| *day <= last)
    }

    /// One entry for each day, also for those on which nothing happened.
    pub fn fill(&self, rows: &[Daily]) -> Vec<Daily> {
        let counts: BTreeMap<Date, i64> = rows.iter().map(|row| (row.day, row.count)).collect();
        self.days().map(|day| Daily { day, count: counts.get(&day).copied().unwrap_or(0) }).collect()
    }
}

tenantry_db::row! {
    /// How many on one day.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
    pub struct Daily {
        /// The day, in UTC.
        pub day: Date,
        /// How many.
        pub count: i64,
    }
}

tenantry_db::row! {
    /// How many of one kind.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Counted {
        /// The kind.
        pub name: String,
        /// How many.
        pub count: i64,
    }
}

/// One entry for each name, also for those of which there are none.
pub fn by_name<'a>(names: impl IntoIterator<Item = &'a str>, rows: &[Counted]) -> BTreeMap<String, i64> {
    let known = names.into_iter().map(|name| (name.to_owned(), 0));
    known.chain(rows.iter().map(|row| (row.name.clone(), row.count))).collect()
}

/// How many things of one kind there are.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Figures {
    /// All of them.
    pub total: i64,
    /// By state; every state is there.
    pub by_status: BTreeMap<String, i64>,
    /// How many of those that are there were created on each day.
    pub created_per_day: Vec<Daily>,
}

impl View for Figures {}

impl Figures {
    /// Put figures together from what the database has counted.
    pub fn new<'a>(
        statuses: impl IntoIterator<Item = &'a str>,
        by_status: &[Counted],
        period: &Period,
        created: &[Daily],
    ) -> Self {
        let total = by_status.iter().map(|row| row.count).sum();
        Self { total, by_status: by_name(statuses, by_status), created_per_day: period.fill(created) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_series_has_every_day_up_to_today() {
        let now = "2026-03-01T23:59:59Z".parse().unwrap();
        let period = Span { days: Some(Days(3)) }.until(now);
        assert_eq!(period.start(), "2026-02-27T00:00:00Z".parse().unwrap());
        let filled = period.fill(&[Daily { day: day("2026-02-28"), count: 4 }]);
        let counts: Vec<_> = filled.iter().map(|row| (row.day.to_string(), row.count)).collect();
        let expected = [("2026-02-27", 0), ("2026-02-28", 4), ("2026-03-01", 0)];
        assert_eq!(counts, expected.map(|(day, count)| (day.to_owned(), count)));
    }

    #[test]
    fn every_state_is_counted_also_those_of_which_there_are_none() {
        let rows = [Counted { name: "active".into(), count: 2 }];
        let figures =
            Figures::new(["active", "archived"], &rows, &Span::default().until(Timestamp::UNIX_EPOCH), &[]);
        assert_eq!((figures.total, figures.by_status["archived"], figures.created_per_day.len()), (2, 0, 30));
    }
}
