//! How hard a password is to guess, by zxcvbn, at a bounded cost.
//!
//! zxcvbn tries every combination of the letters that digits and signs may stand for (`4` or `@` for `a`). *Measured:*
//! 100 characters made of all of them keep it busy for 1.3 s, an ordinary password for 1 ms. So it is shown the first
//! [`MAX_CHARS`] characters; and when they hold more than [`MAX_STAND_INS`] different ones of that kind, it is shown
//! them without the signs and once more without the digits, and the lower score counts. That keeps it under 40 ms.

use zeroize::Zeroizing;

const MAX_CHARS: usize = 40;
const MAX_STAND_INS: usize = 8;

/// The characters that zxcvbn takes for letters.
const DIGITS: &str = "0123456789";
const SIGNS: &str = "!@$%+|([{<";

/// zxcvbn's score, from 0 (guessed within 1,000 attempts) to 4 (more than 10^10); `words` are known to the attacker.
pub(super) fn score(password: &str, words: &[&str]) -> u8 {
    let end = password.char_indices().nth(MAX_CHARS).map_or(password.len(), |(end, _)| end);
    let shown = password.get(..end).unwrap_or(password);
    let estimate = |text: &str| u8::from(zxcvbn::zxcvbn(text, words).score());

    let stand_ins = DIGITS.chars().chain(SIGNS.chars()).filter(|sign| shown.contains(*sign)).count();
    if stand_ins <= MAX_STAND_INS {
        return estimate(shown);
    }
    estimate(&without(shown, SIGNS)).min(estimate(&without(shown, DIGITS)))
}

/// The same length, with a sign that stands for no letter in the place of each of `signs`.
fn without(text: &str, signs: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().map(|letter| if signs.contains(letter) { '_' } else { letter }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_passwords_score_low_and_long_or_random_ones_high() {
        for (password, expected) in [
            ("password123", 0),
            ("aaaaaaaaaaaa", 0),
            ("1234567890!@#$", 1),
            ("!@#$%^&*()_+", 1),
            ("securePassword123", 2),
            ("correct horse battery staple", 4),
            ("X7$k@9!mQ2p#4vLs", 4),
        ] {
            assert_eq!(score(password, &[]), expected, "{password}");
        }
    }

    #[test]
    fn a_word_that_the_attacker_knows_counts_for_little() {
        assert!(score("wintermute1984", &["wintermute"]) < score("wintermute1984", &[]));
    }

    #[test]
    fn only_the_beginning_of_a_long_password_is_looked_at() {
        let (long, longer) = ("é1".repeat(20), "é1".repeat(60));
        assert_eq!(score(&long, &[]), score(&longer, &[]));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]
        #[test]
        fn scoring_never_panics(password: String) {
            proptest::prop_assert!(score(&password, &["word"]) <= 4);
        }
    }
}
