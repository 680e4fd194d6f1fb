//! `tenantry policy …`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Run the policy tests of a file; needs no server and no database
    Test {
        /// A JSON file with `policies`, `tests` and, when needed, `resource_types` (docs/policies.md)
        file: PathBuf,
    },
}

/// Success when every test finds what it expects.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line speaks to people")]
pub(super) fn run(command: &PolicyCommand) -> ExitCode {
    let PolicyCommand::Test { file } = command;
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("tenantry: {}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    };
    match tenantry_access::run_suite(&crate::modules::catalogue(), &text) {
        Ok(report) => {
            for verdict in &report.results {
                let word = if verdict.passed { "ok    " } else { "FAILED" };
                println!("{word} {}", verdict.name);
                if !verdict.passed {
                    println!("       {}", verdict.found());
                }
            }
            println!("{} passed, {} failed", report.passed, report.failed);
            if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(errors) => {
            for error in errors {
                eprintln!("tenantry: {}: {}: {}", file.display(), error.pointer, error.detail);
            }
            ExitCode::FAILURE
        }
    }
}
