//! The second layer: `tenantry.toml`.

use std::{
    io,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{
    ConfigError, Sources, error,
    found::{Found, Layer},
    nearest::nearest,
    setting::{find, settings},
};

/// The file that is read when none is named.
const USUAL: &str = "tenantry.toml";

/// Note every setting in the file, if there is one.
pub(super) fn read(sources: &Sources, found: &mut Found) {
    let (named_by, path) = match &sources.file {
        Some(path) => ("the configuration file that was asked for", sources.working_dir.join(path)),
        None => ("the usual configuration file", sources.working_dir.join(USUAL)),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => match parse(&text, &path) {
            Ok(table) => note(table, &path, found),
            Err(error) => found.refuse(error),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && sources.file.is_none() => {}
        Err(error) => {
            found.refuse(ConfigError::Unreadable {
                named_by: named_by.to_owned(),
                path,
                reason: error.to_string(),
            });
        }
    }
}

/// Parse a file. The error tells the line, not its text: there may be a secret on it.
pub(super) fn parse(text: &str, path: &Path) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        ConfigError::Syntax {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            message: error.message().lines().collect::<Vec<_>>().join("; "),
        }
    })
}

fn note(table: Table, path: &Path, found: &mut Found) {
    let layer = Layer::File(path.to_owned());
    for (name, value) in table {
        // A quoted "http.listen" is no setting: each has one way to be written.
        let setting = find(&name).filter(|_| !name.contains('.'));
        match (setting, value) {
            (Some(setting), value) => found.set(setting, value, layer.clone()),
            (None, Value::Table(section)) if is_section(&name) || !section.is_empty() => {
                for (key, value) in section {
                    let key = format!("{name}.{key}");
                    match find(&key) {
                        Some(setting) => found.set(setting, value, layer.clone()),
                        None => found.refuse(unknown(&error::legible(&key), path.to_owned())),
                    }
                }
            }
            (None, _) if is_section(&name) => found.refuse(ConfigError::Invalid {
                expected: format!("a section, [{name}]"),
                name,
                value: None,
                layer: layer.clone(),
            }),
            (None, _) if name.contains('.') => {
                found.refuse(unknown(&format!("\"{}\"", error::legible(&name)), path.to_owned()));
            }
            (None, _) => found.refuse(unknown(&error::legible(&name), path.to_owned())),
        }
    }
}

/// The sections that there are, once for every setting in them.
fn sections() -> impl Iterator<Item = &'static str> {
    settings().filter_map(|setting| Some(setting.key.split_once('.')?.0))
}

fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

fn unknown(name: &str, file: PathBuf) -> ConfigError {
    let keys = settings().map(|setting| setting.key).chain(sections());
    let nearest = nearest(name, '.', keys.map(str::to_owned));
    ConfigError::Unknown { name: name.to_owned(), file: Some(file), nearest }
}
