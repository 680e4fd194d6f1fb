//! The report: docs/performance.md.

use std::fmt::Write as _;

use crate::load::Load;

/// One scenario's outcome.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) target: &'static str,
    pub(crate) ratio: f64,
    pub(crate) ours: Load,
    pub(crate) limit: f64,
}

/// The median of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The page.
pub(crate) fn page(outcomes: &[Outcome], notes: &[String]) -> String {
    let mut text = String::from(
        "# Performance\n\nWritten by `cargo xtask bench --write`. Ratios compare two halves of the same round on the same machine and \
         are what counts;\nthe absolute numbers are of one machine, shared with PostgreSQL and the load generator.\n\n\
         | scenario | ratio to the limit | target | requests/s | limit/s | p50 | p99 | server CPU per 1,000 | errors |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for Outcome { name, target, ratio, ours, limit } in outcomes {
        let Load { rate, p50, p99, cpu_per_thousand, errors } = ours;
        let _ = writeln!(
            text,
            "| {name} | **{ratio:.2}** | {target} | {rate:.0} | {limit:.0} | {:.2} ms | {:.2} ms | {:.0} ms | {errors} |",
            p50.as_secs_f64() * 1e3,
            p99.as_secs_f64() * 1e3,
            cpu_per_thousand.as_secs_f64() * 1e3,
        );
    }
    text.push('\n');
    for note in notes {
        let _ = writeln!(text, "- {note}");
    }
    text
}
