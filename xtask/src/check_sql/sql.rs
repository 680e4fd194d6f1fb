//! SQL text into statements and tokens.
//!
//! Dollar quotes are left out and their contents taken like everything else, so the statements of a function's body are
//! statements too. Comments carry exceptions: `check-sql: allow(rule) reason`.

/// One word, sign, number, parameter or literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// In lower case, unless it is a literal (which keeps its quotes).
    pub(crate) text: String,
    /// The line it stands on, counted from 1.
    pub(crate) line: usize,
}

/// One statement.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    /// Its tokens, without the semicolon.
    pub(crate) tokens: Vec<Token>,
    /// The rules that need not hold here.
    pub(crate) allowed: Vec<String>,
}

impl Statement {
    /// The line it begins on.
    pub(crate) fn line(&self) -> usize {
        self.tokens.first().map_or(1, |token| token.line)
    }
}

/// Split a text into statements.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let mut lexer = Lexer { rest: text, line: 1, current: Statement::default(), done: Vec::new() };
    while lexer.step() {}
    lexer.finish();
    lexer.done
}

/// The rule that a comment makes an exception from; an exception without a reason is none.
pub(crate) fn exception(comment: &str) -> Option<String> {
    let (rule, reason) = comment.split_once("check-sql: allow(")?.1.split_once(')')?;
    (reason.trim().len() >= 10).then(|| rule.trim().to_owned())
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    current: Statement,
    done: Vec<Statement>,
}

impl<'a> Lexer<'a> {
    fn step(&mut self) -> bool {
        let Some(next) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("--") {
            let comment = self.take_while(|next| next != '\n');
            self.current.allowed.extend(exception(comment));
        } else if self.rest.starts_with("/*") {
            let length = self.rest.find("*/").map_or(self.rest.len(), |at| at + 2);
            let comment = self.take(length);
            self.current.allowed.extend(exception(comment));
        } else if next == '\'' {
            self.literal();
        } else if next == '"' {
            self.take(1);
            let name = self.take_while(|next| next != '"').to_lowercase();
            self.take(1);
            self.push(name, self.line);
        } else if next == '$' {
            self.dollar();
        } else if next == ';' {
            self.take(1);
            self.finish();
        } else if is_word(next) {
            let word = self.take_while(is_word).to_lowercase();
            self.push(word, self.line);
        } else {
            let sign = self.take(next.len_utf8()).to_owned();
            if !next.is_whitespace() {
                self.push(sign, self.line);
            }
        }
        true
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        self.take(self.rest.find(|next| !wanted(next)).unwrap_or(self.rest.len()))
    }

    fn push(&mut self, text: String, line: usize) {
        self.current.tokens.push(Token { text, line });
    }

    /// `'it''s'` is one literal.
    fn literal(&mut self) {
        let line = self.line;
        let mut text = String::new();
        loop {
            text.push_str(self.take(1));
            text.push_str(self.take_while(|next| next != '\''));
            text.push_str(self.take(1));
            if !self.rest.starts_with('\'') {
                break;
            }
        }
        self.push(text, line);
    }

    /// A parameter (`$1`) is a token; a dollar quote (`$$`, `$body$`) is left out.
    fn dollar(&mut self) {
        self.take(1);
        let name = self.take_while(is_word);
        if name.chars().next().is_some_and(|first| first.is_ascii_digit()) {
            self.push(format!("${name}"), self.line);
        } else if self.rest.starts_with('$') {
            self.take(1);
        }
    }

    fn finish(&mut self) {
        let statement = std::mem::take(&mut self.current);
        if !statement.tokens.is_empty() {
            self.done.push(statement);
        }
    }
}

fn is_word(next: char) -> bool {
    next.is_alphanumeric() || next == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        statements(text).into_iter().flat_map(|one| one.tokens).map(|token| token.text).collect()
    }

    #[test]
    fn words_parameters_literals_and_signs_are_told_apart() {
        assert_eq!(
            words("SELECT a.\"B\", 'it''s; x' FROM t WHERE id=$12::uuid"),
            [
                "select",
                "a",
                ".",
                "b",
                ",",
                "'it''s; x'",
                "from",
                "t",
                "where",
                "id",
                "=",
                "$12",
                ":",
                ":",
                "uuid"
            ]
        );
    }

    #[test]
    fn comments_are_left_out_and_dollar_quotes_are_opened() {
        assert_eq!(words("DO $x$ -- one\nBEGIN /* two; */ PERFORM 1 $x$"), ["do", "begin", "perform", "1"]);
    }

    #[test]
    fn statements_end_at_semicolons_and_know_their_lines() {
        let found: Vec<usize> =
            statements("a;\n\n-- c;\nb 'x\ny';;\nd").iter().map(Statement::line).collect();
        assert_eq!(found, [1, 4, 6]);
    }

    #[test]
    fn an_exception_needs_a_rule_and_a_reason() {
        assert_eq!(
            exception("-- check-sql: allow(volatile) the seed has no clock"),
            Some("volatile".to_owned())
        );
        assert_eq!(exception("-- check-sql: allow(volatile)"), None);
        assert_eq!(exception("-- volatile is fine here"), None);
    }

    #[test]
    fn an_exception_covers_one_statement() {
        let allowed: Vec<usize> = statements("a;\n-- check-sql: allow(merge) there is no other way\nb;\nc")
            .iter()
            .map(|statement| statement.allowed.len())
            .collect();
        assert_eq!(allowed, [0, 1, 0]);
    }
}
