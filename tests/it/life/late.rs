//! Leads that are told long after they came in.

use leadsman_domain::Timestamp;
use leadsman_domain::submission::Submission;
use leadsman_domain::time::DAY_MS;
use leadsman_flow::Replayer;
use leadsman_ledger::Store;

use super::{POLICY, after, call, entries, lead_of, look, owner, sound, until};
use crate::office::{MONDAY, Office, desk, desk_in, submission, take_in};

/// A lead of a month ago.
fn old(key: &str) -> Submission {
    let mut old = submission(key, &[("contact.email", &format!("{key}@{key}.com"))]);
    old.received = after(-30 * DAY_MS);
    old
}

fn told(desk: &leadsman_flow::Desk, submission: Submission, now: Timestamp) -> leadsman_domain::LeadId {
    let intakes = desk.take_in_as_of(vec![submission], now).unwrap().wait().unwrap();
    intakes.into_iter().next().unwrap().lead
}

#[test]
fn a_lead_that_is_told_late_keeps_when_it_came_in_and_its_owner_has_all_the_time() {
    let store = Store::in_memory();
    let desk = desk_in(&store, POLICY);
    let lead = told(&desk, old("one"), MONDAY);
    let taken = look(&desk, &lead);
    assert_eq!((taken.received, taken.since), (after(-30 * DAY_MS), MONDAY));
    assert_eq!(taken.stage_since, MONDAY, "no clock of its stage began before it was told");
    assert_eq!(taken.follow_up.countdown[0].at, after(DAY_MS));
    assert!(desk.wake(MONDAY).unwrap().leads.is_empty(), "nothing is due yet");
    assert_eq!(owner(&desk, &lead).as_deref(), Some("ann"));
    let again = Submission { key: Submission::key_of("test", "again"), ..old("one") };
    assert_eq!(told(&desk, again, after(DAY_MS / 2)), lead, "one more touch");
    call(&desk, &lead, after(DAY_MS - 1));
    until(&desk, after(DAY_MS));
    assert_eq!(owner(&desk, &lead).as_deref(), Some("ann"));
    let moments: Vec<Timestamp> = entries(&desk, &lead).iter().map(|entry| entry.at).collect();
    assert!(moments.is_sorted(), "{moments:?}");
    sound(&desk);
    let mut replayer = Replayer::new(desk.archive(), &Office);
    replayer.lead(&lead).unwrap();
    let found = replayer.found();
    assert_eq!((found.differences, found.unreadable), (Vec::new(), Vec::new()));
    assert!(found.same > 3);
}

#[test]
fn what_was_told_late_is_told_late_again_by_a_backtest() {
    let store = Store::in_memory();
    let desk = desk_in(&store, POLICY);
    let late = told(&desk, old("one"), MONDAY);
    lead_of(&desk, "two");
    let course = leadsman_flow::backtest::Course::of(desk.archive(), MONDAY, after(DAY_MS)).unwrap();
    assert_eq!(course.submissions(), 2, "it was told in that time, however long ago it came in");
    let again = Store::in_memory();
    let rerun = leadsman_flow::backtest::rerun(
        &course,
        desk.revision(),
        again.tenant(&crate::office::acme()),
        &mut |_| {},
    );
    let ending = &rerun.unwrap().leads[&late];
    assert_eq!(ending.owner.as_ref().map(ToString::to_string), owner(&desk, &late), "and it is not recycled");
}

#[test]
fn a_history_is_decided_in_its_own_time() {
    let desk = desk(POLICY);
    let lead = take_in(&desk, old("one")).lead;
    assert_eq!(look(&desk, &lead).since, after(-30 * DAY_MS));
    until(&desk, after(-28 * DAY_MS));
    assert_ne!(owner(&desk, &lead).as_deref(), Some("ann"), "nobody called within a day, a month ago");
}
