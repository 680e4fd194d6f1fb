//! What the layers say, before it is judged.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use toml::Value;

use super::{ConfigError, setting::Setting};

/// The layer that gives a setting its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// `config/default.toml`, embedded in the program.
    Default,
    /// The configuration file at this path.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
    /// A flag of the command line.
    Flag,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => path.display().fmt(f),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// A value given to a setting by one layer. No `Debug`: it may be a secret.
pub(super) struct Given {
    pub(super) setting: &'static Setting,
    pub(super) value: Value,
    pub(super) layer: Layer,
}

/// Everything found so far; layers are read from the lowest to the highest.
#[derive(Default)]
pub(super) struct Found {
    pub(super) given: BTreeMap<&'static str, Given>,
    pub(super) errors: Vec<ConfigError>,
}

impl Found {
    /// Note a value, in place of one from a lower layer.
    pub(super) fn set(&mut self, setting: &'static Setting, value: Value, layer: Layer) {
        self.given.insert(setting.key, Given { setting, value, layer });
    }

    /// Note a value written as text, in the environment or a flag.
    pub(super) fn set_text(&mut self, setting: &'static Setting, text: &str, layer: Layer) {
        self.set(setting, setting.shape.value_of(text), layer);
    }

    /// Note something that is wrong.
    pub(super) fn refuse(&mut self, error: ConfigError) {
        self.errors.push(error);
    }
}
