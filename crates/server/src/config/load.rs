//! From the layers to a [`Config`].

use std::{collections::BTreeSet, path::Path};

use serde::Deserialize as _;

use super::{
    Config, ConfigError, ConfigErrors, DEFAULTS, Sources, across, cells,
    describe::{Effective, NOT_SET},
    environment, file,
    found::{Found, Given, Layer},
    merged::Merged,
    overrides,
    setting::{find, settings},
    shape::Shape,
};

/// Read the layers, judge every setting that one of them gives, then the settings together.
pub(super) fn load(sources: &Sources) -> Result<Config, ConfigErrors> {
    let mut merged = Merged::new(file::parse(DEFAULTS, Path::new("config/default.toml"))?);
    let mut found = Found::default();
    file::read(sources, &mut found);
    environment::read(sources, &mut found);
    overrides::read(sources, &mut found);

    let failed = merge(&mut merged, &mut found);
    let effective = effective(&merged, &found);
    let mut config = Config::deserialize(merged.into_value())
        .map_err(|error| ConfigError::Defaults(error.message().to_owned()))?;
    config.effective = effective;

    let contradictions = across::broken(&config);
    // A setting that is wrong by itself stands at its default here: nothing follows from that.
    let founded =
        contradictions.iter().filter(|one| !failed.contains(one.key) && !failed.contains(one.other));
    found.errors.extend(founded.filter_map(|one| config.contradiction(one)));

    if !found.errors.is_empty() {
        return Err(ConfigErrors::new(found.errors));
    }
    config.resolve_paths(&sources.working_dir);
    Ok(config)
}

/// Lay what the layers give over the defaults, as far as it is right; returns the keys of what is wrong.
fn merge(merged: &mut Merged, found: &mut Found) -> BTreeSet<&'static str> {
    let mut failed = BTreeSet::new();
    for given in found.given.values() {
        let errors = judge(given);
        if errors.is_empty() {
            merged.set(given.setting, given.value.clone());
        } else {
            failed.insert(given.setting.key);
            found.errors.extend(errors);
        }
    }
    failed
}

/// What is wrong with the value by itself.
fn judge(given: &Given) -> Vec<ConfigError> {
    let setting = given.setting;
    if !setting.shape.accepts(&given.value) {
        return vec![ConfigError::Invalid {
            name: setting.key.to_owned(),
            value: setting.show(&given.value),
            layer: given.layer.clone(),
            expected: setting.shape.to_string(),
        }];
    }
    if matches!(setting.shape, Shape::Tables) { cells::errors(given) } else { Vec::new() }
}

/// Every setting with its value, as shown to an operator.
fn effective(merged: &Merged, found: &Found) -> Vec<Effective> {
    let layer = |key| found.given.get(key).map_or(Layer::Default, |given| given.layer.clone());
    settings()
        .filter_map(|setting| Some(Effective::new(setting, merged.get(setting)?, layer(setting.key))))
        .collect()
}

impl Config {
    /// The error that a broken rule is.
    fn contradiction(&self, broken: &across::Broken) -> Option<ConfigError> {
        let setting = find(broken.key)?;
        let effective = self.effective.iter().find(|effective| effective.key == broken.key)?;
        Some(ConfigError::Invalid {
            name: broken.key.to_owned(),
            value: (!setting.is_secret && effective.shown != NOT_SET).then(|| effective.shown.clone()),
            layer: effective.layer.clone(),
            expected: broken.expected.clone(),
        })
    }

    /// Make every path start at the working folder, and the master key lie in the data folder.
    fn resolve_paths(&mut self, working_dir: &Path) {
        // Collecting the components drops the `.` in the middle of `/srv/./data`.
        let resolve = |path: &Path| working_dir.join(path).components().collect();
        self.data_dir = resolve(&self.data_dir);
        self.keys.master_key_file = if self.keys.master_key_file.as_os_str().is_empty() {
            self.data_dir.join("master.key")
        } else {
            resolve(&self.keys.master_key_file)
        };
        self.database.pg_bin = self.database.pg_bin.as_deref().map(resolve);

        let paths = [("data_dir", &self.data_dir), ("keys.master_key_file", &self.keys.master_key_file)];
        for effective in &mut self.effective {
            if let Some((_, path)) = paths.iter().find(|(key, _)| *key == effective.key) {
                effective.shown = format!("{:?}", path.display().to_string());
            }
        }
    }
}
