//! Where settings come from.

use std::path::PathBuf;

/// What a configuration is read from. Everything is given, nothing is taken from the process.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file named by `--config`, which must exist; without it `tenantry.toml` in the working folder, if there.
    pub file: Option<PathBuf>,
    /// The environment, names and values. Names that are none of Tenantry's are passed over.
    pub env: Vec<(String, String)>,
    /// Settings given as flags: dotted key (`http.listen`) and text.
    pub overrides: Vec<(String, String)>,
    /// The folder that relative paths start from.
    pub working_dir: PathBuf,
}

impl Sources {
    /// The sources of this process: its environment and its working folder, with what the command line says.
    ///
    /// Bytes that are not UTF-8 become U+FFFD, so that a foreign variable cannot stop the server.
    pub fn of_process(file: Option<PathBuf>, overrides: Vec<(String, String)>) -> std::io::Result<Self> {
        let env = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .collect();
        Ok(Self { file, env, overrides, working_dir: std::env::current_dir()? })
    }
}
