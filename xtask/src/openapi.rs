//! `cargo xtask openapi`: the committed `openapi.json` is what the routes say.

use std::fs;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::report::Report;
use crate::{process, workspace};

const DOCUMENT: &str = "openapi.json";

/// Write the document, or with `--check` only compare it.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    match arguments {
        [] => {
            fs::write(workspace::root().join(DOCUMENT), from_routes()?)?;
            println!("Wrote {DOCUMENT}");
            Ok(ExitCode::SUCCESS)
        }
        [flag] if flag == "--check" => Ok(report()?.finish("openapi")),
        _ => bail!("usage: cargo xtask openapi [--check]"),
    }
}

/// Compare the committed document with the routes.
pub(crate) fn report() -> Result<Report> {
    let current = from_routes()?;
    let committed = fs::read_to_string(workspace::root().join(DOCUMENT)).unwrap_or_default();
    let problems = first_difference(&committed, &current)
        .map(|line| format!("{DOCUMENT}:{line}: stale, run `cargo xtask openapi`"))
        .into_iter()
        .collect();
    Ok(Report { note: format!("{} lines", current.lines().count()), problems })
}

fn from_routes() -> Result<String> {
    let document = process::output(
        process::cargo().args([
            "run",
            "--quiet",
            "-p",
            "tenantry-server",
            "--bin",
            "tenantry",
            "--",
            "openapi",
        ]),
        "tenantry openapi",
    )?;
    Ok(format!("{}\n", document.trim_end()))
}

/// The number of the first line that differs.
fn first_difference(committed: &str, current: &str) -> Option<usize> {
    if committed == current {
        return None;
    }
    let same = committed.lines().zip(current.lines()).take_while(|(old, new)| old == new).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_documents_have_no_difference() {
        assert_eq!(first_difference("{\n}\n", "{\n}\n"), None);
    }

    #[test]
    fn the_first_differing_line_is_named() {
        assert_eq!(first_difference("{\n\"a\": 1\n}\n", "{\n\"a\": 2\n}\n"), Some(2));
        assert_eq!(first_difference("", "{\n}\n"), Some(1));
        assert_eq!(first_difference("{\n", "{\n}\n"), Some(2));
    }
}
