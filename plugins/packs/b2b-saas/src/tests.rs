use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::harness::{Harness, Sample, sample};
use serde_json::{Value as Json, json};

use crate::Momentum;

fn config() -> Json {
    json!({
        "kinds": ["product.*"],
        "window": "7d",
        "least": 10,
        "grows": { "times": 1.5, "points": 20 },
        "fades": { "times": 0.5, "points": -15 },
        "habit": { "days": 4, "points": 15 },
        "breadth": { "kinds": 2, "points": 10 },
        "features": ["product.report", "product.api"],
        "ceiling": { "share": 0.8, "points": 20 },
    })
}

fn momentum() -> Harness<Momentum> {
    Harness::configure(config()).unwrap()
}

/// A lead that used the product: kind, days ago, how much.
fn used(usage: &[(&str, i64, f64)]) -> Sample {
    let now = momentum().now();
    usage.iter().fold(sample(), |lead, (kind, days, much)| {
        lead.did_much(kind, now.plus_millis(-days * DAY_MS), *much)
    })
}

fn rules(lead: &Sample) -> Vec<(String, f64)> {
    let score = momentum().score(lead).unwrap();
    score.contributions.into_iter().map(|one| (one.rule, one.points)).collect()
}

fn said(rule: &str, points: f64) -> Vec<(String, f64)> {
    vec![(rule.to_owned(), points)]
}

#[test]
fn growth_is_the_last_window_against_the_one_before() {
    assert_eq!(rules(&used(&[("product.use", 1, 15.0), ("product.use", 8, 10.0)])), said("use-grows", 20.0));
    assert_eq!(rules(&used(&[("product.use", 1, 14.0), ("product.use", 8, 10.0)])), []);
    assert_eq!(rules(&used(&[("product.use", 1, 5.0), ("product.use", 8, 10.0)])), said("use-fades", -15.0));
    assert_eq!(rules(&used(&[("product.use", 13, 12.0)])), said("use-fades", -15.0));
    assert_eq!(rules(&used(&[("product.use", 14, 99.0)])), [], "that is too long ago");
}

#[test]
fn a_new_account_grows_as_soon_as_there_is_enough_use() {
    assert_eq!(rules(&used(&[("product.use", 1, 9.0)])), []);
    let message = &momentum().score(&used(&[("product.use", 1, 12.0)])).unwrap().contributions[0].message;
    assert_eq!(message, "Use grows: 12 after 0 in the window before.");
}

#[test]
fn days_make_a_habit_and_features_breadth() {
    let daily: Vec<(&str, i64, f64)> = (0..4).map(|day| ("product.use", day, 1.0)).collect();
    assert_eq!(rules(&used(&daily)), said("habit", 15.0));
    let same_day = [("product.use", 2, 1.0); 4];
    assert_eq!(rules(&used(&same_day)), []);
    assert_eq!(rules(&used(&[("product.report", 1, 1.0), ("product.api", 2, 1.0)])), said("breadth", 10.0));
    assert_eq!(rules(&used(&[("product.report", 1, 1.0), ("product.report", 2, 1.0)])), []);
    assert_eq!(rules(&used(&[("product.report", 1, 1.0), ("product.api", 9, 1.0)])), []);
}

#[test]
fn a_plan_that_is_nearly_full_is_about_to_be_outgrown() {
    let plan = |used: f64, seats: f64| sample().with("plan.seats", seats).with("plan.seats-used", used);
    assert_eq!(rules(&plan(8.0, 10.0)), said("plan-is-full", 20.0));
    assert_eq!(rules(&plan(7.0, 10.0)), []);
    assert_eq!(rules(&plan(7.0, 0.0)), [], "a plan without seats is not full");
    assert_eq!(rules(&sample().with("plan.seats-used", 9.0)), []);
}

#[test]
fn problems_are_placed() {
    let bad = json!({
        "kinds": [], "window": "soon", "grows": { "times": 1, "points": 1 }, "fades": { "times": 2, "points": 1 },
        "breadth": { "kinds": 1, "points": 1 }, "ceiling": { "share": 2, "points": 1 },
    });
    let problems = Harness::<Momentum>::configure(bad).unwrap_err();
    let places: Vec<&str> = problems.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(places, ["/kinds", "/window", "/fades/times", "/breadth/kinds", "/ceiling/share"]);
}
