//! The reference: docs/policies.md, word by word, over the JSON. Slow, and meant to be obvious.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use tenantry_web::ports::FactKind;

use super::generate::{ATTRIBUTES, Request, assignees};

/// Whether the request is allowed.
pub(super) fn decide(documents: &[Value], request: &Request) -> bool {
    let mut tiers: Vec<i64> = documents.iter().map(|one| one["priority"].as_i64().unwrap()).collect();
    tiers.push(0);
    tiers.sort_unstable();
    tiers.dedup();
    for tier in tiers.into_iter().rev() {
        let here = documents.iter().filter(|one| one["priority"] == tier && concerns(one, request));
        let (mut allows, mut denies) = (tier == 0 && request.roles_allow, false);
        for document in here {
            let conditions = document["rules"]["conditions"].as_array().unwrap();
            let truth = all(conditions.iter().map(|one| object(one, request)));
            match document["rules"]["effect"].as_str().unwrap() {
                "allow" => allows |= truth == Some(true),
                // A denial whose condition cannot be told applies.
                _ => denies |= truth != Some(false),
            }
        }
        if denies {
            return false;
        }
        if allows {
            return true;
        }
    }
    false
}

fn concerns(document: &Value, request: &Request) -> bool {
    let names = |value: &Value| -> Vec<String> {
        match value {
            Value::Array(items) => items.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
            one => vec![one.as_str().unwrap().to_owned()],
        }
    };
    let is_resource = names(&document["target"]["resource"])
        .iter()
        .any(|name| fits(if name == "projects" { "project" } else { name }, &request.kind));
    let is_action = names(&document["target"]["action"]).iter().any(|name| fits(name, &request.verb));
    let whom = assignees(document);
    let is_assigned = whom.is_empty() || whom.iter().any(|one| request.assignees.contains(one));
    is_resource && is_action && is_assigned
}

/// `*` stands for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| fits(rest, &text[at..]))
        }
        Some(first) => {
            text.starts_with(first) && fits(&pattern[first.len_utf8()..], &text[first.len_utf8()..])
        }
    }
}

/// True, false, or not to be told.
type Truth = Option<bool>;

fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    let truths: Vec<Truth> = truths.collect();
    if truths.contains(&Some(false)) {
        Some(false)
    } else if truths.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn any(truths: impl Iterator<Item = Truth>) -> Truth {
    not(all(truths.map(not)))
}

fn not(truth: Truth) -> Truth {
    truth.map(|truth| !truth)
}

fn object(value: &Value, request: &Request) -> Truth {
    all(value.as_object().unwrap().iter().map(|(key, value)| match key.as_str() {
        "all" => all(value.as_array().unwrap().iter().map(|one| object(one, request))),
        "any" => any(value.as_array().unwrap().iter().map(|one| object(one, request))),
        "not" => not(object(value, request)),
        "environment.business_hours" => Some(hours(value, request.at)),
        name => attribute(name, value, request),
    }))
}

fn attribute(name: &str, value: &Value, request: &Request) -> Truth {
    let first = name.split_once('.').unwrap().0;
    if ["booking", "project"].contains(&first) && first != request.kind {
        // What is said of one type is false of the others. `not_in` and `!=` say the opposite.
        return opposite(name, value, request);
    }
    tests(name, value, request)
}

/// A test of another type's attribute: each comparison is false.
fn opposite(name: &str, value: &Value, request: &Request) -> Truth {
    let nothing = Request { facts: std::collections::BTreeMap::new(), ..request.clone() };
    // With nothing known, every comparison cannot be told; here each is false instead.
    let known = |truth: Truth, is_negated: bool| Some(truth.unwrap_or(is_negated));
    match value {
        Value::Object(operators) => {
            all(operators.iter().map(|(operator, operand)| match operator.as_str() {
                "exists" => Some(operand == &Value::Bool(false)),
                "not_in" | "ne" => Some(true),
                _ => Some(false),
            }))
        }
        Value::String(text) => {
            known(tests(name, value, &nothing), text.starts_with("!=") || text.starts_with("not in "))
        }
        other => known(tests(name, other, &nothing), false),
    }
}

fn tests(name: &str, value: &Value, request: &Request) -> Truth {
    match value {
        Value::Array(items) => any(items.iter().map(|one| compare(name, "=", one, request))),
        Value::Object(operators) => {
            all(operators.iter().map(|(operator, operand)| match operator.as_str() {
                "exists" => Some(request.facts.contains_key(name) == operand.as_bool().unwrap()),
                "not_in" => {
                    not(any(operand.as_array().unwrap().iter().map(|one| compare(name, "=", one, request))))
                }
                "gte" => compare(name, ">=", operand, request),
                "lt" => compare(name, "<", operand, request),
                other => panic!("{other}"),
            }))
        }
        Value::String(text) => {
            for sign in ["!=", "<=", ">=", "=", "<", ">"] {
                if let Some(rest) = text.strip_prefix(sign) {
                    return compare(name, sign, &Value::from(rest.trim()), request);
                }
            }
            for word in ["not in", "in", "like", "contains"] {
                let means = match kind(name) {
                    FactKind::Text => word == "like",
                    FactKind::Texts => word == "contains",
                    FactKind::Address => word.ends_with("in"),
                    _ => false,
                };
                if let Some(rest) =
                    text.strip_prefix(word).and_then(|rest| rest.strip_prefix(' ')).filter(|_| means)
                {
                    return compare(name, word, &Value::from(rest.trim()), request);
                }
            }
            compare(name, "=", value, request)
        }
        other => compare(name, "=", other, request),
    }
}

fn kind(name: &str) -> FactKind {
    ATTRIBUTES.iter().find(|(one, _)| *one == name).unwrap().1
}

fn compare(name: &str, sign: &str, operand: &Value, request: &Request) -> Truth {
    if matches!(sign, "!=" | "not in") {
        return not(compare(name, "=", operand, request));
    }
    let left = request.facts.get(name)?;
    let text = operand.as_str().map_or_else(|| operand.to_string(), str::to_owned);
    let text = match text.strip_prefix('$') {
        Some(other) => request.facts.get(other)?.as_str().unwrap().to_owned(),
        None => text,
    };
    Some(match kind(name) {
        FactKind::Text if sign == "like" => fits(&text, left.as_str().unwrap()),
        FactKind::Text => left.as_str().unwrap() == text,
        FactKind::Texts => left.as_array().unwrap().iter().any(|one| one == text.as_str()),
        FactKind::Flag => left.as_bool().unwrap() == (text == "true"),
        FactKind::Number => ordered(left.as_i64().unwrap(), sign, text.parse().unwrap()),
        FactKind::Instant => {
            let left: Timestamp = left.as_str().unwrap().parse().unwrap();
            ordered(left.as_millisecond(), sign, instant(&text, request.at))
        }
        FactKind::Address => within(left.as_str().unwrap().parse().unwrap(), &text),
    })
}

fn ordered(left: i64, sign: &str, right: i64) -> bool {
    match sign {
        "=" => left == right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        other => panic!("{other}"),
    }
}

fn instant(text: &str, now: Timestamp) -> i64 {
    let Some(rest) = text.strip_prefix("now()") else {
        return text.parse::<Timestamp>().unwrap().as_millisecond();
    };
    let rest = rest.trim();
    let (sign, mut length) = (if rest.starts_with('-') { -1 } else { 1 }, rest[1..].trim());
    let mut millis = 0;
    while !length.is_empty() {
        let digits = length.find(|c: char| c.is_alphabetic()).unwrap();
        let number: i64 = length[..digits].parse().unwrap();
        length = &length[digits..];
        let letters = length.find(|c: char| c.is_ascii_digit()).unwrap_or(length.len());
        let unit = match &length[..letters] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            other => panic!("{other}"),
        };
        millis += number * unit;
        length = &length[letters..];
    }
    now.as_millisecond() + sign * millis
}

fn within(address: IpAddr, network: &str) -> bool {
    let (base, length) =
        network.split_once('/').map_or((network, None), |(base, length)| (base, Some(length)));
    let base: IpAddr = base.parse().unwrap();
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let ((left, left_width), (right, right_width)) = (bits(address), bits(base));
    let length: u32 = length.map_or(right_width, |length| length.parse().unwrap());
    left_width == right_width && (length == 0 || left >> (128 - length) == right >> (128 - length))
}

fn hours(value: &Value, at: Timestamp) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let local = at.to_zoned(TimeZone::get(value["time_zone"].as_str().unwrap()).unwrap());
    let today = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap();
    let days: Vec<&str> = match &value["days"] {
        Value::Array(list) => list.iter().map(|day| day.as_str().unwrap()).collect(),
        Value::String(range) if range == "mon-fri" => DAYS[..5].to_vec(),
        _ => DAYS[5..].to_vec(),
    };
    let now = format!("{:02}:{:02}", local.hour(), local.minute());
    let (from, to) = (value["from"].as_str().unwrap(), value["to"].as_str().unwrap());
    if from < to {
        return days.contains(&DAYS[today]) && *now >= *from && *now < *to;
    }
    let yesterday = DAYS[(today + 6) % 7];
    (days.contains(&DAYS[today]) && *now >= *from) || (days.contains(&yesterday) && *now < *to)
}
