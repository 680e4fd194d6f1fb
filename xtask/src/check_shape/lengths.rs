//! How long files are.

use std::fmt;

use crate::workspace::File;

const LONGEST: usize = 600;
const MEDIAN: usize = 120;
const P95: usize = 400;

/// The lengths of all files that are not tests.
#[derive(Default)]
pub(super) struct Lengths {
    lines: Vec<usize>,
}

impl Lengths {
    /// Count a file; says so when it is too long.
    pub(super) fn add(&mut self, file: &File) -> Option<String> {
        let lines = file.text.lines().count();
        if !is_test(&file.path) {
            let at = self.lines.partition_point(|other| *other < lines);
            self.lines.insert(at, lines);
        }
        (lines > LONGEST)
            .then(|| format!("{}: {lines} lines, at most {LONGEST}: split it by what it does", file.path))
    }

    /// Whether the files as a whole have grown too long.
    pub(super) fn problems(&self) -> Vec<String> {
        [(50, MEDIAN), (95, P95)]
            .into_iter()
            .filter(|(percent, most)| self.percentile(*percent) > *most)
            .map(|(percent, most)| {
                let lines = self.percentile(percent);
                format!("files: {percent} % are at most {lines} lines long, the target is {most}")
            })
            .collect()
    }

    /// The length that this many per cent of the files do not exceed (nearest rank).
    fn percentile(&self, percent: usize) -> usize {
        let rank = (self.lines.len() * percent).div_ceil(100);
        self.lines.get(rank.saturating_sub(1)).copied().unwrap_or(0)
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, median, p95) = (self.lines.len(), self.percentile(50), self.percentile(95));
        write!(out, "{count} files, median {median} lines (target {MEDIAN}), p95 {p95} (target {P95})")
    }
}

fn is_test(path: &str) -> bool {
    let in_folder = path.split('/').any(|part| matches!(part, "tests" | "e2e"));
    in_folder || path.ends_with("/tests.rs") || path.contains(".test.") || path.contains(".spec.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(lines: impl IntoIterator<Item = usize>) -> Lengths {
        let mut lengths = Lengths::default();
        for lines in lines {
            lengths.add(&File { path: "src/a.rs".to_owned(), text: "x\n".repeat(lines) });
        }
        lengths
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let lengths = lengths((1..=20).rev());
        assert_eq!((lengths.percentile(50), lengths.percentile(95)), (10, 19));
        assert_eq!(Lengths::default().percentile(50), 0);
    }

    #[test]
    fn a_median_above_the_target_is_a_problem() {
        assert!(lengths([120, 120, 400]).problems().is_empty());
        assert_eq!(lengths([121, 121, 401]).problems().len(), 2);
    }

    #[test]
    fn a_long_file_is_a_problem_even_in_tests() {
        let mut lengths = Lengths::default();
        let file = File { path: "tests/it/a.rs".to_owned(), text: "x\n".repeat(601) };
        assert!(lengths.add(&file).is_some());
        assert!(lengths.lines.is_empty());
    }
}
