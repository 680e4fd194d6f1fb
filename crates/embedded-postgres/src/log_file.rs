use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::Error;

/// A log above this size becomes the one old log at the next start.
const LARGEST: u64 = 10 * 1024 * 1024;
/// How much of the log an error message shows.
const TAIL: u64 = 2 * 1024;

/// PostgreSQL's log, which also gets what the server says before it can read its settings.
#[derive(Debug)]
pub(crate) struct LogFile {
    pub(crate) path: PathBuf,
    /// Where the present run begins.
    begin: u64,
}

impl LogFile {
    /// Open the log of a data folder at its end, after putting a large one aside.
    pub(crate) fn open(data_dir: &Path) -> Result<(Self, File), Error> {
        let path = data_dir.join("postgres.log");
        if fs::metadata(&path).is_ok_and(|found| found.len() > LARGEST) {
            fs::rename(&path, data_dir.join("postgres.log.1")).map_err(Error::io("rename", &path))?;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        let begin = file.metadata().map_err(Error::io("read", &path))?.len();
        Ok((Self { path, begin }, file))
    }

    /// The end of what the present run has written.
    pub(crate) fn tail(&self) -> String {
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&self.path)?;
            let end = file.metadata()?.len();
            file.seek(SeekFrom::Start(self.begin.max(end.saturating_sub(TAIL))))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
        };
        read().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_large_log_is_put_aside_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("postgres.log");
        File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        let (log, _) = LogFile::open(folder.path()).unwrap();
        assert_eq!(fs::metadata(&log.path).unwrap().len(), 0);
        assert!(folder.path().join("postgres.log.1").exists());
    }

    #[test]
    fn the_tail_shows_this_run_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("postgres.log"), "an earlier run\n").unwrap();
        let (log, mut file) = LogFile::open(folder.path()).unwrap();
        assert_eq!(log.tail(), "");
        file.write_all(b"this run\n").unwrap();
        assert_eq!(log.tail(), "this run");
    }
}
