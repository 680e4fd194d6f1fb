use std::{
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use crate::{Error, account::Account, fingerprint};

/// Names the socket file; there is no TCP port.
pub(crate) const PORT: u16 = 5432;
const FILE: &str = ".s.PGSQL.5432";
/// `sun_path` has 108 bytes and ends with a zero.
const LONGEST: usize = 107;

/// The private folder with PostgreSQL's socket.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    pub(crate) path: PathBuf,
    is_temporary: bool,
}

impl SocketFolder {
    /// Make the folder, empty of what an earlier run left. The caller holds the lock of `home`.
    pub(crate) fn prepare(home: &Path, account: &Account) -> Result<Self, Error> {
        let inside = home.join("postgres.run");
        let is_temporary = !fits(&inside);
        let path = if is_temporary { outside(home, account) } else { inside };
        account.own_private_folder(&path)?;
        for file in [path.join(FILE), path.join(format!("{FILE}.lock"))] {
            if file.symlink_metadata().is_ok() {
                fs::remove_file(&file).map_err(Error::io("remove", &file))?;
            }
        }
        Ok(Self { path, is_temporary })
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        if self.is_temporary {
            // Not empty means that a killed server left files; the next start clears them.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// A short place for the socket of a home with a long path. Only root can write to /run; in /tmp the owner is
/// checked, so that nobody else can put a folder there in advance.
fn outside(home: &Path, account: &Account) -> PathBuf {
    let root = if account.is_borrowed && Path::new("/run").is_dir() { "/run" } else { "/tmp" };
    Path::new(root).join(format!("tenantry-{}", fingerprint::of(home)))
}

fn fits(folder: &Path) -> bool {
    folder.join(FILE).as_os_str().as_bytes().len() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_107_bytes_fits_and_a_longer_one_does_not() {
        let folder = |length: usize| PathBuf::from(format!("/{}", "x".repeat(length - 1)));
        assert!(fits(&folder(LONGEST - FILE.len() - 1)));
        assert!(!fits(&folder(LONGEST - FILE.len())));
    }
}
