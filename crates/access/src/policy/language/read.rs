//! B's `rules`: the effect and the conditions, read from JSON.

use serde_json::{Map, Value};
use tenantry_kernel::FieldError;
use tenantry_web::ports::FactKind;

use super::operand::{self, Sign};
use super::schema::Vocabulary;
use super::target::escaped;
use super::tree::{Condition, Effect, Hours, Path};

/// How deep conditions may be nested, and how many tests a policy may have.
const DEEPEST: usize = 8;
const MOST: usize = 500;

/// Reads conditions about resources of some types.
struct Reader<'a> {
    words: &'a Vocabulary,
    types: &'a [String],
    errors: Vec<FieldError>,
    tests: usize,
}

/// Read B's `rules`; errors are told at their place below `at`.
pub(crate) fn rules(
    value: &Value,
    at: &str,
    words: &Vocabulary,
    types: &[String],
) -> Result<(Effect, Condition), Vec<FieldError>> {
    let Some(object) = value.as_object() else {
        return Err(vec![FieldError::new(at, "this must be an object with `effect` and `conditions`")]);
    };
    let mut reader = Reader { words, types, errors: Vec::new(), tests: 0 };
    for key in object.keys().filter(|key| !["effect", "conditions"].contains(&key.as_str())) {
        reader.error(&format!("{at}/{}", escaped(key)), "unknown field: rules have effect and conditions");
    }
    let effect = match object.get("effect").and_then(Value::as_str) {
        Some("allow" | "permit") => Effect::Allow,
        Some("deny" | "forbid") => Effect::Deny,
        _ => {
            reader.error(&format!("{at}/effect"), "this must be `allow` or `deny`");
            Effect::Deny
        }
    };
    let condition = match object.get("conditions") {
        None => Condition::All(Vec::new()),
        Some(Value::Array(items)) => Condition::All(reader.list(items, &format!("{at}/conditions"), 0)),
        Some(_) => {
            reader.error(&format!("{at}/conditions"), "this must be a list of objects");
            Condition::All(Vec::new())
        }
    };
    if reader.tests > MOST {
        reader.error(at, format!("a policy has at most {MOST} tests"));
    }
    if reader.errors.is_empty() { Ok((effect, condition)) } else { Err(reader.errors) }
}

impl Reader<'_> {
    fn error(&mut self, at: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(at, detail.into()));
    }

    fn list(&mut self, items: &[Value], at: &str, depth: usize) -> Vec<Condition> {
        let each = items.iter().enumerate();
        each.map(|(index, item)| self.condition(item, &format!("{at}/{index}"), depth + 1)).collect()
    }

    /// An object: all of its members.
    fn condition(&mut self, value: &Value, at: &str, depth: usize) -> Condition {
        let Some(object) = value.as_object() else {
            self.error(at, "this must be an object such as {\"user.role\": \"PremiumCustomer\"}");
            return Condition::All(Vec::new());
        };
        if depth > DEEPEST {
            self.error(at, format!("conditions are nested at most {DEEPEST} deep"));
            return Condition::All(Vec::new());
        }
        Condition::All(object.iter().map(|(key, value)| self.member(key, value, at, depth)).collect())
    }

    fn member(&mut self, key: &str, value: &Value, at: &str, depth: usize) -> Condition {
        let at = format!("{at}/{}", escaped(key));
        match (key, value) {
            ("all", Value::Array(items)) => Condition::All(self.list(items, &at, depth)),
            ("any", Value::Array(items)) => Condition::Any(self.list(items, &at, depth)),
            ("not", Value::Object(_)) => Condition::Not(Box::new(self.condition(value, &at, depth + 1))),
            ("all" | "any", _) => self.fail(&at, "this must be a list of objects"),
            ("not", _) => self.fail(&at, "this must be an object"),
            ("environment.business_hours" | "env.business_hours", _) => match hours(value) {
                Ok(hours) => Condition::Hours(hours),
                Err((name, detail)) => self.fail(&format!("{at}{name}"), detail),
            },
            _ => match self.words.path(key, self.types) {
                Ok(path) => self.tests_of(&path, value, &at),
                Err(detail) => self.fail(&at, detail),
            },
        }
    }

    fn fail(&mut self, at: &str, detail: impl Into<String>) -> Condition {
        self.error(at, detail);
        Condition::All(Vec::new())
    }

    /// A value: one test; a list: any of them; an object: all of its operators.
    fn tests_of(&mut self, path: &Path, value: &Value, at: &str) -> Condition {
        match value {
            Value::Array(items) => self.any(path, Sign::Equal, items, at),
            Value::Object(operators) => self.operators(path, operators, at),
            Value::String(text) => {
                let (sign, text) = operand::split(text, path.kind);
                self.text(path, sign, text, at)
            }
            other => self.scalar(path, Sign::Equal, other, at),
        }
    }

    fn any(&mut self, path: &Path, sign: Sign, items: &[Value], at: &str) -> Condition {
        if items.is_empty() {
            return self.fail(at, "an empty list fits nothing");
        }
        let each = items.iter().enumerate();
        Condition::Any(
            each.map(|(index, item)| self.scalar(path, sign, item, &format!("{at}/{index}"))).collect(),
        )
    }

    fn operators(&mut self, path: &Path, operators: &Map<String, Value>, at: &str) -> Condition {
        if operators.is_empty() {
            return self
                .fail(at, "name an operator: eq, ne, lt, lte, gt, gte, in, not_in, like, contains, exists");
        }
        let each = operators.iter().map(|(name, value)| {
            let at = format!("{at}/{}", escaped(name));
            match (operand::named(name), value) {
                (None, Value::Bool(wanted)) if name == "exists" => {
                    let known = Condition::Known(path.clone());
                    if *wanted { known } else { Condition::Not(Box::new(known)) }
                }
                (None, _) if name == "exists" => self.fail(&at, "this must be true or false"),
                (None, _) => self.fail(
                    &at,
                    "unknown operator: there are eq, ne, lt, lte, gt, gte, in, not_in, like, contains, exists",
                ),
                (Some(Sign::In), Value::Array(items)) => self.any(path, Sign::In, items, &at),
                (Some(Sign::NotIn), Value::Array(items)) => {
                    Condition::Not(Box::new(self.any(path, Sign::In, items, &at)))
                }
                (Some(sign), other) => self.scalar(path, sign, other, &at),
            }
        });
        Condition::All(each.collect())
    }

    /// A value without an operator of its own.
    fn scalar(&mut self, path: &Path, sign: Sign, value: &Value, at: &str) -> Condition {
        match (value, path.kind) {
            (Value::String(text), _) => self.text(path, sign, text, at),
            (Value::Bool(flag), FactKind::Flag) => self.text(path, sign, &flag.to_string(), at),
            (Value::Number(number), FactKind::Number) => self.text(path, sign, &number.to_string(), at),
            _ => self.fail(at, format!("{path} is a {}: write a value of that kind", path.kind)),
        }
    }

    fn text(&mut self, path: &Path, sign: Sign, text: &str, at: &str) -> Condition {
        self.tests += 1;
        match operand::test(path, sign, text, self.words, self.types) {
            Ok(condition) => condition,
            Err(detail) => self.fail(at, detail),
        }
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `{"days": "mon-fri", "from": "09:00", "to": "17:00", "time_zone": "Europe/London"}`.
fn hours(value: &Value) -> Result<Hours, (String, String)> {
    let wrong = |name: &str, detail: &str| (format!("/{name}"), detail.to_owned());
    let Some(object) = value.as_object() else {
        let detail = "this must be an object with days, from, to and time_zone";
        return Err((String::new(), detail.to_owned()));
    };
    if let Some(key) = object.keys().find(|key| !["days", "from", "to", "time_zone"].contains(&key.as_str()))
    {
        return Err(wrong(&escaped(key), "unknown field: hours have days, from, to and time_zone"));
    }
    let days = match object.get("days") {
        None => 0b001_1111,
        Some(days) => {
            days_of(days).ok_or_else(|| wrong("days", "write mon-fri, or a list of mon, tue … sun"))?
        }
    };
    let minute = |name: &str| {
        object
            .get(name)
            .and_then(Value::as_str)
            .and_then(minute_of)
            .ok_or_else(|| wrong(name, "write the time of day as 09:00"))
    };
    let (from, to) = (minute("from")?, minute("to")?);
    if from == to {
        return Err(wrong("to", "this must differ from `from`"));
    }
    let zone = match object.get("time_zone") {
        None => "UTC",
        Some(zone) => zone.as_str().unwrap_or_default(),
    };
    if jiff::tz::TimeZone::get(zone).is_err() {
        return Err(wrong(
            "time_zone",
            "this is no name of the IANA time zone database, such as Europe/London",
        ));
    }
    Ok(Hours { days, from, to, zone: zone.to_owned() })
}

fn days_of(value: &Value) -> Option<u8> {
    let day = |text: &str| DAYS.iter().position(|day| *day == text);
    match value {
        Value::String(text) => {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let (first, last) = (day(first)?, day(last)?);
            let count = (last + 7 - first) % 7;
            Some((0..=count).fold(0, |days, step| days | 1 << ((first + step) % 7)))
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().try_fold(0, |days, item| Some(days | 1 << day(item.as_str()?)?))
        }
        _ => None,
    }
}

fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| -> Option<u16> {
        if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok()
        } else {
            None
        }
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
