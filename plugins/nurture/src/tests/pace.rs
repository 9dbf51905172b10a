//! The cap, and the hours in which messages are sent.

use super::*;

const WAKE_UP: [&str; 4] = ["brand", "product", "case", "offer"];

fn two_a_week() -> Json {
    json!({"sends": 2, "within": "7d"})
}

fn capped() -> Harness<Nurture> {
    plugin(json!({"cap": two_a_week()}))
}

#[test]
fn f53_what_the_cap_forbids_is_deferred_to_the_first_moment_that_it_allows() {
    let mut lead = nurtured(sample(), start());
    assert_eq!(story(capped(), &mut lead, start()), on(&[1.0, 3.0, 8.0, 10.0], &WAKE_UP));
    assert_eq!(capped().needs().activities, ["message.sent"]);
}

#[test]
fn f92_messages_of_other_tracks_and_plugins_count() {
    let mut lead = nurtured(sample(), start()).did("message.sent", days(2)).did("message.sent", days(2));
    let done = story(capped(), &mut lead, days(2));
    assert_eq!(done, on(&[9.0, 9.0, 16.0, 16.0], &WAKE_UP));
}

#[test]
fn f53_the_cap_holds_across_a_change_of_tracks() {
    let mut lead = nurtured(sample(), start());
    let mut harness = plugin(warm_and_cold(two_a_week()));
    for day in [2, 5] {
        let (again, steps) = review(harness, &lead, days(day));
        harness = again;
        assert_eq!(sent(&steps).len(), 1);
        carry_out(&mut lead, &steps, days(day));
    }
    let mut lead = lead.standing(standing(40.0));
    let done = story(harness, &mut lead, days(6));
    assert_eq!(done, on(&[9.0, 12.0], &["case", "offer"]), "days 2 and 5 were those of the other track");
}

#[test]
fn a_message_that_was_forestalled_waits_and_is_not_lost() {
    let hour = |hour: i64| days(1).plus_millis(hour * HOUR_MS);
    let mut lead = nurtured(sample(), start()).did("message.sent", hour(1)).did("message.sent", hour(2));
    let done = story(capped(), &mut lead, hour(3));
    assert_eq!(done[0], (8.0 + 1.0 / 24.0, "brand".to_owned()));
}

#[test]
fn messages_wait_until_the_calendar_opens() {
    let office = || {
        let harness = plugin(json!({"at": {"calendar": "office"}}));
        harness.closed("office", days(2), days(6).plus_millis(9 * HOUR_MS))
    };
    let mut lead = nurtured(sample(), start());
    let (harness, steps) = review(office(), &lead, days(2));
    assert_eq!(steps.next_ms, Some(days(6).as_millis() + 9 * HOUR_MS), "a day late, but not lost");
    assert_eq!(steps.actions, []);
    let done = story(harness, &mut lead, start());
    assert_eq!(done, on(&[1.0, 6.375, 7.0, 10.0], &WAKE_UP));

    let lead = nurtured(sample(), start());
    let (_, steps) = review(office(), &lead, days(6).plus_millis(9 * HOUR_MS));
    assert_eq!(sent(&steps), ["brand", "product"], "both waited for the opening");
}

#[test]
fn cap_and_calendar_are_kept_together() {
    let harness = plugin(json!({"cap": two_a_week(), "at": {"calendar": "office"}}));
    let harness = harness.closed("office", days(8), days(11));
    let mut lead = nurtured(sample(), start());
    let done = story(harness, &mut lead, start());
    assert_eq!(done, on(&[1.0, 3.0, 11.0, 11.0], &WAKE_UP));
}
