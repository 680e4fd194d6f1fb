//! Whatever the environment holds, the answer is a configuration or an error, and the error is the operator's.

use super::Setup;
use crate::config::{ConfigError, known_settings, setting::settings, shape::Shape};

/// Values at the edge of what the parsers expect.
const ODD: &[&str] = &[
    "",
    " ",
    ",",
    "\0",
    "\n",
    "-1",
    "0",
    "+5",
    "1e9",
    "007",
    "9223372036854775808",
    "true",
    "TRUE",
    "[]",
    "{",
    "\"",
    "ä",
    "1.2.3.4",
    "::/0",
    "0.0.0.0/0",
    "[::1]:0",
    "https://",
    "https://[::1",
    "http://a:",
    "postgres://",
    "a@b",
    "a=",
    "\u{feff}",
    "\u{202e}x",
    "info,,",
    "=",
    "/",
    ".",
    "-",
    "schema",
    "json",
];

/// A small linear congruential generator (Knuth's MMIX constants): the same rounds on every run.
struct Rounds(u64);

impl Rounds {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn value(&mut self) -> String {
        let parts = 1 + self.below(3);
        (0..parts).map(|_| ODD[self.below(ODD.len())]).collect()
    }

    /// A known name, often with a character replaced by another.
    fn name(&mut self, known: &[String]) -> String {
        let mut name: Vec<char> = known[self.below(known.len())].chars().collect();
        if self.below(2) == 0 {
            let at = self.below(name.len());
            name[at] = ['_', 'X', '.', 'é', '\0', '\u{10ffff}'][self.below(6)];
        }
        name.into_iter().collect()
    }
}

fn is_ours(error: &ConfigError) -> bool {
    matches!(error, ConfigError::Defaults(_) | ConfigError::Syntax { .. })
}

#[test]
fn no_environment_makes_the_loader_panic_or_blame_the_program() {
    let known: Vec<String> = known_settings().into_iter().filter_map(|name| name.env).collect();
    let mut rounds = Rounds(2);
    for _ in 0..60 {
        let mut setup = Setup::new();
        for _ in 0..8 {
            setup = setup.env(&rounds.name(&known), &rounds.value());
        }
        setup = setup.flag(&rounds.name(&known), &rounds.value());
        assert!(!setup.load().unwrap_err().iter().any(is_ours));
    }
}

#[test]
fn whatever_a_setting_accepts_fits_its_field() {
    for setting in settings() {
        let edges = match setting.shape {
            Shape::Number { from, to } => vec![from.to_string(), to.to_string()],
            Shape::OneOf(words) => words.iter().map(ToString::to_string).collect(),
            _ => ODD.iter().map(ToString::to_string).collect(),
        };
        for edge in edges.into_iter().filter(|edge| setting.shape.accepts(&setting.shape.value_of(edge))) {
            if let Err(errors) = Setup::new().flag(setting.key, &edge).load() {
                assert!(!errors.iter().any(is_ours), "{} = {edge:?}: {errors}", setting.key);
            }
        }
    }
}
