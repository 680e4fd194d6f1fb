//! The tables under `[[database.cells]]`, which have keys of their own.

use std::{collections::BTreeSet, path::PathBuf};

use toml::Value;

use super::{
    ConfigError, MAIN_CELL, error,
    found::{Given, Layer},
    nearest::nearest,
    setting::Setting,
    shape::Shape,
    text,
};

/// The keys of one cell; the optional one may be left out.
pub(super) const FIELDS: &[Setting] = &[
    Setting::text("name", text::LABEL),
    Setting::text("url", text::POSTGRES_URL).secret(),
    Setting::optional("region", text::LABEL),
];

/// Everything that is wrong with the cells; nothing when they are not tables at all.
pub(super) fn errors(given: &Given) -> Vec<ConfigError> {
    let mut errors = Vec::new();
    let mut names = BTreeSet::from([MAIN_CELL]);
    for (index, cell) in given.value.as_array().into_iter().flatten().enumerate() {
        let prefix = format!("{}[{index}]", given.setting.key);
        one(cell, &prefix, &given.layer, &mut errors);
        let name = cell.get("name").and_then(Value::as_str).unwrap_or_default();
        if !name.is_empty() && !names.insert(name) {
            errors.push(ConfigError::Invalid {
                name: format!("{prefix}.name"),
                value: Some(format!("{name:?}")),
                layer: given.layer.clone(),
                expected: format!("a name of its own; {MAIN_CELL} is the database of database.url"),
            });
        }
    }
    errors
}

fn one(cell: &Value, prefix: &str, layer: &Layer, errors: &mut Vec<ConfigError>) {
    for key in cell.as_table().into_iter().flat_map(|table| table.keys()) {
        if !FIELDS.iter().any(|field| field.key == key) {
            errors.push(ConfigError::Unknown {
                name: format!("{prefix}.{}", error::legible(key)),
                file: path_of(layer),
                nearest: nearest(key, '.', FIELDS.iter().map(|field| field.key.to_owned())),
            });
        }
    }
    for field in FIELDS {
        let name = format!("{prefix}.{}", field.key);
        let (layer, expected) = (layer.clone(), field.shape.to_string());
        match cell.get(field.key) {
            Some(value) if field.shape.accepts(value) => {}
            Some(value) => {
                errors.push(ConfigError::Invalid { name, value: field.show(value), layer, expected });
            }
            None if matches!(field.shape, Shape::OptionalText(_)) => {}
            None => errors.push(ConfigError::Missing { name, layer, expected }),
        }
    }
}

fn path_of(layer: &Layer) -> Option<PathBuf> {
    match layer {
        Layer::File(path) => Some(path.clone()),
        _ => None,
    }
}
