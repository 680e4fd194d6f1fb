//! The rules for migrations, above all: every key of a tenant table begins with the tenant.

use super::names::{self, Index};
use super::sql::{Statement, Token};
use super::words::{after_parenthesis, begins, contains, elements, find, text};
use super::{Finding, bans, unless_allowed};
use crate::workspace::has_ending;

/// The two sets of migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// The platform's own tables.
    Control,
    /// Tables that every tenant has.
    Tenant,
}

impl Set {
    /// The set that a file belongs to, if it is a migration.
    pub(super) fn of(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("migrations/").filter(|rest| has_ending(rest, &["sql"]))?;
        Some(if rest.starts_with("tenant/") { Self::Tenant } else { Self::Control })
    }
}

/// The tables that these statements create.
pub(super) fn tables(statements: &[Statement]) -> Vec<String> {
    statements.iter().filter_map(|one| names::table(&one.tokens)).map(|(name, _)| name.to_owned()).collect()
}

/// Everything wrong in one file.
pub(super) fn findings(statements: &[Statement], set: Set) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, statement) in statements.iter().enumerate() {
        let mut own = bans::findings(statement);
        own.extend(names::findings(statement));
        if set == Set::Tenant {
            own.extend(tenant_table(statement, statements.get(at..).unwrap_or_default()));
            own.extend(tenant_keys(statement));
        }
        found.extend(unless_allowed(statement, own));
    }
    found
}

/// A new table has the tenant's column, the tenant's key and the tenant's policy.
fn tenant_table(statement: &Statement, following: &[Statement]) -> Vec<Finding> {
    let Some((name, body)) = names::table(&statement.tokens) else { return Vec::new() };
    let mut found = Vec::new();
    let mut miss = |rule, message: String| found.push(Finding::new(statement.line(), rule, message));
    let parts = elements(body);
    if !parts.iter().any(|part| begins(part, &["tenant_id", "uuid", "not", "null"])) {
        miss("tenant-column", format!("`{name}` needs `tenant_id uuid NOT NULL`"));
    }
    if !contains(body, &["primary", "key", "(", "tenant_id"]) {
        miss("tenant-key", format!("`{name}` needs a primary key that begins with tenant_id"));
    }
    let quoted = format!("'{name}'");
    if !following.iter().any(|later| contains(&later.tokens, &["tenant_table", "(", &quoted])) {
        miss("policy", format!("`{name}` has no policy: SELECT tenant_table({quoted}) after it"));
    }
    found
}

/// Unique keys and foreign keys ignore row-level security, so each must hold the tenant itself.
fn tenant_keys(statement: &Statement) -> Vec<Finding> {
    let tokens = &statement.tokens;
    let mut found = Vec::new();
    let mut miss = |tail: &[Token], what: &str| {
        let line = tail.first().map_or(1, |token| token.line);
        found.push(Finding::new(line, "tenant-key", format!("{what} must begin with tenant_id")));
    };
    if Index::of(tokens).is_some_and(|index| index.is_unique) {
        if text(after_parenthesis(tokens), 0) != "tenant_id" {
            miss(tokens, "a unique index");
        }
        return found;
    }
    let table = names::table(tokens).map(|(_, body)| elements(body));
    let is_change = begins(tokens, &["alter", "table"]);
    for part in table.unwrap_or_else(|| if is_change { elements(tokens) } else { Vec::new() }) {
        for tail in find(part, &["unique"]).filter(|tail| text(after_parenthesis(tail), 0) != "tenant_id") {
            miss(tail, "a unique constraint");
        }
        for tail in
            find(part, &["foreign", "key"]).filter(|tail| text(after_parenthesis(tail), 0) != "tenant_id")
        {
            miss(tail, "a foreign key");
        }
        let is_column = !contains(part, &["foreign", "key"]) && text(part, 0) != "tenant_id";
        for tail in find(part, &["references"]).filter(|_| is_column) {
            miss(tail, "a foreign key (a composite one, as a table constraint)");
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_sql::sql;

    const GOOD: &str =
        "CREATE TABLE notes (tenant_id uuid NOT NULL, id uuid NOT NULL, author_id uuid NOT NULL, slug text,
        CONSTRAINT notes_pkey PRIMARY KEY (tenant_id, id),
        CONSTRAINT notes_slug_key UNIQUE NULLS NOT DISTINCT (tenant_id, slug),
        CONSTRAINT notes_author_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id));
        CREATE UNIQUE INDEX notes_idx ON notes (tenant_id, slug) WHERE slug IS NOT NULL;
        SELECT tenant_table('notes', 'SELECT, INSERT');";

    fn rules(text: &str, set: Set) -> Vec<&'static str> {
        findings(&sql::statements(text), set).into_iter().map(|found| found.rule).collect()
    }

    #[test]
    fn a_file_belongs_to_a_set_by_its_folder() {
        assert_eq!(Set::of("migrations/tenant/V0001__a.sql"), Some(Set::Tenant));
        assert_eq!(Set::of("migrations/control/V0001__a.sql"), Some(Set::Control));
        assert_eq!(Set::of("benches/load.sql"), None);
    }

    #[test]
    fn a_good_table_is_fine() {
        assert!(rules(GOOD, Set::Tenant).is_empty());
        assert_eq!(tables(&sql::statements(GOOD)), ["notes"]);
    }

    #[test]
    fn each_missing_wall_is_found() {
        for (from, to, rule) in [
            ("tenant_id uuid NOT NULL, ", "", "tenant-column"),
            ("tenant_id uuid NOT NULL", "tenant_id uuid", "tenant-column"),
            ("KEY (tenant_id, id)", "KEY (id)", "tenant-key"),
            ("DISTINCT (tenant_id, slug)", "DISTINCT (slug)", "tenant-key"),
            ("KEY (tenant_id, author_id)", "KEY (author_id)", "tenant-key"),
            ("ON notes (tenant_id, slug)", "ON notes (slug)", "tenant-key"),
            ("tenant_table('notes'", "tenant_table('other'", "policy"),
            ("CONSTRAINT notes_pkey ", "", "name"),
            ("slug text", "slug text DEFAULT gen_random_uuid()", "volatile"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            assert_eq!(rules(&GOOD.replacen(from, to, 1), Set::Tenant), [rule], "{from}");
        }
    }

    #[test]
    fn a_column_that_references_alone_is_found() {
        let bad = "ALTER TABLE notes ADD COLUMN x uuid CONSTRAINT notes_x_fkey REFERENCES users (id)";
        assert_eq!(rules(bad, Set::Tenant), ["tenant-key"]);
    }

    #[test]
    fn the_platforms_own_tables_need_no_tenant() {
        assert!(
            rules(
                "CREATE TABLE plans (id uuid NOT NULL, CONSTRAINT plans_pkey PRIMARY KEY (id));",
                Set::Control
            )
            .is_empty()
        );
    }

    #[test]
    fn an_exception_with_a_reason_is_respected() {
        let text = GOOD.replace("tenant_table('notes'", "tenant_table('other'");
        let text = format!("-- check-sql: allow(policy) rows are public by design\n{text}");
        assert!(rules(&text, Set::Tenant).is_empty());
    }
}
