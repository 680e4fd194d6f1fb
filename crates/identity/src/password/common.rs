//! Passwords that many people use, and that are therefore tried first.
//!
//! The list is looked up where it lies in the program: nothing is downloaded, loaded or indexed. Its origin and licence
//! are in `common.NOTICE.md`.

use std::cmp::Ordering;

use zeroize::Zeroizing;

/// One password a line: lower case, at least six characters, sorted by bytes.
const LIST: &str = include_str!("common.txt");

/// Whether a password is common, in any case, or is a common one with a little around it.
///
/// A little is digits and signs, before, after or both, that make up at most half of the characters: `Sunshine2024!!`
/// is `sunshine`.
pub(super) fn is_common(password: &str) -> bool {
    let password = Zeroizing::new(password.to_lowercase());
    let core = password.trim_matches(|sign: char| !sign.is_alphabetic());
    let is_most = core.chars().count() * 2 >= password.chars().count();
    is_listed(&password) || (is_most && is_listed(core))
}

/// Binary search for a whole line.
fn is_listed(word: &str) -> bool {
    let mut rest = LIST.as_bytes();
    while !rest.is_empty() {
        let (before, after) = rest.split_at(rest.len() / 2);
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let tail = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
        let end = before.len() + tail;
        rest = match rest.get(start..end).unwrap_or_default().cmp(word.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => rest.get(end + 1..).unwrap_or_default(),
            Ordering::Greater => rest.get(..start).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_in_the_promised_form() {
        let words: Vec<&str> = LIST.lines().collect();
        assert!(words.len() >= 10_000 && LIST.len() < 250_000 && LIST.ends_with('\n'));
        assert!(words.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()));
        assert!(words.iter().all(|word| word.chars().count() >= 6 && *word == word.to_lowercase()));
    }

    #[test]
    fn every_line_is_found_and_nothing_between_the_lines() {
        for word in LIST.lines() {
            assert!(is_listed(word), "{word}");
            assert!(!is_listed(&format!("{word}\n")), "{word} with its line end");
        }
        for word in ["", "\n", "a", "securepassword", "\u{10ffff}", "123456\n123456789"] {
            assert!(!is_listed(word), "{word:?}");
        }
    }

    #[test]
    fn case_and_a_little_around_it_do_not_hide_a_common_password() {
        for password in ["password123", "PassWord123", "Sunshine2024!!", "...letmein...", "ПАРОЛЬ"] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_only_holds_a_common_password_is_not_one() {
        for password in ["securePassword123", "sunshine-84610395720", "password of the week", "1!2?3$4%5&"] {
            assert!(!is_common(password), "{password}");
        }
    }

    proptest::proptest! {
        #[test]
        fn looking_up_agrees_with_reading_the_list(word in "[a-z0-9]{5,7}") {
            proptest::prop_assert_eq!(is_listed(&word), LIST.lines().any(|line| line == word));
        }

        #[test]
        fn looking_up_never_panics(password: String) {
            is_common(&password);
        }
    }
}
