//! Adding up the `test result:` lines of many test programs.

use std::fmt;

/// Totals of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Tests that were not run.
    pub(crate) skipped: u64,
}

impl Summary {
    /// Add a line of a runner's output, when it is a result line of cargo, Vitest or Playwright.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.add(counts, ';', " ignored");
        } else if let Some(counts) = plain(line).trim().strip_prefix("Tests  ") {
            self.add(counts, '|', " skipped");
        } else if let Some((count, word)) = playwright(&plain(line)) {
            match word {
                "passed" => self.passed += count,
                "failed" | "flaky" | "interrupted" => self.failed += count,
                _ => self.skipped += count,
            }
        }
    }

    fn add(&mut self, counts: &str, between: char, skipped: &str) {
        self.passed += count(counts, between, " passed");
        self.failed += count(counts, between, " failed");
        self.skipped += count(counts, between, skipped);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The number right before a word, as in `3 passed`.
fn count(counts: &str, between: char, word: &str) -> u64 {
    let before = counts.split(between).find_map(|part| {
        let part = part.split('(').next().unwrap_or_default().trim_end();
        part.strip_suffix(word)
    });
    before.and_then(|part| part.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// A line that Playwright ends with: `  3 passed (12.0s)`.
fn playwright(line: &str) -> Option<(u64, &'static str)> {
    let (number, rest) = line.strip_prefix("  ")?.split_once(' ')?;
    let words = ["passed", "failed", "flaky", "interrupted", "skipped", "did not run"];
    let word = words.into_iter().find(|word| {
        rest.trim_end().strip_prefix(word).is_some_and(|after| after.is_empty() || after.starts_with(" ("))
    })?;
    Some((number.parse().ok()?, word))
}

/// A line without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('m').map_or("", |(_, after)| after));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_programs_add_up() {
        let mut summary = Summary::default();
        for line in [
            "running 4 tests",
            "test a_test_result_is_read ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s\n",
        ] {
            summary.read(line);
        }
        assert_eq!(summary, Summary { passed: 13, failed: 2, skipped: 1 });
    }

    #[test]
    fn results_of_the_console_are_added() {
        let mut summary = Summary::default();
        for line in [
            " Test Files  2 failed | 10 passed (12)\n",
            "      Tests  1 failed | 40 passed | 2 skipped (43)\n",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m7 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (7)\u{1b}[39m\n",
            "Running 5 tests using 1 worker\n",
            "  1 failed\n",
            "    [chromium] › first.spec.ts:3:1 › 4 passed before\n",
            "  1 flaky\n",
            "  2 did not run\n",
            "  4 passed (12.3s)\n",
        ] {
            summary.read(line);
        }
        assert_eq!(summary, Summary { passed: 51, failed: 3, skipped: 4 });
    }

    #[test]
    fn a_test_that_prints_about_results_is_not_counted() {
        let mut summary = Summary::default();
        summary.read("it said: test result: ok. 3 passed; 0 failed");
        assert_eq!(summary, Summary::default());
    }
}
