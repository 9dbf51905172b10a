//! Points for attributes and for activities, their limits, and the problems of configurations.

use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::harness::{Harness, Sample, Score, sample};
use leadsman_sdk::prelude::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::Points;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn days_ago(days: f64) -> Timestamp {
    now().plus_days(-days)
}

fn points(config: Json) -> Harness<Points> {
    Harness::configure(config).unwrap().at(now())
}

fn score(config: Json, lead: &Sample) -> f64 {
    points(config).score(lead).unwrap().total()
}

fn places(config: Json) -> Vec<String> {
    let problems = Harness::<Points>::configure(config).err().unwrap();
    problems.into_iter().map(|problem| problem.pointer).collect()
}

#[test]
fn attributes_give_fixed_points_with_a_message() {
    let harness = points(json!({"rules": [
        {"name": "big", "points": 20, "when": {"attribute": "company.size", "at_least": 50}},
        {"name": "retail", "points": 15, "when": {"attribute": "industry", "is": "retail"}, "message": "Our kind."},
        {"name": "far", "points": -5, "when": {"attribute": "country", "is_not": "NL"}},
    ]}));
    assert_eq!(harness.needs().attributes, ["company.size", "industry", "country"]);
    let lead = sample().with("industry", "Retail ").with("company.size", 50.0).with("country", "nl");
    let expected =
        Assessment::new().fit("big", 20.0, "company.size is at least 50.").fit("retail", 15.0, "Our kind.");
    assert_eq!(harness.score(&lead).unwrap(), Score::of(expected, &Needs::none()));
}

#[test]
fn reply_and_complaint_are_both_in_the_ledger() {
    let config = json!({"activities": [
        {"name": "replied", "kind": "email.reply", "points": 10},
        {"name": "complained", "kind": "email.complaint", "points": -30},
    ]});
    let replied = sample().did("email.reply", days_ago(3.0)).did("email.reply", days_ago(2.0));
    let lead = replied.did("email.complaint", days_ago(1.0));
    let assessment = points(config.clone()).score(&lead).unwrap();
    assert_eq!((assessment.contributions.len(), assessment.total()), (2, -10.0));
    assert_eq!(assessment.contributions[0].message, "email.reply (2 times).");
    assert_eq!(assessment.contributions[1].message, "email.complaint.");
    assert!(assessment.contributions.iter().all(|contribution| contribution.axis == Axis::Engagement));

    let mut floored = config;
    floored["total"] = json!({"min": 0});
    let assessment = points(floored).score(&lead).unwrap();
    assert_eq!((assessment.contributions.len(), assessment.total()), (3, 0.0));
    assert_eq!(assessment.contributions[2].rule, "floor of the total");
}

#[test]
fn a_visit_seven_days_ago_counts_and_a_millisecond_more_does_not() {
    let config =
        || json!({"activities": [{"name": "v", "kind": "page.view", "points": 1, "within_days": 7}]});
    let seven = days_ago(7.0);
    assert_eq!(score(config(), &sample().did("page.view", seven)), 1.0);
    assert_eq!(score(config(), &sample().did("page.view", seven.plus_millis(-1))), 0.0);
    assert_eq!(score(config(), &sample().did("page.view", seven.plus_millis(-1_000))), 0.0);
}

#[test]
fn worth_halves() {
    let config = |per: &str| json!({"activities": [{"name": "v", "kind": "page.view", "points": 8, "half_life_days": 7, "per": per}]});
    let lead =
        sample().did("page.view", now()).did("page.view", days_ago(7.0)).did("page.view", days_ago(14.0));
    assert_eq!(score(config("each"), &lead), 14.0);
    assert_eq!(score(config("once"), &lead), 8.0);
    assert_eq!(score(config("unit"), &sample().did_much("page.view", days_ago(7.0), 3.0)), 12.0);
}

#[test]
fn per_and_at_least() {
    let config = |per: &str, least: u32| json!({"activities": [{"name": "v", "kind": "page.view", "points": 2, "per": per, "at_least": least}]});
    let lead = sample().did_much("page.view", days_ago(1.0), 2.5).did_much("page.view", now(), 1.5);
    assert_eq!(score(config("each", 1), &lead), 4.0);
    assert_eq!(score(config("once", 2), &lead), 2.0);
    assert_eq!(score(config("unit", 2), &lead), 8.0);
    assert_eq!(score(config("each", 3), &lead), 0.0);
}

#[test]
fn a_pattern_covers_kinds_that_are_also_named() {
    let harness = points(json!({"activities": [
        {"name": "mail", "kind": "email.*", "points": 1},
        {"name": "reply", "kind": "email.reply", "points": 10},
    ]}));
    assert_eq!(harness.needs().activities, ["email.*", "email.reply"]);
    let lead = sample().did("email.reply", now()).did("email.open", now()).did("page.view", now());
    assert_eq!(harness.score(&lead).unwrap().total(), 12.0);
}

#[test]
fn shares_of_activities() {
    let config = || {
        json!({"ratios": [{
            "name": "prices", "of": ["page.pricing"], "among": ["page.*"],
            "at_least": 0.5, "within_days": 30, "points": 12,
        }]})
    };
    let half = sample().did("page.pricing", now()).did("page.home", now());
    assert_eq!(score(config(), &half), 12.0);
    assert_eq!(score(config(), &half.clone().did("page.blog", now())), 0.0);
    assert_eq!(score(config(), &half.did("page.blog", days_ago(31.0))), 12.0);
    assert_eq!(score(config(), &sample()), 0.0, "nothing of nothing is zero");
}

#[test]
fn groups_are_clamped_by_a_contribution_of_their_own() {
    let assessment = points(json!({
        "rules": [
            {"name": "a", "points": 20, "group": "profile", "when": {"attribute": "x", "present": true}},
            {"name": "b", "points": 25, "group": "profile", "when": {"attribute": "x", "present": true}},
        ],
        "groups": {"profile": {"max": 30}},
    }))
    .score(&sample().with("x", 1.0))
    .unwrap();
    let cap = &assessment.contributions[2];
    assert_eq!((cap.rule.as_str(), cap.points, cap.axis), ("cap of group profile", -15.0, Axis::Fit));
    assert_eq!(assessment.total(), 30.0);
}

#[test]
fn the_cap_of_the_total_takes_engagement_first() {
    let config = json!({
        "rules": [{"name": "a", "points": 120, "when": {"attribute": "x", "present": true}}],
        "activities": [{"name": "v", "kind": "page.view", "points": 15}],
        "total": {"max": 100},
    });
    let assessment = points(config).score(&sample().with("x", 1.0).did("page.view", now())).unwrap();
    let corrections: Vec<_> =
        assessment.contributions[2..].iter().map(|one| (one.axis, one.points)).collect();
    assert_eq!(corrections, [(Axis::Engagement, -15.0), (Axis::Fit, -20.0)]);
}

#[test]
fn problems_are_placed() {
    let when = || json!({"attribute": "x", "present": true});
    assert_eq!(
        places(json!({"rules": [{"name": "a", "points": 1, "when": when(), "group": "g"}]})),
        ["/rules/0/group"]
    );
    let twice = json!({
        "rules": [{"name": "a", "points": 1, "when": when()}],
        "activities": [{"name": "a", "points": 1, "kind": "x"}],
    });
    assert_eq!(places(twice), ["/activities/0/name"]);
    let both = json!({"activities": [
        {"name": "a", "points": 1, "kind": "x", "within_days": 1, "half_life_days": 1}
    ]});
    assert_eq!(places(both), ["/activities/0/half_life_days"]);
    assert_eq!(places(json!({"total": {"min": 2, "max": 1}})), ["/total/max"]);
    assert_eq!(places(json!({"rules": [{"name": "a", "points": 2e6, "when": when()}]})), ["/rules/0/points"]);
    assert_eq!(
        places(json!({"rules": [{"name": "a", "points": 1, "when": {"attribute": "x"}}]})),
        ["/rules/0/when"]
    );
    assert_eq!(places(json!({"ruels": []})), ["/ruels"]);
}

proptest! {
    /// The order of the attributes does not matter, and neither does scoring twice.
    #[test]
    fn scoring_is_a_function_of_the_facts(a in any::<bool>(), size in 0.0..1000.0_f64) {
        let config = || json!({"rules": [
            {"name": "a", "points": 3, "when": {"attribute": "a", "is": true}},
            {"name": "b", "points": 4.5, "when": {"attribute": "size", "between": [10, 500]}},
        ]});
        let one = sample().with("a", a).with("size", size);
        let other = sample().with("size", size).with("a", a);
        let harness = points(config());
        prop_assert_eq!(harness.score(&one).unwrap(), harness.score(&other).unwrap());
        prop_assert_eq!(harness.score(&one).unwrap(), points(config()).score(&one).unwrap());
    }

    /// With limits on everything, the sum of what is shown stays within the limits.
    #[test]
    fn limits_hold(
        ages in prop::collection::vec(0..60 * DAY_MS, 0..20),
        worth in -50.0..50.0_f64,
        fit in -200.0..200.0_f64,
    ) {
        let lead = ages.iter().fold(sample().with("x", 1.0), |lead, age| lead.did("v", now().plus_millis(-age)));
        let total = score(json!({
            "rules": [{"name": "r", "points": fit, "when": {"attribute": "x", "present": true}}],
            "activities": [{"name": "v", "kind": "v", "points": worth, "half_life_days": 10, "group": "g"}],
            "groups": {"g": {"min": -40, "max": 60}},
            "total": {"min": 0, "max": 100},
        }), &lead);
        prop_assert!((-1e-6..=100.0 + 1e-6).contains(&total), "{}", total);
    }
}
