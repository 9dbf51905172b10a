//! Guards over sides that are made up: what is worse is seen, what is chance is not.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;

use super::*;

/// What one side does: shares of leads, and scores around a mean with a standard deviation of 10.
#[derive(Clone, Copy)]
struct Behaviour {
    failed: f64,
    rejected: f64,
    score: f64,
    micros: u64,
}

const USUAL: Behaviour = Behaviour { failed: 0.02, rejected: 0.3, score: 50.0, micros: 1_000 };

/// How many leads it takes until the guards object, one lead in ten to the candidate; at most 20,000.
fn until_objection(candidate: Behaviour, seed: u64) -> Option<(u64, String)> {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    let mut sides = Sides::default();
    for lead in 0..20_000 {
        let by_candidate = lead % 10 == 0;
        let does = if by_candidate { candidate } else { USUAL };
        let rejected = random.random_bool(does.rejected);
        let off: f64 = (0..12).map(|_| random.random_range(0.0..1.0)).sum::<f64>() - 6.0;
        sides.note(Outcome {
            by_candidate,
            failed: random.random_bool(does.failed),
            rejected,
            score: (!rejected).then_some(does.score + 10.0 * off),
            micros: Some(does.micros + random.random_range(0..200)),
        });
        if let Verdict::RollBack(why) = sides.judge(&Guards::default(), None) {
            return Some((lead, why));
        }
    }
    None
}

#[test]
fn chance_alone_ends_no_trial() {
    for seed in 0..20 {
        assert_eq!(until_objection(USUAL, seed), None, "seed {seed}");
    }
}

#[test]
fn what_stays_within_the_bounds_ends_no_trial() {
    let close = Behaviour { failed: 0.02, rejected: 0.35, score: 53.0, micros: 1_500 };
    for seed in 0..10 {
        assert_eq!(until_objection(close, seed), None, "seed {seed}");
    }
}

#[test]
fn each_guard_sees_what_it_watches() {
    let worse = [
        (Behaviour { failed: 0.5, ..USUAL }, "no usable answer", 600),
        (Behaviour { rejected: 0.8, ..USUAL }, "rejected", 900),
        (Behaviour { rejected: 0.02, ..USUAL }, "rejected", 1_500),
        (Behaviour { score: 65.0, ..USUAL }, "mean score", 1_500),
        (Behaviour { score: 35.0, ..USUAL }, "mean score", 1_500),
        (Behaviour { micros: 5_000, ..USUAL }, "one new lead in a hundred takes", 2_200),
    ];
    for (candidate, part, leads_most) in worse {
        for seed in 0..5 {
            let (leads, why) = until_objection(candidate, seed).expect(part);
            assert!(why.contains(part) && leads <= leads_most, "{leads} leads: {why}");
        }
    }
}

#[test]
fn nobody_judges_before_there_is_something_to_judge() {
    let mut sides = Sides::default();
    let broken = Outcome { by_candidate: true, failed: true, rejected: false, score: None, micros: Some(9) };
    for _ in 0..29 {
        sides.note(broken);
        sides.note(Outcome { by_candidate: false, failed: false, ..broken });
        assert_eq!(sides.judge(&Guards::default(), Some(1)), Verdict::GoOn);
    }
    sides.note(broken);
    sides.note(Outcome { by_candidate: false, failed: false, ..broken });
    assert!(matches!(sides.judge(&Guards::default(), Some(1)), Verdict::RollBack(_)));
}

#[test]
fn bounds_that_make_no_sense_are_refused() {
    let usual = Guards::default();
    assert_eq!(usual.checked(), Ok(usual));
    for wrong in [
        Guards { leads_min: 0, ..usual },
        Guards { failed_more_max: -0.1, ..usual },
        Guards { rejected_drift_max: f64::NAN, ..usual },
        Guards { score_drift_max: f64::INFINITY, ..usual },
        Guards { slower_max: 0.5, ..usual },
    ] {
        assert!(wrong.checked().is_err(), "{wrong:?}");
    }
}
