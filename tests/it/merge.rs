//! Leads that become one, and two again.

use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Value};
use leadsman_flow::{FlowError, Settled};
use proptest::prelude::*;

use crate::desk::{POLICY, act, conversion, files};
use crate::identity::{matching, mei, merge, office, unmerge};
use crate::life::{look, owner, sound};
use crate::office::{MONDAY, desk_with, order, submission, take_in};

#[test]
fn a_merge_keeps_credit_identity_and_room_and_commands_find_the_one_that_is_left() {
    let desk = matching("");
    let (one, two) = (
        take_in(&desk, mei("1")).lead,
        take_in(
            &desk,
            submission(
                "2",
                &[("contact.phone", "+49 30 901820"), ("company.size", "900"), ("note", "met at the fair")],
            ),
        )
        .lead,
    );
    let touch = Activity { channel: Some("web".to_owned()), ..act("page.visit", 1) };
    desk.record(&two, touch, MONDAY.plus_ms(DAY_MS)).unwrap().wait().unwrap();
    let won = MONDAY.plus_ms(2 * DAY_MS);
    let credit = conversion("deal-2", 900);
    let credited = desk
        .convert(&two, &leadsman_domain::attribution::Conversion { at: won, ..credit.clone() }, won)
        .unwrap()
        .wait()
        .unwrap();
    let owner_before = owner(&desk, &two).unwrap();
    let merged = merge(&desk, &one, &two, MONDAY.plus_ms(3 * DAY_MS)).unwrap();
    assert_eq!((merged.won.clone(), merged.touches().len()), (credited.won, 3));
    assert_eq!(merged.facts.text("note"), Some("met at the fair"));
    assert_eq!(merged.facts.text("contact.email"), Some("mei@big-company.com"));
    assert_eq!(look(&desk, &two).status.owner(), None);
    assert!(matches!(look(&desk, &two).status, Status::Merged { ref into, .. } if *into == one));

    let again = take_in(&desk, submission("3", &[("contact.phone", "+49 30 901820")]));
    assert_eq!((again.settled, again.lead), (Settled::Duplicate, one.clone()), "identity goes along");
    let seen = desk.record(&two, act("email.reply", 4), MONDAY.plus_ms(4 * DAY_MS)).unwrap().wait().unwrap();
    assert_eq!(seen.id, one, "an old id is still good for commands");
    let same = desk.convert(&one, &leadsman_domain::attribution::Conversion { at: won, ..credit }, won);
    assert_eq!(same.unwrap().wait().unwrap().won.len(), 1, "the same deal is not won twice");
    let summary = desk.archive().summary().unwrap();
    assert_eq!((summary.leads, summary.merged, summary.converted), (1, 1, 1));
    let loads: u64 = summary.owners.iter().map(|share| share.leads).sum();
    assert_eq!(loads, 1, "{owner_before} has room again");
    sound(&desk);
}

#[test]
fn f47_a_merge_never_upgrades_consent_and_keeps_a_withdrawal() {
    let desk = office("[eligibility]\nconsent = \"consent.contact\"\n");
    let with = |key: &str, consent: Option<&str>| {
        let email = format!("{key}@{key}.com");
        let mut pairs = vec![("contact.email", email.as_str()), ("company.size", "900")];
        pairs.extend(consent.map(|consent| ("consent.contact", consent)));
        take_in(&desk, submission(key, &pairs)).lead
    };
    let (none, yes, no) = (with("none", None), with("yes", Some("yes")), with("no", Some("no")));
    let upgraded = merge(&desk, &none, &yes, MONDAY).unwrap();
    assert_eq!(upgraded.facts.get("consent.contact"), None);
    unmerge(&desk, &none, &yes, MONDAY).unwrap();
    assert_eq!(look(&desk, &yes).status.owner().map(ToString::to_string).as_deref(), Some("a"));
    let withdrawn = merge(&desk, &yes, &no, MONDAY).unwrap();
    assert_eq!(withdrawn.facts.text("consent.contact"), Some("no"));
    let back = unmerge(&desk, &yes, &no, MONDAY).unwrap();
    assert_eq!(back.facts.text("consent.contact"), Some("yes"));
    sound(&desk);
}

#[test]
fn f47_taking_a_lead_out_again_never_brings_back_what_somebody_withdrew() {
    let desk = office("[eligibility]\nconsent = \"consent.contact\"\n");
    let with = |key: &str, consent: &str| {
        let email = format!("{key}@{key}.com");
        let pairs =
            [("contact.email", email.as_str()), ("company.size", "900"), ("consent.contact", consent)];
        take_in(&desk, submission(key, &pairs)).lead
    };
    let consent = |lead: &LeadId| look(&desk, lead).facts.text("consent.contact").map(str::to_owned);
    let no = || [("consent.contact".parse().unwrap(), Value::Text("no".to_owned()))].into_iter().collect();

    let (one, two, three) = (with("a1", "yes"), with("a2", "no"), with("a3", "no"));
    merge(&desk, &one, &two, MONDAY).unwrap();
    merge(&desk, &one, &three, MONDAY).unwrap();
    unmerge(&desk, &one, &two, MONDAY).unwrap();
    assert_eq!(consent(&one).as_deref(), Some("no"), "one that is still part of it refuses");
    unmerge(&desk, &one, &three, MONDAY).unwrap();

    let (one, two) = (with("b1", "yes"), with("b2", "no"));
    merge(&desk, &one, &two, MONDAY).unwrap();
    desk.correct(&one, &no(), MONDAY).unwrap().wait().unwrap();
    unmerge(&desk, &one, &two, MONDAY).unwrap();
    assert_eq!(consent(&one).as_deref(), Some("no"), "its own party refused meanwhile");

    let (one, two) = (with("c1", "yes"), with("c2", "yes"));
    merge(&desk, &one, &two, MONDAY).unwrap();
    let form = [("contact.email", "c2@c2.com"), ("consent.contact", "no")];
    assert_eq!(take_in(&desk, submission("c3", &form)).lead, one);
    unmerge(&desk, &one, &two, MONDAY).unwrap();
    let said = (consent(&one), consent(&two));
    assert_eq!((said.0.as_deref(), said.1.as_deref()), (Some("no"), Some("no")), "who it was is not known");
    assert!(look(&desk, &two).status.owner().is_none());
    sound(&desk);
}

#[test]
fn a_merge_brings_tasks_and_the_later_stage_and_an_unmerge_takes_them_out() {
    let desk = matching("");
    let [one, two] = ["one", "two"].map(|key| take_in(&desk, crate::desk::large(key)).lead);
    let task = |text: &str| Order::AddTask { text: text.to_owned(), due: None };
    order(&desk, &one, task("call"), MONDAY).unwrap();
    order(&desk, &two, task("write"), MONDAY).unwrap();
    order(&desk, &two, Order::Advance { stage: LifeStage::Sql }, MONDAY).unwrap();
    let qualify = || Order::Qualify { account: None, contact: None, opportunity: None };
    order(&desk, &two, qualify(), MONDAY).unwrap();
    order(&desk, &two, task("visit"), MONDAY).unwrap();
    let merged = merge(&desk, &one, &two, MONDAY).unwrap();
    let tasks: Vec<(u32, &str)> = merged.tasks.iter().map(|task| (task.number, task.text.as_str())).collect();
    assert_eq!((tasks, merged.stage), (vec![(1, "call"), (2, "visit")], LifeStage::Sql));
    assert!(matches!(order(&desk, &one, qualify(), MONDAY), Err(FlowError::Qualified(_))));
    let back = unmerge(&desk, &one, &two, MONDAY).unwrap();
    assert_eq!((back.tasks.len(), back.stage, &back.qualified), (1, LifeStage::Mql, &None));
    assert_eq!(look(&desk, &two).stage, LifeStage::Sql);
    sound(&desk);
}

#[test]
fn a_place_that_a_merge_gives_and_takes_is_counted_once() {
    let policy = POLICY.replace("id = \"a\"\nweight = 5", "id = \"a\"\nweight = 5\ncap = 1");
    let more = "[eligibility]\nconsent = \"consent.contact\"\n";
    let desk = desk_with(&leadsman_ledger::Store::in_memory(), files(&format!("{policy}\n{more}")));
    let with = |key: &str, consent: &str| {
        let email = format!("{key}@{key}.com");
        let pairs =
            [("contact.email", email.as_str()), ("company.size", "900"), ("consent.contact", consent)];
        take_in(&desk, submission(key, &pairs)).lead
    };
    let (two, one) = (with("two", "yes"), with("one", "yes"));
    assert_eq!(owner(&desk, &two).as_deref(), Some("a"));
    order(&desk, &one, Order::Reclaim, MONDAY).unwrap();
    let no = [("consent.contact".parse().unwrap(), Value::Text("no".to_owned()))].into_iter().collect();
    desk.correct(&two, &no, MONDAY).unwrap().wait().unwrap();
    merge(&desk, &one, &two, MONDAY).unwrap();
    unmerge(&desk, &one, &two, MONDAY).unwrap();
    sound(&desk);
    let owned = [&one, &two].into_iter().filter(|lead| owner(&desk, lead).as_deref() == Some("a")).count();
    assert!(owned <= 1);
}

#[test]
fn a_lead_that_comes_back_to_an_owner_without_room_waits_in_its_pool() {
    let policy = POLICY.replace("id = \"a\"\nweight = 5", "id = \"a\"\nweight = 5\ncap = 1");
    let desk = desk_with(&leadsman_ledger::Store::in_memory(), files(&policy));
    let [one, two] = ["one", "two"].map(|key| take_in(&desk, crate::desk::large(key)).lead);
    assert_eq!((owner(&desk, &one).as_deref(), owner(&desk, &two).as_deref()), (Some("a"), Some("b")));
    merge(&desk, &two, &one, MONDAY).unwrap();
    let three = take_in(&desk, crate::desk::large("three")).lead;
    assert_eq!(owner(&desk, &three).as_deref(), Some("a"));
    unmerge(&desk, &two, &one, MONDAY).unwrap();
    assert!(matches!(look(&desk, &one).status, Status::Pooled { .. }));
    assert!(matches!(unmerge(&desk, &two, &one, MONDAY), Err(FlowError::CannotMerge { .. })));
    assert!(matches!(merge(&desk, &two, &two, MONDAY), Err(FlowError::CannotMerge { .. })));
    sound(&desk);
}

/// What a lead is, apart from when follow-up looks at it again.
fn essence(lead: Lead) -> Lead {
    Lead { score: None, ..lead }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// A merge that is undone leaves both leads as they were.
    #[test]
    fn merge_then_unmerge_is_the_identity(
        visits in prop::collection::vec((0..2_usize, 1..9_i64), 0..8),
        notes in prop::array::uniform2(prop::option::of("[a-z]{1,8}")),
        sizes in prop::array::uniform2(1..2_000_u32),
        deals in prop::array::uniform2(prop::option::of(1..1_000_i64)),
    ) {
        let desk = matching("");
        let leads: Vec<LeadId> = (0..2).map(|number| {
            let email = format!("n{number}@n{number}.com");
            let mut one = submission(&format!("n{number}"), &[("contact.email", &email)]);
            one.facts.set("company.size".parse().unwrap(), Value::Number(f64::from(sizes[number])));
            if let Some(note) = &notes[number] {
                one.facts.set("note".parse().unwrap(), Value::Text(note.clone()));
            }
            take_in(&desk, one).lead
        }).collect();
        let mut now = MONDAY;
        for (lead, days) in visits {
            let visit = Activity { channel: Some("web".to_owned()), ..act("email.reply", days) };
            now = now.max(visit.at);
            desk.record(&leads[lead], visit, now).unwrap().wait().unwrap();
        }
        for (number, deal) in deals.into_iter().enumerate() {
            let Some(value) = deal else { continue };
            let deal = leadsman_domain::attribution::Conversion { at: now, ..conversion(&format!("d{number}"), value) };
            desk.convert(&leads[number], &deal, now).unwrap().wait().unwrap();
        }
        let before: Vec<Lead> = leads.iter().map(|lead| look(&desk, lead)).collect();
        let merged = merge(&desk, &leads[0], &leads[1], now).unwrap();
        prop_assert_eq!(merged.activities.len(), before[0].activities.len() + before[1].activities.len());
        let credit = |lead: &Lead| -> i64 {
            lead.won.iter().flat_map(|won| &won.credits).map(|credit| credit.value.0).sum()
        };
        prop_assert_eq!(credit(&merged), before.iter().map(credit).sum::<i64>());
        unmerge(&desk, &leads[0], &leads[1], now).unwrap();
        let after: Vec<Lead> = leads.iter().map(|lead| look(&desk, lead)).collect();
        prop_assert_eq!(&after[1], &before[1]);
        if merged.matured == before[0].matured {
            prop_assert_eq!(essence(after[0].clone()), essence(before[0].clone()));
        } else {
            prop_assert_eq!(&after[0].facts, &before[0].facts);
            prop_assert_eq!(&after[0].activities, &before[0].activities);
            prop_assert_eq!(&after[0].won, &before[0].won);
        }
        sound(&desk);
    }
}
