//! Deadlines: they pass at their moment, also while the server sleeps, and the next member goes on.

use leadsman_domain::LeadId;
use leadsman_domain::lead::{Activity, Status};
use leadsman_domain::order::Parting;
use leadsman_domain::submission::Submission;
use leadsman_domain::time::DAY_MS;
use leadsman_flow::Desk;
use leadsman_ledger::Store;

use super::{HOUR_MS, POLICY, after, call, done, entries, lead_of, look, owner, sound, until};
use crate::desk::act;
use crate::office::{desk, desk_in};

#[test]
fn f42_a_call_at_23_59_59_is_in_time_and_one_at_24_00_00_is_late() {
    let desk = desk(POLICY);
    let (in_time, late) = (lead_of(&desk, "one"), lead_of(&desk, "two"));
    assert_eq!((owner(&desk, &in_time).unwrap(), owner(&desk, &late).unwrap()), ("ann".into(), "ben".into()));
    call(&desk, &in_time, after(DAY_MS - 1000));
    call(&desk, &late, after(DAY_MS));
    assert_eq!(owner(&desk, &in_time).unwrap(), "ann");
    let recycled = look(&desk, &late);
    assert_ne!(recycled.status.owner().unwrap().as_str(), "ben");
    assert_eq!(recycled.former_owners[0].parting, Parting::Recycled);
    assert_eq!(recycled.former_owners[0].until, after(DAY_MS));
    sound(&desk);
}

#[test]
fn f44_follow_up_on_day_14_resets_the_clock_and_only_countable_kinds_do() {
    let desk = desk(POLICY);
    let (called, noted) = (lead_of(&desk, "one"), lead_of(&desk, "two"));
    for lead in [&called, &noted] {
        call(&desk, lead, after(HOUR_MS));
    }
    until(&desk, after(14 * DAY_MS));
    call(&desk, &called, after(14 * DAY_MS));
    let note = Activity { at: after(14 * DAY_MS), ..act("note.written", 0) };
    desk.record(&noted, note, after(14 * DAY_MS)).unwrap().wait().unwrap();
    until(&desk, after(15 * DAY_MS + HOUR_MS));
    assert_eq!(owner(&desk, &called).unwrap(), "ann");
    assert_ne!(owner(&desk, &noted).unwrap(), "ben");
    let recycled = done(&desk, &noted).into_iter().find(|(_, what)| *what == "recycle").unwrap();
    assert_eq!(recycled.0, after(15 * DAY_MS + HOUR_MS));
    assert_eq!(look(&desk, &called).follow_up.countdown[0].at, after(29 * DAY_MS));
}

#[test]
fn f73_a_lead_that_is_followed_but_never_won_comes_back_by_the_second_clock() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    for day in 0..12 {
        let at = after(day * 5 * DAY_MS + HOUR_MS);
        until(&desk, at);
        call(&desk, &lead, at);
    }
    until(&desk, after(60 * DAY_MS - 1));
    assert_eq!(owner(&desk, &lead).unwrap(), "ann");
    until(&desk, after(60 * DAY_MS));
    assert_eq!(look(&desk, &lead).status, Status::Pooled { pool: "nurture".parse().unwrap() });
    sound(&desk);
}

#[test]
fn f74_the_owner_is_warned_once_before_each_deadline_and_an_extension_cancels_it() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    until(&desk, after(21 * HOUR_MS));
    assert_eq!(done(&desk, &lead), [(after(20 * HOUR_MS), "remind")]);
    call(&desk, &lead, after(22 * HOUR_MS));
    until(&desk, after(5 * DAY_MS));
    assert_eq!(done(&desk, &lead).len(), 1, "met, so nothing more is said of the first contact");
    let warning = after(14 * DAY_MS + 22 * HOUR_MS);
    until(&desk, warning.plus_ms(-1));
    call(&desk, &lead, warning.plus_ms(-1));
    until(&desk, after(29 * DAY_MS));
    assert_eq!(done(&desk, &lead).len(), 2, "only the warning of the new deadline");
    assert_eq!(done(&desk, &lead)[1].0, warning.plus_ms(-1 + 14 * DAY_MS));
}

#[test]
fn warn_escalate_recycle_each_once_at_its_tick_also_after_a_sleep() {
    let store = Store::in_memory();
    let lead = {
        let desk = desk_in(&store, POLICY);
        lead_of(&desk, "one")
    };
    let desk = desk_in(&store, POLICY);
    let now = after(3 * DAY_MS + 7);
    assert_eq!(desk.wake(now).unwrap().leads.len(), 1);
    let did =
        [(after(20 * HOUR_MS), "remind"), (after(23 * HOUR_MS), "escalate"), (after(DAY_MS), "recycle")];
    assert_eq!(done(&desk, &lead), did);
    let lead_now = look(&desk, &lead);
    assert_eq!((lead_now.status.owner().unwrap().as_str(), lead_now.since), ("ben", now));
    assert_eq!(lead_now.follow_up.countdown[0].at, now.plus_ms(DAY_MS));
    assert_eq!(desk.wake(now).unwrap().leads.len(), 0);
    sound(&desk);
}

#[test]
fn f75_the_next_member_goes_on_and_never_the_same_while_others_can() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    let mut owners = vec![owner(&desk, &lead).unwrap()];
    for day in 1..=6 {
        until(&desk, after(day * DAY_MS));
        owners.push(owner(&desk, &lead).unwrap());
    }
    assert!(owners.windows(2).all(|pair| pair[0] != pair[1]), "{owners:?}");
    let single = POLICY.replace("[[reps]]\nid = \"ben\"", "").replace("[[reps]]\nid = \"cyn\"", "");
    let desk = crate::office::desk(&single);
    let lead = lead_of(&desk, "one");
    until(&desk, after(DAY_MS));
    assert_eq!(owner(&desk, &lead).unwrap(), "ann", "nobody else can");
}

#[test]
fn the_last_n_owners_are_excluded() {
    let desk = desk(&POLICY.replace("id = \"inbound\"\n", "id = \"inbound\"\nexclude_former = 2\n"));
    let lead = lead_of(&desk, "one");
    let mut owners = vec![owner(&desk, &lead).unwrap()];
    for day in 1..=5 {
        until(&desk, after(day * DAY_MS));
        owners.push(owner(&desk, &lead).unwrap());
    }
    assert!(owners.windows(3).all(|three| three[0] != three[2] && three[1] != three[2]), "{owners:?}");
}

#[test]
fn deadlines_of_a_new_policy_hold_for_leads_that_came_before_it() {
    let store = Store::in_memory();
    let (begins, ends) = ("[[pools.follow_up]]", "[[pools]]\nid = \"nurture\"");
    let without =
        format!("{}{}", &POLICY[..POLICY.find(begins).unwrap()], &POLICY[POLICY.find(ends).unwrap()..]);
    let lead = lead_of(&desk_in(&store, &without), "one");
    let desk = desk_in(&store, POLICY);
    assert_eq!(look(&desk, &lead).follow_up.next, None);
    assert_eq!(desk.look_over(None, after(HOUR_MS)).unwrap(), None);
    assert_eq!(look(&desk, &lead).follow_up.countdown[0].at, after(DAY_MS));
    let entries_then = entries(&desk, &lead).len();
    desk.look_over(None, after(2 * HOUR_MS)).unwrap();
    assert_eq!(entries(&desk, &lead).len(), entries_then, "nothing changed, so nothing is written");
}

#[test]
fn many_that_fall_due_at_once_fare_as_each_alone() {
    let waits = "default_pool = \"sea\"\nidentity = []\n[[pools]]\nid = \"sea\"\n[[pools.follow_up]]\nplugin = \"follow-up\"\n\
        config = { rules = [{ name = \"waits\", since = \"pooled\", within = \"2d\", warn = [\"4h\"], then = { escalate = \"It waits.\" } }] }\n";
    let history = |desk: &Desk, name: &str| {
        let lead = LeadId::of_submission(&Submission::key_of("test", name));
        desk.archive().history(&lead).unwrap().entries
    };
    let all = desk(waits);
    let names: Vec<String> = (0..300).map(|nth| format!("lead-{nth}")).collect();
    names.iter().for_each(|name| drop(lead_of(&all, name)));
    assert_eq!(all.wake(after(3 * DAY_MS)).unwrap().leads.len(), names.len());
    sound(&all);
    for nth in [0, 127, 128, 256, 299] {
        let alone = desk(waits);
        lead_of(&alone, &names[nth]);
        assert_eq!(alone.wake(after(3 * DAY_MS)).unwrap().leads.len(), 1);
        assert_eq!(history(&all, &names[nth]), history(&alone, &names[nth]), "{nth}");
    }
    let found = crate::revisions::replay(all.archive());
    assert!(found.same > 600, "{found:?}");
}
