//! `cargo xtask up`: from a clean clone to a running server with demo tenants.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{console, prerequisites, process, workspace};

/// Install what is missing, build, and become the server.
///
/// The server prints its address, where the console is, the sign-ins and a walk-through once it is ready. It takes this process's place, so
/// that Ctrl-C and signals reach it directly.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    if env::var_os("DATABASE_URL").is_none() {
        prerequisites::postgres()?;
    }
    console::build_if_possible()?;
    println!("Building tenantry (the first time takes a few minutes) …");
    process::require(
        process::cargo().args(["build", "--release", "-p", "tenantry-server", "--bin", "tenantry"]),
        "the build",
    )?;
    let tenantry = workspace::target_dir()?.join("release").join("tenantry");
    let error = process::program(&tenantry).args(["serve", "--demo"]).args(arguments).exec();
    Err(error).with_context(|| format!("{} could not be started", tenantry.display()))
}
