//! The highest layer: the flags of the command line.

use super::{
    ConfigError, Sources, error,
    found::{Found, Layer},
    nearest::nearest,
    setting::{find, settings},
    shape::Shape,
};

/// Note every flag, by its dotted key.
pub(super) fn read(sources: &Sources, found: &mut Found) {
    for (key, text) in &sources.overrides {
        match find(key) {
            Some(setting) if matches!(setting.shape, Shape::Tables) => {
                found.refuse(ConfigError::FileOnly { name: key.clone(), key: setting.key });
            }
            Some(setting) => found.set_text(setting, text, Layer::Flag),
            None => {
                let nearest = nearest(key, '.', settings().map(|setting| setting.key.to_owned()));
                found.refuse(ConfigError::Unknown { name: error::legible(key), file: None, nearest });
            }
        }
    }
}
