//! The one PostgreSQL that all tests of a run share.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, process};

use anyhow::{Context, Result};
use tenantry_embedded_postgres::{Server, Settings};

use crate::prerequisites;

/// Speed over durability: this data lives as long as the run. Tests of durability start servers of their own.
const PARAMETERS: [(&str, &str); 4] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "400"),
];

/// The folder's name begins so; the process's id follows.
const PREFIX: &str = "tenantry-test-";

/// A private PostgreSQL in a temporary folder; stopped and removed when dropped.
pub(crate) struct TestDatabase {
    server: Option<Server>,
    password: String,
    folder: PathBuf,
}

impl TestDatabase {
    /// Make and start it.
    pub(crate) fn start() -> Result<Self> {
        sweep();
        let name = format!("{PREFIX}{}-{}", process::id(), random::<4>()?);
        let mut database =
            Self { server: None, password: random::<16>()?, folder: env::temp_dir().join(name) };
        let settings = Settings {
            data_dir: database.folder.clone(),
            superuser_password: database.password.clone(),
            bin_dir: prerequisites::postgres_folder(),
            parameters: PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        };
        database.server = Some(Server::start(&settings).context("the tests' PostgreSQL did not start")?);
        Ok(database)
    }

    /// Where it listens and who may enter: `socket folder|port|user|password`.
    pub(crate) fn address(&self) -> String {
        let Some(server) = &self.server else { return String::new() };
        format!(
            "{}|{}|{}|{}",
            server.socket_dir().display(),
            server.port(),
            server.superuser(),
            self.password
        )
    }

    /// Make a database; answers a connection string of the superuser for it.
    pub(crate) fn create(&self, name: &str) -> Result<String> {
        let server = self.server.as_ref().context("the tests' PostgreSQL is gone")?;
        let url =
            |database| url(server.socket_dir(), server.port(), server.superuser(), &self.password, database);
        let statement = format!("CREATE DATABASE {name}");
        let programs = tenantry_embedded_postgres::find_bin_dir(prerequisites::postgres_folder().as_deref())?;
        let mut psql = crate::process::program(programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--dbname", &url("postgres"), "--command", &statement]);
        crate::process::require(&mut psql, "psql")?;
        Ok(url(name))
    }
}

/// A connection string of the superuser; a socket's folder takes the place of the host (RFC 3986 encoding).
fn url(socket: &Path, port: u16, user: &str, password: &str, database: &str) -> String {
    let host = socket.display().to_string().replace('/', "%2F");
    format!("postgres://{user}:{password}@{host}:{port}/{database}")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        drop(self.server.take());
        remove(&self.folder);
    }
}

/// Remove our own folder and its cluster, which lies elsewhere when PostgreSQL's user may not enter the folder.
fn remove(folder: &Path) {
    if let Ok(cluster) = folder.join("postgres").canonicalize() {
        let _ = cluster.parent().map(fs::remove_dir_all);
    }
    let _ = fs::remove_dir_all(folder);
}

/// Remove what runs left behind that were killed. Links are not followed: anybody may write to a temporary folder.
fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner =
            name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-')).map(|(pid, _)| pid.to_owned());
        let is_gone = |pid: String| !Path::new("/proc").join(pid).exists();
        if Path::new("/proc/self").exists() && owner.is_some_and(is_gone) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// So many bytes that nobody else on this machine can guess, as hexadecimal digits.
fn random<const LENGTH: usize>() -> Result<String> {
    let mut bytes = [0_u8; LENGTH];
    let mut source = File::open("/dev/urandom").context("cannot open /dev/urandom")?;
    source.read_exact(&mut bytes).context("cannot read /dev/urandom")?;
    Ok(bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_the_host_of_a_connection_string() {
        assert_eq!(
            url(Path::new("/tmp/a-b"), 5432, "postgres", "0a1b", "tenantry"),
            "postgres://postgres:0a1b@%2Ftmp%2Fa-b:5432/tenantry"
        );
    }

    #[test]
    fn passwords_are_long_and_differ() {
        let (one, other) = (random::<16>().unwrap(), random::<16>().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_a_running_one_is_not() {
        let folder = |pid: u32| env::temp_dir().join(format!("{PREFIX}{pid}-{}", random::<4>().unwrap()));
        let (left, ours) = (folder(u32::MAX), folder(process::id()));
        fs::create_dir(&left).unwrap();
        fs::create_dir(&ours).unwrap();
        sweep();
        assert!(!left.exists() && ours.exists());
        remove(&ours);
        assert!(!ours.exists());
    }
}
