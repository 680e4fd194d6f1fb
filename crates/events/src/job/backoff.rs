use std::time::Duration;

use tenantry_kernel::Rng;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_hours(1);

/// How long to wait after the attempt with this number (from 1): 2 s, 4 s, 8 s … up to an hour, of which a random half is
/// left out, so that what failed together does not come back together.
pub(crate) fn delay(attempt: i32, rng: &Rng) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or_default().min(20);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    full.mul_f64(1.0 - rng.fraction() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_jobs_that_fail_together_come_back_apart() {
        let rng = Rng::seeded(1);
        assert_ne!(delay(5, &rng), delay(5, &rng));
    }

    proptest::proptest! {
        #[test]
        fn a_delay_is_between_half_and_all_of_its_step(attempt in 1_i32..100, seed: u64) {
            let full = FIRST.as_secs_f64() * 2_f64.powi((attempt - 1).min(20));
            let full = full.min(LONGEST.as_secs_f64());
            let delay = delay(attempt, &Rng::seeded(seed)).as_secs_f64();
            proptest::prop_assert!(delay > full * 0.499 && delay <= full, "{delay} of {full}");
        }

        #[test]
        fn no_attempt_number_panics(attempt: i32, seed: u64) {
            proptest::prop_assert!(delay(attempt, &Rng::seeded(seed)) <= LONGEST);
        }
    }
}
