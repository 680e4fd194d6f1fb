use serde::Deserialize;

use crate::config::{setting::Setting, text};

/// `[log]`: what the server writes to standard error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
    /// A level, or directives as `tracing_subscriber::EnvFilter` reads them.
    pub level: String,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for a terminal, JSON for everything else.
    Auto,
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Text,
}

impl LogFormat {
    /// Whether lines are JSON, given what standard error is.
    pub fn is_json(self, is_terminal: bool) -> bool {
        match self {
            Self::Auto => !is_terminal,
            Self::Json => true,
            Self::Text => false,
        }
    }
}

impl Log {
    pub(in crate::config) const SETTINGS: &[Setting] = &[
        Setting::one_of("log.format", &["auto", "json", "text"]),
        Setting::text("log.level", text::LOG_FILTER),
    ];
}
