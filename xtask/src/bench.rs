//! `cargo xtask bench`: the load scenarios under `benches/`, on a release build.

use std::process::ExitCode;

use anyhow::Result;

use crate::{prerequisites, process};

/// Build the server and the scenarios, then run them with the given arguments.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    prerequisites::postgres()?;
    prerequisites::wrk()?;
    process::require(
        process::cargo().args(["build", "--release", "-p", "tenantry-server", "--bin", "tenantry"]),
        "the build",
    )?;
    let ran = process::succeeds(
        process::cargo().args(["run", "--release", "-p", "tenantry-bench", "--"]).args(arguments),
    )?;
    Ok(if ran { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
