//! Where the cluster lives.
//!
//! Normally in the data folder. When root runs PostgreSQL as another user who may not enter the data folder
//! (`./data` below a home of mode 0700), a new cluster is put into a system folder and the data folder
//! gets a symbolic link to it. From then on the link decides, not the permissions of the day: a changed mode
//! somewhere above must never make a start begin with an empty database.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use crate::{Error, account::Account, fingerprint};

/// Holds the clusters that PostgreSQL's user could not reach in their data folders.
const SYSTEM_FOLDER: &str = "/var/lib/tenantry";
const CLUSTER: &str = "postgres";

/// The place of one cluster and the user who runs it.
#[derive(Debug)]
pub(crate) struct Home {
    /// What the operator calls the data folder.
    pub(crate) data_dir: PathBuf,
    /// The folder that holds the cluster, its lock and its socket; most often the data folder itself.
    pub(crate) folder: PathBuf,
    pub(crate) account: Account,
    /// What the operator should know about the place.
    pub(crate) note: Option<String>,
}

impl Home {
    /// Find the place of the cluster of `data_dir`, or choose one for a new cluster.
    pub(crate) fn find(data_dir: &Path) -> Result<Self, Error> {
        let data_dir = open_data_dir(data_dir)?;
        let entry = data_dir.join(CLUSTER);
        if is_vacant(&entry)? { Self::choose(data_dir) } else { Self::recall(data_dir, &entry) }
    }

    /// The cluster's folder.
    pub(crate) fn cluster(&self) -> PathBuf {
        self.folder.join(CLUSTER)
    }

    /// Let the data folder lead to a cluster that lies elsewhere. Called when the cluster is complete.
    pub(crate) fn link(&self) -> Result<(), Error> {
        let entry = self.data_dir.join(CLUSTER);
        if self.folder == self.data_dir || entry.is_symlink() {
            return Ok(());
        }
        if entry.is_dir() {
            fs::remove_dir(&entry).map_err(Error::io("remove the empty folder", &entry))?;
        }
        symlink(self.cluster(), &entry).map_err(Error::io("link", &entry))
    }

    fn choose(data_dir: PathBuf) -> Result<Self, Error> {
        let account = Account::for_new_cluster()?;
        if account.may_enter(&data_dir)? {
            return Ok(Self { folder: data_dir.clone(), data_dir, account, note: None });
        }
        let root = PathBuf::from(SYSTEM_FOLDER);
        let folder = root.join(fingerprint::of(&data_dir));
        for folder in [&root, &folder] {
            make_folder(folder, 0o711)?;
        }
        let folder = folder.canonicalize().map_err(Error::io("open", &folder))?;
        let note = note(&account, &data_dir, &folder)?;
        Ok(Self { data_dir, folder, account, note: Some(note) })
    }

    fn recall(data_dir: PathBuf, entry: &Path) -> Result<Self, Error> {
        let cluster = entry.canonicalize().map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::Dangling { link: entry.to_path_buf() },
            _ => Error::io("open", entry)(error),
        })?;
        let account = Account::for_existing_cluster(&cluster)?;
        let folder = cluster.parent().unwrap_or(&cluster).to_path_buf();
        if let Some(barrier) = barrier(&account, &folder)? {
            return Err(Error::Unreachable { folder: barrier, user: account.name });
        }
        let is_elsewhere = folder != data_dir;
        let note = if is_elsewhere { Some(note(&account, &data_dir, &folder)?) } else { None };
        Ok(Self { data_dir, folder, account, note })
    }
}

fn note(account: &Account, data_dir: &Path, folder: &Path) -> Result<String, Error> {
    let reason = barrier(account, data_dir)?.map_or_else(String::new, |barrier| {
        format!(", because it runs as the user {}, who may not enter {}", account.name, barrier.display())
    });
    Ok(format!(
        "PostgreSQL keeps its cluster in {}{reason}; {}/{CLUSTER} links there, and a backup must include it",
        folder.display(),
        data_dir.display()
    ))
}

/// The outermost folder on the way to `folder` that the user may not enter.
fn barrier(account: &Account, folder: &Path) -> Result<Option<PathBuf>, Error> {
    if account.may_enter(folder)? {
        return Ok(None);
    }
    let mut way: Vec<&Path> = folder.ancestors().collect();
    way.reverse();
    for step in way {
        if !account.may_enter(step)? {
            return Ok(Some(step.to_path_buf()));
        }
    }
    Ok(None)
}

/// A new data folder lets others pass through when PostgreSQL will be another user, and nobody otherwise.
fn open_data_dir(data_dir: &Path) -> Result<PathBuf, Error> {
    if !data_dir.exists() {
        let mode = if Account::for_new_cluster()?.is_borrowed { 0o711 } else { 0o700 };
        if let Some(parent) = data_dir.parent() {
            fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        }
        make_folder(data_dir, mode)?;
    }
    data_dir.canonicalize().map_err(Error::io("open", data_dir))
}

/// Make a folder with exactly this mode, whatever the umask; leave an existing one as it is.
fn make_folder(folder: &Path, mode: u32) -> Result<(), Error> {
    match DirBuilder::new().mode(mode).create(folder) {
        Ok(()) => {
            fs::set_permissions(folder, Permissions::from_mode(mode)).map_err(Error::io("open", folder))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::io("create", folder)(error)),
    }
}

/// Whether nothing is there, or an empty folder.
pub(crate) fn is_vacant(path: &Path) -> Result<bool, Error> {
    if path.is_symlink() {
        return Ok(false);
    }
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(false),
        Err(error) => Err(Error::io("list", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_lost_cluster_is_not_taken_for_a_new_start() {
        let data = tempfile::tempdir().unwrap();
        symlink("/nonexistent/postgres", data.path().join(CLUSTER)).unwrap();
        assert!(matches!(Home::find(data.path()), Err(Error::Dangling { .. })));
    }

    #[test]
    fn a_missing_and_an_empty_folder_are_vacant() {
        let data = tempfile::tempdir().unwrap();
        assert!(is_vacant(data.path()).unwrap());
        assert!(is_vacant(&data.path().join("absent")).unwrap());
        fs::write(data.path().join("file"), "").unwrap();
        assert!(!is_vacant(data.path()).unwrap());
    }
}
