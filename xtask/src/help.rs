//! The list of commands: what `main` dispatches on and what `cargo xtask help` prints.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;

use crate::{bench, check, check_deps, check_shape, check_sql, new_migration, openapi, test, up};

/// One command of `cargo xtask`.
pub(crate) struct Command {
    /// The word it is called by.
    pub(crate) name: &'static str,
    /// The arguments it takes, as shown in the list.
    pub(crate) arguments: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
    /// The command itself; it gets the words after its name.
    pub(crate) run: fn(&[String]) -> Result<ExitCode>,
}

/// Every command, in the order in which a newcomer meets them.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "up",
        arguments: "[--listen ADDR] [--data-dir DIR]",
        about: "Install what is missing, build server and console, start with demo tenants",
        run: up::run,
    },
    Command {
        name: "test",
        arguments: "[cargo test arguments]",
        about: "Run every test: Rust, console and browser; with arguments, Rust only",
        run: test::run,
    },
    Command {
        name: "check",
        arguments: "",
        about: "Format, lints, documentation and all checks below",
        run: check::run,
    },
    Command {
        name: "check-deps",
        arguments: "",
        about: "Do the crates follow the map of ARCHITECTURE.md?",
        run: check_deps::run,
    },
    Command {
        name: "check-sql",
        arguments: "",
        about: "Do migrations and statements follow the SQL rules?",
        run: check_sql::run,
    },
    Command {
        name: "check-shape",
        arguments: "",
        about: "Lengths of files and functions, READMEs, module docs",
        run: check_shape::run,
    },
    Command {
        name: "openapi",
        arguments: "[--check]",
        about: "Write openapi.json from the routes, or compare it",
        run: openapi::run,
    },
    Command {
        name: "new-migration",
        arguments: "<control|tenant> <table>",
        about: "Start a migration from the template",
        run: new_migration::run,
    },
    Command {
        name: "bench",
        arguments: "[scenario arguments]",
        about: "Run the load scenarios on a release build",
        run: bench::run,
    },
];

/// The readable list.
pub(crate) fn text() -> String {
    let mut text = String::from("Usage: cargo xtask <command>\n\n");
    for command in COMMANDS {
        let call = format!("{} {}", command.name, command.arguments);
        let _ = writeln!(text, "  {call:<42}{}", command.about);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_command() {
        let text = text();
        assert!(COMMANDS.iter().all(|command| text.contains(command.name) && text.contains(command.about)));
    }
}
