use std::{fmt, path::PathBuf};

use crate::{Error, parameters};

/// What a private PostgreSQL server needs to know.
#[derive(Clone)]
pub struct Settings {
    /// The folder of the whole product; the cluster is its subfolder `postgres`. Made when absent.
    pub data_dir: PathBuf,
    /// The password that the superuser gets when the cluster is created; later starts do not change it.
    pub superuser_password: String,
    /// The folder with `postgres`, `initdb` and `pg_ctl`; searched for when `None`
    /// (see [`find_bin_dir`](crate::find_bin_dir)).
    pub bin_dir: Option<PathBuf>,
    /// Further server parameters as `(name, value)`; they win over this crate's defaults.
    pub parameters: Vec<(String, String)>,
}

impl Settings {
    /// Refuse what PostgreSQL would misunderstand or what would open the server to others.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.superuser_password.is_empty() || self.superuser_password.contains(char::is_control) {
            return Err(Error::Password);
        }
        parameters::check(&self.parameters)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("data_dir", &self.data_dir)
            .field("superuser_password", &"…")
            .field("bin_dir", &self.bin_dir)
            .field("parameters", &self.parameters)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(password: &str) -> Settings {
        Settings {
            data_dir: PathBuf::from("data"),
            superuser_password: password.to_owned(),
            bin_dir: None,
            parameters: Vec::new(),
        }
    }

    #[test]
    fn the_debug_form_hides_the_password() {
        assert!(!format!("{:?}", settings("sesame")).contains("sesame"));
    }

    #[test]
    fn a_password_that_a_password_file_cannot_hold_is_refused() {
        assert!(matches!(settings("").check(), Err(Error::Password)));
        assert!(matches!(settings("two\nlines").check(), Err(Error::Password)));
        assert!(settings("with spaces and ümlauts").check().is_ok());
    }
}
