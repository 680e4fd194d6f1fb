//! What can be wrong with a configuration, in words that an operator can act on.

use std::{fmt, path::PathBuf};

use super::{Layer, nearest::Nearest};

/// One thing that is wrong. The text names the setting, its value (never a secret's) and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A name that is no setting.
    #[error("unknown setting {name}{}; {nearest}", Place(.file.as_ref()))]
    Unknown {
        /// The name as written.
        name: String,
        /// The file it is in; none for the environment and flags.
        file: Option<PathBuf>,
        /// The known name that is most like it.
        nearest: Nearest,
    },
    /// A value that is not one the setting can have.
    #[error("{name}{} ({layer}) must be {expected}", Shown(.value.as_ref()))]
    Invalid {
        /// The dotted key.
        name: String,
        /// The value as text; none when it is a secret.
        value: Option<String>,
        /// Where the value comes from.
        layer: Layer,
        /// What would be right.
        expected: String,
    },
    /// A key that must be there and is not.
    #[error("{name} is missing ({layer}); it must be {expected}")]
    Missing {
        /// The dotted key.
        name: String,
        /// Where it should be.
        layer: Layer,
        /// What would be right.
        expected: String,
    },
    /// Two variables for one setting.
    #[error("{first} and {second} are both set; keep one of them")]
    Twice {
        /// One variable.
        first: String,
        /// The other.
        second: String,
    },
    /// A setting with a structure that one variable or flag cannot have.
    #[error("{name} can be set in a file only, as [[{key}]]")]
    FileOnly {
        /// The name as written.
        name: String,
        /// The dotted key.
        key: &'static str,
    },
    /// A file that cannot be read.
    #[error("{path}: {reason} ({named_by})", path = .path.display())]
    Unreadable {
        /// What led to the file.
        named_by: String,
        /// The file.
        path: PathBuf,
        /// The reason the system gives.
        reason: String,
    },
    /// A file that is not TOML.
    #[error("{path}, line {line}: {message}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The program and its embedded defaults disagree: an error of ours.
    #[error("config/default.toml and this program do not fit together: {0}")]
    Defaults(String),
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// All of these are wrong.
    pub(super) fn new(errors: Vec<ConfigError>) -> Self {
        Self(errors)
    }

    /// The single errors: names and files first, layer by layer, then values by key, then contradictions.
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a ConfigErrors {
    type Item = &'a ConfigError;
    type IntoIter = std::slice::Iter<'a, ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for ConfigErrors {}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not valid:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  - {error}"))
    }
}

struct Place<'a>(Option<&'a PathBuf>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |path| write!(f, " in {}", path.display()))
    }
}

struct Shown<'a>(Option<&'a String>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |value| write!(f, " = {value}"))
    }
}

/// A name out of the configuration, fit to be printed: one line, and not without end.
pub(super) fn legible(name: &str) -> String {
    name.chars().take(100).flat_map(char::escape_debug).collect()
}
