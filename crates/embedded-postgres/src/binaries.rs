//! Where PostgreSQL's programs are.
//!
//! A cluster can only be run by the major version that made it, so the version is looked at first:
//! after an upgrade of the operating system the older programs are still found while they are installed.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Error;

/// The oldest major version that is supported.
const OLDEST: u32 = 15;

/// A folder with the programs of one PostgreSQL version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    dir: PathBuf,
    major: u32,
}

/// Find the folder with PostgreSQL's programs (`postgres`, `initdb`, `pg_ctl`), version 15 or newer.
///
/// An explicit folder (from `PG_BIN`) is taken or refused. Otherwise the order is: what `pg_config --bindir`
/// says, the highest version below `/usr/lib/postgresql`, and the folders of `PATH`.
///
/// # Errors
///
/// [`Error::NoPostgres`] with the list of what was looked at.
pub fn find_bin_dir(explicit: Option<&Path>) -> Result<PathBuf, Error> {
    Binaries::find(explicit, None).map(|binaries| binaries.dir)
}

impl Binaries {
    /// Find programs of version `wanted`, or of any supported version.
    pub(crate) fn find(explicit: Option<&Path>, wanted: Option<u32>) -> Result<Self, Error> {
        let candidates = explicit.map_or_else(candidates, |dir| vec![dir.to_path_buf()]);
        let mut searched = Vec::new();
        for dir in candidates {
            match major_version(&dir) {
                Ok(major) if wanted.map_or(major >= OLDEST, |wanted| major == wanted) => {
                    return Ok(Self { dir: dir.canonicalize().unwrap_or(dir), major });
                }
                Ok(major) => searched.push(format!("{}: version {major}", dir.display())),
                Err(reason) => searched.push(format!("{}: {reason}", dir.display())),
            }
        }
        Err(Error::NoPostgres {
            wanted: wanted.map_or_else(
                || format!("{OLDEST} or newer"),
                |major| format!("{major}, which made the cluster,"),
            ),
            searched: searched.join("; "),
        })
    }

    /// The full path of one program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// The folders to look at when none is given, best first, each once.
fn candidates() -> Vec<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()));

    let path = env::var_os("PATH").unwrap_or_default();
    let mut seen = BTreeSet::new();
    told.into_iter()
        .chain(packaged(Path::new("/usr/lib/postgresql")))
        .chain(env::split_paths(&path).filter(|dir| dir.join("postgres").exists()))
        .filter(|dir| dir.is_absolute() && seen.insert(dir.clone()))
        .collect()
}

/// The `bin` folders of Debian's layout, the highest version first.
fn packaged(root: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|version| root.join(version.to_string()).join("bin")).collect()
}

fn major_version(dir: &Path) -> Result<u32, String> {
    if let Some(missing) = ["postgres", "initdb", "pg_ctl"].into_iter().find(|name| !dir.join(name).is_file())
    {
        return Err(format!("no program `{missing}`"));
    }
    let output =
        Command::new(dir.join("postgres")).arg("--version").output().map_err(|error| error.to_string())?;
    parse_version(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| "an unreadable version".to_owned())
}

/// Read the major version from `postgres (PostgreSQL) 15.14 (Debian …)` or `… 18beta1`.
fn parse_version(line: &str) -> Option<u32> {
    let version = line.split_once("(PostgreSQL)")?.1.trim_start();
    let end = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(parse_version("postgres (PostgreSQL) 17"), Some(17));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn the_highest_packaged_version_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9.6", "15", "17", "common"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        assert_eq!(packaged(root.path()), [root.path().join("17/bin"), root.path().join("15/bin")]);
    }

    #[test]
    fn an_explicit_folder_without_the_programs_is_refused() {
        let empty = tempfile::tempdir().unwrap();
        let error = find_bin_dir(Some(empty.path())).unwrap_err();
        assert!(error.to_string().contains("no program `postgres`"), "{error}");
    }

    #[test]
    fn a_cluster_of_another_version_is_not_run() {
        let error = Binaries::find(None, Some(9)).unwrap_err();
        assert!(error.to_string().contains("version 9, which made the cluster"), "{error}");
    }
}
