//! The text of a test: an operator and what the attribute is compared with.

use jiff::{SignedDuration, Timestamp};
use tenantry_web::ports::FactKind;

use super::schema::Vocabulary;
use super::tree::{Comparison, Condition, Operand, Path, Test};

/// An operator as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Like,
    Contains,
    In,
    NotIn,
}

/// Longer ones first, so that `>=` is not read as `>`.
const SIGNS: &[(&str, Sign)] = &[
    ("==", Sign::Equal),
    ("!=", Sign::Unequal),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::More),
];

const WORDS: &[(&str, Sign)] =
    &[("not in ", Sign::NotIn), ("in ", Sign::In), ("like ", Sign::Like), ("contains ", Sign::Contains)];

/// The operators of the object form: `{"gte": 5}`.
pub(super) fn named(name: &str) -> Option<Sign> {
    Some(match name {
        "eq" => Sign::Equal,
        "ne" => Sign::Unequal,
        "lt" => Sign::Less,
        "lte" => Sign::AtMost,
        "gt" => Sign::More,
        "gte" => Sign::AtLeast,
        "like" => Sign::Like,
        "contains" => Sign::Contains,
        "in" => Sign::In,
        "not_in" => Sign::NotIn,
        _ => return None,
    })
}

/// Split an operator off a test's text; without one, it is equality.
///
/// Operators that are words count only where they make sense, so that the text `in transit` stays a text.
pub(super) fn split(text: &str, kind: FactKind) -> (Sign, &str) {
    let trimmed = text.trim();
    for (sign, meaning) in SIGNS {
        if let Some(rest) = trimmed.strip_prefix(sign) {
            return (*meaning, rest.trim());
        }
    }
    for (word, meaning) in WORDS {
        let fits = match meaning {
            Sign::Like => kind == FactKind::Text,
            Sign::Contains => kind == FactKind::Texts,
            _ => kind == FactKind::Address,
        };
        if let Some(rest) = trimmed.strip_prefix(word).filter(|_| fits) {
            return (*meaning, rest.trim());
        }
    }
    (Sign::Equal, if kind == FactKind::Text { text } else { trimmed })
}

/// One attribute, one operator, one value.
pub(super) fn test(
    path: &Path,
    sign: Sign,
    text: &str,
    words: &Vocabulary,
    types: &[String],
) -> Result<Condition, String> {
    let comparison = comparison(path, sign)?;
    let operand = match text.strip_prefix('$') {
        Some(other) => attribute(path, comparison, other, words, types)?,
        None => operand(path.kind, comparison, text)?,
    };
    let leaf = Condition::Test(Test { path: path.clone(), comparison, operand });
    Ok(if matches!(sign, Sign::Unequal | Sign::NotIn) { Condition::Not(Box::new(leaf)) } else { leaf })
}

fn comparison(path: &Path, sign: Sign) -> Result<Comparison, String> {
    let is_ordered = matches!(path.kind, FactKind::Number | FactKind::Instant);
    let ordered = |comparison| {
        if is_ordered { Ok(comparison) } else { Err(format!("{path} has no order: use = or !=")) }
    };
    match (sign, path.kind) {
        (Sign::Equal | Sign::Unequal | Sign::In | Sign::NotIn | Sign::Contains, FactKind::Texts) => {
            Ok(Comparison::Contains)
        }
        (Sign::Equal | Sign::Unequal | Sign::In | Sign::NotIn, FactKind::Address) => Ok(Comparison::Within),
        (Sign::Equal | Sign::Unequal | Sign::In | Sign::NotIn, _) => Ok(Comparison::Equal),
        (Sign::Less, _) => ordered(Comparison::Less),
        (Sign::AtMost, _) => ordered(Comparison::AtMost),
        (Sign::More, _) => ordered(Comparison::More),
        (Sign::AtLeast, _) => ordered(Comparison::AtLeast),
        (Sign::Like, FactKind::Text) => Ok(Comparison::Like),
        (Sign::Like, _) => Err(format!("{path} is no text: it cannot be compared with a pattern")),
        (Sign::Contains, _) => Err(format!("{path} is no set")),
    }
}

fn attribute(
    path: &Path,
    comparison: Comparison,
    other: &str,
    words: &Vocabulary,
    types: &[String],
) -> Result<Operand, String> {
    let other = words.path(other, types)?;
    let wanted = if comparison == Comparison::Contains { FactKind::Text } else { path.kind };
    if other.kind != wanted || matches!(comparison, Comparison::Like | Comparison::Within) {
        return Err(format!("{path} and {other} cannot be compared so"));
    }
    Ok(Operand::Attribute(other))
}

fn operand(kind: FactKind, comparison: Comparison, text: &str) -> Result<Operand, String> {
    match (kind, comparison) {
        (FactKind::Text | FactKind::Texts, _) => Ok(Operand::Text(unquoted(text).to_owned())),
        (FactKind::Number, _) => {
            text.parse().map(Operand::Number).map_err(|_| format!("{text} is no whole number of 64 bits"))
        }
        (FactKind::Flag, _) => {
            text.parse().map(Operand::Flag).map_err(|_| format!("{text} is neither true nor false"))
        }
        (FactKind::Instant, _) => instant(text),
        (FactKind::Address, _) => network(text).map(Operand::Network),
    }
}

/// `'text'` without its quotes.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text)
}

/// `now()`, `now() + 24h`, or an instant of RFC 3339.
fn instant(text: &str) -> Result<Operand, String> {
    let Some(rest) = text.strip_prefix("now()") else {
        let instant: Timestamp =
            text.parse().map_err(|_| format!("{text} is neither an instant (RFC 3339) nor `now() + 24h`"))?;
        return whole(instant.as_millisecond()).map(Operand::Instant);
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return Ok(Operand::Now(SignedDuration::ZERO));
    }
    let (sign, length) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
        (Some(length), _) => (1, length),
        (_, Some(length)) => (-1, length),
        _ => return Err("after now() there is + or - and a duration, as in `now() + 24h`".to_owned()),
    };
    duration(length.trim()).map(|millis| Operand::Now(SignedDuration::from_millis(sign * millis)))
}

fn whole(millis: i64) -> Result<Timestamp, String> {
    Timestamp::from_millisecond(millis).map_err(|error| error.to_string())
}

/// `1d12h`, in milliseconds: numbers with the units w, d, h, m, s and ms, at most a hundred years.
pub(super) fn duration(text: &str) -> Result<i64, String> {
    const MOST: i64 = 100 * 366 * 86_400_000;
    let wrong = || format!("{text} is no duration: write 24h, 30m, 7d or 1d12h, at most a hundred years");
    let (mut rest, mut total) = (text, 0_i64);
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let millis: i64 = match unit {
            "w" => 604_800_000,
            "d" => 86_400_000,
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => return Err(wrong()),
        };
        let part =
            number.parse::<i64>().ok().and_then(|number| number.checked_mul(millis)).ok_or_else(wrong)?;
        total = total.checked_add(part).filter(|total| *total <= MOST).ok_or_else(wrong)?;
        rest = tail.trim_start();
    }
    Ok(total)
}

/// An address or a network in CIDR notation, with no bits set behind the prefix's length.
pub(super) fn network(text: &str) -> Result<String, String> {
    let wrong = || format!("{text} is neither an address nor a network such as 10.0.0.0/8");
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| wrong())?)),
        None => (text, None),
    };
    let address: std::net::IpAddr = address.parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    match length {
        Some(length) if length > most => Err(wrong()),
        Some(length) => Ok(format!("{address}/{length}")),
        None => Ok(format!("{address}/{most}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_their_parts() {
        for (text, millis) in [
            ("24h", 86_400_000),
            ("1d12h", 129_600_000),
            ("90s", 90_000),
            ("250ms", 250),
            ("1w 2d", 777_600_000),
        ] {
            assert_eq!(duration(text), Ok(millis), "{text}");
        }
        for text in ["", "h", "24", "1y", "-1h", "1.5h", "99999999999999w", "200w200w99999w"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_operator_that_is_a_word_counts_only_where_it_makes_sense() {
        assert_eq!(split("in transit", FactKind::Text), (Sign::Equal, "in transit"));
        assert_eq!(split("in 10.0.0.0/8", FactKind::Address), (Sign::In, "10.0.0.0/8"));
        assert_eq!(split(">= 5", FactKind::Number), (Sign::AtLeast, "5"));
        assert_eq!(split("like a*", FactKind::Text), (Sign::Like, "a*"));
        assert_eq!(split("contains a", FactKind::Texts), (Sign::Contains, "a"));
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in ".{0,40}") {
            for kind in FactKind::ALL {
                let (_, rest) = split(&text, *kind);
                let _ = operand(*kind, Comparison::Equal, rest);
            }
            let _ = duration(&text);
        }

        #[test]
        fn a_duration_reads_as_the_sum_of_its_parts(hours in 0_i64..1000, minutes in 0_i64..1000, seconds in 0_i64..1000) {
            let text = format!("{hours}h{minutes}m{seconds}s");
            proptest::prop_assert_eq!(duration(&text), Ok(hours * 3_600_000 + minutes * 60_000 + seconds * 1000));
        }
    }
}
