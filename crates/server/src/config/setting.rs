//! The settings that there are, and the names they go by.

use toml::Value;

use super::{
    sections::{
        Bootstrap, Database, Geoip, History, Http, Jobs, Keys, Limits, Lockout, Log, Mail, Outgoing,
        Passwords, Telemetry, Tokens,
    },
    shape::{Shape, TextRule},
    text,
};

/// The prefix of Tenantry's environment variables.
pub(super) const PREFIX: &str = "TENANTRY_";

/// Values are cut to this many characters in messages.
const SHOWN: usize = 120;

/// One setting: its key, its values, and how it is named and shown.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    /// The dotted key, as in the files.
    pub(super) key: &'static str,
    /// The values it can have.
    pub(super) shape: Shape,
    /// Whether its value is never shown.
    pub(super) is_secret: bool,
    /// A second environment variable for it.
    pub(super) alias: Option<&'static str>,
}

impl Setting {
    const fn new(key: &'static str, shape: Shape) -> Self {
        Self { key, shape, is_secret: false, alias: None }
    }

    /// A whole number, both ends included.
    pub(super) const fn number(key: &'static str, from: i64, to: i64) -> Self {
        Self::new(key, Shape::Number { from, to })
    }

    /// True or false.
    pub(super) const fn flag(key: &'static str) -> Self {
        Self::new(key, Shape::Flag)
    }

    /// One word out of `words`.
    pub(super) const fn one_of(key: &'static str, words: &'static [&'static str]) -> Self {
        Self::new(key, Shape::OneOf(words))
    }

    /// A text that must be there.
    pub(super) const fn text(key: &'static str, rule: TextRule) -> Self {
        Self::new(key, Shape::Text(rule))
    }

    /// A text that may be empty, for "not set".
    pub(super) const fn optional(key: &'static str, rule: TextRule) -> Self {
        Self::new(key, Shape::OptionalText(rule))
    }

    /// A list of texts.
    pub(super) const fn list(key: &'static str, rule: TextRule) -> Self {
        Self::new(key, Shape::List(rule))
    }

    /// A list of tables.
    pub(super) const fn tables(key: &'static str) -> Self {
        Self::new(key, Shape::Tables)
    }

    /// The same setting, its value never shown.
    pub(super) const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    /// The same setting, also read from this environment variable.
    pub(super) const fn alias(self, name: &'static str) -> Self {
        Self { alias: Some(name), ..self }
    }

    /// The value as a message shows it; none when it is a secret or may contain one.
    pub(super) fn show(&self, value: &Value) -> Option<String> {
        let text = match value {
            _ if self.is_secret => return None,
            Value::Table(_) => return None,
            Value::Array(items) if !items.iter().all(Value::is_str) => return None,
            Value::String(text) => format!("{text:?}"),
            Value::Array(items) => {
                format!("{:?}", items.iter().filter_map(Value::as_str).collect::<Vec<_>>())
            }
            other => other.to_string(),
        };
        Some(match text.char_indices().nth(SHOWN) {
            Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
            None => text,
        })
    }
}

/// The settings outside of any section.
const TOP: &[Setting] = &[Setting::text("data_dir", text::PATH)];

/// Every setting, in the order of `config/default.toml`.
pub(super) fn settings() -> impl Iterator<Item = &'static Setting> {
    let sections: [&'static [Setting]; 16] = [
        TOP,
        Http::SETTINGS,
        Database::SETTINGS,
        Keys::SETTINGS,
        Tokens::SETTINGS,
        Lockout::SETTINGS,
        Geoip::SETTINGS,
        Passwords::SETTINGS,
        Limits::SETTINGS,
        History::SETTINGS,
        Jobs::SETTINGS,
        Outgoing::SETTINGS,
        Mail::SETTINGS,
        Log::SETTINGS,
        Telemetry::SETTINGS,
        Bootstrap::SETTINGS,
    ];
    sections.into_iter().flatten()
}

/// The setting with this dotted key.
pub(super) fn find(key: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.key == key)
}

/// The names of one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingName {
    /// The dotted key, as in the files: `http.listen`.
    pub key: &'static str,
    /// The environment variable, `TENANTRY_HTTP_LISTEN`; none when only a file can hold the setting.
    pub env: Option<String>,
    /// A second environment variable, such as `DATABASE_URL`.
    pub alias: Option<&'static str>,
    /// Whether the value is a secret: never shown, and also read from the file that `<variable>_FILE` names.
    pub is_secret: bool,
}

/// The names of every setting, in the order of `config/default.toml`.
pub fn known_settings() -> Vec<SettingName> {
    settings().map(SettingName::of).collect()
}

impl SettingName {
    pub(super) fn of(setting: &Setting) -> Self {
        let is_table = matches!(setting.shape, Shape::Tables);
        let env = format!("{PREFIX}{}", setting.key.replace('.', "_").to_uppercase());
        Self {
            key: setting.key,
            env: (!is_table).then_some(env),
            alias: setting.alias,
            is_secret: setting.is_secret,
        }
    }
}
