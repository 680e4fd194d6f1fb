//! One field of a cron expression.

use super::CronError;

/// The numbers that a field allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    bits: u64,
    /// Whether it does not begin with `*`; matters for the two day fields.
    pub(super) is_restricted: bool,
}

impl Field {
    /// Whether the number is allowed.
    pub(super) fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|number| number < 64 && self.bits >> number & 1 == 1)
    }
}

/// What a field may hold.
pub(super) struct Kind {
    name: &'static str,
    least: u8,
    most: u8,
    names: &'static [&'static str],
}

pub(super) const MINUTE: Kind = Kind { name: "minute", least: 0, most: 59, names: &[] };
pub(super) const HOUR: Kind = Kind { name: "hour", least: 0, most: 23, names: &[] };
pub(super) const DAY: Kind = Kind { name: "day of the month", least: 1, most: 31, names: &[] };
pub(super) const MONTH: Kind = Kind {
    name: "month",
    least: 1,
    most: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) const DAY_OF_WEEK: Kind = Kind {
    name: "day of the week",
    least: 0,
    most: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl Kind {
    /// Read a whole field.
    pub(super) fn read(&self, text: &str) -> Result<Field, CronError> {
        let mut bits = 0_u64;
        for part in text.split(',') {
            let range =
                self.part(part).ok_or_else(|| CronError::Part { field: self.name, part: part.to_owned() })?;
            bits |= range;
        }
        // Sunday is 0 and 7.
        if self.most == 7 && bits >> 7 & 1 == 1 {
            bits |= 1;
        }
        Ok(Field { bits, is_restricted: !text.starts_with('*') })
    }

    fn part(&self, part: &str) -> Option<u64> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, number(step).filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let has_step = range.len() < part.len();
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.least, self.most),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            // `5/15` is `5-59/15`, as in most crons.
            None if has_step => (self.value(range)?, self.most),
            None => (self.value(range)?, self.value(range)?),
        };
        // `*/7` of the days of the week is Sunday, once.
        let last = if self.most == 7 && range == "*" { 6 } else { last };
        if first > last {
            return None;
        }
        Some((first..=last).step_by(usize::from(step)).fold(0, |bits, number| bits | 1 << number))
    }

    fn value(&self, text: &str) -> Option<u8> {
        let name = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        let value = match name {
            Some(at) => u8::try_from(at).ok()? + self.least,
            None => number(text)?,
        };
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

/// Digits only: `parse` would also take a sign.
fn number(text: &str) -> Option<u8> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(kind: &Kind, text: &str) -> Option<Vec<i8>> {
        let field = kind.read(text).ok()?;
        Some((0..64).filter(|number| field.has(*number)).collect())
    }

    #[test]
    fn lists_ranges_steps_and_names_are_read() {
        assert_eq!(numbers(&HOUR, "1,3-5,20-23/2"), Some(vec![1, 3, 4, 5, 20, 22]));
        assert_eq!(numbers(&MINUTE, "*/20"), Some(vec![0, 20, 40]));
        assert_eq!(numbers(&MINUTE, "50/4"), Some(vec![50, 54, 58]));
        assert_eq!(numbers(&MONTH, "Jan,oct-DEC"), Some(vec![1, 10, 11, 12]));
        assert_eq!(numbers(&DAY_OF_WEEK, "fri-7"), Some(vec![0, 5, 6, 7]));
        assert_eq!(numbers(&DAY_OF_WEEK, "*/7"), Some(vec![0]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in ["", "60", "-1", "5-1", "*/0", "1,", "a", "1-2-3", "+5", "1/2/3", "٣", "jan"] {
            assert_eq!(numbers(&MINUTE, text), None, "{text}");
        }
        assert_eq!(numbers(&DAY, "0"), None);
        assert_eq!(numbers(&DAY_OF_WEEK, "8"), None);
    }
}
