//! The layers laid over each other.

use toml::{Table, Value};

use super::setting::Setting;

/// The value of every setting, the highest layer's where there are several.
pub(super) struct Merged(Table);

impl Merged {
    /// Only the lowest layer.
    pub(super) fn new(defaults: Table) -> Self {
        Self(defaults)
    }

    /// The value of a setting.
    pub(super) fn get(&self, setting: &Setting) -> Option<&Value> {
        match setting.key.split_once('.') {
            None => self.0.get(setting.key),
            Some((section, key)) => self.0.get(section)?.get(key),
        }
    }

    /// Put a value in place of the one below.
    pub(super) fn set(&mut self, setting: &Setting, value: Value) {
        match setting.key.split_once('.') {
            None => {
                self.0.insert(setting.key.to_owned(), value);
            }
            Some((section, key)) => {
                if let Some(Value::Table(section)) = self.0.get_mut(section) {
                    section.insert(key.to_owned(), value);
                }
            }
        }
    }

    /// All values, by section.
    pub(super) fn into_value(self) -> Value {
        Value::Table(self.0)
    }
}
