//! `cargo xtask test`: every test of the workspace, against one private PostgreSQL, and those of the console.
//!
//! The runner's own output streams through; the last line adds it all up.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::test_database::TestDatabase;
use crate::test_summary::Summary;
use crate::{console, prerequisites, process};

/// What runs again in the other ways of keeping tenants apart: the tests that look for leaks, because a schema or a database
/// for each tenant of each test takes long to make. Migrations, catalogue and scopes have tests of their own for all three;
/// `TENANTRY_TEST_ISOLATION` runs any of the others in one of them.
const AGAIN: [(&str, &[&str]); 2] = [
    ("schema", &["--", "isolation::", "idempotency::", "cookies::", "tenants::", "smoke::"]),
    ("dedicated", &["--", "isolation::", "idempotency::", "smoke::"]),
];

/// Start the database, run the tests, stop the database, print the totals.
///
/// Without arguments that is everything: the console is built first, so that the server carries it, and tested last.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    prerequisites::postgres()?;
    let mut summary = Summary::default();
    let has_console = arguments.is_empty() && console::exists();
    let console_is_built = has_console && tell(console::prepare(), &mut summary);
    let database = TestDatabase::start()?;
    let mut tests = process::cargo();
    tests.args(cargo_arguments(arguments)).env("TENANTRY_TEST_POSTGRES", database.address());
    count(&mut tests, &mut summary)?;
    if arguments.is_empty() {
        for (isolation, filter) in AGAIN {
            println!("\n── again, with the isolation {isolation}");
            let mut tests = process::cargo();
            tests.args(["test", "--no-fail-fast", "-p", "tenantry-server", "--test", "api"]).args(filter);
            tests.env("TENANTRY_TEST_POSTGRES", database.address()).env("TENANTRY_TEST_ISOLATION", isolation);
            count(&mut tests, &mut summary)?;
        }
    }
    drop(database);
    if console_is_built {
        let tested = console::test(&mut summary);
        tell(tested, &mut summary);
    }
    println!("\n{summary}");
    Ok(if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Run tests of cargo's. A program that fails without a count of its own counts as one failure.
fn count(tests: &mut Command, summary: &mut Summary) -> Result<()> {
    let failed = summary.failed;
    let all_well = stream(tests, &mut io::stdout(), summary)?;
    if !all_well && summary.failed == failed {
        println!("\nA test program did not compile, or ended without a result (see above).");
        summary.failed += 1;
    }
    Ok(())
}

/// What could not even begin has failed; the rest still runs, and the total is still the last line.
fn tell(done: Result<()>, summary: &mut Summary) -> bool {
    if let Err(error) = &done {
        println!("\n{error:#}");
        summary.failed += 1;
    }
    done.is_ok()
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
pub(crate) fn stream(tests: &mut Command, out: &mut impl Write, summary: &mut Summary) -> Result<bool> {
    let mut child = tests.stdout(Stdio::piped()).spawn().context("the tests could not be started")?;
    let mut lines = BufReader::new(child.stdout.take().context("the tests have no output")?);
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
