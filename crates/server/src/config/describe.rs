//! The settings as an operator sees them.

use std::fmt::Write as _;

use toml::Value;

use super::{Config, Layer, setting::Setting, shape::Shape};

/// What stands for a secret that is set.
const MASK: &str = "********";

/// What stands for an empty text.
pub(super) const NOT_SET: &str = "(not set)";

/// One setting in effect. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Effective {
    pub(super) key: &'static str,
    pub(super) shown: String,
    pub(super) layer: Layer,
}

impl Effective {
    /// The setting with its value, masked where it is a secret.
    pub(super) fn new(setting: &Setting, value: &Value, layer: Layer) -> Self {
        let shown = match (setting.shape, value) {
            (Shape::Tables, value) => cells(value),
            (_, Value::String(text)) if text.is_empty() => NOT_SET.to_owned(),
            (_, value) => setting.show(value).unwrap_or_else(|| MASK.to_owned()),
        };
        Self { key: setting.key, shown, layer }
    }
}

/// The names of the cells; their URLs are secrets.
fn cells(value: &Value) -> String {
    let names =
        value.as_array().into_iter().flatten().filter_map(|cell| cell.get("name").and_then(Value::as_str));
    format!("[{}]", names.collect::<Vec<_>>().join(", "))
}

impl Config {
    /// The settings in effect, one a line, each with the layer it comes from. Secrets are masked.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for Effective { key, shown, layer } in &self.effective {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{key} = {shown}  ({layer})");
        }
        text
    }
}
