//! `cargo xtask check-sql`: the SQL rules of ARCHITECTURE.md, section 2, as far as text can show them.
//!
//! A small scanner, not a parser: it looks at tokens. What it cannot see (types, plans, rights) is left to the catalogue
//! test and the statement tests of `db`. Where a rule does not fit, `check-sql: allow(rule) reason` in a comment beside the
//! statement says so.

mod bans;
mod migration;
mod names;
mod sql;
mod store;
mod words;

use std::process::ExitCode;

use anyhow::Result;

use crate::report::Report;
use crate::workspace;
use migration::Set;
use sql::Statement;

/// One breach of a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The line in its file.
    line: usize,
    /// The rule's name, as an exception names it.
    rule: &'static str,
    /// What is wrong and what to do.
    message: String,
}

impl Finding {
    fn new(line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { line, rule, message: message.into() }
    }
}

/// Check and print.
pub(crate) fn run(_arguments: &[String]) -> Result<ExitCode> {
    Ok(report()?.finish("check-sql"))
}

/// Look at every migration and every store.
pub(crate) fn report() -> Result<Report> {
    let files = workspace::files(&["sql", "rs"])?;
    let mut problems = Vec::new();
    let (mut migrations, mut statements) = (0, 0);
    let mut tenant_tables = Vec::new();
    let mut note = |path: &str, findings: Vec<Finding>| {
        let line = |found: Finding| format!("{path}:{}: {} [{}]", found.line, found.message, found.rule);
        problems.extend(findings.into_iter().map(line));
    };
    for file in &files {
        let Some(set) = Set::of(&file.path) else { continue };
        let parsed = sql::statements(&file.text);
        if set == Set::Tenant {
            tenant_tables.extend(migration::tables(&parsed));
        }
        migrations += 1;
        note(&file.path, migration::findings(&parsed, set));
    }
    for file in files.iter().filter(|file| store::is_store(file)) {
        let parsed = store::statements(&file.text);
        statements += parsed.len();
        note(&file.path, store::findings(&parsed, &tenant_tables));
    }
    let tables = tenant_tables.len();
    Ok(Report {
        note: format!("{migrations} migrations, {tables} tenant tables, {statements} statements in stores"),
        problems,
    })
}

/// What is wrong in one migration.
#[cfg(test)]
pub(crate) fn findings_in_migration(path: &str, text: &str) -> Vec<Finding> {
    Set::of(path).map(|set| migration::findings(&sql::statements(text), set)).unwrap_or_default()
}

/// Drop what the statement's exceptions allow.
fn unless_allowed(statement: &Statement, findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().filter(|found| !statement.allowed.iter().any(|rule| rule == found.rule)).collect()
}
