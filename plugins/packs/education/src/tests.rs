use leadsman_sdk::duration::{DAY_MS, MINUTE_MS};
use leadsman_sdk::harness::{Harness, Sample, owned, pooled, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Planner;

fn config() -> Json {
    json!({
        "tight_weeks": 4,
        "courses": [{ "course": "ielts", "step": 0.5, "weeks_a_step": 5, "weeks_min": 3 }],
        "points": { "urgent": 25, "ample": 10, "late": -10 },
        "offer": { "urgent": "10m", "ample": "60m", "late": "240m", "open": "4h" },
        "clock": "office",
        "met_by": ["lesson.offer", "call.*"],
    })
}

fn planner() -> Harness<Planner> {
    Harness::configure(config()).unwrap()
}

/// A lead that wants from band 5.5 to 6.5, which takes ten weeks, by an exam in so many weeks.
fn lead(weeks: i64) -> Sample {
    let exam = planner().now().plus_millis(weeks * 7 * DAY_MS);
    let lead = sample().with("course", "IELTS").with("level.now", 5.5).with("level.goal", 6.5);
    lead.with("exam.date", Value::Time(exam.as_millis()))
}

fn points(lead: &Sample) -> (f64, String) {
    let score = planner().score(lead).unwrap();
    let message = score.contributions.first().map(|one| one.message.clone());
    (score.total(), message.unwrap_or_default())
}

#[test]
fn whoever_can_only_just_make_it_is_worth_most() {
    assert_eq!(points(&lead(10)), (25.0, "Time presses: 10 weeks left, 10 needed.".to_owned()));
    assert_eq!(points(&lead(14)).0, 25.0);
    assert_eq!(points(&lead(15)), (10.0, "There is time: 15 weeks left, 10 needed.".to_owned()));
    let late = "Too late for this date: 9 weeks left, 10 needed; offer the next one.";
    assert_eq!(points(&lead(9)), (-10.0, late.to_owned()));
    assert_eq!(points(&lead(-1)), (-10.0, "The exam is over; ask for the next date.".to_owned()));
}

#[test]
fn small_steps_take_the_least_number_of_weeks() {
    let nearly = lead(7).with("level.now", 6.5);
    assert_eq!(points(&nearly).1, "Time presses: 7 weeks left, 3 needed.");
    assert_eq!(points(&lead(9).with("level.now", 6.1)).1, "Time presses: 9 weeks left, 5 needed.");
}

#[test]
fn without_a_date_or_a_course_nothing_is_said() {
    assert_eq!(points(&sample().with("course", "ielts")), (0.0, String::new()));
    assert_eq!(points(&lead(10).with("course", "pottery")).0, 0.0);
}

/// Reviews a lead so many minutes after somebody got it.
fn review(lead: Sample, minutes: i64, called: Option<i64>) -> NextSteps {
    let since = planner().now();
    let mut situation = owned(lead, "ann", "counsellors", since);
    if let Some(minutes) = called {
        situation = situation.did("call.done", since.plus_millis(minutes * MINUTE_MS));
    }
    planner().at(since.plus_millis(minutes * MINUTE_MS)).review(&situation).unwrap()
}

#[test]
fn the_more_time_presses_the_sooner_a_lesson_is_offered() {
    let since = planner().now();
    for (weeks, minutes) in [(10, 10), (20, 60), (2, 240)] {
        let steps = review(lead(weeks), 0, None);
        let at = since.plus_millis(minutes * MINUTE_MS).as_millis();
        assert_eq!(steps.countdown[0].at_ms, at, "{weeks} weeks");
        assert_eq!(steps.next_ms, Some(since.plus_millis(minutes * MINUTE_MS / 2).as_millis()));
        assert!(steps.actions.is_empty());
    }
    assert!(matches!(review(lead(10), 5, None).actions[0].deed, Deed::Remind(_)));
    let late = review(lead(10), 10, None);
    assert_eq!(late.actions[0].deed, Deed::Recycle(None));
    assert!(late.actions[0].reason.message.contains("10 weeks left"));
}

#[test]
fn an_offer_ends_the_clock_and_what_was_done_is_not_done_again() {
    assert_eq!(review(lead(10), 9, Some(8)), NextSteps::nothing());
    let since = planner().now();
    let mut situation = owned(lead(10), "ann", "counsellors", since);
    let harness = planner().at(since.plus_millis(5 * MINUTE_MS));
    let steps = harness.review(&situation).unwrap();
    situation.carry_out(&steps);
    assert!(harness.review(&situation).unwrap().actions.is_empty());
    assert_eq!(planner().review(&pooled(lead(10), "counsellors", since)).unwrap(), NextSteps::nothing());
}

#[test]
fn a_closed_centre_stops_the_clock() {
    let since = planner().now();
    let opens = since.plus_millis(600 * MINUTE_MS);
    let harness = planner().closed("office", since, opens);
    let steps = harness.review(&owned(lead(10), "ann", "counsellors", since)).unwrap();
    assert_eq!(steps.countdown[0].at_ms, opens.plus_millis(10 * MINUTE_MS).as_millis());
}

#[test]
fn problems_are_placed() {
    let mut bad = config();
    bad["courses"] = json!([
        { "course": "ielts", "step": 0, "weeks_a_step": 5 },
        { "course": "ielts", "step": 1, "weeks_a_step": 0 },
    ]);
    bad["offer"]["late"] = json!("1d");
    bad["met_by"] = json!([]);
    let places: Vec<String> =
        Harness::<Planner>::configure(bad).unwrap_err().into_iter().map(|one| one.pointer).collect();
    let expected =
        ["/courses/0/step", "/courses/1/weeks_a_step", "/courses/1/course", "/met_by", "/offer/late"];
    assert_eq!(places, expected);
}
