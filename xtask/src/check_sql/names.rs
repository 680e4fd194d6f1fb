//! Every constraint and index has a name, so that errors can be mapped by it, and the name is short enough to keep.

use super::Finding;
use super::sql::{Statement, Token};
use super::words::{begins, contains, elements, text};

/// PostgreSQL cuts names at 63 bytes; partitions and moved tables add a suffix.
const LONGEST_NAME: usize = 55;

/// Unnamed or over-long constraints and indexes.
pub(super) fn findings(statement: &Statement) -> Vec<Finding> {
    let tokens = &statement.tokens;
    let mut found = Vec::new();
    if let Some(index) = Index::of(tokens) {
        if index.name.is_empty() {
            found.push(Finding::new(statement.line(), "name", "an index needs a name"));
        }
        found.extend(too_long(index.name, statement.line()));
    }
    let parts = if begins(tokens, &["alter", "table"]) {
        elements(tokens)
    } else {
        table(tokens).map(|(_, body)| elements(body)).unwrap_or_default()
    };
    for part in parts {
        found.extend(constraints(part));
    }
    found
}

/// The name and the contents of the table that a statement creates.
pub(super) fn table(tokens: &[Token]) -> Option<(&str, &[Token])> {
    if !begins(tokens, &["create"]) {
        return None;
    }
    let at = tokens.iter().take(3).position(|token| token.text == "table")?;
    let is_temporary = tokens.iter().take(at).any(|token| token.text.starts_with("temp"));
    let mut rest = tokens.get(at + 1..)?;
    if begins(rest, &["if", "not", "exists"]) {
        rest = rest.get(3..)?;
    }
    let open = rest.iter().position(|token| token.text == "(")?;
    let head = rest.get(..open)?;
    if is_temporary || contains(head, &["partition", "of"]) || contains(head, &["as"]) {
        return None;
    }
    Some((&head.last()?.text, rest.get(open + 1..)?))
}

/// What a statement says of the index it creates.
pub(super) struct Index<'a> {
    /// Its name, or nothing.
    pub(super) name: &'a str,
    /// Whether it is unique.
    pub(super) is_unique: bool,
}

impl<'a> Index<'a> {
    /// The index that a statement creates, if any.
    pub(super) fn of(tokens: &'a [Token]) -> Option<Self> {
        if !begins(tokens, &["create"]) {
            return None;
        }
        let is_unique = text(tokens, 1) == "unique";
        let mut at = 1 + usize::from(is_unique);
        if text(tokens, at) != "index" {
            return None;
        }
        at += 1;
        at += usize::from(text(tokens, at) == "concurrently");
        at += if text(tokens, at) == "if" { 3 } else { 0 };
        let name = text(tokens, at);
        Some(Self { name: if name == "on" { "" } else { name }, is_unique })
    }
}

/// The constraints of one column, or one table constraint.
fn constraints(part: &[Token]) -> Vec<Finding> {
    let mut found = Vec::new();
    let is_foreign_key = contains(part, &["foreign", "key"]);
    let mut depth = 0_usize;
    for (at, token) in part.iter().enumerate() {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "constraint" if depth == 0 => found.extend(too_long(text(part, at + 1), token.line)),
            word @ ("primary" | "foreign" | "unique" | "check" | "exclude" | "references") if depth == 0 => {
                let belongs_to_key = word == "references" && is_foreign_key;
                let is_named = at >= 2 && text(part, at - 2) == "constraint";
                if !belongs_to_key && !is_named {
                    let message =
                        format!("{} needs a name: CONSTRAINT <table>_<what> …", word.to_uppercase());
                    found.push(Finding::new(token.line, "name", message));
                }
            }
            _ => {}
        }
    }
    found
}

fn too_long(name: &str, line: usize) -> Option<Finding> {
    let message = || format!("`{name}` has {} characters, at most {LONGEST_NAME}", name.len());
    (name.len() > LONGEST_NAME).then(|| Finding::new(line, "name", message()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_sql::sql::statements;

    fn count(text: &str) -> usize {
        statements(text).iter().flat_map(findings).count()
    }

    #[test]
    fn named_constraints_are_fine() {
        assert_eq!(
            count(
                "CREATE TABLE t (a uuid NOT NULL CONSTRAINT t_a_check CHECK (a IN (b, c)), CONSTRAINT t_pkey PRIMARY KEY (a),
                 CONSTRAINT t_fkey FOREIGN KEY (a, b) REFERENCES u (a, b) ON DELETE CASCADE, CONSTRAINT t_key UNIQUE (a));
                 CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_idx ON t (a);
                 ALTER TABLE t ADD CONSTRAINT t_b_check CHECK (b > 0), DROP CONSTRAINT t_a_check"
            ),
            0
        );
    }

    #[test]
    fn unnamed_ones_are_found() {
        assert_eq!(
            count(
                "CREATE TABLE t (a uuid PRIMARY KEY, b uuid REFERENCES u, c int CHECK (c > 0), UNIQUE (b))"
            ),
            4
        );
        assert_eq!(count("CREATE INDEX ON t (a)"), 1);
        assert_eq!(count("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (a)"), 1);
    }

    #[test]
    fn long_names_are_found() {
        let name = "n".repeat(56);
        assert_eq!(count(&format!("CREATE INDEX {name} ON t (a)")), 1);
        assert_eq!(count(&format!("CREATE TABLE t (CONSTRAINT {name} CHECK (true))")), 1);
        assert_eq!(count(&format!("CREATE INDEX {} ON t (a)", "n".repeat(55))), 0);
    }
}
