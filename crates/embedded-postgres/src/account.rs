//! Which user PostgreSQL runs as.
//!
//! PostgreSQL refuses root. An ordinary user runs it as itself; root runs a new cluster as `postgres` (else
//! `nobody`) and an existing one as the user who owns it.

use std::{
    fs::{self, DirBuilder, Permissions},
    io::ErrorKind,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use crate::Error;

/// The user that PostgreSQL runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) name: String,
    /// True when this process is root and takes the account on for PostgreSQL only.
    pub(crate) is_borrowed: bool,
}

impl Account {
    /// The user for a cluster that is still to be made.
    pub(crate) fn for_new_cluster() -> Result<Self, Error> {
        let current = Self::current()?;
        if current.uid != 0 {
            return Ok(current);
        }
        let passwd = read_passwd()?;
        let find = |name: &str| parse_passwd(&passwd).find(|entry| entry.name == name);
        find("postgres").or_else(|| find("nobody")).ok_or(Error::NoAccount)
    }

    /// The user for a cluster that exists. One that belongs to root (say, restored from a backup) is handed
    /// over to the user that a new one would have.
    pub(crate) fn for_existing_cluster(cluster: &Path) -> Result<Self, Error> {
        let current = Self::current()?;
        let found = fs::metadata(cluster).map_err(Error::io("read", cluster))?;
        let owner = || Self::named(found.uid(), found.gid());
        match (current.uid, found.uid()) {
            (0, 0) => {
                let account = Self::for_new_cluster()?;
                account.take_over(cluster)?;
                Ok(account)
            }
            (0, _) => Ok(Self { is_borrowed: true, ..owner()? }),
            (current_uid, owner_uid) if current_uid == owner_uid => Ok(current),
            _ => Err(Error::NotOwner {
                folder: cluster.to_path_buf(),
                owner: owner()?.name,
                current: current.name,
            }),
        }
    }

    /// Whether PostgreSQL's user may go through `folder`, by the system's own answer.
    pub(crate) fn may_enter(&self, folder: &Path) -> Result<bool, Error> {
        if !self.is_borrowed {
            return Ok(true);
        }
        Command::new("/bin/sh")
            .args(["-c", r#"cd -- "$0""#])
            .arg(folder)
            .current_dir("/")
            .uid(self.uid)
            .gid(self.gid)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map(|status| status.success())
            .map_err(Error::io("run", "/bin/sh"))
    }

    /// Make a folder that only PostgreSQL's user can open, or make sure that the existing one is that.
    pub(crate) fn own_private_folder(&self, folder: &Path) -> Result<(), Error> {
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(folder).map_err(Error::io("read", folder))?;
                let is_ours = found.uid() == self.uid || (self.is_borrowed && found.uid() == 0);
                if !found.is_dir() || !is_ours {
                    return Err(Error::NotPrivate { folder: folder.to_path_buf(), user: self.name.clone() });
                }
            }
            Err(error) => return Err(Error::io("create", folder)(error)),
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(Error::io("protect", folder))?;
        self.own(folder)
    }

    /// Give one file or folder to PostgreSQL's user. Never through a symbolic link: that user could lay one.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        if self.is_borrowed {
            lchown(path, Some(self.uid), Some(self.gid)).map_err(Error::io("change the owner of", path))?;
        }
        Ok(())
    }

    /// Give a whole tree to PostgreSQL's user, the top last: a top that belongs to root means "not done yet".
    fn take_over(&self, folder: &Path) -> Result<(), Error> {
        for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
            let entry = entry.map_err(Error::io("list", folder))?;
            let path = entry.path();
            if entry.file_type().map_err(Error::io("read", &path))?.is_dir() {
                self.take_over(&path)?;
            } else {
                self.own(&path)?;
            }
        }
        self.own(folder)
    }

    fn current() -> Result<Self, Error> {
        let own = fs::metadata("/proc/self").map_err(Error::io("read", "/proc/self"))?;
        Ok(Self { is_borrowed: false, ..Self::named(own.uid(), own.gid())? })
    }

    fn named(uid: u32, gid: u32) -> Result<Self, Error> {
        Ok(parse_passwd(&read_passwd()?).find(|entry| entry.uid == uid).unwrap_or_else(|| Self {
            uid,
            gid,
            name: format!("uid {uid}"),
            is_borrowed: true,
        }))
    }
}

/// The user list; containers without one are fine as long as no name is needed.
fn read_passwd() -> Result<String, Error> {
    match fs::read("/etc/passwd") {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io("read", "/etc/passwd")(error)),
    }
}

fn parse_passwd(passwd: &str) -> impl Iterator<Item = Account> + '_ {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let _password = fields.next()?;
        let uid = fields.next()?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { uid, gid, name, is_borrowed: true })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_list_is_read_and_its_broken_lines_are_skipped() {
        let passwd =
            "root:x:0:0:root:/root:/bin/sh\n# comment\nbad:x:y:0::\npostgres:x:101:104:,,,:/var:/bin/sh\n";
        let entries: Vec<_> = parse_passwd(passwd).map(|entry| (entry.name, entry.uid, entry.gid)).collect();
        assert_eq!(entries, [("root".to_owned(), 0, 0), ("postgres".to_owned(), 101, 104)]);
    }

    #[test]
    fn an_owner_without_a_name_is_shown_by_its_number() {
        assert_eq!(Account::named(4_000_000, 7).unwrap().name, "uid 4000000");
    }
}
