//! `cargo xtask check`: everything that can be said of the code without running it.
//!
//! Every step runs, whatever the ones before it found; the table at the end says which of them passed.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::report::Report;
use crate::{check_deps, check_shape, check_sql, console, openapi, process};

enum Outcome {
    Passed,
    Failed,
    Skipped(&'static str),
}

type Step = (&'static str, fn() -> Result<Outcome>);

const STEPS: &[Step] = &[
    ("fmt", || cargo(&["fmt", "--all", "--check"])),
    ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    ("check-deps", || show("check-deps", check_deps::report)),
    ("check-sql", || show("check-sql", check_sql::report)),
    ("check-shape", || show("check-shape", check_shape::report)),
    ("openapi", || show("openapi", openapi::report)),
    ("console", console),
    ("doc", documentation),
    ("Cargo.lock", || show("Cargo.lock", || Ok(lock_file()))),
    ("cargo-deny", licences_and_advisories),
];

/// Run every step, then print the table.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    ensure!(arguments.is_empty(), "usage: cargo xtask check");
    let results: Vec<_> = STEPS.iter().map(|(name, step)| (name, timed(name, *step))).collect();
    println!();
    for (name, (outcome, took)) in &results {
        println!("{}", row(name, outcome, *took));
    }
    let failed = results.iter().any(|(_, (outcome, _))| matches!(outcome, Outcome::Failed));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A step that cannot even begin has failed like any other; the rest still runs.
fn timed(name: &str, step: fn() -> Result<Outcome>) -> (Outcome, Duration) {
    println!("\n── {name}");
    let start = Instant::now();
    let outcome = step().unwrap_or_else(|error| {
        println!("{error:#}");
        Outcome::Failed
    });
    (outcome, start.elapsed())
}

fn row(name: &str, outcome: &Outcome, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    match outcome {
        Outcome::Passed => format!("{name:<12} passed   {seconds:>6.1} s"),
        Outcome::Failed => format!("{name:<12} FAILED   {seconds:>6.1} s"),
        Outcome::Skipped(why) => format!("{name:<12} skipped  ({why})"),
    }
}

fn ran(command: &mut Command) -> Result<Outcome> {
    Ok(if process::succeeds(command)? { Outcome::Passed } else { Outcome::Failed })
}

fn cargo(arguments: &[&str]) -> Result<Outcome> {
    ran(process::cargo().args(arguments))
}

fn show(name: &str, check: fn() -> Result<Report>) -> Result<Outcome> {
    let report = check()?;
    report.print(name);
    Ok(if report.is_clean() { Outcome::Passed } else { Outcome::Failed })
}

fn console() -> Result<Outcome> {
    if !console::exists() {
        return Ok(Outcome::Skipped("no package.json"));
    }
    if !process::is_on_path("npm") {
        return Ok(Outcome::Skipped("no npm"));
    }
    Ok(if console::check()? { Outcome::Passed } else { Outcome::Failed })
}

fn documentation() -> Result<Outcome> {
    ran(process::cargo()
        .args(["doc", "--workspace", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links"))
}

/// The lock file is committed and says what the manifests say. Without git, only the latter can be seen.
fn lock_file() -> Report {
    let mut problems = Vec::new();
    let has_git = process::try_output(process::program("git").args(["rev-parse", "--git-dir"])).is_some();
    let is_tracked =
        process::try_output(process::program("git").args(["ls-files", "--error-unmatch", "Cargo.lock"]));
    if has_git && is_tracked.is_none() {
        problems.push("Cargo.lock: not committed".to_owned());
    }
    let mut locked = process::cargo();
    locked.args(["metadata", "--locked", "--format-version", "1"]);
    if process::try_output(&mut locked).is_none() {
        problems.push("Cargo.lock: differs from the manifests, run `cargo update --workspace`".to_owned());
    }
    Report { note: "every build uses the same versions".to_owned(), problems }
}

fn licences_and_advisories() -> Result<Outcome> {
    if !process::is_on_path("cargo-deny") {
        println!(
            "cargo-deny is not installed (cargo install cargo-deny): licences and advisories were not looked at"
        );
        return Ok(Outcome::Skipped("not installed"));
    }
    cargo(&["deny", "--all-features", "check"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_stands_out_in_the_table() {
        let took = Duration::from_millis(1500);
        assert_eq!(row("fmt", &Outcome::Failed, took), "fmt          FAILED      1.5 s");
        assert_eq!(row("fmt", &Outcome::Skipped("why"), took), "fmt          skipped  (why)");
    }
}
