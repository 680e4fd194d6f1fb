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
    /// Add a line of the runner's output, when it is a result line.
    pub(crate) fn read(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        self.passed += count(counts, " passed");
        self.failed += count(counts, " failed");
        self.skipped += count(counts, " ignored");
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The number right before a word, as in `3 passed`.
fn count(counts: &str, word: &str) -> u64 {
    let before = counts.split(';').find_map(|part| part.strip_suffix(word));
    before.and_then(|part| part.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
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
    fn a_test_that_prints_about_results_is_not_counted() {
        let mut summary = Summary::default();
        summary.read("it said: test result: ok. 3 passed; 0 failed");
        assert_eq!(summary, Summary::default());
    }
}
