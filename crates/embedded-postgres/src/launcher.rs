//! How PostgreSQL's programs are run: as the right user, without our environment, and tied to our life.

use std::{
    env,
    ffi::OsStr,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::account::Account;

/// Secrets of the product live in its environment; PostgreSQL's programs get only what they need of it.
const KEPT: [&str; 2] = ["PATH", "LD_LIBRARY_PATH"];

/// Runs programs as PostgreSQL's user.
#[derive(Debug)]
pub(crate) struct Launcher {
    pub(crate) account: Account,
    /// Whether `setpriv` can tie a program to our life. (BusyBox has a `setpriv` that cannot.)
    has_setpriv: bool,
}

impl Launcher {
    pub(crate) fn new(account: Account) -> Self {
        let mut probe = Command::new("setpriv");
        probe.args(["--pdeathsig", "TERM", "true"]);
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let has_setpriv = probe.status().is_ok_and(|status| status.success());
        Self { account, has_setpriv }
    }

    /// A program that is done soon.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = prepared(program);
        if self.account.is_borrowed {
            command.uid(self.account.uid).gid(self.account.gid);
        }
        command
    }

    /// A program that gets `death_signal` when the thread that spawns it ends.
    ///
    /// A change of the user clears the death signal, so one `setpriv` does both, in the right order, and then
    /// becomes the program: the pid is the program's.
    pub(crate) fn tied_command(&self, program: &Path, death_signal: &str) -> Command {
        if !self.has_setpriv {
            return self.command(program);
        }
        let mut command = prepared("setpriv");
        command.args(["--pdeathsig", death_signal]);
        if self.account.is_borrowed {
            command.arg("--reuid").arg(self.account.uid.to_string());
            command.arg("--regid").arg(self.account.gid.to_string());
            command.arg("--clear-groups");
        }
        command.arg(program);
        command
    }

    /// What the operator should know.
    pub(crate) fn note(&self) -> Option<&'static str> {
        (!self.has_setpriv).then_some(
            "setpriv of util-linux is missing: if this process is killed, PostgreSQL runs on until the next \
             start stops it",
        )
    }
}

fn prepared(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    for name in KEPT {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    // Our own working directory may be closed to the other user.
    command.current_dir("/").stdin(Stdio::null());
    // Ctrl-C in a terminal goes to the whole group: the server drains first, then stops PostgreSQL.
    command.process_group(0);
    command
}
