//! What a check has to say.

use std::process::ExitCode;

/// The outcome of one check: a line about what was looked at, and everything found wrong.
pub(crate) struct Report {
    /// What was looked at, with the numbers that matter.
    pub(crate) note: String,
    /// One line per problem, beginning with the place.
    pub(crate) problems: Vec<String>,
}

impl Report {
    /// Whether nothing was found wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Print everything; the exit code says whether it is clean.
    pub(crate) fn finish(&self, name: &str) -> ExitCode {
        self.print(name);
        if self.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Print the problems, then the line about what was looked at.
    pub(crate) fn print(&self, name: &str) {
        for problem in &self.problems {
            println!("{problem}");
        }
        match self.problems.len() {
            0 => println!("{name}: ok, {}", self.note),
            1 => println!("{name}: 1 problem, {}", self.note),
            count => println!("{name}: {count} problems, {}", self.note),
        }
    }
}
