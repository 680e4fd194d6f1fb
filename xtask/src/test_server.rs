//! A real server for tests from outside: on a free port, with a folder of its own.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::test_database::TestDatabase;
use crate::{prerequisites, process, workspace};

/// The first operator; the server is gone with its folder when the tests end.
const EMAIL: &str = "operator@platform.example";
const PASSWORD: &str = "correct-Horse-42-battery";

/// How long a start may take, migrations included.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that is running; stopped, and its folder removed, when dropped.
pub(crate) struct TestServer {
    child: Child,
    folder: PathBuf,
    url: String,
    /// Where the superuser finds what it holds: for what the product cannot make by itself, such as a job that was given up.
    database_url: String,
    /// The last to go.
    _database: TestDatabase,
}

impl TestServer {
    /// Build it, start it with the demonstration tenants, and wait until it is ready. Its log goes to `target/test-server.log`.
    pub(crate) fn start() -> Result<Self> {
        prerequisites::postgres()?;
        let build = ["build", "-p", "tenantry-server", "--bin", "tenantry"];
        process::require(process::cargo().args(build), "the build of the server")?;
        let database = TestDatabase::start()?;
        let database_url = database.create("tenantry")?;
        let target = workspace::target_dir()?;
        // Browsers use passkeys at addresses with a name only.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let url = format!("http://localhost:{port}");
        let folder = std::env::temp_dir().join(format!("tenantry-server-{}", std::process::id()));
        let mut command = process::program(target.join("debug").join("tenantry"));
        command
            .args(["serve", "--demo", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
            .arg(&folder)
            .env("TENANTRY_HTTP_PUBLIC_URL", &url)
            .env("TENANTRY_SUPER_ADMIN_EMAIL", EMAIL)
            .env("TENANTRY_SUPER_ADMIN_PASSWORD", PASSWORD)
            .env("TENANTRY_LOG_FORMAT", "json")
            // The identity providers of the tests are on this machine.
            .env("TENANTRY_OUTGOING_PRIVATE_HOSTS", "127.0.0.1")
            .env("DATABASE_URL", &database_url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().context("the server could not be started")?;
        let log = child.stderr.take().context("the server has no log")?;
        let (ready, waiting) = mpsc::channel();
        let file = File::create(target.join("test-server.log")).context("cannot write test-server.log")?;
        thread::spawn(move || keep(BufReader::new(log), file, &ready));
        let server = Self { child, folder, url, database_url, _database: database };
        if waiting.recv_timeout(PATIENCE).is_err() {
            bail!("the server did not become ready; see target/test-server.log");
        }
        Ok(server)
    }

    /// What its tests need to know.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("TENANTRY_URL", self.url.as_str()),
            ("TENANTRY_OPERATOR_EMAIL", EMAIL),
            ("TENANTRY_OPERATOR_PASSWORD", PASSWORD),
            ("TENANTRY_E2E_DATABASE", self.database_url.as_str()),
        ]
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Gracefully, so that it stops its PostgreSQL; which also ends by itself when the server is killed.
        let id = self.child.id().to_string();
        let _ = process::succeeds(process::program("kill").args(["-TERM", &id]));
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Keep the log, and say where the server listens once it does.
fn keep(mut log: impl BufRead, mut file: File, ready: &mpsc::Sender<String>) {
    let mut line = String::new();
    while log.read_line(&mut line).is_ok_and(|length| length > 0) {
        if let Some(address) = address_in(&line) {
            let _ = ready.send(address);
        }
        if file.write_all(line.as_bytes()).is_err() {
            let _ = io::copy(&mut log, &mut io::sink());
        }
        line.clear();
    }
}

/// The address in the log line that says `ready`.
fn address_in(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let is_ready = line.get("message")?.as_str()? == "ready";
    is_ready.then(|| line.get("http.address")?.as_str().map(str::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_ready_has_the_address() {
        let line = r#"{"level":"INFO","message":"ready","http.address":"127.0.0.1:43211","duration_ms":1.5}"#;
        assert_eq!(address_in(line).as_deref(), Some("127.0.0.1:43211"));
        assert_eq!(address_in(r#"{"message":"request","http.address":"x"}"#), None);
        assert_eq!(address_in("ready"), None);
    }
}
