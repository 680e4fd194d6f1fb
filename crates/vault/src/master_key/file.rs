//! The master key's file: made once, readable by its owner alone.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tenantry_kernel::Rng;
use zeroize::Zeroizing;

use super::MasterKey;
use crate::Error;

/// A key is 45 bytes; whatever is longer is another file.
const MAX_FILE_BYTES: u64 = 256;

impl MasterKey {
    /// The key in the file, which is made when it is missing (mode 0600, one line of base64).
    ///
    /// Processes that start at once end with the same key: a new one is written beside the file, forced to disk,
    /// and only then given the file's name, which fails when the name is taken. A file that its group or others
    /// may reach is refused. The folder must exist, on a file system with hard links.
    pub fn load_or_create(path: &Path, rng: &Rng) -> Result<Self, Error> {
        let failed = |source| Error::MasterKeyFile { path: path.to_path_buf(), source };
        match File::open(path) {
            Ok(file) => return read(file, path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        create(path, rng).map_err(failed)?;
        read(File::open(path).map_err(failed)?, path)
    }
}

fn read(file: File, path: &Path) -> Result<MasterKey, Error> {
    let failed = |source| Error::MasterKeyFile { path: path.to_path_buf(), source };
    // Asked of the open file, not of the path, so that the answer is about what is read.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Error::MasterKeyExposed { path: path.to_path_buf(), mode });
    }
    let mut content = Zeroizing::new(Vec::with_capacity(512));
    file.take(MAX_FILE_BYTES).read_to_end(&mut content).map_err(failed)?;
    MasterKey::parse(&content)
        .ok_or_else(|| failed(io::Error::new(io::ErrorKind::InvalidData, "not 32 bytes in base64")))
}

fn create(path: &Path, rng: &Rng) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let temporary = temporary_name(path, folder, rng)?;
    let linked = write(&temporary, &MasterKey::generate(rng)).and_then(|()| {
        match fs::hard_link(&temporary, path) {
            // Another process was first: its key is the key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    });
    let removed = fs::remove_file(&temporary);
    linked.and(removed)?;
    File::open(folder)?.sync_all()
}

fn write(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.to_line().as_bytes())?;
    file.sync_all()
}

fn temporary_name(path: &Path, folder: &Path, rng: &Rng) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{:032x}", u128::from_be_bytes(rng.bytes())));
    Ok(folder.join(temporary))
}
