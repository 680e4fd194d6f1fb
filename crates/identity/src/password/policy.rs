//! Which new passwords a tenant accepts.
//!
//! Length, strength and known-bad lists, as NIST SP 800-63B section 3.1.1.2 has it; no rules about kinds of characters,
//! which make people write `Password1!`.
//!
//! **Unicode.** Every character is allowed, spaces and emoji too. Lengths count code points. What is hashed are the
//! bytes as they came: nothing is normalised, so `é` typed as one code point and as two are different passwords;
//! clients send NFC. Case is folded for comparing with lists and personal words, and nowhere else.

use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{common, strength};

/// Shorter personal words occur in good passwords by chance.
const MIN_WORD_CHARS: usize = 4;
/// Bounds what a long name can cost.
const MAX_WORDS: usize = 32;

/// What a tenant asks of new passwords. Passwords already set stay valid when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, garde::Validate)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The fewest characters (code points), 8 to 64.
    #[garde(range(min = 8, max = 64))]
    pub min_length: u16,
    /// The most characters (code points), 64 to 1024: at most 4096 bytes.
    #[garde(range(min = 64, max = 1024))]
    pub max_length: u16,
    /// The lowest zxcvbn score, from 0 (anything) to 4 (more than 10^10 guesses).
    #[garde(range(max = 4))]
    pub min_score: u8,
    /// Refuse passwords that many people use.
    #[garde(skip)]
    pub forbid_common: bool,
    /// Refuse passwords that contain the user's e-mail name, their name or the tenant's.
    #[garde(skip)]
    pub forbid_personal: bool,
    /// How many of a user's earlier passwords must not come back, 0 to 24.
    #[garde(range(max = 24))]
    pub history: u8,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            min_length: 12,
            max_length: 128,
            min_score: 2,
            forbid_common: true,
            forbid_personal: true,
            history: 5,
        }
    }
}

/// What is wrong with a password, as a sentence for people that does not repeat the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Fewer characters than asked for.
    #[error("The password must have at least {min_length} characters.")]
    TooShort {
        /// The fewest characters.
        min_length: u16,
    },
    /// More characters than allowed.
    #[error("The password must have at most {max_length} characters.")]
    TooLong {
        /// The most characters.
        max_length: u16,
    },
    /// On the list of common passwords, or nearly so.
    #[error("The password is one that many people use.")]
    Common,
    /// Contains a word that is known of the user.
    #[error("The password must not contain your name, your e-mail address or the name of your organisation.")]
    Personal,
    /// Too few guesses are needed.
    #[error("The password is easy to guess. A few unrelated words make a better one.")]
    Weak,
}

impl Violation {
    /// A stable code for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong { .. } => "password_too_long",
            Self::Common => "password_common",
            Self::Personal => "password_personal",
            Self::Weak => "password_weak",
        }
    }
}

impl Policy {
    /// Check a new password; takes about a millisecond, 40 at worst.
    ///
    /// `context` holds what is known of the user, as it is: e-mail address, names, the tenant's slug and name. Of an
    /// e-mail address the part before the `@` counts. Each is taken whole and word by word.
    ///
    /// # Errors
    /// Everything that is wrong, except that a password which is too long is not looked at further, and one that is
    /// common or personal is not called weak as well.
    pub fn check(&self, password: &SecretString, context: &[&str]) -> Result<(), Vec<Violation>> {
        let password = password.expose_secret();
        let length = password.chars().count();
        let (min_length, max_length) = (self.min_length, self.max_length);
        if length > usize::from(max_length) {
            return Err(vec![Violation::TooLong { max_length }]);
        }

        let words = personal_words(context);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_common = self.forbid_common && common::is_common(password);
        let is_personal = self.forbid_personal && contains_any(password, &words);
        let is_weak = !is_common && !is_personal && strength::score(password, &words) < self.min_score;

        let violations: Vec<_> = [
            (length < usize::from(min_length)).then_some(Violation::TooShort { min_length }),
            is_common.then_some(Violation::Common),
            is_personal.then_some(Violation::Personal),
            is_weak.then_some(Violation::Weak),
        ]
        .into_iter()
        .flatten()
        .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// Each text whole and word by word, in lower case.
fn personal_words(context: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for text in context {
        let text = text.rsplit_once('@').map_or(*text, |(local, _)| local).trim().to_lowercase();
        words.extend(text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned));
        words.push(text);
    }
    words.retain(|word| word.chars().count() >= MIN_WORD_CHARS);
    words.sort_unstable();
    words.dedup();
    words.truncate(MAX_WORDS);
    words
}

fn contains_any(password: &str, words: &[&str]) -> bool {
    let password = Zeroizing::new(password.to_lowercase());
    words.iter().any(|word| password.contains(word))
}

#[cfg(test)]
mod tests {
    use garde::Validate;

    use super::*;

    fn check(password: &str, context: &[&str]) -> Vec<Violation> {
        Policy::default().check(&password.into(), context).err().unwrap_or_default()
    }

    #[test]
    fn the_documented_examples_pass_and_fail() {
        let context = ["admin@acme.example", "Ada", "Lovelace", "acme", "Acme Corporation"];
        assert_eq!(check("securePassword123", &context), []);
        assert_eq!(
            check("password123", &context),
            [Violation::TooShort { min_length: 12 }, Violation::Common]
        );
    }

    #[test]
    fn lengths_count_characters_and_not_bytes() {
        let policy = Policy { min_score: 0, forbid_common: false, ..Policy::default() };
        let check = |password: String| policy.check(&password.into(), &[]);
        assert_eq!(check("é".repeat(11)), Err(vec![Violation::TooShort { min_length: 12 }]));
        assert_eq!(check("é".repeat(12)), Ok(()));
        assert_eq!(check("é".repeat(128)), Ok(()));
        assert_eq!(check("é".repeat(129)), Err(vec![Violation::TooLong { max_length: 128 }]));
    }

    #[test]
    fn what_is_easy_to_guess_is_weak() {
        for password in ["aaaaaaaaaaaa", "abcdefghijkl", "Password1234!", "Passw0rd!2345"] {
            assert!(!check(password, &[]).is_empty(), "{password}");
        }
        assert_eq!(check("abcdefghijklmnop", &[]), [Violation::Weak]);
        assert_eq!(check("correct horse battery staple", &[]), []);
    }

    #[test]
    fn what_is_known_of_the_user_is_refused_in_any_case_and_in_part() {
        let password = "green LOVELACE teapot";
        assert_eq!(check(password, &[]), []);
        for context in ["ada.lovelace@example.com", "Ada Lovelace", "lovelace"] {
            assert_eq!(check(password, &[context]), [Violation::Personal], "{context}");
        }
        assert_eq!(check("green ada teapot", &["ada@example.com"]), [], "too short to mean anything");
        assert_eq!(check("green example teapot", &["ada@example.com"]), [], "the domain is not the user's");
    }

    #[test]
    fn unknown_settings_are_refused_and_missing_ones_take_their_default() {
        let policy: Policy = serde_json::from_str(r#"{"min_length": 16}"#).expect("valid");
        assert_eq!(policy, Policy { min_length: 16, ..Policy::default() });
        assert!(serde_json::from_str::<Policy>(r#"{"min_lenght": 16}"#).is_err());
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        assert!(Policy::default().validate().is_ok());
        for policy in [
            Policy { min_length: 7, ..Policy::default() },
            Policy { min_length: 65, ..Policy::default() },
            Policy { max_length: 63, ..Policy::default() },
            Policy { max_length: 1025, ..Policy::default() },
            Policy { min_score: 5, ..Policy::default() },
        ] {
            assert!(policy.validate().is_err(), "{policy:?}");
        }
    }

    #[test]
    fn violations_do_not_tell_the_password() {
        for violation in check("password123", &[]) {
            assert!(!violation.to_string().contains("password123"));
            assert!(violation.code().starts_with("password_"));
        }
    }
}
