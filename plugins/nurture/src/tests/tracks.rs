//! Who is on which track, what stops it, and who leaves it.

use leadsman_sdk::harness::{owned, pooled};

use super::*;

const WAKE_UP: [&str; 4] = ["brand", "product", "case", "offer"];

fn stopping() -> Harness<Nurture> {
    plugin(json!({
        "stop_on": ["email.reply", "call.*"], "opt_out": "consent.opt-out", "opt_out_on": ["email.unsubscribe"],
    }))
}

#[test]
fn f52_four_messages_wake_a_lead_up_on_days_1_3_7_and_10() {
    let mut lead = nurtured(sample(), start());
    let (harness, steps) = review(plugin(json!({})), &lead, start());
    let shown = &steps.countdown[0];
    assert_eq!((shown.rule.as_str(), shown.at_ms), ("wake-up", days(1).as_millis()));
    assert_eq!((shown.consequence.as_str(), steps.countdown.len()), ("message brand", 1));
    let (harness, steps) = review(harness, &lead, days(1).plus_millis(-1));
    assert_eq!(steps.actions, []);
    let (harness, steps) = review(harness, &lead, days(1));
    assert_eq!(steps.actions[0].key, format!("wake-up/brand/{}/1", start().as_millis()));
    let reason = Reason::new("track", "Group everybody, track wake-up: the message of day 1.");
    assert_eq!(steps.actions[0].reason, reason);
    assert_eq!(story(harness, &mut lead, start()), on(&[1.0, 3.0, 7.0, 10.0], &WAKE_UP));
}

#[test]
fn f52_a_reply_or_an_opt_out_stops_the_rest() {
    let lead = || nurtured(sample(), start()).did("message.sent", days(1));
    let day_3 = |lead: Situation| sent(&review(stopping(), &lead, days(3)).1);
    assert_eq!(day_3(lead()), ["product"]);
    assert_eq!(day_3(lead().did("email.open", days(2))), ["product"]);
    assert_eq!(day_3(lead().did("email.reply", days(2))), [""; 0]);
    assert_eq!(day_3(lead().did("call.answered", start())), [""; 0]);
    assert_eq!(day_3(lead().did("call.answered", days(-1))), ["product"], "before it was nurtured");
    assert_eq!(day_3(lead().did("email.unsubscribe", days(-100))), [""; 0], "for ever");
    let with = |value: Value| nurtured(sample().with("consent.opt-out", value), start());
    assert_eq!(day_3(with(true.into())), [""; 0]);
    assert_eq!(day_3(with(false.into())), ["product"]);
    let (harness, steps) = review(stopping(), &lead().did("email.reply", days(2)), days(3));
    assert_eq!(steps, NextSteps::nothing());
    let failure = harness.review(&with("yes".into())).unwrap_err();
    assert_eq!(failure.message(), "attribute `consent.opt-out` must be a flag");
}

#[test]
fn only_leads_that_nobody_owns_are_nurtured() {
    let harness = || plugin(json!({"pools": ["nurture"]}));
    let day_1 = |lead: Situation| sent(&review(harness(), &lead, days(1)).1).len();
    assert_eq!(day_1(nurtured(sample(), start())), 1);
    assert_eq!(day_1(pooled(sample(), "nurture", start())), 1);
    assert_eq!(day_1(pooled(sample(), "north", start())), 0);
    assert_eq!(day_1(owned(sample(), "ann", "nurture", start())), 0);
}

#[test]
fn f91_a_lead_is_on_one_track_and_a_change_of_group_switches() {
    let harness = || plugin(warm_and_cold(Json::Null));
    let warm = || nurtured(sample(), start()).standing(standing(40.0));
    let cold = || nurtured(sample(), start()).standing(standing(39.0));
    assert_eq!(story(harness(), &mut warm(), start()), on(&[1.0, 3.0, 7.0, 10.0], &WAKE_UP));
    let colds = on(&[2.0, 5.0, 9.0], &["hello", "news", "call-us"]);
    assert_eq!(story(harness(), &mut cold(), start()), colds);

    let mut lead = cold();
    let (harness, steps) = review(harness(), &lead, days(2));
    carry_out(&mut lead, &steps, days(2));
    let mut lead = lead.standing(standing(40.0));
    let now = days(4).plus_millis(1);
    let expected = on(&[7.0, 10.0], &["case", "offer"]);
    assert_eq!(story(harness, &mut lead, now), expected, "what is past is not made up for");
}

#[test]
fn what_is_at_most_24_hours_late_is_sent_and_no_more() {
    let lead = || nurtured(sample(), start());
    assert_eq!(sent(&review(plugin(json!({})), &lead(), days(2)).1), ["brand"]);
    assert_eq!(sent(&review(plugin(json!({})), &lead(), days(2).plus_millis(1)).1), [""; 0]);
}

#[test]
fn a_lead_in_no_group_is_on_no_track() {
    let mut config = warm_and_cold(Json::Null);
    config["groups"].as_array_mut().unwrap().pop();
    let (_, steps) = review(plugin(config), &nurtured(sample(), start()), days(2));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn a_lead_that_is_nurtured_anew_begins_anew() {
    let mut again = nurtured(sample(), days(100)).did("email.reply", days(5));
    let done = story(stopping(), &mut again, days(100));
    assert_eq!(done, on(&[101.0, 103.0, 107.0, 110.0], &WAKE_UP));
}

fn upgrading() -> Harness<Nurture> {
    plugin(json!({
        "stop_on": ["email.reply"], "opt_out_on": ["email.unsubscribe"],
        "upgrade": [
            {"name": "ripe", "when": {"attribute": "lead.score", "at_least": 60}, "then": {"advance": "mql"}},
            {"when": {"attribute": "company.size", "at_least": 100}, "then": {"recycle": {"pool": "key"}}},
            {"name": "hot", "when": {"attribute": "lead.score", "at_least": 60}, "then": {"route": true}},
        ],
    }))
}

#[test]
fn f93_sudden_interest_moves_the_lead_to_sales_at_once() {
    let mut lead = nurtured(sample(), start()).standing(standing(60.0)).did("email.reply", days(1));
    let (harness, steps) = review(upgrading(), &lead, days(1));
    assert_eq!(steps.actions[0].deed, Deed::Advance("mql".to_owned()));
    assert_eq!(steps.actions[0].key, format!("upgrade/ripe/{}", start().as_millis()));
    assert_eq!(steps.actions[0].reason.message, "Upgrade ripe: lead.score is at least 60.");
    assert_eq!(steps.next_ms, Some(days(1).as_millis() + 60_000), "the route waits for a minute");
    lead.carry_out(&steps);
    let (harness, steps) = review(harness, &lead, days(1).plus_millis(60_000));
    assert_eq!((&steps.actions[0].deed, steps.actions.len(), steps.next_ms), (&Deed::Route, 1, None));
    lead.carry_out(&steps);
    let (_, steps) = review(harness, &lead, days(2));
    assert_eq!(steps, NextSteps::nothing());
}

#[test]
fn an_upgrade_is_for_those_who_are_not_there_yet_and_have_not_opted_out() {
    let ripe = || nurtured(sample(), start()).standing(standing(60.0));
    let (harness, steps) = review(upgrading(), &ripe().stage("mql", start()), days(1));
    assert_eq!((&steps.actions[0].deed, steps.actions.len()), (&Deed::Route, 1));
    let (harness, steps) = review(harness, &ripe().did("email.unsubscribe", days(-1)), days(1));
    assert_eq!(steps, NextSteps::nothing());
    let big = nurtured(sample().with("company.size", 100.0), start());
    let (_, steps) = review(harness, &big, days(1));
    assert_eq!(steps.actions[0].key, format!("upgrade/2/{}", start().as_millis()));
    assert_eq!(steps.actions[0].deed, Deed::Recycle(Some("key".to_owned())));
    assert_eq!(sent(&steps), [""; 0]);
}
