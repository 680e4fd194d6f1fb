//! What an earlier run left does not stop the next start.

use std::{
    fs,
    os::unix::fs::{MetadataExt, lchown},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::support::{
    Holder, PASSWORD, ask, folder, is_root, is_running, own_program, psql, signal, start, wait_until,
};

#[test]
fn a_lock_file_that_names_another_program_does_not_stop_the_start() {
    let data = folder();
    start(data.path()).stop().unwrap();
    // A program of the same user: PostgreSQL alone would take it for a postmaster.
    let owner = fs::metadata(data.path().join("postgres")).unwrap();
    let mut other = as_user(owner.uid(), "sleep");
    let mut other = other.arg("60").spawn().unwrap();
    let stale = data.path().join("postgres/postmaster.pid");
    let text = format!("{}\n{}/postgres\n1700000000\n5432\n\n\n", other.id(), data.path().display());
    fs::write(&stale, text).unwrap();
    lchown(&stale, Some(owner.uid()), Some(owner.gid())).unwrap();

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT 1"), "1");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_start_waits_for_the_postgres_of_a_killed_process() {
    waits_for_a_slow_shutdown(&["env"]);
}

#[test]
fn a_start_in_a_container_without_ptrace_waits_as_well() {
    if is_root() {
        waits_for_a_slow_shutdown(&["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]);
    }
}

fn waits_for_a_slow_shutdown(wrapper: &[&str]) {
    let data = folder();
    let mut first = Holder::spawn_like_us(data.path());
    let (pid, socket_dir) = first.wait();
    // A stopped checkpointer keeps the shutdown from ending.
    let query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
    let checkpointer = Stopped::new(psql(&socket_dir, PASSWORD, query).unwrap().parse().unwrap());
    first.kill();

    let mut second = Holder::spawn(data.path(), &own_program(), wrapper);
    thread::sleep(Duration::from_secs(1));
    assert!(second.process.try_wait().unwrap().is_none(), "the second process did not wait");
    assert!(is_running(pid));
    drop(checkpointer);
    let (new_pid, _) = second.wait();
    assert_ne!(new_pid, pid);
}

#[test]
fn a_postgres_that_lost_its_parent_without_a_signal_is_stopped() {
    let data = folder();
    start(data.path()).stop().unwrap();
    let cluster = data.path().join("postgres");
    let bin = tenantry_embedded_postgres::find_bin_dir(None).unwrap();
    let mut orphan = as_user(fs::metadata(&cluster).unwrap().uid(), bin.join("postgres").to_str().unwrap());
    orphan.arg("-D").arg(&cluster).args(["-c", "listen_addresses=", "-k"]).arg(&cluster);
    let mut orphan = orphan.current_dir("/").stderr(Stdio::null()).spawn().unwrap();
    wait_until("the orphan has its lock file", || cluster.join("postmaster.pid").exists());

    let server = start(data.path());
    assert_eq!(ask(&server, "SELECT 1"), "1");
    assert!(orphan.wait().unwrap().success(), "the orphan was not stopped gently");
}

fn as_user(uid: u32, program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &uid.to_string(), "--clear-groups", program]);
    command
}

/// A process that goes on when this is dropped, also when the test fails.
struct Stopped(u32);

impl Stopped {
    fn new(pid: u32) -> Self {
        signal(pid, "STOP");
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill -CONT {}", self.0)]).status();
    }
}
