//! `cargo xtask new-migration`: a migration that begins with the walls already standing.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// `<table>_created_idx` and its like must fit into 55 characters.
const LONGEST_TABLE: usize = 40;

/// Write `migrations/<set>/V<next>__<table>.sql`.
pub(crate) fn run(arguments: &[String]) -> Result<ExitCode> {
    let [set, table] = arguments else { bail!("usage: cargo xtask new-migration <control|tenant> <table>") };
    let text = from_template(set, table)?;
    let folder = workspace::root().join("migrations").join(set);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read migrations/{set}"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let file = format!("V{:04}__{table}.sql", next_number(names));
    fs::write(folder.join(&file), text).with_context(|| format!("cannot write migrations/{set}/{file}"))?;
    println!("Wrote migrations/{set}/{file}. Make the columns yours, then: cargo xtask check-sql");
    Ok(ExitCode::SUCCESS)
}

fn from_template(set: &str, table: &str) -> Result<String> {
    let is_name = table.starts_with(|first: char| first.is_ascii_lowercase())
        && table.chars().all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '_');
    if !is_name || table.len() > LONGEST_TABLE {
        bail!(
            "`{table}` is no table name: lower case words with `_`, plural, at most {LONGEST_TABLE} characters"
        );
    }
    let template = match set {
        "tenant" => include_str!("../templates/tenant.sql"),
        "control" => include_str!("../templates/control.sql"),
        _ => bail!(
            "`{set}` is no set of migrations: `control` (the platform's tables) or `tenant` (every tenant's)"
        ),
    };
    Ok(template.replace("{table}", table))
}

/// One more than the highest number in `V0007__name.sql`.
fn next_number(names: impl Iterator<Item = String>) -> u32 {
    let numbers = names.filter_map(|name| name.strip_prefix('V')?.split_once("__")?.0.parse::<u32>().ok());
    numbers.max().unwrap_or(0) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_after_the_highest() {
        let names = ["V0002__b.sql", "V0010__c.sql", "README.md"].map(str::to_owned);
        assert_eq!(next_number(names.into_iter()), 11);
        assert_eq!(next_number(std::iter::empty()), 1);
    }

    #[test]
    fn both_templates_follow_the_sql_rules() {
        for set in ["tenant", "control"] {
            let text = from_template(set, "notes").unwrap();
            assert!(text.contains("CREATE TABLE notes"), "{set}");
            assert!(
                crate::check_sql::findings_in_migration(&format!("migrations/{set}/V1__notes.sql"), &text)
                    .is_empty()
            );
        }
    }

    #[test]
    fn the_tenants_template_has_its_walls() {
        let text = from_template("tenant", "notes").unwrap();
        assert!(
            text.contains("PRIMARY KEY (tenant_id, id)") && text.contains("SELECT tenant_table('notes');")
        );
    }

    #[test]
    fn odd_names_and_sets_are_refused() {
        assert!(from_template("tenant", "My-Notes").is_err());
        assert!(from_template("tenant", &"n".repeat(41)).is_err());
        assert!(from_template("other", "notes").is_err());
    }
}
