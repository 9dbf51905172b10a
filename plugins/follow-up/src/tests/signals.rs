//! Signals: what calls for something at once.

use leadsman_sdk::harness::pooled;

use super::*;

fn saved_phone() -> Harness<Clocks> {
    plugin(json!({"signals": [{
        "name": "saved-phone", "on": ["phone.saved"], "every": "1d",
        "then": {"remind": "The lead saved your number: call now."},
    }]}))
}

fn keys(steps: &NextSteps) -> Vec<String> {
    steps.actions.iter().map(|action| action.key.clone()).collect()
}

#[test]
fn f27_a_signal_is_given_once_in_its_window() {
    let mut lead = anns().did("phone.saved", hours(1)).did("phone.saved", hours(2));
    let (harness, steps) = review(saved_phone(), &lead, hours(2));
    assert_eq!(keys(&steps), [format!("saved-phone/{}", hours(1).as_millis())]);
    assert_eq!(deeds(&steps), [Deed::Remind("The lead saved your number: call now.".to_owned())]);
    lead.carry_out(&steps);
    let (harness, steps) = review(harness, &lead, hours(3));
    assert_eq!(steps, NextSteps::nothing());
    let lead = lead.did("phone.saved", hours(25).plus_millis(-1));
    let (harness, steps) = review(harness, &lead, hours(25));
    assert_eq!(steps, NextSteps::nothing());
    let lead = lead.did("phone.saved", hours(25));
    let (_, steps) = review(harness, &lead, hours(25));
    assert_eq!(keys(&steps), [format!("saved-phone/{}", hours(25).as_millis())]);
}

#[test]
fn an_activity_that_comes_late_gives_no_second_signal() {
    let mut lead = anns().did("phone.saved", hours(5));
    let (harness, steps) = review(saved_phone(), &lead, hours(5));
    lead.carry_out(&steps);
    let lead = lead.did("phone.saved", hours(4));
    let (_, steps) = review(harness, &lead, hours(6));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn imported_history_raises_no_alarm_and_hides_none() {
    let lead = anns().did("phone.saved", hours(1)).did("phone.saved", hours(24));
    let (harness, steps) = review(saved_phone(), &lead, hours(25).plus_millis(1));
    assert_eq!(keys(&steps), [format!("saved-phone/{}", hours(24).as_millis())]);
    let (_, steps) = review(harness, &lead, hours(48).plus_millis(1));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn f93_a_long_look_at_a_page_routes_the_lead_at_once() {
    let harness = plugin(json!({"signals": [
        {"name": "dwelled", "on": ["page.dwell"], "at_least": 300, "then": {"route": true}},
    ]}));
    let lead = pooled(sample(), "north", start());
    let short = lead.clone().did_much("page.dwell", hours(1), 299.0);
    let (harness, steps) = review(harness, &short, hours(1));
    assert_eq!(steps, NextSteps::nothing());
    let long = lead.did_much("page.dwell", hours(1), 300.0);
    let (_, steps) = review(harness, &long, hours(1));
    assert_eq!(deeds(&steps), [Deed::Route]);
    let reason = Reason::new("signal", "Signal dwelled, given at 2019-03-25 01:00 UTC.");
    assert_eq!(steps.actions[0].reason, reason);
}

#[test]
fn a_kind_can_count_as_follow_up_and_be_a_signal() {
    let harness = plugin(json!({
        "counts": ["call.*", "meeting"],
        "rules": [{
            "name": "first", "since": "owned", "within": "1d", "met_by": "activity", "then": {"recycle": true},
        }],
        "signals": [
            {"name": "missed", "on": ["call.missed"], "then": {"remind": "Call back."}},
            {"name": "met", "on": ["meeting", "call.*"], "then": {"remind": "Write it down."}},
        ],
    }));
    assert_eq!(harness.needs().activities, ["call.*", "meeting", "call.missed"]);
    let (harness, steps) = review(harness, &anns().did("call.missed", hours(1)), hours(1));
    let texts = |steps: &NextSteps| deeds(steps).len();
    assert_eq!((texts(&steps), steps.next_ms), (2, None), "the rule is met, and both signals are given");
    let (_, steps) = review(harness, &anns().did("call.answered", hours(1)), hours(1));
    assert_eq!((texts(&steps), steps.next_ms), (1, None));
}

#[test]
fn signals_that_do_not_fit_into_one_answer_follow_a_minute_later() {
    let mut harness = plugin(json!({"signals": [
        {"name": "open", "on": ["email.open"], "then": {"remind": "x".repeat(300)}},
    ]}));
    let mut lead = (0..200).fold(anns(), |lead, minute| lead.did("email.open", start().plus_millis(minute)));
    let (mut now, mut given) = (hours(1), 0);
    loop {
        let (again, steps) = review(harness, &lead, now);
        harness = again;
        let bytes: usize = steps.actions.iter().map(crate::deeds::bytes).sum();
        assert!(bytes < 24 << 10, "{bytes}");
        given += steps.actions.len();
        lead.carry_out(&steps);
        let Some(next) = steps.next_ms else { break };
        assert_eq!(next, now.as_millis() + MINUTE_MS);
        now = Timestamp::from_millis(next);
    }
    assert_eq!(given, 200);
}

#[test]
fn f45_a_trigger_acts_once_however_often_the_lead_is_corrected() {
    let harness = plugin(json!({"triggers": [{
        "name": "abroad", "when": {"attribute": "message", "contains": "留学"},
        "then": {"spawn": {"line": "study-abroad", "pool": "overseas"}},
    }]}));
    let writing = |message: &str| owned(sample().with("message", message), "ann", "north", start());
    let lead = writing("想去留学");
    let (harness, steps) = review(harness, &lead, hours(1));
    assert_eq!(deeds(&steps), [Deed::spawn("study-abroad", "overseas")]);
    let mut harness = harness;
    for message in ["没有", "又想去留学"] {
        let mut corrected = writing(message);
        corrected.carry_out(&steps);
        let (again, steps) = review(harness, &corrected, hours(2));
        assert_eq!(steps, NextSteps::nothing());
        harness = again;
    }
}
