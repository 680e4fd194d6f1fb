//! Creating a cluster, all or nothing.
//!
//! `initdb` works in a staging folder beside the final place, which then gets its name in one step. So a
//! cluster with the final name is complete, and whatever a killed start left is in the staging folder, where
//! the next start removes it (the superuser's password file included).

use std::{
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, Hasher, RandomState},
    io::Write,
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::{Path, PathBuf},
    process::Output,
    thread,
    time::{Duration, Instant},
};

use crate::{
    Error,
    account::Account,
    binaries::Binaries,
    home::{Home, is_vacant},
    launcher::Launcher,
};

/// The name of the role that owns everything in a new cluster.
pub(crate) const SUPERUSER: &str = "postgres";
/// The beginning of the staging folders' names.
const STAGING: &str = "postgres.initdb-";
/// How long an `initdb` that lost its parent may still write into the staging folder.
const PATIENCE: Duration = Duration::from_secs(10);

/// The major version that made the cluster; `None` when there is no cluster yet.
pub(crate) fn major_version(cluster: &Path) -> Result<Option<u32>, Error> {
    if is_vacant(cluster)? {
        return Ok(None);
    }
    let version = fs::read_to_string(cluster.join("PG_VERSION")).ok();
    let major = version.and_then(|version| version.trim().parse().ok());
    major.map(Some).ok_or_else(|| Error::NotACluster { folder: cluster.to_path_buf() })
}

/// Create the cluster of `home` with `password` for the superuser.
pub(crate) fn create(
    home: &Home,
    password: &str,
    binaries: &Binaries,
    launcher: &Launcher,
) -> Result<(), Error> {
    let staging = Staging::open(&home.folder, &launcher.account)?;
    let fresh = staging.folder.join("cluster");
    let password_file = staging.write_password(password, &launcher.account)?;

    let initdb = binaries.program("initdb");
    let output = launcher
        .tied_command(&initdb, "TERM")
        .args(["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"])
        .args(["--auth-local=scram-sha-256", "--auth-host=scram-sha-256"])
        .args(["--username", SUPERUSER])
        .arg("--pwfile")
        .arg(&password_file)
        .arg("--pgdata")
        .arg(&fresh)
        .output()
        .map_err(Error::io("run", &initdb))?;
    if !output.status.success() {
        return Err(Error::InitDb { status: output.status, output: said(&output) });
    }

    let cluster = home.cluster();
    fs::rename(&fresh, &cluster).map_err(Error::io("rename the new cluster to", &cluster))?;
    sync(&home.folder)?;
    home.link()
}

/// Make the new name survive a power loss.
fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::io("sync", folder))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

/// A private folder for `initdb` that disappears with everything in it.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// Every attempt gets a name of its own: an `initdb` that lost its parent removes its folder by name.
    fn open(home: &Path, account: &Account) -> Result<Self, Error> {
        Self::clear(home)?;
        let attempt = RandomState::new().build_hasher().finish();
        let staging = Self { folder: home.join(format!("{STAGING}{attempt:016x}")) };
        account.own_private_folder(&staging.folder)?;
        Ok(staging)
    }

    /// Remove what killed attempts left. The caller holds the lock of `home`.
    fn clear(home: &Path) -> Result<(), Error> {
        for entry in fs::read_dir(home).map_err(Error::io("list", home))? {
            let entry = entry.map_err(Error::io("list", home))?;
            if entry.file_name().as_bytes().starts_with(STAGING.as_bytes()) {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn write_password(&self, password: &str, account: &Account) -> Result<PathBuf, Error> {
        let path = self.folder.join("password");
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{password}"))
            .map_err(Error::io("write", &path))?;
        account.own(&path)?;
        Ok(path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // The next start tries again.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Remove a folder that a dying `initdb` may still be writing into, or removing as well.
fn remove(folder: &Path) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match fs::remove_dir_all(folder) {
            Ok(()) => return Ok(()),
            Err(_) if !folder.exists() => return Ok(()),
            Err(error) if begun.elapsed() > PATIENCE => return Err(Error::io("remove", folder)(error)),
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_other_things_in_it_is_not_a_cluster() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(major_version(folder.path()).unwrap(), None);
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        assert!(matches!(major_version(folder.path()), Err(Error::NotACluster { .. })));
        fs::write(folder.path().join("PG_VERSION"), "15\n").unwrap();
        assert_eq!(major_version(folder.path()).unwrap(), Some(15));
    }
}
