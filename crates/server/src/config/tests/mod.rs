//! The configuration as a whole: layers, refusals, secrets, and its agreement with the manual.

mod arbitrary;
mod cells;
mod defaults;
mod fields;
mod layers;
mod refusals;
mod secrets;

use std::fs;

use super::{Config, ConfigErrors, Sources};

/// A working folder with the sources read from it.
struct Setup {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources { working_dir: folder.path().to_owned(), ..Sources::default() };
        Self { folder, sources }
    }

    fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    fn toml(self, text: &str) -> Self {
        self.file("tenantry.toml", text)
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.sources.env.push((name.to_owned(), value.to_owned()));
        self
    }

    fn flag(mut self, key: &str, value: &str) -> Self {
        self.sources.overrides.push((key.to_owned(), value.to_owned()));
        self
    }

    fn load(&self) -> Result<Config, ConfigErrors> {
        Config::load(self.sources.clone())
    }

    fn config(&self) -> Config {
        self.load().unwrap()
    }

    /// What is wrong, one text each, with the working folder written as `~`.
    fn errors(&self) -> Vec<String> {
        let folder = self.folder.path().display().to_string();
        let errors = self.load().expect_err("something is wrong");
        errors.iter().map(|error| error.to_string().replace(&folder, "~")).collect()
    }
}
