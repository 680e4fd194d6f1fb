//! What an earlier run left: a postmaster that is still shutting down, orphaned backends, a stale lock file.
//!
//! PostgreSQL's own lock file only knows pids. After a power loss or in a new container the pid may belong to
//! anything, and PostgreSQL then refuses to start. So we look at the processes themselves. The caller holds
//! the folder's lock: whatever PostgreSQL still runs there has lost its parent and may be stopped.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::{Error, binaries::Binaries, launcher::Launcher, pid_file::PidFile};

const POLL: Duration = Duration::from_millis(20);
/// Most leftovers have had their signal already and only need to finish.
const GRACE: Duration = Duration::from_secs(3);
/// A shutdown writes out all changed pages; on a slow disk that takes its time.
const PATIENCE: Duration = Duration::from_mins(2);

/// Wait until nothing of an earlier run works on the cluster, and remove a lock file that lies.
pub(crate) fn clear(
    cluster: &Path,
    mark: &str,
    binaries: &Binaries,
    launcher: &Launcher,
) -> Result<(), Error> {
    let begun = Instant::now();
    let mut is_asked = false;
    while let Some(pid) = processes_on(cluster, mark)?.first().copied() {
        if begun.elapsed() > PATIENCE {
            return Err(Error::StillRunning { pid, folder: cluster.to_path_buf() });
        }
        if begun.elapsed() > GRACE && !is_asked {
            is_asked = true;
            ask_to_stop(cluster, mark, binaries, launcher)?;
        }
        thread::sleep(POLL);
    }
    match PidFile::find(cluster) {
        Some(found) if is_unrelated(found.pid, cluster) => PidFile::remove(cluster),
        // A lock file of a process that is gone is PostgreSQL's to judge: it also looks at shared memory.
        _ => Ok(()),
    }
}

/// The postmaster gets a fast shutdown. Backends without a postmaster end at once; the log makes up for it.
fn ask_to_stop(cluster: &Path, mark: &str, binaries: &Binaries, launcher: &Launcher) -> Result<(), Error> {
    let postmaster = PidFile::find(cluster).map(|found| found.pid);
    let running = processes_on(cluster, mark)?;
    let targets = match postmaster.filter(|pid| running.contains(pid)) {
        Some(pid) => vec![(pid, "INT")],
        None => running.into_iter().map(|pid| (pid, "QUIT")).collect(),
    };
    let pg_ctl = binaries.program("pg_ctl");
    for (pid, signal) in targets {
        // A process that has just ended makes this fail, and that is what we want.
        let _ = launcher
            .command(&pg_ctl)
            .args(["kill", signal, &pid.to_string()])
            .output()
            .map_err(Error::io("run", &pg_ctl))?;
    }
    Ok(())
}

/// The living PostgreSQL processes on a cluster.
fn processes_on(cluster: &Path, mark: &str) -> Result<Vec<u32>, Error> {
    let entries = fs::read_dir("/proc").map_err(Error::io("list", "/proc"))?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    Ok(pids.filter(|pid| works_on(*pid, cluster, mark)).collect())
}

/// Every PostgreSQL process stands in its cluster's folder. Root in a container may not be allowed to see
/// that of another user's process; its title, which anyone may read, then shows the mark (`cluster_name`).
fn works_on(pid: u32, cluster: &Path, mark: &str) -> bool {
    if !is_postgres(pid) {
        return false;
    }
    match fs::read_link(process(pid, "cwd")) {
        Ok(folder) => folder == cluster,
        Err(_) => fs::read(process(pid, "cmdline"))
            .is_ok_and(|title| title.windows(mark.len()).any(|part| part == mark.as_bytes())),
    }
}

/// Whether the pid belongs to a living process that surely is not PostgreSQL on this cluster.
fn is_unrelated(pid: u32, cluster: &Path) -> bool {
    if fs::metadata(process(pid, "")).is_err() {
        return false;
    }
    !is_postgres(pid) || fs::read_link(process(pid, "cwd")).is_ok_and(|folder| folder != cluster)
}

/// Whether the process is a PostgreSQL that lives; one that only waits to be reaped does nothing any more.
fn is_postgres(pid: u32) -> bool {
    fs::read(process(pid, "stat")).is_ok_and(|stat| {
        let name = |stat: &[u8]| stat.windows(10).any(|part| part == b"(postgres)");
        let is_dead = |stat: &[u8]| stat.windows(3).any(|part| part == b") Z" || part == b") X");
        name(&stat) && !is_dead(&stat)
    })
}

fn process(pid: u32, entry: &str) -> std::path::PathBuf {
    Path::new("/proc").join(pid.to_string()).join(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_another_program_is_unrelated() {
        let own = std::process::id();
        assert!(is_unrelated(own, Path::new("/nonexistent")));
        assert!(!works_on(own, Path::new("/nonexistent"), "tenantry-0"));
    }

    #[test]
    fn a_pid_that_nobody_has_is_left_to_postgres() {
        assert!(!is_unrelated(u32::MAX, Path::new("/nonexistent")));
    }
}
