//! Clocks: when they run, when their time is up, and what is said before.

use leadsman_sdk::harness::{nurtured, pooled};

use super::*;

fn first_contact() -> Harness<Clocks> {
    one_rule(json!({
        "name": "first-contact", "since": "owned", "within": "24h", "met_by": "activity",
        "then": {"recycle": true},
    }))
}

fn idle() -> Json {
    json!({"name": "idle", "since": "owned", "within": "15d", "extend": "15d", "then": {"recycle": true}})
}

fn protected() -> Harness<Clocks> {
    one_rule(json!({
        "name": "protected", "since": "owned", "within": "10d", "extend": "3d", "most": "20d",
        "then": {"recycle": true},
    }))
}

/// The deadline that people see.
fn deadline(harness: Harness<Clocks>, situation: &Situation, at: Timestamp) -> (Harness<Clocks>, Timestamp) {
    let (harness, steps) = review(harness, situation, at);
    (harness, Timestamp::from_millis(steps.countdown[0].at_ms))
}

#[test]
fn f42_a_lead_that_nobody_called_in_24_hours_goes_back() {
    let (harness, steps) = review(first_contact(), &anns(), start());
    assert_eq!(steps.actions, []);
    assert_eq!(steps.next_ms, Some(hours(24).as_millis()));
    let shown = &steps.countdown[0];
    assert_eq!((shown.rule.as_str(), shown.consequence.as_str()), ("first-contact", "back to the pool"));
    assert_eq!(shown.at_ms, hours(24).as_millis());

    let (harness, steps) = review(harness, &anns(), hours(24).plus_millis(-1));
    assert_eq!(steps.actions, []);
    let (_, steps) = review(harness, &anns(), hours(24));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)]);
    let key = format!("first-contact/{START_MS}/{}", hours(24).as_millis());
    assert_eq!(steps.actions[0].key, key);
    let reason = "Rule first-contact: no follow-up before 2019-03-26 00:00 UTC.";
    assert_eq!(steps.actions[0].reason, Reason::new("deadline", reason));
    assert_eq!((steps.next_ms, steps.countdown), (None, vec![]));
}

#[test]
fn f42_a_call_is_safe_at_23_59_59_and_too_late_at_24_00_00() {
    let safe = anns().did("call.answered", hours(24).plus_millis(-1_000));
    let (harness, steps) = review(first_contact(), &safe, hours(24));
    assert_eq!(steps, NextSteps::nothing());
    let late = anns().did("call.answered", hours(24));
    let (harness, steps) = review(harness, &late, hours(24));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)]);
    let before = anns().did("call.answered", start().plus_millis(-1));
    let (_, steps) = review(harness, &before, hours(24));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)], "what the last owner did does not count");
}

#[test]
fn f44_a_follow_up_on_day_14_resets_the_15_days_if_its_kind_counts() {
    let (harness, at) = deadline(one_rule(idle()), &anns(), days(1));
    assert_eq!(at, days(15));
    let (harness, at) = deadline(harness, &anns().did("call.answered", days(14)), days(14));
    assert_eq!(at, days(29));
    let (harness, at) = deadline(harness, &anns().did("email.open", days(14)), days(14));
    assert_eq!(at, days(15));
    let (harness, steps) = review(harness, &anns().did("email.open", days(14)), days(15));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)]);
    let (_, steps) = review(harness, &anns().did("meeting", days(15)), days(16));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)], "a follow-up at the deadline is late");
}

#[test]
fn f73_a_lead_that_is_followed_but_not_converted_goes_by_the_second_clock() {
    let no_deal = json!({
        "name": "no-deal", "since": "owned", "within": "60d", "met_by": "deal",
        "then": {"recycle": {"pool": "nurture"}},
    });
    let harness = plugin(json!({"counts": ["call.*"], "rules": [idle(), no_deal]}));
    let followed = (1..=59).fold(anns(), |lead, day| lead.did("call.answered", days(day)));
    let (harness, steps) = review(harness, &followed, days(59));
    let shown: Vec<_> =
        steps.countdown.iter().map(|one| (one.rule.as_str(), one.consequence.as_str())).collect();
    assert_eq!(shown, [("no-deal", "to pool nurture"), ("idle", "back to the pool")]);
    let (harness, steps) = review(harness, &followed, days(60));
    assert_eq!(deeds(&steps), [Deed::Recycle(Some("nurture".to_owned()))]);
    let won = followed.stage("deal", days(59));
    let (_, steps) = review(harness, &won, days(80));
    assert_eq!(steps, NextSteps::nothing(), "neither clock takes a won lead");
}

#[test]
fn f74_a_warning_comes_once_for_each_deadline_and_an_extension_cancels_it() {
    let harness = || {
        let mut rule = idle();
        rule["warn"] = json!(["1d", "4h"]);
        rule["escalate"] = json!("30m");
        one_rule(rule)
    };
    let minutes = |deadline: Timestamp, before: i64| deadline.plus_millis(-before * MINUTE_MS);
    let told = story(harness(), anns());
    let moments: Vec<Timestamp> = told.iter().map(|(at, _)| *at).collect();
    assert_eq!(moments, [days(14), minutes(days(15), 240), minutes(days(15), 30), days(15)]);
    let text = "idle: 1 day left, until 2019-04-09 00:00 UTC; then back to the pool.";
    assert_eq!(told[0].1, Deed::Remind(text.to_owned()));
    assert!(matches!(&told[1].1, Deed::Remind(text) if text.starts_with("idle: 4 hours left")));
    assert!(matches!(&told[2].1, Deed::Escalate(text) if text.contains("30 minutes left")));

    let mut lead = anns();
    let (harness, steps) = review(harness(), &lead, days(14));
    lead.carry_out(&steps);
    let extended = lead.did("call.answered", days(14).plus_millis(1));
    let (harness, steps) = review(harness, &extended, minutes(days(15), 240));
    assert_eq!(steps.actions, [], "the second warning was for a deadline that moved");
    let later = days(28).plus_millis(1);
    assert_eq!(steps.next_ms, Some(later.as_millis()));
    let (_, steps) = review(harness, &extended, later);
    assert!(steps.actions[0].key.ends_with(&format!("/{}/warn/{DAY_MS}", days(29).as_millis() + 1)));
}

#[test]
fn a_warning_that_was_missed_is_given_late_but_not_after_the_deadline() {
    let mut rule = idle();
    rule["warn"] = json!(["1d"]);
    rule["say"] = json!({"warn": "{rule} {left} {deadline} {consequence}"});
    let (harness, steps) = review(one_rule(rule), &anns(), days(15).plus_millis(-90 * MINUTE_MS));
    let text = "idle 1 hour 30 minutes 2019-04-09 00:00 UTC back to the pool";
    assert_eq!(deeds(&steps), [Deed::Remind(text.to_owned())]);
    let (_, steps) = review(harness, &anns(), days(15).plus_millis(1));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)]);
}

#[test]
fn f19_a_stage_is_overdue_at_the_exact_tick_and_only_once() {
    let rule = json!({
        "name": "mql-stands", "since": "stage", "stages": ["mql"], "within": "8h",
        "met_by": {"stage": "sql"}, "then": {"escalate": "An MQL waits."},
    });
    let told = story(one_rule(rule.clone()), anns());
    assert_eq!(told, [(hours(8), Deed::Escalate("An MQL waits.".to_owned()))]);
    let waits = pooled(sample(), "north", days(9)).stage("mql", start());
    assert_eq!(story(one_rule(rule.clone()), waits), told, "wherever the lead is");
    let gone = anns().stage("sql", hours(7));
    assert_eq!(story(one_rule(rule), gone), []);
}

#[test]
fn what_leaves_the_lead_where_it_is_happens_once() {
    let mut rule = idle();
    rule["then"] = json!({"send": "still-there"});
    let mut lead = anns();
    let (harness, steps) = review(one_rule(rule), &lead, days(15));
    assert_eq!(deeds(&steps), [Deed::Send("still-there".to_owned())]);
    lead.carry_out(&steps);
    let (_, steps) = review(harness, &lead, days(16));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn protection_is_extended_by_each_call_up_to_a_hard_stop() {
    let lead = anns();
    let (harness, at) = deadline(protected(), &lead, start());
    assert_eq!(at, days(10));
    let lead = lead.did("call.answered", days(3));
    let (harness, at) = deadline(harness, &lead, days(3));
    assert_eq!(at, days(10), "28 March does not extend 4 April");
    let lead = lead.did("call.answered", days(8));
    let (harness, at) = deadline(harness, &lead, days(8));
    assert_eq!(at, days(11), "2 April extends to 5 April");
    let lead = lead.did("call.answered", days(11).plus_millis(-1));
    let (mut harness, at) = deadline(harness, &lead, days(11).plus_millis(-1));
    assert_eq!(at, days(14).plus_millis(-1), "5 April extends to 8 April");
    let mut lead = lead;
    for day in 13..20 {
        lead = lead.did("call.answered", days(day));
        let (again, at) = deadline(harness, &lead, days(day));
        (harness, _) = (again, assert_eq!(at, days((day + 3).min(20)), "the hard stop is 14 April"));
    }
    let (_, steps) = review(harness, &lead, days(20));
    assert_eq!(deeds(&steps), [Deed::Recycle(None)]);
}

/// An office that is open from 9 to 17 on every one of the first 60 days.
fn with_office(harness: Harness<Clocks>) -> Harness<Clocks> {
    (-1..60)
        .fold(harness, |harness, day| harness.closed("office", hours(24 * day + 17), hours(24 * day + 33)))
}

#[test]
fn a_calendar_clock_counts_working_time() {
    let harness = one_rule(json!({
        "name": "mql-stands", "since": "stage", "within": "8h", "clock": "office", "warn": ["2h"],
        "then": {"escalate": "An MQL waits."},
    }));
    let lead = anns().stage("mql", hours(16));
    let told = story(with_office(harness), lead);
    let moments: Vec<Timestamp> = told.iter().map(|(at, _)| *at).collect();
    assert_eq!(moments, [hours(24 + 14), hours(24 + 16)]);
    let text = "mql-stands: 2 hours of working time left, until 2019-03-26 16:00 UTC; then escalated.";
    assert_eq!(told[0].1, Deed::Remind(text.to_owned()));
}

#[test]
fn working_time_is_extended_by_working_time() {
    let rule = json!({
        "name": "idle", "since": "owned", "within": "16h", "extend": "8h", "most": "40h",
        "clock": "office", "then": {"recycle": true},
    });
    let harness = with_office(one_rule(rule));
    let (harness, at) = deadline(harness, &anns(), hours(10));
    assert_eq!(at, hours(24 + 17), "two working days");
    let lead = anns().did("call.answered", hours(24 + 16)).did("call.answered", hours(48 + 12));
    let (harness, at) = deadline(harness, &lead, hours(48 + 12));
    assert_eq!(at, hours(72 + 12));
    let lead = (50..200).fold(lead, |lead, hour| lead.did("call.answered", hours(hour)));
    let (_, at) = deadline(harness, &lead, hours(96 + 16));
    assert_eq!(at, hours(96 + 17), "five working days at most");
}

#[test]
fn a_rule_runs_only_for_those_whom_it_is_about() {
    let harness = one_rule(json!({
        "name": "waits", "since": "pooled", "within": "2d", "when": {"all": [
            {"attribute": "company.size", "at_least": 100}, {"attribute": "lead.stage", "is": "mql"},
        ]},
        "then": {"recycle": {"pool": "key"}},
    }));
    assert_eq!(harness.needs().attributes, ["company.size"]);
    let big = || sample().with("company.size", 100.0);
    let moved = vec![(days(2), Deed::Recycle(Some("key".to_owned())))];
    let none: Vec<(Timestamp, Deed)> = Vec::new();
    let cases = [
        (pooled(big(), "north", start()), moved),
        (pooled(sample().with("company.size", 99.0), "north", start()), none.clone()),
        (pooled(big(), "north", start()).stage("sql", start()), none.clone()),
        (pooled(big(), "key", start()), none.clone()),
        (owned(big(), "ann", "north", start()), none.clone()),
        (nurtured(big(), start()), none),
    ];
    let mut harness = harness;
    for (situation, expected) in cases {
        let (again, steps) = review(harness, &situation, days(2));
        harness = again;
        let done: Vec<_> = deeds(&steps).into_iter().map(|deed| (days(2), deed)).collect();
        assert_eq!(done, expected, "{situation:?}");
    }
}

#[test]
fn the_rest_of_a_nurtured_lead_s_way() {
    let harness = one_rule(json!({
        "name": "ripens", "since": "nurtured", "within": "30d", "then": {"advance": "mql"},
    }));
    let (harness, steps) = review(harness, &nurtured(sample(), start()), days(30));
    assert_eq!(deeds(&steps), [Deed::Advance("mql".to_owned())]);
    let already = nurtured(sample(), start()).stage("mql", start());
    let (_, steps) = review(harness, &already, days(30));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn a_lead_moves_once_in_a_review_and_to_where_the_first_deadline_sent_it() {
    let harness = plugin(json!({"rules": [
        {"name": "late", "since": "owned", "within": "3d", "then": {"recycle": {"pool": "late"}}},
        {"name": "soon", "since": "owned", "within": "2d", "then": {"recycle": {"pool": "soon"}}},
        {"name": "told", "since": "owned", "within": "1d", "then": {"escalate": "Look."}},
    ]}));
    let mut lead = anns();
    let (harness, steps) = review(harness, &lead, days(5));
    assert_eq!(deeds(&steps), [Deed::Escalate("Look.".to_owned()), Deed::Recycle(Some("soon".to_owned()))]);
    assert_eq!(steps.next_ms, Some(days(5).as_millis() + MINUTE_MS));
    lead.carry_out(&steps);
    let (_, steps) = review(harness, &lead, days(5).plus_millis(MINUTE_MS));
    assert_eq!(
        deeds(&steps),
        [Deed::Recycle(Some("late".to_owned()))],
        "if the lead was not moved after all"
    );
}

#[test]
fn a_won_lead_is_left_alone_unless_a_rule_names_the_stage() {
    let rule = |stages: Json| {
        one_rule(json!({
            "name": "thanks", "since": "stage", "within": "1d", "stages": stages, "then": {"send": "thanks"},
        }))
    };
    let won = || anns().stage("deal", start());
    assert_eq!(story(rule(Json::Null), won()), []);
    assert_eq!(story(rule(json!(["deal"])), won()), [(days(1), Deed::Send("thanks".to_owned()))]);
}
