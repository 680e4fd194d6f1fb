//! What failed sign-ins lead to, step by step and for all sequences.

use proptest::prelude::*;

use super::*;

const START: Timestamp = Timestamp::UNIX_EPOCH;
const DEFAULT: Settings = Settings { threshold: 5, lock_minutes: 30, base_delay_ms: 500 };

fn at_ms(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).expect("in range")
}

/// The state after failures at the given times, in milliseconds.
fn failed_at(settings: Settings, times: &[i64]) -> State {
    times.iter().fold(State::default(), |state, time| state.after(settings, at_ms(*time), Outcome::Failed).0)
}

#[test]
fn the_delay_begins_at_the_second_failure_and_doubles() {
    let mut state = State::default();
    let mut waits = Vec::new();
    for _ in 0..5 {
        let decision;
        (state, decision) = state.after(DEFAULT, START, Outcome::Failed);
        waits.push(match decision {
            Decision::Proceed => 0,
            Decision::Refuse { until } => until.as_millisecond(),
        });
    }
    assert_eq!(waits, [0, 500, 1000, 2000, 30 * 60_000]);
}

#[test]
fn an_elapsed_lock_starts_counting_anew() {
    let state = failed_at(DEFAULT, &[0, 0, 0, 0, 0]);
    let end = at_ms(30 * 60_000);
    assert!(state.is_locked(at_ms(30 * 60_000 - 1)) && !state.is_locked(end));
    assert_eq!(state.decide(DEFAULT, end), Decision::Proceed);

    let (state, decision) = state.after(DEFAULT, end, Outcome::Failed);
    assert_eq!(decision, Decision::Proceed);
    assert_eq!(state, State { failed_attempts: 1, last_failed_at: Some(end), locked_until: None });
}

#[test]
fn a_right_password_does_not_open_a_lock() {
    let state = failed_at(DEFAULT, &[0, 0, 0, 0, 0]);
    let (after, decision) = state.after(DEFAULT, at_ms(1), Outcome::Succeeded);
    assert_eq!(after, state);
    assert_eq!(decision, Decision::Refuse { until: at_ms(30 * 60_000) });
}

#[test]
fn without_a_base_delay_there_is_only_the_lock() {
    let settings = Settings { base_delay_ms: 0, ..DEFAULT };
    assert_eq!(failed_at(settings, &[0, 0, 0, 0]).decide(settings, START), Decision::Proceed);
    assert!(failed_at(settings, &[0, 0, 0, 0, 0]).is_locked(START));
}

#[test]
fn a_lowered_threshold_locks_at_the_next_failure() {
    let state = failed_at(DEFAULT, &[0, 0, 0, 0]);
    let (state, _) = state.after(Settings { threshold: 2, ..DEFAULT }, START, Outcome::Failed);
    assert!(state.is_locked(START));
}

prop_compose! {
    fn settings()(threshold in 1_u16..=100, lock_minutes in 1_u16..=10_080, base_delay_ms in 0_u32..=60_000) -> Settings {
        Settings { threshold, lock_minutes, base_delay_ms }
    }
}

prop_compose! {
    /// Settings and an account's history: each step waits a while and then fails or succeeds.
    fn history()(
        settings in settings(),
        steps in prop::collection::vec((0_i64..4_000_000, prop::bool::weighted(0.95)), 0..150),
    ) -> (Settings, State, i64) {
        let mut now = 0;
        let state = steps.into_iter().fold(State::default(), |state, (wait, fails)| {
            now += wait;
            let outcome = if fails { Outcome::Failed } else { Outcome::Succeeded };
            state.after(settings, at_ms(now), outcome).0
        });
        (settings, state, now)
    }
}

proptest! {
    #[test]
    fn never_locked_before_the_threshold_and_always_at_it(settings in settings()) {
        let mut state = State::default();
        for failure in 1..=settings.threshold {
            prop_assert!(!state.is_locked(START));
            state = state.after(settings, START, Outcome::Failed).0;
            prop_assert_eq!(state.failed_attempts, failure);
        }
        prop_assert!(state.is_locked(START));
    }

    #[test]
    fn once_allowed_an_attempt_stays_allowed(
        (settings, state, now) in history(), wait in 0_i64..1_000_000_000, more in 0_i64..1_000_000_000,
    ) {
        if state.decide(settings, at_ms(now + wait)) == Decision::Proceed {
            prop_assert_eq!(state.decide(settings, at_ms(now + wait + more)), Decision::Proceed);
        }
    }

    #[test]
    fn a_refusal_names_the_time_from_which_it_ends((settings, state, now) in history()) {
        if let Decision::Refuse { until } = state.decide(settings, at_ms(now)) {
            prop_assert!(until > at_ms(now) && until <= later(at_ms(now), settings.lock()));
            prop_assert_eq!(state.decide(settings, until), Decision::Proceed);
        }
    }

    #[test]
    fn success_resets_an_account_that_is_not_locked((settings, state, now) in history()) {
        prop_assume!(!state.is_locked(at_ms(now)));
        let after = state.after(settings, at_ms(now), Outcome::Succeeded);
        prop_assert_eq!(after, (State::default(), Decision::Proceed));
    }

    #[test]
    fn attempts_during_a_lock_change_nothing(
        settings in settings(), knocks in prop::collection::vec((0.0_f64..1.0, any::<bool>()), 1..50),
    ) {
        let times = vec![0; settings.threshold.into()];
        let locked = failed_at(settings, &times);
        let length = settings.lock().as_millis_f64();
        for (part, fails) in knocks {
            #[expect(clippy::cast_possible_truncation, reason = "a week of milliseconds fits")]
            let now = at_ms((length * part) as i64);
            let outcome = if fails { Outcome::Failed } else { Outcome::Succeeded };
            let (after, decision) = locked.after(settings, now, outcome);
            prop_assert_eq!(after, locked);
            prop_assert_ne!(decision, Decision::Proceed);
        }
    }

    #[test]
    fn a_delay_grows_with_every_failure_up_to_the_lock(settings in settings(), failures in 0_u16..u16::MAX) {
        prop_assert!(settings.delay(failures) <= settings.delay(failures + 1));
        prop_assert!(settings.delay(failures) <= settings.lock());
    }
}

#[test]
fn failures_that_nobody_has_added_to_are_forgotten() {
    let state = failed_at(DEFAULT, &[0, 0, 0, 0]);
    let memory = i64::try_from(DEFAULT.memory().as_millis()).unwrap();
    assert!(state.after(DEFAULT, at_ms(memory - 1), Outcome::Failed).0.is_locked(at_ms(memory - 1)));
    let later = state.after(DEFAULT, at_ms(memory), Outcome::Failed).0;
    assert_eq!((later.failed_attempts, later.locked_until), (1, None));
}
