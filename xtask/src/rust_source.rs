//! Telling code, string literals and comments of a Rust file apart, without a parser.

/// A piece of text and the lines it covers, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The line it begins on.
    pub(crate) start: usize,
    /// The line it ends on.
    pub(crate) end: usize,
    /// A literal's value (escapes are kept, line continuations are not), or a comment.
    pub(crate) text: String,
}

/// A Rust file, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The file with comments and the contents of literals blanked out; its lines are where they were.
    pub(crate) code: String,
    /// String literals, in order.
    pub(crate) literals: Vec<Piece>,
    /// Comments, in order.
    pub(crate) comments: Vec<Piece>,
}

/// Take a file apart.
pub(crate) fn scan(text: &str) -> Source {
    let mut scanner = Scanner { chars: text.chars().collect(), at: 0, line: 1, source: Source::default() };
    while let Some(next) = scanner.peek(0) {
        scanner.step(next);
    }
    scanner.source
}

struct Scanner {
    chars: Vec<char>,
    at: usize,
    line: usize,
    source: Source,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self, next: char) {
        match next {
            '/' if self.peek(1) == Some('/') => self.line_comment(),
            '/' if self.peek(1) == Some('*') => self.block_comment(),
            '"' => self.string(),
            'r' => match self.raw_fence() {
                Some(hashes) => self.raw_string(hashes),
                None => self.keep(),
            },
            '\'' if self.peek(1) == Some('\\') || self.peek(2) == Some('\'') => self.character(),
            _ => self.keep(),
        }
    }

    /// Move on; the character stays in the code.
    fn keep(&mut self) {
        if let Some(next) = self.peek(0) {
            self.source.code.push(next);
            self.pass(next);
        }
    }

    /// Move on; the character is blanked out, and returned.
    fn blank(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.source.code.push(if next == '\n' { '\n' } else { ' ' });
        self.pass(next);
        Some(next)
    }

    fn pass(&mut self, next: char) {
        self.at += 1;
        self.line += usize::from(next == '\n');
    }

    fn line_comment(&mut self) {
        let (start, mut text) = (self.line, String::new());
        while self.peek(0).is_some_and(|next| next != '\n') {
            text.extend(self.blank());
        }
        self.source.comments.push(Piece { start, end: start, text });
    }

    fn block_comment(&mut self) {
        let (start, mut text, mut depth) = (self.line, String::new(), 0_usize);
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => break,
                _ => {
                    text.extend(self.blank());
                    continue;
                }
            }
            text.extend(self.blank());
            text.extend(self.blank());
            if depth == 0 {
                break;
            }
        }
        self.source.comments.push(Piece { start, end: self.line, text });
    }

    fn string(&mut self) {
        let (start, mut text) = (self.line, String::new());
        self.keep();
        while let Some(next) = self.peek(0) {
            match (next, self.peek(1)) {
                ('"', _) => break,
                ('\\', Some('\n')) => {
                    self.blank();
                    while self.peek(0).is_some_and(char::is_whitespace) {
                        text.extend(self.blank().filter(|next| *next == '\n'));
                    }
                }
                ('\\', _) => {
                    text.extend(self.blank());
                    text.extend(self.blank());
                }
                _ => text.extend(self.blank()),
            }
        }
        self.source.literals.push(Piece { start, end: self.line, text });
        self.keep();
    }

    /// The number of `#` when a raw string begins here.
    fn raw_fence(&self) -> Option<usize> {
        let before = self.at.checked_sub(1).and_then(|at| self.chars.get(at));
        if before
            .is_some_and(|before| before.is_alphanumeric() && !matches!(before, 'b' | 'c') || *before == '_')
        {
            return None;
        }
        let hashes = self.chars.iter().skip(self.at + 1).take_while(|next| **next == '#').count();
        (self.peek(hashes + 1) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self, hashes: usize) {
        let (start, mut text) = (self.line, String::new());
        (0..hashes + 2).for_each(|_| self.keep());
        while let Some(next) = self.peek(0) {
            if next == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                break;
            }
            text.extend(self.blank());
        }
        self.source.literals.push(Piece { start, end: self.line, text });
        (0..=hashes).for_each(|_| self.keep());
    }

    fn character(&mut self) {
        self.keep();
        if self.blank() == Some('\\') {
            self.blank();
        }
        while self.peek(0).is_some_and(|next| next != '\'') {
            self.blank();
        }
        self.keep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str) -> Vec<String> {
        scan(text).literals.into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn literals_of_every_form_are_found() {
        let text = "f(\"a \\\" b\", r\"c\\\", r#\"d \" e\"#, br\"f\", b\"g\", \"h \\\n   i\");";
        assert_eq!(literals(text), ["a \\\" b", "c\\", "d \" e", "f", "g", "h \ni"]);
    }

    #[test]
    fn comments_and_characters_are_not_literals() {
        assert!(
            literals(
                "// \"a\"\n/* \"b\" /* \"c\" */ \"d\" */ let q = '\"'; let e = '\\''; fn f<'a>(x: &'a str)"
            )
            .is_empty()
        );
    }

    #[test]
    fn the_code_keeps_its_lines_and_loses_its_texts() {
        let source = scan("let a = \"{\n{\"; // }\nlet b = '{';\nlet var\"{\";");
        assert_eq!(source.code.lines().count(), 4);
        assert!(!source.code.contains(['{', '}']));
    }

    #[test]
    fn pieces_know_their_lines() {
        let source = scan("// one\nf(\"two\nthree\");");
        assert_eq!(source.comments, [Piece { start: 1, end: 1, text: "// one".into() }]);
        assert_eq!(source.literals, [Piece { start: 2, end: 3, text: "two\nthree".into() }]);
    }
}
