//! What a setting's value looks like.

use std::fmt;

use toml::Value;

/// What a text must satisfy, and how that is said: "must be …".
#[derive(Clone, Copy)]
pub(super) struct TextRule {
    pub(super) holds: fn(&str) -> bool,
    pub(super) expected: &'static str,
}

/// The values that a setting can have. `Display` says what would be right.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A whole number, both ends included.
    Number { from: i64, to: i64 },
    /// True or false.
    Flag,
    /// One word out of these.
    OneOf(&'static [&'static str]),
    /// A text.
    Text(TextRule),
    /// A text, or the empty text for "not set".
    OptionalText(TextRule),
    /// A list of texts; separated by commas in the environment and in flags.
    List(TextRule),
    /// Tables, which only a file can hold.
    Tables,
}

impl Shape {
    /// The value written as this text in the environment or a flag.
    ///
    /// A text that does not fit stays a text, and [`Shape::accepts`] refuses it.
    pub(super) fn value_of(&self, text: &str) -> Value {
        let as_text = || Value::String(text.to_owned());
        match self {
            Self::Number { .. } => text.trim().parse().map_or_else(|_| as_text(), Value::Integer),
            Self::Flag => text.trim().parse().map_or_else(|_| as_text(), Value::Boolean),
            Self::List(_) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
            }
            Self::OneOf(_) | Self::Text(_) | Self::OptionalText(_) | Self::Tables => as_text(),
        }
    }

    /// Whether the setting can have this value.
    pub(super) fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Number { from, to }, Value::Integer(number)) => (from..=to).contains(&number),
            (Self::Flag, Value::Boolean(_)) => true,
            (Self::OneOf(words), Value::String(text)) => words.contains(&text.as_str()),
            (Self::Text(rule), Value::String(text)) => (rule.holds)(text),
            (Self::OptionalText(rule), Value::String(text)) => text.is_empty() || (rule.holds)(text),
            (Self::List(rule), Value::Array(items)) => {
                items.iter().all(|item| item.as_str().is_some_and(rule.holds))
            }
            (Self::Tables, Value::Array(items)) => items.iter().all(Value::is_table),
            _ => false,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { from, to } => write!(f, "a whole number from {from} to {to}"),
            Self::Flag => f.write_str("true or false"),
            Self::OneOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::Text(rule) => f.write_str(rule.expected),
            Self::OptionalText(rule) => write!(f, "{}, or empty", rule.expected),
            Self::List(rule) => write!(f, "a list, each item {}", rule.expected),
            Self::Tables => f.write_str("a list of tables"),
        }
    }
}
