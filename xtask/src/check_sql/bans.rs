//! What no SQL of ours says, in migrations or in stores.

use super::Finding;
use super::sql::{Statement, Token};
use super::words::{begins, contains, find, tails, text};

/// Functions and words whose value changes from one call to the next.
const VOLATILE: &[&str] = &[
    "gen_random_uuid",
    "uuid_generate_v4",
    "uuidv7",
    "now",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "current_timestamp",
    "current_date",
    "localtimestamp",
    "random",
];
const WITHOUT_PARENTHESES: &[&str] = &["current_timestamp", "current_date", "localtimestamp"];

/// Everything banned in this statement.
pub(super) fn findings(statement: &Statement) -> Vec<Finding> {
    let tokens = &statement.tokens;
    let mut found = Vec::new();
    let mut ban =
        |line: usize, rule: &'static str, message: &str| found.push(Finding::new(line, rule, message));

    if let Some(line) = lenient_setting(tokens) {
        ban(
            line,
            "lenient-setting",
            "a forgotten scope must be an error: current_setting('app.tenant_id') without `true`",
        );
    }
    for tail in find(tokens, &["merge", "into"]) {
        ban(line(tail), "merge", "no MERGE: INSERT … ON CONFLICT, or two statements");
    }
    for tail in find(tokens, &["on", "delete", "set", "null"]) {
        ban(
            line(tail),
            "set-null",
            "ON DELETE SET NULL would clear tenant_id too: clear the column in the application",
        );
    }
    for tail in find(tokens, &["insert", "into"]).filter(|tail| inserts_a_select(tail)) {
        ban(line(tail), "insert-select", "no INSERT … SELECT: read, then insert rows of VALUES");
    }
    for tail in tails(tokens).filter(|tail| is_volatile(tail)) {
        let message = format!("`{}` is volatile: ids and instants come from the application", text(tail, 0));
        ban(line(tail), "volatile", &message);
    }
    found
}

fn line(tail: &[Token]) -> usize {
    tail.first().map_or(1, |token| token.line)
}

/// Also inside the strings that functions build statements from.
fn lenient_setting(tokens: &[Token]) -> Option<usize> {
    let plain = find(tokens, &["current_setting", "(", "'app.tenant_id'", ",", "true"]).next().map(line);
    let quoted = tokens.iter().find(|token| {
        let squeezed: String =
            token.text.chars().filter(|next| !next.is_whitespace() && *next != '\'').collect();
        squeezed.to_lowercase().contains("current_setting(app.tenant_id,true")
    });
    plain.or(quoted.map(|token| token.line))
}

/// Whether an INSERT takes its rows from a query of its own level.
fn inserts_a_select(tail: &[Token]) -> bool {
    let mut depth = 0_i32;
    for token in tail {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            "select" if depth == 0 => return true,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    false
}

fn is_volatile(tail: &[Token]) -> bool {
    let word = text(tail, 0);
    VOLATILE.contains(&word) && (text(tail, 1) == "(" || WITHOUT_PARENTHESES.contains(&word))
}

/// What a store must not say beside that: its statements run as the application's role, under row-level security.
pub(super) fn findings_in_store(statement: &Statement) -> Vec<Finding> {
    let tokens = &statement.tokens;
    let mut found = findings(statement);
    for tail in find(tokens, &["limit"]).filter(|tail| text(tail, 1).starts_with('$')) {
        found.push(Finding::new(
            line(tail),
            "limit",
            "a LIMIT parameter is planned anew every time: write the page size",
        ));
    }
    if contains(tokens, &["ilike"]) {
        let message = "ILIKE cannot use an index under row-level security: normalise in the application";
        found.push(Finding::new(statement.line(), "unindexable", message));
    }
    if tails(tokens).any(|tail| begins(tail, &["lower", "("])) {
        let message = "lower() cannot use an index under row-level security: normalise in the application";
        found.push(Finding::new(statement.line(), "unindexable", message));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_sql::sql::statements;

    fn rules(text: &str) -> Vec<&'static str> {
        statements(text).iter().flat_map(findings_in_store).map(|found| found.rule).collect()
    }

    #[test]
    fn a_setting_that_may_be_missing_is_found_everywhere() {
        assert_eq!(rules("SELECT current_setting('app.tenant_id', true)"), ["lenient-setting"]);
        assert_eq!(
            rules("SELECT format('USING (current_setting(''app.tenant_id'', TRUE))')"),
            ["lenient-setting"]
        );
        assert_eq!(rules("EXECUTE 'USING (current_setting(''app.tenant_id'',  true))'"), ["lenient-setting"]);
        assert!(rules("SELECT current_setting('app.tenant_id')").is_empty());
    }

    #[test]
    fn merge_is_found() {
        assert_eq!(rules("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE"), ["merge"]);
        assert!(rules("SELECT merge FROM t").is_empty());
    }

    #[test]
    fn set_null_is_found() {
        assert_eq!(rules("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u ON DELETE SET NULL"), ["set-null"]);
        assert!(rules("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE").is_empty());
    }

    #[test]
    fn rows_taken_from_a_query_are_found() {
        assert_eq!(rules("INSERT INTO t (a) SELECT a FROM u"), ["insert-select"]);
        assert_eq!(rules("WITH x AS (INSERT INTO t SELECT 1) SELECT 2"), ["insert-select"]);
        assert!(rules("INSERT INTO t (a) VALUES ($1), ((SELECT max(a) FROM u))").is_empty());
        assert!(rules("WITH x AS (INSERT INTO t (a) VALUES ($1) RETURNING a) SELECT a FROM x").is_empty());
    }

    #[test]
    fn volatile_functions_are_found() {
        for bad in ["now()", "gen_random_uuid()", "CURRENT_TIMESTAMP", "clock_timestamp()", "random()"] {
            assert_eq!(rules(&format!("UPDATE t SET a = {bad}")), ["volatile"], "{bad}");
            assert_eq!(rules(&format!("CREATE TABLE t (a text DEFAULT {bad})")), ["volatile"], "{bad}");
        }
        assert!(rules("SELECT now, random FROM t WHERE a = 'now()' AND b = $1").is_empty());
    }

    #[test]
    fn a_page_size_is_a_literal() {
        assert_eq!(rules("SELECT a FROM t LIMIT $2"), ["limit"]);
        assert!(rules("SELECT a FROM t LIMIT 21").is_empty());
    }

    #[test]
    fn searches_without_an_index_are_found() {
        assert_eq!(rules("SELECT a FROM t WHERE a ILIKE $1"), ["unindexable"]);
        assert_eq!(rules("SELECT a FROM t WHERE lower(a) = $1"), ["unindexable"]);
        assert!(rules("SELECT lower FROM t WHERE a LIKE $1").is_empty());
    }
}
