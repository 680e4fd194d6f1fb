//! `cargo xtask test`: every test of the workspace, against one private PostgreSQL.
//!
//! The runner's own output streams through; the last line adds it all up.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::test_database::TestDatabase;
use crate::test_summary::Summary;
use crate::{prerequisites, process};

/// Start the database, run the tests, stop the database, print the totals.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    prerequisites::postgres()?;
    let database = TestDatabase::start()?;
    let mut tests = process::cargo();
    tests.args(cargo_arguments(arguments)).env("TENANTRY_TEST_POSTGRES", database.address());
    let mut summary = Summary::default();
    let all_well = stream(&mut tests, &mut io::stdout(), &mut summary)?;
    drop(database);

    if !all_well && summary.failed == 0 {
        println!("\nA test program did not compile, or ended without a result (see above).");
        summary.failed = 1;
    }
    println!("\n{summary}");
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The whole workspace, unless the caller names a package.
fn cargo_arguments(arguments: &[String]) -> Vec<String> {
    let names_a_package = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"));
    let scope: &[&str] = if names_a_package { &[] } else { &["--workspace"] };
    let fixed = ["test", "--no-fail-fast"].iter().chain(scope).map(ToString::to_string);
    fixed.chain(arguments.iter().cloned()).collect()
}

/// Pass every line on as it comes, and count the results.
fn stream(tests: &mut Command, out: &mut impl Write, summary: &mut Summary) -> Result<bool> {
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cargo test could not be started")?;
    let mut lines = BufReader::new(child.stdout.take().context("cargo test has no output")?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        out.write_all(&line)?;
        out.flush()?;
        summary.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(child.wait()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn without_a_package_the_whole_workspace_is_tested() {
        assert_eq!(
            cargo_arguments(&words("-- --nocapture")),
            words("test --no-fail-fast --workspace -- --nocapture")
        );
    }

    #[test]
    fn a_named_package_is_tested_alone() {
        assert_eq!(cargo_arguments(&words("-p tenantry-db")), words("test --no-fail-fast -p tenantry-db"));
    }

    #[test]
    fn output_streams_through_and_is_counted() {
        let (mut summary, mut out) = (Summary::default(), Vec::new());
        let mut shell = process::program("sh");
        shell.args(["-c", "echo 'test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured'; exit 3"]);
        assert!(!stream(&mut shell, &mut out, &mut summary).unwrap());
        assert!(out.starts_with(b"test result: ok."));
        assert_eq!(summary.to_string(), "2 passed, 0 failed, 1 skipped");
    }
}
