//! A data folder of its own for every test, `psql`, and a second process that holds a server.

use std::{
    fs::{self, Permissions},
    io::{self, BufRead, BufReader, Read},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tenantry_embedded_postgres::{Server, Settings};

pub(crate) const PASSWORD: &str = "open 'sesame'";
const DATA_DIR: &str = "EMBEDDED_POSTGRES_TEST_DATA_DIR";

/// A folder that PostgreSQL's user may pass through.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

pub(crate) fn settings(data_dir: &Path) -> Settings {
    Settings {
        data_dir: data_dir.to_path_buf(),
        superuser_password: PASSWORD.to_owned(),
        bin_dir: None,
        parameters: vec![("shared_buffers".to_owned(), "16MB".to_owned())],
    }
}

pub(crate) fn start(data_dir: &Path) -> Server {
    Server::start(&settings(data_dir)).unwrap()
}

/// Run one statement and return its rows, or what `psql` complains about.
pub(crate) fn psql(socket_dir: &Path, password: &str, statement: &str) -> Result<String, String> {
    let bin = tenantry_embedded_postgres::find_bin_dir(None).unwrap();
    let output = Command::new(bin.join("psql"))
        .env("PGPASSWORD", password)
        .args(["-XAtqw", "-p", "5432", "-U", "postgres", "-d", "postgres", "-c", statement, "-h"])
        .arg(socket_dir)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

pub(crate) fn ask(server: &Server, statement: &str) -> String {
    psql(server.socket_dir(), PASSWORD, statement).unwrap()
}

pub(crate) fn signal(pid: u32, signal: &str) {
    let status = Command::new("sh").args(["-c", &format!("kill -{signal} {pid}")]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// Whether a process exists and is more than an entry that waits to be reaped.
pub(crate) fn is_running(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"))
}

pub(crate) fn wait_until(what: &str, mut is_done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_done() {
        assert!(begun.elapsed() < Duration::from_secs(30), "still waiting until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A second process with a server in it.
pub(crate) struct Holder {
    pub(crate) process: Child,
}

impl Holder {
    /// Start the process through `wrapper`, a program with its arguments, for instance as another user.
    pub(crate) fn spawn(data_dir: &Path, program: &Path, wrapper: &[&str]) -> Self {
        let process = Command::new(wrapper[0])
            .args(&wrapper[1..])
            .arg(program)
            .args(["--exact", "support::holds_a_server", "--nocapture", "--test-threads=1"])
            .env(DATA_DIR, data_dir)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { process }
    }

    pub(crate) fn spawn_like_us(data_dir: &Path) -> Self {
        Self::spawn(data_dir, &own_program(), &["env"])
    }

    /// Wait for the server: its pid and its socket folder.
    pub(crate) fn wait(&mut self) -> (u32, PathBuf) {
        let output = self.process.stdout.take().unwrap();
        for line in BufReader::new(output).lines() {
            let line = line.unwrap();
            if let Some((_, facts)) = line.split_once("READY ") {
                let (pid, socket_dir) = facts.split_once(' ').unwrap();
                return (pid.parse().unwrap(), PathBuf::from(socket_dir));
            }
        }
        panic!("the process ended without a server");
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn own_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// The body of the second process, which other tests start; in the first there is nothing to do.
#[test]
fn holds_a_server() {
    let Some(data_dir) = std::env::var_os(DATA_DIR).map(PathBuf::from) else { return };
    let server = start(&data_dir);
    println!("READY {} {}", server.pid(), server.socket_dir().display());
    // Until the other end is closed.
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    server.stop().unwrap();
}
