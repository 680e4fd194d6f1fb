//! The third layer: the environment.
//!
//! A setting is `TENANTRY_<SECTION>_<KEY>`, a secret also `…_FILE` for the file that holds it. Where both fit, the
//! setting of that very name is meant (`TENANTRY_KEYS_MASTER_KEY_FILE`).

use std::collections::BTreeMap;

use super::{
    ConfigError, SettingName, Sources, error,
    found::{Found, Layer},
    nearest::nearest,
    setting::{PREFIX, Setting, settings},
    shape::Shape,
};

/// Variables that begin so belong to the tests.
const OF_TESTS: &str = "TENANTRY_TEST_";

/// What a variable's name means.
#[derive(Clone, Copy)]
struct Meaning {
    setting: &'static Setting,
    /// Whether its value is the path of a file that holds the setting's value.
    is_path: bool,
}

/// Note every variable that is a setting; refuse the others that begin like one.
pub(super) fn read(sources: &Sources, found: &mut Found) {
    let names = names();
    let variables: BTreeMap<&str, &str> =
        sources.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let mut by_setting: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for name in variables.keys() {
        match names.get(*name) {
            Some(meaning) => by_setting.entry(meaning.setting.key).or_default().push(name),
            None if name.starts_with(PREFIX) && !name.starts_with(OF_TESTS) => {
                found.refuse(unknown(name, &names));
            }
            None => {}
        }
    }
    for spellings in by_setting.values() {
        match chosen(spellings) {
            Ok(name) => {
                if let (Some(meaning), Some(value)) = (names.get(name), variables.get(name)) {
                    note(sources, found, *meaning, name, value);
                }
            }
            Err(twice) => found.refuse(twice),
        }
    }
}

/// Every name that means something.
fn names() -> BTreeMap<String, Meaning> {
    let mut names = BTreeMap::new();
    let spelled = || {
        settings().flat_map(|setting| {
            let name = SettingName::of(setting);
            let env = format!("{PREFIX}{}", name.key.replace('.', "_").to_uppercase());
            [Some(env), name.alias.map(str::to_owned)].into_iter().flatten().map(move |name| (name, setting))
        })
    };
    for (name, setting) in spelled() {
        names.insert(name, Meaning { setting, is_path: false });
    }
    for (name, setting) in spelled().filter(|(_, setting)| setting.is_secret) {
        names.entry(format!("{name}_FILE")).or_insert(Meaning { setting, is_path: true });
    }
    names
}

/// The one variable that counts among those for one setting.
///
/// Tenantry's own name goes before a name that other programs use too (`DATABASE_URL`); two of the same kind are one
/// too many.
fn chosen<'a>(spellings: &[&'a str]) -> Result<&'a str, ConfigError> {
    let (ours, shared): (Vec<&str>, Vec<&str>) = spellings.iter().partition(|name| name.starts_with(PREFIX));
    let candidates = if ours.is_empty() { shared } else { ours };
    match candidates.as_slice() {
        [first, second, ..] => {
            Err(ConfigError::Twice { first: (*first).to_owned(), second: (*second).to_owned() })
        }
        others => Ok(others.first().copied().unwrap_or_default()),
    }
}

fn note(sources: &Sources, found: &mut Found, meaning: Meaning, name: &str, value: &str) {
    let setting = meaning.setting;
    if matches!(setting.shape, Shape::Tables) {
        found.refuse(ConfigError::FileOnly { name: name.to_owned(), key: setting.key });
        return;
    }
    let layer = Layer::Environment(name.to_owned());
    if !meaning.is_path {
        found.set_text(setting, value, layer);
        return;
    }
    match secret_in(sources, value) {
        Ok(secret) => found.set_text(setting, &secret, layer),
        Err(reason) => found.refuse(ConfigError::Unreadable {
            named_by: format!("named by {name}"),
            path: value.into(),
            reason,
        }),
    }
}

/// The secret in a file, without the newline that editors put at the end.
fn secret_in(sources: &Sources, path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(sources.working_dir.join(path)).map_err(|error| error.to_string())?;
    let secret =
        text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    // An empty secret means "not set" and would pass for a decision, such as to use the embedded database.
    if secret.is_empty() { Err("the file is empty".to_owned()) } else { Ok(secret.to_owned()) }
}

fn unknown(name: &str, names: &BTreeMap<String, Meaning>) -> ConfigError {
    let known = names.keys().filter_map(|known| known.strip_prefix(PREFIX)).map(str::to_owned);
    let mut nearest = nearest(name.strip_prefix(PREFIX).unwrap_or(name), '_', known);
    nearest.name.insert_str(0, PREFIX);
    ConfigError::Unknown { name: error::legible(name), file: None, nearest }
}
