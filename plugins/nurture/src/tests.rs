//! What the tests share: moments, tracks, and stories that follow a lead from message to message.

use leadsman_sdk::duration::{DAY_MS, HOUR_MS};
use leadsman_sdk::harness::{Harness, Situation, nurtured, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Nurture;

mod configuration;
mod pace;
mod random;
mod tracks;

fn start() -> Timestamp {
    Timestamp::from_millis(1_553_472_000_000)
}

fn days(days: i64) -> Timestamp {
    start().plus_millis(days * DAY_MS)
}

fn plugin(config: Json) -> Harness<Nurture> {
    Harness::configure(config).unwrap()
}

/// Reviews at a moment; gives the plugin back, for the next.
fn review(harness: Harness<Nurture>, situation: &Situation, at: Timestamp) -> (Harness<Nurture>, NextSteps) {
    let harness = harness.at(at);
    let steps = harness.review(situation).unwrap();
    assert!(steps.next_ms.is_none_or(|next| next > at.as_millis()), "looks again in the past");
    (harness, steps)
}

/// Does what is said, as the host does: it notes what was done, and every message as an activity.
fn carry_out(situation: &mut Situation, steps: &NextSteps, at: Timestamp) {
    situation.carry_out(steps);
    for _ in sent(steps) {
        *situation = situation.clone().did("message.sent", at);
    }
}

/// The templates that are sent.
fn sent(steps: &NextSteps) -> Vec<String> {
    let template = |action: &Action| match &action.deed {
        Deed::Send(template) => Some(template.clone()),
        _ => None,
    };
    steps.actions.iter().filter_map(template).collect()
}

/// Follows `next` from a moment on until there is none, doing what is said; gives the days on which
/// something was sent.
fn story(mut harness: Harness<Nurture>, situation: &mut Situation, mut now: Timestamp) -> Vec<(f64, String)> {
    let mut all = Vec::new();
    loop {
        let (again, steps) = review(harness, situation, now);
        harness = again;
        carry_out(situation, &steps, now);
        all.extend(sent(&steps).into_iter().map(|template| (now.days_since(start()), template)));
        match steps.next_ms {
            Some(next) => now = Timestamp::from_millis(next),
            None => return all,
        }
    }
}

fn on(days: &[f64], templates: &[&str]) -> Vec<(f64, String)> {
    days.iter().zip(templates).map(|(day, template)| (*day, (*template).to_owned())).collect()
}

fn standing(score: f64) -> Standing {
    Standing { score, fit: score, engagement: 0.0, grade: String::new(), mature: false }
}

/// Two tracks: `warm` from 40 points on, on days 1, 3, 7 and 10, and `cold`, on days 2, 5 and 9.
fn warm_and_cold(cap: Json) -> Json {
    json!({
        "groups": [
            {"name": "warm", "when": {"attribute": "lead.score", "at_least": 40}, "track": "warm"},
            {"name": "cold", "track": "cold"},
        ],
        "tracks": [
            {"name": "warm", "sends": [
                {"day": 1, "template": "brand"}, {"day": 3, "template": "product"},
                {"day": 7, "template": "case"}, {"day": 10, "template": "offer"},
            ]},
            {"name": "cold", "sends": [
                {"day": 2, "template": "hello"}, {"day": 5, "template": "news"}, {"day": 9, "template": "call-us"},
            ]},
        ],
        "cap": cap,
    })
}
