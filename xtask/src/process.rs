//! Starting other programs from the workspace's folder.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// `cargo`, the one that started us.
pub(crate) fn cargo() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Any program, started in the workspace's folder.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace::root());
    command
}

/// Run to the end with its output shown; true when it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} could not be started"))?;
    Ok(status.success())
}

/// Run to the end with its output shown; an error when it failed.
pub(crate) fn require(command: &mut Command, task: &str) -> Result<()> {
    if !succeeds(command)? {
        bail!("{task} failed (its output is above)");
    }
    Ok(())
}

/// What a program printed, with its errors shown; an error when it failed.
pub(crate) fn output(command: &mut Command, task: &str) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{task} could not start"))?;
    if !output.status.success() {
        bail!("{task} failed");
    }
    String::from_utf8(output.stdout).with_context(|| format!("{task} printed something that is not UTF-8"))
}

/// What a program printed, or nothing when it is missing or failed.
pub(crate) fn try_output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok())?
}

/// Whether a program of this name is on the PATH.
pub(crate) fn is_on_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}
