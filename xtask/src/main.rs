//! The project's own commands: `cargo xtask <command>`.
//!
//! One file per command. A command prints what it does, and its exit code says whether all is well.

mod apt;
mod bench;
mod check;
mod check_deps;
mod check_shape;
mod check_sql;
mod console;
mod help;
mod new_migration;
mod openapi;
mod prerequisites;
mod process;
mod report;
mod rust_source;
mod test;
mod test_database;
mod test_server;
mod test_summary;
mod up;
mod workspace;

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "help".to_owned());
    let arguments: Vec<String> = words.collect();

    let Some(command) = help::COMMANDS.iter().find(|command| command.name == name) else {
        if !matches!(name.as_str(), "help" | "-h" | "--help") {
            eprintln!("There is no command `{name}`.\n");
        }
        print!("{}", help::text());
        return ExitCode::from(u8::from(name != "help" && !name.starts_with('-')) * 2);
    };
    match (command.run)(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
