use std::{fs, path::Path};

use crate::Error;

/// What a postmaster tells about itself in `postmaster.pid` (PostgreSQL's `miscadmin.h`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    /// When it started; tells two runs apart that got the same pid, as they do in a restarted container.
    started: u64,
    pub(crate) is_ready: bool,
}

/// The name inside the cluster's folder.
pub(crate) const NAME: &str = "postmaster.pid";

impl PidFile {
    /// Read the file; `None` when there is none, or when it is not (yet) readable.
    pub(crate) fn find(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join(NAME)).ok()?)
    }

    /// Remove the file of a postmaster that is known to be gone.
    pub(crate) fn remove(cluster: &Path) -> Result<(), Error> {
        let path = cluster.join(NAME);
        fs::remove_file(&path).map_err(Error::io("remove", path))
    }

    /// Line 1 is the process, line 3 its start, line 8 its state. A negative number is a stand-alone backend.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid: i32 = lines.next()?.trim().parse().ok()?;
        let started = lines.nth(1)?.trim().parse().ok()?;
        let is_ready = lines.nth(4).is_some_and(|state| state.trim() == "ready");
        Some(Self { pid: pid.unsigned_abs(), started, is_ready })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str = "42\n/data\n1700000000\n5432\n/run\n\n  123 4\nready   \n";

    #[test]
    fn the_state_is_read_from_the_eighth_line() {
        let file = |is_ready| Some(PidFile { pid: 42, started: 1_700_000_000, is_ready });
        assert_eq!(PidFile::parse(READY), file(true));
        assert_eq!(PidFile::parse(&READY.replace("ready", "starting")), file(false));
    }

    #[test]
    fn a_file_that_is_just_being_written_is_not_ready() {
        assert_eq!(PidFile::parse(""), None);
        assert!(!PidFile::parse("42\n/data\n1700000000\n").unwrap().is_ready);
    }

    #[test]
    fn two_runs_with_the_same_pid_differ() {
        assert_ne!(PidFile::parse(READY), PidFile::parse(&READY.replace("1700000000", "1700000001")));
    }
}
