//! What the tests share: moments, leads, and stories that follow a lead from review to review.

use leadsman_sdk::duration::{DAY_MS, HOUR_MS, MINUTE_MS};
use leadsman_sdk::harness::{Harness, Situation, owned, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Clocks;

mod configuration;
mod random;
mod rules;
mod signals;

/// 2019-03-25T00:00:00Z, when all stories begin.
const START_MS: i64 = 1_553_472_000_000;

fn start() -> Timestamp {
    Timestamp::from_millis(START_MS)
}

fn days(days: i64) -> Timestamp {
    start().plus_millis(days * DAY_MS)
}

fn hours(hours: i64) -> Timestamp {
    start().plus_millis(hours * HOUR_MS)
}

fn plugin(config: Json) -> Harness<Clocks> {
    Harness::configure(config).unwrap()
}

fn one_rule(rule: Json) -> Harness<Clocks> {
    plugin(json!({"counts": ["call.*", "meeting"], "rules": [rule]}))
}

/// A lead that Ann has since the start.
fn anns() -> Situation {
    owned(sample(), "ann", "north", start())
}

/// Reviews at a moment; gives the plugin back, for the next.
fn review(harness: Harness<Clocks>, situation: &Situation, at: Timestamp) -> (Harness<Clocks>, NextSteps) {
    let harness = harness.at(at);
    let steps = harness.review(situation).unwrap();
    assert!(steps.next_ms.is_none_or(|next| next > at.as_millis()), "looks again in the past");
    (harness, steps)
}

/// Follows `next` from the start on until there is none, carrying out what is said; gives what was done
/// and when.
fn story(mut harness: Harness<Clocks>, mut situation: Situation) -> Vec<(Timestamp, Deed)> {
    let (mut now, mut done) = (start(), Vec::new());
    loop {
        let (again, steps) = review(harness, &situation, now);
        harness = again;
        situation.carry_out(&steps);
        done.extend(steps.actions.into_iter().map(|action| (now, action.deed)));
        match steps.next_ms {
            Some(next) => now = Timestamp::from_millis(next),
            None => return done,
        }
    }
}

fn deeds(steps: &NextSteps) -> Vec<Deed> {
    steps.actions.iter().map(|action| action.deed.clone()).collect()
}
