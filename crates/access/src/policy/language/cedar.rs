//! Writing a condition as Cedar.
//!
//! An attribute may be unknown. A test of an unknown attribute is neither true nor false; an allowing policy applies only
//! when its condition is certainly true, a denying one unless it is certainly false. Both are written out: a test becomes
//! false (or true) when its attribute is unknown, whichever side is safe, and `not` changes sides.

use std::fmt::Write as _;

use super::tree::{Comparison, Condition, Effect, Hours, Operand, Path, Subject, Test};

/// The policy as Cedar. What it is about and to whom it is assigned is in the index, not in the text.
pub(crate) fn policy(effect: Effect, condition: &Condition) -> String {
    let word = match effect {
        Effect::Allow => "permit",
        Effect::Deny => "forbid",
    };
    let mut text = format!("{word} (principal, action, resource)");
    if !matches!(condition, Condition::All(list) if list.is_empty()) {
        text.push_str("\nwhen { ");
        write(&mut text, condition, effect == Effect::Deny);
        text.push_str(" }");
    }
    text.push(';');
    text
}

/// `unknown` is what a test of an unknown attribute counts as.
fn write(text: &mut String, condition: &Condition, unknown: bool) {
    match condition {
        Condition::All(list) => join(text, list, " && ", "true", unknown),
        Condition::Any(list) => join(text, list, " || ", "false", unknown),
        Condition::Not(inner) => {
            text.push_str("!(");
            write(text, inner, !unknown);
            text.push(')');
        }
        Condition::Known(path) => guarded(text, path, |text| text.push_str(&has(path))),
        Condition::Hours(hours) => text.push_str(&hours_of(hours)),
        Condition::Test(one) => guarded(text, &one.path, |text| text.push_str(&tested(one, unknown))),
    }
}

/// A test, with what it counts as when it cannot be made.
fn tested(test: &Test, unknown: bool) -> String {
    let mut known = has(&test.path);
    if let Operand::Attribute(other) = &test.operand {
        known = format!("{known} && {}", has(other));
    }
    let comparison = comparison(test);
    if unknown {
        format!("if {known} then {comparison} else true")
    } else {
        format!("{known} && {comparison}")
    }
}

fn join(text: &mut String, list: &[Condition], between: &str, empty: &str, unknown: bool) {
    if list.is_empty() {
        text.push_str(empty);
        return;
    }
    for (index, one) in list.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        text.push('(');
        write(text, one, unknown);
        text.push(')');
    }
}

/// What is said of one type is false of the others.
fn guarded(text: &mut String, path: &Path, inner: impl FnOnce(&mut String)) {
    match &path.only {
        Some(kind) => {
            let _ = write!(text, "resource is {kind} && (");
            inner(text);
            text.push(')');
        }
        None => inner(text),
    }
}

fn holder(subject: Subject) -> String {
    match subject {
        Subject::User => "principal".to_owned(),
        Subject::Resource => "resource".to_owned(),
        other => format!("context.{}", other.as_str()),
    }
}

fn has(path: &Path) -> String {
    format!("{} has {}", holder(path.subject), quoted(&path.name))
}

fn value(path: &Path) -> String {
    format!("{}[{}]", holder(path.subject), quoted(&path.name))
}

fn comparison(test: &Test) -> String {
    let left = value(&test.path);
    let right = operand(test);
    match test.comparison {
        Comparison::Equal => format!("{left} == {right}"),
        Comparison::Less => format!("{left} < {right}"),
        Comparison::AtMost => format!("{left} <= {right}"),
        Comparison::More => format!("{left} > {right}"),
        Comparison::AtLeast => format!("{left} >= {right}"),
        Comparison::Like => format!("{left} like {right}"),
        Comparison::Contains => format!("{left}.contains({right})"),
        Comparison::Within => format!("{left}.isInRange({right})"),
    }
}

fn operand(test: &Test) -> String {
    match &test.operand {
        Operand::Text(word) => quoted(word),
        Operand::Number(number) => format!("({number})"),
        Operand::Flag(flag) => flag.to_string(),
        Operand::Instant(instant) => {
            // From the epoch, so that years of any length can be written.
            format!("datetime(\"1970-01-01\").offset(duration(\"{}ms\"))", instant.as_millisecond())
        }
        Operand::Now(distance) if distance.is_zero() => "context.now".to_owned(),
        Operand::Now(distance) => format!("context.now.offset(duration(\"{}ms\"))", distance.as_millis()),
        Operand::Network(network) => format!("ip(\"{network}\")"),
        Operand::Attribute(path) => value(path),
    }
}

fn hours_of(hours: &Hours) -> String {
    let (minute, day) = (
        format!("context[{}]", quoted(&format!("minute in {}", hours.zone))),
        format!("context[{}]", quoted(&format!("day in {}", hours.zone))),
    );
    let days = |days: u8| {
        let list: Vec<String> =
            (0..7).filter(|bit| days & (1 << bit) != 0).map(|bit: u8| bit.to_string()).collect();
        format!("[{}].contains({day})", list.join(", "))
    };
    let Hours { days: on, from, to, .. } = hours;
    if from < to {
        return format!("{} && {minute} >= {from} && {minute} < {to}", days(*on));
    }
    // Past midnight: the early hours belong to the day before.
    let next = (on << 1 | on >> 6) & 0x7f;
    format!("({} && {minute} >= {from}) || ({} && {minute} < {to})", days(*on), days(next))
}

/// A text as a literal of Cedar.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            c if c.is_control() || !c.is_ascii() => {
                let _ = write!(literal, "\\u{{{:x}}}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}
