//! The real binary with a private PostgreSQL, in a folder of its own.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tenantry_testkit::{Client, PASSWORD};

/// Which process is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Killed {
    /// The server; its PostgreSQL follows.
    Server,
    /// PostgreSQL under the server.
    Postgres,
}

/// A running server.
pub(crate) struct Node {
    child: Child,
    /// Its address.
    pub(crate) base: String,
    folder: tempfile::TempDir,
}

impl Node {
    /// Start on a new folder.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).expect("permissions");
        Self::on(folder)
    }

    fn on(folder: tempfile::TempDir) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tenantry"))
            .args(["serve", "--listen", "127.0.0.1:0", "--demo", "--data-dir"])
            .arg(folder.path().join("data"))
            .args([
                "--set",
                "limits.enabled=false",
                "--set",
                "log.level=warn",
                "--set",
                "tokens.access_minutes=60",
            ])
            // Tokens of before a restart are good after it: the address is new, what the server calls itself is not.
            .args(["--set", "http.public_url=https://faults.example"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut lines = lines.map_while(Result::ok);
        let base =
            lines.find_map(|line| line.strip_prefix("Bound to ").map(str::to_owned)).expect("its address");
        // The rest is read, so that the server never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base: format!("http://{base}"), folder }
    }

    /// The first demonstration tenant's administrator.
    pub(crate) async fn sign_in(&self) -> Client {
        for _ in 0..200 {
            let answer =
                Client::new(self.base.clone()).try_sign_in("acme", "ada@acme.example", PASSWORD).await;
            if answer.status == 200 {
                return Client::new(self.base.clone()).sign_in("acme", "ada@acme.example", PASSWORD).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody can sign in");
    }

    /// Wait until the server is ready.
    pub(crate) async fn ready(&self) {
        for _ in 0..150 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if Client::new(self.base.clone()).get("/ready").await.status == 200 {
                return;
            }
        }
        panic!("the server is not ready again");
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self, what: Killed) {
        match what {
            Killed::Server => self.child.kill().expect("it runs"),
            Killed::Postgres => {
                let file: PathBuf = self.folder.path().join("data/postgres/postmaster.pid");
                let text = std::fs::read_to_string(file).expect("PostgreSQL runs");
                let pid = text.lines().next().expect("its number").to_owned();
                let killed = Command::new("kill").args(["-9", &pid]).status().expect("kill");
                assert!(killed.success(), "PostgreSQL was killed");
            }
        }
    }

    /// End what is left, and start again on the same folder.
    pub(crate) fn restart(mut self) -> Self {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().expect("a folder"));
        Self::on(folder)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // PostgreSQL follows; its folder is removed after it.
        std::thread::sleep(Duration::from_millis(500));
    }
}
