//! The rules for statements in stores: each names its tenant.

use std::path::Path;

use super::sql::{self, Statement, Token};
use super::words::{begins, contains, tails, text};
use super::{Finding, bans, unless_allowed};
use crate::rust_source::{self, Piece};
use crate::workspace::{File, has_ending};

/// Words after which a table's name stands.
const BEFORE_A_TABLE: &[&str] = &["from", "join", "into", "update", "only", "using"];

/// Whether a file holds SQL: `store.rs`, a file in a folder `store`, or one that declares statements.
pub(super) fn is_store(file: &File) -> bool {
    let path = Path::new(&file.path);
    if !has_ending(&file.path, &["rs"]) || file.path.starts_with("xtask/") {
        return false;
    }
    let by_name = path.file_name().is_some_and(|name| name == "store.rs");
    let by_folder = path.parent().is_some_and(|folder| folder.iter().any(|part| part == "store"));
    by_name
        || by_folder
        || (path.iter().any(|part| part == "src") && file.text.lines().any(declares_statements))
}

/// `statements! {` or `crate::statements! {`, outside of a comment.
fn declares_statements(line: &str) -> bool {
    let path = line.trim_end().strip_suffix("statements! {");
    path.is_some_and(|path| path.is_empty() || path.ends_with("::")) && !line.starts_with("//")
}

/// The SQL among a file's string literals, with its lines in the file; unit tests at the end are left out.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let source = rust_source::scan(text);
    let mut found = Vec::new();
    let mut previous_end = 0;
    for literal in &source.literals {
        if is_sql(&literal.text) {
            let allowed = exceptions(&source.comments, previous_end, literal.end);
            for mut statement in sql::statements(&literal.text) {
                for token in &mut statement.tokens {
                    token.line += literal.start - 1;
                }
                statement.allowed.extend(allowed.iter().cloned());
                found.push(statement);
            }
            previous_end = literal.end;
        }
    }
    found
}

/// Everything wrong in one file.
pub(super) fn findings(statements: &[Statement], tenant_tables: &[String]) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in statements {
        let mut own = bans::findings_in_store(statement);
        own.extend(tenant_key(statement, tenant_tables));
        found.extend(unless_allowed(statement, own));
    }
    found
}

fn exceptions(comments: &[Piece], after: usize, until: usize) -> Vec<String> {
    let near = comments.iter().filter(|comment| comment.start > after && comment.start <= until);
    near.filter_map(|comment| sql::exception(&comment.text)).collect()
}

/// SQL is written in capitals; a sentence that begins with "select" is none.
fn is_sql(literal: &str) -> bool {
    let start = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "MERGE ", "SELECT\n", "WITH\n"];
    let inside = ["FROM ", "JOIN ", "INTO ", "UPDATE "];
    start.iter().any(|word| literal.trim_start().starts_with(word))
        || inside.iter().any(|word| literal.contains(word))
}

/// A statement on a tenant table says whose rows it means.
fn tenant_key(statement: &Statement, tenant_tables: &[String]) -> Option<Finding> {
    let tokens = &statement.tokens;
    let mut touched = tails(tokens).filter(|tail| {
        BEFORE_A_TABLE.contains(&text(tail, 0)) && tenant_tables.iter().any(|table| table == text(tail, 1))
    });
    let table = text(touched.next()?, 1);
    let inserts: Vec<&[Token]> = tails(tokens)
        .filter(|tail| {
            begins(tail, &["insert", "into"]) && tenant_tables.iter().any(|table| table == text(tail, 2))
        })
        .collect();
    let compares = contains(tokens, &["tenant_id", "=", "$1"]) || contains(tokens, &["$1", "=", "tenant_id"]);
    let is_fine =
        if inserts.is_empty() { compares } else { inserts.iter().all(|tail| inserts_tenant_first(tail)) };
    (!is_fine).then(|| {
        let message =
            format!("`{table}` is a tenant table: say `tenant_id = $1`, or insert tenant_id as $1 first");
        Finding::new(statement.line(), "tenant-key", message)
    })
}

/// `INSERT INTO t (tenant_id, …) VALUES ($1, …`, or `SELECT $1, …` where rows are a parameter.
fn inserts_tenant_first(tail: &[Token]) -> bool {
    let columns = tail.get(3..).unwrap_or_default();
    begins(columns, &["(", "tenant_id"])
        && (contains(tail, &["values", "(", "$1"]) || contains(tail, &["select", "$1", ","]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rust: &str) -> Vec<&'static str> {
        let tables = ["projects".to_owned(), "jobs".to_owned()];
        findings(&statements(rust), &tables).into_iter().map(|found| found.rule).collect()
    }

    fn sql_rules(sql: &str) -> Vec<&'static str> {
        rules(&format!("statements! {{ fn one() = \"{sql}\"; }}"))
    }

    #[test]
    fn statements_that_name_their_tenant_are_fine() {
        for good in [
            "SELECT id FROM projects WHERE tenant_id = $1 AND id = $2",
            "SELECT p.id FROM projects p JOIN jobs j ON j.tenant_id = p.tenant_id WHERE p.tenant_id = $1",
            "UPDATE projects SET name = $3 WHERE tenant_id = $1 AND id = $2",
            "DELETE FROM projects WHERE id = $2 AND tenant_id=$1",
            "INSERT INTO projects (tenant_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            "SELECT id FROM tenants WHERE slug = $1",
        ] {
            assert!(sql_rules(good).is_empty(), "{good}");
        }
    }

    #[test]
    fn statements_that_do_not_are_found() {
        for bad in [
            "SELECT id FROM projects WHERE id = $1",
            "SELECT id FROM projects WHERE tenant_id = $2",
            "UPDATE projects SET name = $2 WHERE id = $1",
            "DELETE FROM projects",
            "INSERT INTO projects (id, tenant_id) VALUES ($2, $1)",
            "INSERT INTO projects (tenant_id, id) VALUES ($2, $1)",
        ] {
            assert_eq!(sql_rules(bad), ["tenant-key"], "{bad}");
        }
    }

    #[test]
    fn sentences_and_unit_tests_are_not_statements() {
        assert!(rules("f(\"select a project from projects\", \"projects_pkey\");").is_empty());
        assert!(
            rules("f();\n#[cfg(test)]\nmod tests { const BAD: &str = \"DELETE FROM projects\"; }").is_empty()
        );
    }

    #[test]
    fn an_exception_in_a_rust_comment_covers_the_next_statement() {
        let rust = "// check-sql: allow(tenant-key) the worker looks for due tenants\n\
                    const A: &str = \"SELECT DISTINCT tenant_id FROM jobs\";\nconst B: &str = \"DELETE FROM jobs\";";
        assert_eq!(
            findings(&statements(rust), &["jobs".to_owned()]).first().map(|found| found.line),
            Some(3)
        );
        assert_eq!(rules(rust), ["tenant-key"]);
    }

    #[test]
    fn stores_are_known_by_name_folder_or_content() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        assert!(is_store(&file("crates/project/src/project/store.rs", "")));
        assert!(is_store(&file("crates/project/src/store/find.rs", "")));
        assert!(is_store(&file("crates/db/src/trail.rs", "use x;\ncrate::statements! {\n}")));
        assert!(!is_store(&file("crates/project/src/project/model.rs", "")));
    }
}
