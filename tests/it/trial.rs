//! Trials: a candidate in the shadow changes nothing and is compared; a canary decides over its share and
//! is promoted or rolled back by itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use leadsman_domain::journal::Event;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::trial::{Guards, Mode, Seen, ShadowCounts, ShadowSeen, Share, TrialEnd};
use leadsman_flow::{Desk, FlowError};
use leadsman_ledger::Store;

use crate::desk::{POLICY, act, files, large};
use crate::office::{MONDAY, Office, acme, desk_with, frozen, submission, take_in, warrant};
use crate::revisions::replay;

fn canary(thousandths: u16, promote_after: Option<u64>) -> Mode {
    let share = Share::of_thousandths(thousandths).unwrap();
    Mode::Canary { share, guards: Guards::default(), promote_after }
}

/// The policy with another beginning of its scoring.
fn with_scorer(guest: &str) -> String {
    POLICY.replacen("[[scoring]]", &format!("[[scoring]]\npath = \"guests/{guest}.wasm\"\n[[scoring]]"), 1)
}

/// The revisions that decided over a lead.
fn deciders(desk: &Desk, lead: &LeadId) -> BTreeSet<u64> {
    let entries = desk.archive().history(lead).unwrap().entries;
    let decided = |event| match event {
        Event::Decided(decision) => Some(decision.revision),
        _ => None,
    };
    entries.into_iter().filter_map(|entry| decided(entry.event)).collect()
}

fn shadow(desk: &Desk) -> ShadowSeen {
    while desk.look_in_the_shadow().unwrap() {}
    match desk.trial().unwrap().seen {
        Seen::Shadow(seen) => *seen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_canary_decides_over_its_share_and_every_lead_stays_on_its_side() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let candidate = frozen(&store, files(&POLICY.replace("67.3", "67.4")));
    desk.try_out(candidate, canary(300, None), &warrant("a little more")).unwrap();
    let together = (0..200).map(|number| large(&format!("company{number}"))).collect();
    let leads: Vec<LeadId> =
        desk.take_in(together).unwrap().wait().unwrap().into_iter().map(|intake| intake.lead).collect();
    let mut by_candidate = 0;
    for lead in &leads {
        let revisions = deciders(&desk, lead);
        assert_eq!(revisions.len(), 1, "{lead}: {revisions:?}");
        by_candidate += u64::from(revisions.contains(&candidate));
        let visit = act("page.visit", 1);
        desk.record(lead, visit.clone(), visit.at).unwrap().wait().unwrap();
        assert_eq!(deciders(&desk, lead), revisions, "{lead} changed sides");
    }
    assert!((40..80).contains(&by_candidate), "{by_candidate} of 200 for 30 %");
    let Some(Seen::Canary(figures)) = desk.trial().map(|trial| trial.seen) else { panic!("it runs") };
    assert_eq!((figures.candidate.leads, figures.active.leads), (by_candidate, 200 - by_candidate));
    assert_eq!(figures.candidate.mean_score, Some(67.4));
    assert_eq!(replay(desk.archive()).differences, []);
    desk.stop_trial(None, &warrant("seen enough")).unwrap();
    let later = take_in(&desk, large("later")).lead;
    assert_eq!(deciders(&desk, &later), [1].into());
}

#[test]
fn a_canary_that_fails_is_rolled_back_and_says_why() {
    // One that stops leads, and one that the policy's fallback hides: the next plugin is asked.
    let stranger = "[[pools.allocation]]\npath = \"guests/chooses-a-stranger.wasm\"\n[[pools.allocation]]";
    let hidden = POLICY.replacen("[[pools.allocation]]", stranger, 1);
    for policy in [with_scorer("complains"), hidden] {
        let store = Store::in_memory();
        let desk = desk_with(&store, files(POLICY));
        let candidate = frozen(&store, files(&policy));
        desk.try_out(candidate, canary(500, Some(1_000)), &warrant("a new plugin")).unwrap();
        let mut came = 0;
        while desk.trial().is_some() {
            take_in(&desk, large(&format!("company{came}")));
            came += 1;
            assert!(came < 200, "the guards are asleep");
        }
        let over = desk.archive().ended_trials().unwrap().pop().unwrap();
        assert_eq!((over.end, over.ended.by.as_str()), (TrialEnd::RolledBack, "guards"));
        assert!(over.ended.why.contains("got no usable answer"), "{}", over.ended.why);
        assert!(over.figures.unwrap().candidate.failed >= 30);
        assert_eq!(desk.revision().number, 1);
        let later = take_in(&desk, large("later")).lead;
        assert_eq!(deciders(&desk, &later), [1].into());
    }
}

#[test]
fn a_lead_that_comes_again_stays_on_its_side() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let candidate = frozen(&store, files(&POLICY.replace("Call today.", "Call at once.")));
    desk.try_out(candidate, canary(500, None), &warrant("")).unwrap();
    let again = |number: u32, time: u32| {
        let email = format!("{number}@company{number}.com");
        let said = [("contact.email", email.as_str()), ("company.size", "900")];
        submission(&format!("{number}, time {time}"), &said)
    };
    for number in 0..40 {
        let lead = take_in(&desk, again(number, 1)).lead;
        for time in 2..6 {
            assert_eq!(take_in(&desk, again(number, time)).lead, lead);
        }
        assert_eq!(deciders(&desk, &lead).len(), 1, "{lead} changed sides");
    }
    assert_eq!(replay(desk.archive()).differences, []);
}

#[test]
fn a_shadow_that_would_do_the_same_sees_no_difference() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(&POLICY.replace("weight = 5", "weight = 5\ncap = 12")));
    let same = POLICY.replace("weight = 5", "weight = 5\ncap = 12").replace("Call today.", "Call at once.");
    let candidate = frozen(&store, files(&same));
    // Turns were taken before the trial, and leads wait while others come.
    (0..9).for_each(|number| drop(take_in(&desk, large(&format!("before{number}")))));
    desk.try_out(candidate, Mode::Shadow { leads_max: 100 }, &warrant("")).unwrap();
    for number in 0..30 {
        take_in(&desk, large(&format!("company{number}")));
        desk.look_in_the_shadow().unwrap();
    }
    let seen = shadow(&desk);
    assert_eq!((seen.counts.looked, seen.counts.different), (30, 0), "{:?}", seen.comparison.owner_moves);
}

#[test]
fn rejects_and_scores_that_drift_roll_a_canary_back() {
    let stricter =
        format!("{}\n", POLICY.replace("lists = [\"sensitive\"]", "lists = [\"sensitive\", \"greetings\"]"));
    let generous = POLICY.replace("67.3", "147.3");
    for (policy, why) in [(stricter, "were rejected"), (generous, "the mean score is")] {
        let store = Store::in_memory();
        let desk = desk_with(&store, files(POLICY));
        let with_greetings = files(&policy).with("lists/greetings.txt", "hello\n");
        let candidate = frozen(&store, with_greetings);
        desk.try_out(candidate, canary(500, None), &warrant("")).unwrap();
        let lead = |number: u32| {
            let (email, size) =
                (format!("{number}@company{number}.com"), if number.is_multiple_of(3) { "9" } else { "900" });
            let said = [("contact.email", email.as_str()), ("company.size", size), ("message", "hello")];
            submission(&number.to_string(), &said)
        };
        for number in 0..200 {
            take_in(&desk, lead(number));
        }
        assert!(desk.trial().is_none(), "nobody objected: {why}");
        let over = desk.archive().ended_trials().unwrap().pop().unwrap();
        assert!(over.ended.why.contains(why), "{}", over.ended.why);
    }
}

#[test]
fn a_canary_to_which_nobody_objects_is_promoted_and_turns_go_on() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let candidate = frozen(&store, files(&POLICY.replace("Call today.", "Call at once.")));
    desk.try_out(candidate, canary(500, Some(60)), &warrant("another word")).unwrap();
    let mut intakes = Vec::new();
    while desk.trial().is_some() {
        intakes.push(take_in(&desk, large(&format!("company{}", intakes.len()))));
        assert!(intakes.len() < 400, "it is never promoted");
    }
    assert_eq!(desk.revision().number, candidate);
    let over = desk.archive().ended_trials().unwrap().pop().unwrap();
    assert_eq!((over.end, over.figures.unwrap().candidate.leads), (TrialEnd::Promoted, 60));
    let activation = desk.archive().activations().unwrap().pop().unwrap();
    assert_eq!((activation.revision, activation.warrant.by.as_str()), (candidate, "guards"));
    // Both revisions took turns from the same counters: 5 to 1 to 1, whoever decided.
    let owners = crate::office::owners(&intakes);
    let share = |rep: &str| owners[rep] as f64 / intakes.len() as f64;
    assert!((share("a") - 5.0 / 7.0).abs() < 0.03 && (share("b") - 1.0 / 7.0).abs() < 0.03, "{owners:?}");
    assert_eq!(desk.roll_back(None, &warrant("after all")).unwrap().revision, 1);
}

#[test]
fn a_shadow_changes_nothing_and_sees_what_would_be_different() {
    let (store, plain) = (Store::in_memory(), Store::in_memory());
    let (desk, alone) = (desk_with(&store, files(POLICY)), desk_with(&plain, files(POLICY)));
    // Half the large are no longer large, `a` takes one turn of three, and greetings are rejected.
    let candidate = POLICY
        .replace("weight = 5", "weight = 1")
        .replace("67.3", "20")
        .replace("lists = [\"sensitive\"]", "lists = [\"sensitive\", \"greetings\"]");
    let candidate = frozen(&store, files(&candidate).with("lists/greetings.txt", "hello\n"));
    desk.try_out(candidate, Mode::Shadow { leads_max: 100 }, &warrant("")).unwrap();
    let lead = |number: u32| {
        let email = format!("{number}@company{number}.com");
        let message = if number.is_multiple_of(4) { "hello" } else { "a price, please" };
        let said = [("contact.email", email.as_str()), ("company.size", "900"), ("message", message)];
        submission(&number.to_string(), &said)
    };
    for number in 0..40 {
        let (watched, unwatched) = (take_in(&desk, lead(number)), take_in(&alone, lead(number)));
        assert_eq!(watched, unwatched, "the shadow has an effect");
        if number % 10 == 9 {
            shadow(&desk);
        }
    }
    for id in crate::office::ids(alone.archive()) {
        assert_eq!(desk.archive().history(&id).unwrap(), alone.archive().history(&id).unwrap());
    }
    let seen = shadow(&desk);
    assert_eq!(seen.counts, ShadowCounts { looked: 40, different: 40, waiting: 0, skipped: 0 });
    let rejected = seen.comparison.statuses["rejected"];
    assert_eq!((rejected.was, rejected.is), (0, 10));
    assert_eq!(seen.comparison.score_shifts.len(), 40);
    // Below the line of maturity, nobody gets a lead any more.
    assert_eq!(seen.comparison.owners["a"].is, 0);
}

#[test]
fn a_shadow_takes_turns_of_its_own_and_minds_the_caps() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let candidate = frozen(&store, files(&POLICY.replace("weight = 5", "weight = 1\ncap = 10")));
    desk.try_out(candidate, Mode::Shadow { leads_max: 1_000 }, &warrant("")).unwrap();
    for number in 0..21 {
        take_in(&desk, large(&format!("company{number}")));
        shadow(&desk);
    }
    let seen = shadow(&desk).comparison;
    assert_eq!(seen.owners["a"].was, 15);
    // One of three, until the reps' real loads have reached the candidate's cap.
    assert!((4..=6).contains(&seen.owners["a"].is), "{:?}", seen.owners);
    assert!(seen.full[&"a".parse().unwrap()].is >= 5, "{:?}", seen.full);
    assert_eq!(seen.statuses["assigned"].is, 21);
}

#[test]
fn live_decisions_never_wait_for_a_shadow() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let candidate = frozen(&store, files(&with_scorer("loops-for-ever")));
    desk.try_out(candidate, Mode::Shadow { leads_max: 1_000 }, &warrant("")).unwrap();
    let together = (0..300).map(|number| large(&format!("company{number}"))).collect();
    let intakes = desk.take_in(together).unwrap().wait().unwrap();
    assert!(intakes.iter().all(|intake| matches!(intake.settled, leadsman_flow::Settled::Assigned { .. })));
    let Some(Seen::Shadow(seen)) = desk.trial().map(|trial| trial.seen) else { panic!("it runs") };
    assert_eq!(seen.counts, ShadowCounts { looked: 0, different: 0, waiting: 256, skipped: 44 });
    for _ in 0..3 {
        assert!(desk.look_in_the_shadow().unwrap());
    }
    desk.stop_trial(None, &warrant("it loops")).unwrap();
    assert!(!desk.look_in_the_shadow().unwrap());
}

#[test]
fn one_trial_at_a_time_which_a_restart_goes_on_with() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    assert!(matches!(desk.stop_trial(None, &warrant("")), Err(FlowError::NoTrial)));
    assert!(matches!(desk.promote(None, &warrant("")), Err(FlowError::NoTrial)));
    let [second, third] = ["70", "71"].map(|points| frozen(&store, files(&POLICY.replace("67.3", points))));
    assert!(matches!(desk.try_out(1, canary(1, None), &warrant("")), Err(FlowError::TriesItself(1))));
    assert!(matches!(desk.try_out(9, canary(1, None), &warrant("")), Err(FlowError::UnknownRevision(9))));
    desk.try_out(second, canary(500, None), &warrant("half")).unwrap();
    assert!(matches!(desk.try_out(third, canary(1, None), &warrant("")), Err(FlowError::TrialRuns(2))));
    drop(desk);
    let desk = Desk::open(store.tenant(&acme()), Arc::new(Office)).unwrap();
    let trial = desk.trial().unwrap().trial;
    assert_eq!((trial.candidate, trial.begun.why.as_str()), (second, "half"));
    desk.activate(third, &warrant("something else")).unwrap();
    assert!(desk.trial().is_none());
    desk.try_out(second, canary(500, None), &warrant("again")).unwrap();
    assert!(matches!(desk.promote(Some(third), &warrant("late")), Err(FlowError::TrialRuns(2))));
    assert!(matches!(desk.stop_trial(Some(third), &warrant("late")), Err(FlowError::TrialRuns(2))));
    desk.promote(Some(second), &warrant("good")).unwrap();
    assert_eq!((desk.revision().number, desk.trial()), (second, None));
    let ends: Vec<_> = desk.archive().ended_trials().unwrap().iter().map(|over| over.end).collect();
    assert_eq!(ends, [TrialEnd::Stopped, TrialEnd::Promoted]);
    let lead = take_in(&desk, large("one")).lead;
    let lead = desk.archive().lead(&lead).unwrap();
    assert_eq!((lead.status.owner().is_some(), lead.since), (true, MONDAY));
    let _: Timestamp = MONDAY;
}
