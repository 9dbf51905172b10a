//! Scores for recency, frequency and monetary value, what they come to, and the problems of configurations.

use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::harness::{Harness, Sample, Scored, sample};
use leadsman_sdk::prelude::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::Rfm;

const THIRTY_DAYS_MS: i64 = 30 * DAY_MS;

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000)
}

fn ago(millis: i64) -> Timestamp {
    now().plus_millis(-millis)
}

fn days_ago(days: i64) -> Timestamp {
    ago(days * DAY_MS)
}

/// Orders of which the windows of frequency and monetary value are a year.
fn orders() -> Json {
    json!({
        "object": "order",
        "activities": ["order.*"],
        "recency": {"scores": [
            {"score": 3, "at_most": "90d"}, {"score": 1, "above": "90d"}, {"score": 5, "at_most": "30d"},
        ]},
        "frequency": {"within": "365d", "scores": [
            {"score": 1, "at_least": 1}, {"score": 5, "at_least": 4}, {"score": 3, "at_least": 2},
        ]},
        "monetary": {"within": "365d", "scores": [
            {"score": 4, "at_least": 1000}, {"score": 2, "at_least": 100, "below": 1000},
        ]},
    })
}

/// The same with one place changed.
fn with(pointer: &str, value: Json) -> Json {
    let mut config = orders();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    config.pointer_mut(parent).unwrap()[key] = value;
    config
}

fn rfm(config: Json) -> Harness<Rfm> {
    Harness::configure(config).unwrap_or_else(|problems| panic!("{problems:?}")).at(now())
}

fn scored(config: Json, lead: &Sample) -> Vec<Scored> {
    rfm(config).score(lead).unwrap().contributions
}

/// The points for recency, frequency and monetary value.
fn scores(config: Json, lead: &Sample) -> Vec<f64> {
    scored(config, lead).into_iter().map(|one| one.points).collect()
}

fn problems(config: Json) -> Vec<(String, String)> {
    let problems = Harness::<Rfm>::configure(config).unwrap_err();
    problems.into_iter().map(|problem| (problem.pointer, problem.message)).collect()
}

fn places(config: Json) -> Vec<String> {
    problems(config).into_iter().map(|(pointer, _)| pointer).collect()
}

#[test]
fn each_of_the_three_says_what_was_found() {
    let harness = rfm(orders());
    assert_eq!(harness.needs().activities, ["order.*"]);
    let lead = sample()
        .did_much("order.web", days_ago(12), 700.0)
        .did_much("order.shop", days_ago(200), 300.5)
        .did_much("page.view", now(), 10_000.0);
    let score = harness.score(&lead).unwrap();
    let told: Vec<_> = score.contributions.iter().map(|one| (one.rule.as_str(), one.points)).collect();
    assert_eq!(told, [("order recency", 5.0), ("order frequency", 3.0), ("order monetary", 4.0)]);
    let messages: Vec<_> = score.contributions.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "Recency (last order 12 days ago, score 5).",
            "Frequency (order 2 times in the last 365 days, score 3).",
            "Monetary value (order worth 1000.5 in the last 365 days, score 4).",
        ]
    );
    assert!(score.contributions.iter().all(|one| one.axis == Axis::Engagement));
    assert_eq!(score.total(), 12.0);
}

#[test]
fn of_several_conditions_that_match_the_highest_score_wins() {
    let lead = sample().did("order.web", days_ago(1)).did("order.web", days_ago(2));
    let lead = lead.did("order.web", days_ago(3)).did_much("order.web", days_ago(4), 5000.0);
    assert_eq!(scores(orders(), &lead), [5.0, 5.0, 4.0]);
    let overlapping = json!([
        {"score": 2, "at_most": "365d"}, {"score": 9, "above": "1h", "below": "2d"}, {"score": 4, "at_most": "30d"},
    ]);
    assert_eq!(scores(with("/recency/scores", overlapping), &lead)[0], 9.0);
    let by_low_values = json!([{"score": -3, "at_most": 9}, {"score": -1, "at_most": 99}]);
    assert_eq!(scores(with("/frequency/scores", by_low_values), &lead)[1], -1.0);
}

#[test]
fn missing_data_gives_the_lowest_score_or_zero() {
    assert_eq!(scores(orders(), &sample()), [1.0, 1.0, 2.0]);
    let mut config = orders();
    for key in ["recency", "frequency", "monetary"] {
        config[key]["otherwise"] = json!("zero");
    }
    let contributions = scored(config, &sample());
    assert!(contributions.iter().all(|one| one.points == 0.0), "{contributions:?}");
    assert_eq!(contributions[0].message, "Recency (no order, score 0).");
    assert_eq!(
        contributions[1].message,
        "Frequency (order 0 times in the last 365 days, which no score is for, score 0)."
    );
}

#[test]
fn what_no_condition_is_for_gets_the_lowest_score_whichever_place_it_has() {
    let lead = sample().did("order.web", days_ago(31));
    let scores = json!([{"score": 4, "at_most": "7d"}, {"score": -2, "at_most": "1d"}, {"score": 3, "at_most": "30d"}]);
    let contributions = scored(with("/recency/scores", scores), &lead);
    assert_eq!(contributions[0].points, -2.0);
    assert_eq!(
        contributions[0].message,
        "Recency (last order 31 days ago, which no score is for, score -2)."
    );
}

#[test]
fn none_is_a_number_like_any_other() {
    let by_count = json!([{"score": 4, "below": 2}, {"score": 1, "at_least": 2}]);
    assert_eq!(scores(with("/frequency/scores", by_count), &sample())[1], 4.0);
}

#[test]
fn recency_is_exact_to_the_millisecond() {
    let score = |age_ms| scores(orders(), &sample().did("order.web", ago(age_ms)))[0];
    assert_eq!([0, THIRTY_DAYS_MS - 1, THIRTY_DAYS_MS].map(score), [5.0; 3]);
    assert_eq!([THIRTY_DAYS_MS + 1, 3 * THIRTY_DAYS_MS].map(score), [3.0; 2]);
    assert_eq!(score(3 * THIRTY_DAYS_MS + 1), 1.0);
    let open =
        json!([{"score": 2, "below": "30d"}, {"score": 3, "above": "30d"}, {"score": 0, "at_most": "1m"}]);
    let score =
        |age_ms| scores(with("/recency/scores", open.clone()), &sample().did("order.web", ago(age_ms)))[0];
    assert_eq!([THIRTY_DAYS_MS - 1, THIRTY_DAYS_MS, THIRTY_DAYS_MS + 1].map(score), [2.0, 0.0, 3.0]);
}

#[test]
fn the_last_activity_decides_and_not_its_order() {
    let lead = sample().did("order.web", days_ago(5)).did("order.shop", days_ago(400));
    assert_eq!(scored(orders(), &lead)[0].message, "Recency (last order 5 days ago, score 5).");
}

#[test]
fn windows_are_exact_to_the_millisecond() {
    let year_ms = 365 * DAY_MS;
    let lead =
        |age_ms| sample().did_much("order.web", ago(age_ms), 500.0).did_much("order.web", ago(age_ms), 500.0);
    assert_eq!(scores(orders(), &lead(year_ms)), [1.0, 3.0, 4.0]);
    assert_eq!(scores(orders(), &lead(year_ms + 1)), [1.0, 1.0, 2.0]);
    let mut ever = orders();
    ever["frequency"].as_object_mut().unwrap().remove("within");
    assert_eq!(scores(ever.clone(), &lead(2 * year_ms)), [1.0, 3.0, 2.0]);
    assert_eq!(scored(ever, &lead(2 * year_ms))[1].message, "Frequency (order 2 times, score 3).");
    let hours = scored(with("/frequency/within", json!("36h")), &lead(36 * 60 * 60 * 1000));
    assert_eq!(hours[1].message, "Frequency (order 2 times in the last 36 hours, score 3).");
}

#[test]
fn kinds_that_are_named_and_covered_count_once() {
    let config = with("/activities", json!(["order.*", "order.web", "subscription"]));
    let lead = sample().did("order.web", now()).did("subscription", now()).did("orders", now());
    let frequency = &scored(config, &lead)[1];
    assert_eq!(frequency.message, "Frequency (order 2 times in the last 365 days, score 3).");
}

#[test]
fn sums_of_prices_are_what_people_reckon() {
    let scores = json!([{"score": 2, "at_least": 0.8}, {"score": 1, "below": 0.8}]);
    let lead = sample().did_much("order.web", days_ago(2), 0.7).did_much("order.web", days_ago(1), 0.1);
    let monetary = &scored(with("/monetary/scores", scores), &lead)[2];
    assert_eq!(monetary.message, "Monetary value (order worth 0.8 in the last 365 days, score 2).");
}

/// All of the three by attributes.
fn customers() -> Json {
    json!({
        "object": "customer",
        "axis": "fit",
        "recency": {"attribute": "order.last", "scores": [
            {"score": 5, "at_most": "30d"}, {"score": 1, "above": "30d"},
        ]},
        "frequency": {"attribute": "order.count", "scores": [
            {"score": 5, "at_least": 10}, {"score": 2, "below": 10},
        ]},
        "monetary": {"attribute": "order.sum", "scores": [
            {"score": 5, "above": 1000}, {"score": 3, "at_most": 1000},
        ]},
    })
}

#[test]
fn attributes_can_be_read_instead_of_activities() {
    let harness = rfm(customers());
    assert_eq!(harness.needs().attributes, ["order.last", "order.count", "order.sum"]);
    assert!(harness.needs().activities.is_empty());
    let last = Value::Time(ago(THIRTY_DAYS_MS).as_millis());
    let lead = sample().with("order.last", last).with("order.count", 10.0).with("order.sum", 1000.0);
    let contributions = harness.score(&lead).unwrap().contributions;
    let told: Vec<_> = contributions.iter().map(|one| (one.points, one.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (5.0, "Recency (order.last was 30 days ago, score 5)."),
            (5.0, "Frequency (order.count is 10, score 5)."),
            (3.0, "Monetary value (order.sum is 1000, score 3)."),
        ]
    );
    assert!(contributions.iter().all(|one| one.axis == Axis::Fit));
}

#[test]
fn attributes_that_are_absent_of_another_type_or_yet_to_come_are_missing() {
    let message = |lead: &Sample| {
        let contributions = scored(customers(), lead);
        assert_eq!(contributions.iter().map(|one| one.points).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
        contributions[0].message.clone()
    };
    assert_eq!(message(&sample()), "Recency (order.last is missing, score 1).");
    let texts = sample().with("order.last", "today").with("order.count", "12").with("order.sum", true);
    assert_eq!(message(&texts), "Recency (order.last is not a time, score 1).");
    let future = sample().with("order.last", Value::Time(now().as_millis() + 1));
    assert_eq!(message(&future), "Recency (order.last is yet to come, score 1).");
}

#[test]
fn only_leads_that_fit_the_filter_are_scored() {
    let harness = rfm(with("/when", json!({"attribute": "country", "one_of": ["DE", "NL"]})));
    let lead = sample().did("order.web", now());
    assert_eq!(harness.score(&lead.clone().with("country", "nl")).unwrap().contributions.len(), 3);
    assert!(harness.score(&lead.with("country", "FR")).unwrap().contributions.is_empty());
    assert!(harness.score(&sample()).unwrap().contributions.is_empty());
}

fn cells() -> Json {
    json!([
        {"cell": "554", "label": "champion", "points": 100},
        {"cell": "5**", "label": "Active.", "points": 20.5},
        {"cell": "1*2", "label": "lost", "points": -20},
        {"cell": "***", "label": "ordinary", "points": 0},
    ])
}

#[test]
fn a_table_of_cells_gives_points_for_the_three_together() {
    let config = with("/cells", cells());
    let lead = (0..4).fold(sample(), |lead, day| lead.did_much("order.web", days_ago(day), 300.0));
    let champion = scored(config.clone(), &lead);
    assert_eq!(champion.len(), 1);
    assert_eq!((champion[0].rule.as_str(), champion[0].points), ("order 554", 100.0));
    assert_eq!(
        champion[0].message,
        "champion (554: last order just now, score 5; order 4 times in the last 365 days, score 5; \
         order worth 1200 in the last 365 days, score 4)."
    );
    let lost = scored(config.clone(), &sample());
    assert_eq!((lost[0].rule.as_str(), lost[0].points), ("order 1*2", -20.0));
    let active = scored(config.clone(), &sample().did("order.web", days_ago(1)));
    assert_eq!((active[0].rule.as_str(), active[0].points), ("order 5**", 20.5));
    assert!(active[0].message.starts_with("Active (512: last order 1 day ago"), "{}", active[0].message);
    let ordinary = scored(config, &sample().did("order.web", days_ago(60)));
    assert_eq!((ordinary[0].rule.as_str(), ordinary[0].points), ("order ***", 0.0));
}

#[test]
fn cells_that_are_missing_or_idle_or_no_cells_are_problems() {
    let mut gap = cells();
    gap[3]["cell"] = json!("3**");
    let told = problems(with("/cells", gap));
    let message = "there is no cell for 114, nor for 2 more; `***` at the end is for all that is left";
    assert_eq!(told, [("/cells".to_owned(), message.to_owned())]);
    let idle = json!([{"cell": "9**", "label": "a", "points": 1}, {"cell": "***", "label": "b", "points": 1},
        {"cell": "***", "label": "c", "points": 1}]);
    assert_eq!(places(with("/cells", idle)), ["/cells/0/cell", "/cells/2/cell"]);
    let odd = json!([{"cell": "55", "label": " ", "points": 2e6}, {"cell": "5555", "label": "b", "points": 1},
        {"cell": "5x5", "label": "c", "points": 1}]);
    assert_eq!(
        places(with("/cells", odd)),
        ["/cells/0/points", "/cells/0/label", "/cells/0/cell", "/cells/1/cell", "/cells/2/cell"]
    );
    let mut long = with("/cells", cells());
    long["recency"]["scores"][0]["score"] = json!(10);
    long["monetary"]["scores"][1]["score"] = json!(0.5);
    assert_eq!(places(long), ["/recency/scores/0/score", "/monetary/scores/1/score"]);
}

#[test]
fn problems_are_placed_and_told_all_at_once() {
    let config = json!({
        "object": "",
        "activities": ["order.*", "*"],
        "colour": "red",
        "when": {"attribute": "x"},
        "recency": {"within": "3d", "scores": [
            {"score": 5, "at_most": 30},
            {"score": 4, "at_least": "2d", "at_most": "1d"},
            {"score": 3, "at_most": "24h", "points": 1},
            {"score": 2, "at_most": "1d"},
            {"score": 1, "below": true},
        ]},
        "frequency": {"attribute": "count", "within": "30 days", "scores": [
            {"score": 5, "at_least": "10d"},
            {"score": 4},
            {"score": 3e6, "at_least": 5, "above": 4},
            {"score": 2, "above": 5, "at_most": 5},
        ]},
        "monetary": {"attribute": " "},
    });
    let expected = [
        "/activities/1",
        "/when",
        "/object",
        "/colour",
        "/recency/within",
        "/recency/scores/0/at_most",
        "/recency/scores/1/at_least",
        "/recency/scores/2/points",
        "/recency/scores/3",
        "/recency/scores/4/below",
        "/frequency/within",
        "/frequency/within",
        "/frequency/scores/0/at_least",
        "/frequency/scores/1",
        "/frequency/scores/2/score",
        "/frequency/scores/2/above",
        "/frequency/scores/3/above",
        "/monetary/attribute",
        "/monetary/scores",
    ];
    assert_eq!(places(config), expected);
}

#[test]
fn a_configuration_without_anything_is_told_what_it_takes() {
    assert_eq!(places(json!({})), ["/recency", "/frequency", "/monetary", "/activities"]);
    let mut idle = customers();
    idle["activities"] = json!(["order.*"]);
    assert_eq!(places(idle), ["/activities"]);
}

#[test]
fn the_same_condition_is_the_same_in_whatever_unit_and_with_whatever_score() {
    let twice = json!([{"score": 5, "at_most": "1d"}, {"score": 3, "below": "24h"}, {"score": 5, "at_most": "1440m"}]);
    let message = "/recency/scores/0 has the same condition".to_owned();
    assert_eq!(problems(with("/recency/scores", twice)), [("/recency/scores/2".to_owned(), message)]);
    let one_point = json!([{"score": 5, "at_least": 2, "at_most": 2}, {"score": 1, "at_least": 0}]);
    assert_eq!(scores(with("/frequency/scores", one_point), &sample())[1], 1.0);
}

#[test]
fn the_schema_knows_the_keys_and_refuses_others() {
    let schema = rfm(orders()).schema().unwrap();
    let keys: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    let known = ["activities", "axis", "cells", "frequency", "monetary", "object", "recency", "when"];
    assert_eq!(keys, known);
    assert_eq!(schema["required"], json!(["recency", "frequency", "monetary"]));
    assert_eq!(schema["additionalProperties"], false);
    for part in ["RecencyConfig", "AmountConfig", "ScoreConfig", "CellConfig"] {
        assert_eq!(schema["$defs"][part]["additionalProperties"], false, "{part}");
    }
    assert_eq!(schema["$defs"]["Bound"]["anyOf"].as_array().unwrap().len(), 2);
}

#[test]
fn the_example_of_the_documentation_is_one() {
    let lines = include_str!("lib.rs").lines().skip_while(|line| *line != "//! ```toml").skip(1);
    let lines = lines.take_while(|line| *line != "//! ```");
    let example: String = lines.map(|line| line.trim_start_matches("//!").to_owned() + "\n").collect();
    let harness = rfm(toml::from_str(&example).unwrap());
    let lead = sample().with("customer", true).did_much("order.web", days_ago(12), 20_000.0);
    let contributions = harness.score(&lead).unwrap().contributions;
    assert_eq!(contributions[0].rule, "order ***");
    assert!(contributions[0].message.starts_with("ordinary (515: last order 12 days ago, score 5; "));
}

/// A list of which greater numbers never get less: no condition has an upper end.
fn rising() -> impl Strategy<Value = Json> {
    let step = |(score, bound, is_open): (i32, u32, bool)| {
        let key = if is_open { "above" } else { "at_least" };
        json!({"score": score, key: bound})
    };
    let unique = prop::collection::btree_map((0..20_u32, any::<bool>()), -5..10_i32, 1..8);
    unique.prop_map(move |steps| {
        steps.into_iter().map(|((bound, is_open), score)| step((score, bound, is_open))).collect()
    })
}

proptest! {
    /// One more activity that counts never lowers the score for frequency or for monetary value.
    #[test]
    fn another_activity_never_lowers_frequency_or_monetary_value(
        frequency in rising(),
        monetary in rising(),
        past in prop::collection::vec((0..400_i64, 0.0..5.0_f64), 0..12),
        (age, quantity) in (0..400_i64, 0.0..5.0_f64),
    ) {
        let mut config = orders();
        config["frequency"]["scores"] = frequency;
        config["monetary"]["scores"] = monetary;
        let lead = past.into_iter().fold(sample(), |lead, (age, quantity)| {
            lead.did_much("order.web", days_ago(age), quantity)
        });
        let before = scores(config.clone(), &lead);
        let after = scores(config, &lead.did_much("order.web", days_ago(age), quantity));
        prop_assert!(after[1] >= before[1], "{:?} {:?}", before, after);
        prop_assert!(after[2] >= before[2], "{:?} {:?}", before, after);
    }

    /// The order of the scores does not matter.
    #[test]
    fn scores_have_no_order(steps in rising(), count in 0..25_usize, turn in 0..8_usize) {
        let lead = (0..count).fold(sample(), |lead, _| lead.did("order.web", now()));
        let mut turned = steps.as_array().unwrap().clone();
        let places = turned.len();
        turned.rotate_left(turn % places);
        turned.reverse();
        let one = scores(with("/frequency/scores", steps), &lead);
        prop_assert_eq!(one, scores(with("/frequency/scores", Json::Array(turned)), &lead));
    }
}
