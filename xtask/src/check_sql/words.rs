//! Looking for sequences of tokens.

use super::sql::Token;

/// Whether the tokens begin with these texts.
pub(super) fn begins(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// Every place where these texts follow one another: the tokens from there on.
pub(super) fn find<'a>(tokens: &'a [Token], texts: &[&str]) -> impl Iterator<Item = &'a [Token]> {
    tails(tokens).filter(move |tail| begins(tail, texts))
}

/// Whether these texts follow one another anywhere.
pub(super) fn contains(tokens: &[Token], texts: &[&str]) -> bool {
    find(tokens, texts).next().is_some()
}

/// The text of the token at a place, or nothing.
pub(super) fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

/// The tokens after the first opening parenthesis.
pub(super) fn after_parenthesis(tokens: &[Token]) -> &[Token] {
    find(tokens, &["("]).next().and_then(|tail| tail.get(1..)).unwrap_or_default()
}

/// The tokens from each place on.
pub(super) fn tails(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    (0..tokens.len()).filter_map(|at| tokens.get(at..))
}

/// The parts between commas, up to the parenthesis that closes the list the tokens begin in.
pub(super) fn elements(tokens: &[Token]) -> Vec<&[Token]> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" if depth == 0 => {
                found.extend(tokens.get(start..at));
                return found;
            }
            ")" => depth -= 1,
            "," if depth == 0 => {
                found.extend(tokens.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.extend(tokens.get(start..));
    found
}
