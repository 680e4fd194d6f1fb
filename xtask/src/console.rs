//! The console and the SDK: what npm does for `up`, `test` and `check`.
//!
//! Their workspace is the `package.json` at the root. Where Node is missing, the server is built with a page that says so.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test_server::TestServer;
use crate::test_summary::Summary;
use crate::{prerequisites, process, workspace};

const WITHOUT_NODE: &str =
    "Node (20.19 or later) with npm is missing: on Debian and Ubuntu, see https://nodejs.org";

/// Whether there is anything for npm to do.
pub(crate) fn exists() -> bool {
    workspace::root().join("package.json").is_file()
}

/// Build the console where that is possible; otherwise say what is missing, and go on.
pub(crate) fn build_if_possible() -> Result<()> {
    if !exists() {
        println!("There is no package.json: the server is built without the console.");
    } else if !process::is_on_path("npm") {
        println!("{WITHOUT_NODE}.\nThe server is built without the console.");
    } else {
        println!("Building the console …");
        if !is_installed() {
            install()?;
        }
        build()?;
    }
    Ok(())
}

/// Install what the lock file names, and build the console.
pub(crate) fn prepare() -> Result<()> {
    if !process::is_on_path("npm") {
        bail!(WITHOUT_NODE);
    }
    install()?;
    build()
}

/// `npm test`, and the tests in a browser against a server of their own.
///
/// A step that fails without a count of its own counts as one failure.
pub(crate) fn test(summary: &mut Summary) -> Result<()> {
    step("npm test", &mut npm(&["test"]), summary)?;
    prerequisites::chromium()?;
    prerequisites::apache()?;
    let server = TestServer::start()?;
    for script in ["test:sdk", "test:oidc", "e2e"] {
        let mut command = npm(&["run", "--if-present", script]);
        command.envs(server.environment());
        step(&format!("npm run {script}"), &mut command, summary)?;
    }
    Ok(())
}

/// `npm run check`.
pub(crate) fn check() -> Result<bool> {
    if !is_installed() {
        install()?;
    }
    process::succeeds(&mut npm(&["run", "check"]))
}

/// Whether `node_modules` is what the lock file names: npm writes a copy of it there when it is done.
fn is_installed() -> bool {
    let time = |path: &str| workspace::root().join(path).metadata().and_then(|found| found.modified()).ok();
    let installed = time("node_modules/.package-lock.json");
    installed.is_some() && installed >= time("package-lock.json")
}

fn install() -> Result<()> {
    process::require(&mut npm(&["ci", "--no-audit", "--no-fund"]), "npm ci")
}

fn build() -> Result<()> {
    process::require(&mut npm(&["run", "build"]), "npm run build")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = process::program("npm");
    command.args(arguments);
    command
}

fn step(name: &str, command: &mut Command, summary: &mut Summary) -> Result<()> {
    println!("\n── {name}");
    let failed = summary.failed;
    let is_well =
        crate::test::stream(command, &mut std::io::stdout(), summary).with_context(|| name.to_owned())?;
    if !is_well && summary.failed == failed {
        println!("\n{name} ended without a result (see above).");
        summary.failed += 1;
    }
    Ok(())
}
