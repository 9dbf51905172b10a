//! Who owns a lead: orders, claims, caps and quotas, and who comes next.

use std::collections::BTreeMap;
use std::sync::Arc;

use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::life::{IllegalMove, LifeStage};
use leadsman_domain::order::{Order, Parting};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp, Value};
use leadsman_flow::FlowError;
use leadsman_ledger::Store;

use super::{HOUR_MS, POLICY, after, call, entries, lead_of, look, owner, pool, sound};
use crate::desk::{WON, conversion};
use crate::office::{MONDAY, as_rep, desk, desk_in, order, submission, take_in, warrant};

#[test]
fn f43_of_64_claims_at_once_the_51st_is_refused_and_a_deal_makes_room() {
    let policy = POLICY
        .replace("id = \"ann\"", "id = \"ann\"\ncap = 50")
        .replace("default_pool = \"inbound\"", "default_pool = \"sea\"")
        .replace("claims = { per_day = 3, cooldown = \"7d\", delay = \"1h\" }", "");
    let desk = Arc::new(desk(&policy));
    let leads: Vec<LeadId> = (0..64).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
    let claim = || Order::Claim { rep: "ann".parse().unwrap() };
    let threads: Vec<_> = leads
        .iter()
        .map(|lead| {
            let (desk, lead) = (Arc::clone(&desk), lead.clone());
            std::thread::spawn(move || as_rep(&desk, "ann", &lead, claim(), MONDAY).map(|_| ()))
        })
        .collect();
    let claimed: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    let refused = claimed.iter().filter(|one| matches!(one, Err(FlowError::RepUnavailable { .. }))).count();
    assert_eq!((claimed.iter().filter(|one| one.is_ok()).count(), refused), (50, 14));
    let (won, _) = leads.iter().zip(&claimed).find(|(_, claimed)| claimed.is_ok()).unwrap();
    let (left, _) = leads.iter().zip(&claimed).rfind(|(_, claimed)| claimed.is_err()).unwrap();
    desk.convert(won, &conversion("deal-1", 100), WON).unwrap().wait().unwrap();
    as_rep(&desk, "ann", left, claim(), MONDAY).unwrap();
    sound(&desk);
}

#[test]
fn f76_a_quota_for_one_kind_of_lead_holds_beside_the_cap() {
    let policy = format!(
        "{POLICY}cap = 8\n[[quotas]]\nname = \"vip\"\nmost = 2\nleads = [{{ attribute = \"kind\", is = \"VIP\" }}]\n\
         reps = [{{ attribute = \"level\", is = [\"senior\", \"junior\"] }}]\n"
    )
    .replace("id = \"cyn\"\n", "id = \"cyn\"\nattributes = { level = \"junior\" }\n");
    let desk = desk(&policy);
    let of_kind = |key: &str, kind: &str| {
        let email = format!("{key}@{key}.com");
        take_in(&desk, submission(key, &[("contact.email", &email), ("kind", kind)])).lead
    };
    let assign = |lead: &LeadId, rep: &str| {
        let assign = Order::Assign { rep: rep.parse().unwrap(), suggested: Vec::new() };
        order(&desk, lead, assign, MONDAY)
    };
    let vips: Vec<LeadId> = (0..9).map(|number| of_kind(&format!("v{number}"), "vip")).collect();
    let held = vips.iter().filter(|lead| owner(&desk, lead).as_deref() == Some("cyn")).count();
    assert_eq!(held, 2, "the third went to somebody whom the quota does not bind");
    let elsewhere = vips.iter().find(|lead| owner(&desk, lead).as_deref() != Some("cyn")).unwrap();
    let refused = assign(elsewhere, "cyn").unwrap_err().to_string();
    assert!(refused.contains("2 leads of quota vip"), "{refused}");
    for number in 0..6 {
        let lead = of_kind(&format!("n{number}"), "normal");
        if owner(&desk, &lead).as_deref() != Some("cyn") {
            assign(&lead, "cyn").unwrap();
        }
    }
    let normal = of_kind("last", "normal");
    assert_ne!(owner(&desk, &normal).as_deref(), Some("cyn"), "the cap of eight counts both kinds");
    let vip = vips.iter().find(|lead| owner(&desk, lead).as_deref() == Some("cyn")).unwrap();
    assign(vip, "ann").unwrap();
    assign(elsewhere, "cyn").unwrap();
    sound(&desk);
}

#[test]
fn f72_claims_have_a_delay_a_daily_limit_and_a_cooldown_and_managers_are_not_bound() {
    let desk = desk(&POLICY.replace("default_pool = \"inbound\"", "default_pool = \"sea\""));
    let leads: Vec<LeadId> = (0..5).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
    let claim = |number: usize, at: Timestamp| {
        as_rep(&desk, "ann", &leads[number], Order::Claim { rep: "ann".parse().unwrap() }, at)
    };
    let refused = |claimed: Result<Lead, FlowError>| claimed.unwrap_err().to_string();
    assert!(refused(claim(0, after(HOUR_MS - 1))).contains("only just come"));
    let edit = [("note".parse::<leadsman_domain::AttributeName>().unwrap(), Value::Flag(true))];
    let facts = edit.into_iter().collect();
    desk.correct(&leads[0], &facts, after(HOUR_MS / 2)).unwrap().wait().unwrap();
    claim(0, after(HOUR_MS)).unwrap();
    let give_back = Order::Return { code: Some("public".to_owned()) };
    as_rep(&desk, "ann", &leads[0], give_back, after(HOUR_MS + 1)).unwrap();
    assert!(refused(claim(0, after(3 * HOUR_MS))).contains("may take it again"));
    claim(1, after(HOUR_MS)).unwrap();
    claim(2, after(HOUR_MS)).unwrap();
    assert!(refused(claim(3, after(2 * HOUR_MS))).contains("took 3 leads"), "what was given back counts");
    claim(3, after(DAY_MS)).unwrap();
    order(&desk, &leads[4], Order::Claim { rep: "ann".parse().unwrap() }, MONDAY).unwrap();
    claim(0, after(7 * DAY_MS + HOUR_MS + 1)).unwrap();
    sound(&desk);
}

#[test]
fn f72_each_verb_needs_its_right_and_is_told_with_who_and_why() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    let rep = |name: &str| name.parse().unwrap();
    let not_yours = |done: Result<Lead, FlowError>| matches!(done, Err(FlowError::NotYours { .. }));
    for order in [Order::Reclaim, Order::Assign { rep: rep("ben"), suggested: Vec::new() }, Order::Allocate] {
        assert!(not_yours(as_rep(&desk, "ann", &lead, order, MONDAY)));
    }
    for order in [Order::Reject, Order::Return { code: None }, Order::Transfer { rep: rep("cyn") }] {
        assert!(not_yours(as_rep(&desk, "ben", &lead, order, MONDAY)));
    }
    let transferred = as_rep(&desk, "ann", &lead, Order::Transfer { rep: rep("cyn") }, after(1)).unwrap();
    assert_eq!(transferred.former_owners[0].parting, Parting::Transferred);
    assert_eq!(transferred.follow_up.countdown[0].at, after(1 + DAY_MS), "the clock starts anew");
    let reclaimed = order(&desk, &lead, Order::Reclaim, after(2)).unwrap();
    assert_eq!(reclaimed.status, Status::Pooled { pool: pool("inbound") });
    assert_eq!((reclaimed.follow_up.next, reclaimed.follow_up.countdown), (None, Vec::new()));
    let told = entries(&desk, &lead).into_iter().filter_map(|entry| match entry.event {
        Event::Ordered { order, by, why } => Some((order.as_str(), by, why)),
        _ => None,
    });
    let expected = ["transfer", "reclaim"].map(|verb| (verb, "mara".to_owned(), "a good reason".to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(matches!(order(&desk, &lead, Order::Reclaim, after(3)), Err(FlowError::NotOwned(_))));
}

#[test]
fn f46_dispatch_sets_no_person_and_allocation_asks_the_pool() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    let moved = order(&desk, &lead, Order::Dispatch { pool: pool("sea") }, after(1)).unwrap();
    assert_eq!(moved.status, Status::Pooled { pool: pool("sea") });
    order(&desk, &lead, Order::Dispatch { pool: pool("inbound") }, after(2)).unwrap();
    let given = order(&desk, &lead, Order::Allocate, after(3)).unwrap();
    assert_eq!(given.status.owner().unwrap().as_str(), "ben");
    let events = entries(&desk, &lead);
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|entry| wanted(&entry.event)).count();
    assert_eq!(count(|event| matches!(event, Event::Dispatched { .. })), 2);
    assert_eq!(count(|event| matches!(event, Event::Allocated { .. })), 2);
    let unknown = order(&desk, &lead, Order::Dispatch { pool: pool("nowhere") }, after(4));
    assert!(matches!(unknown, Err(FlowError::UnknownPool(_))));
}

#[test]
fn f96_a_rejected_lead_refunds_the_turn_and_the_room_and_is_not_offered_again() {
    let desk = desk(POLICY);
    let first = lead_of(&desk, "one");
    assert_eq!(owner(&desk, &first).unwrap(), "ann");
    let rejected = as_rep(&desk, "ann", &first, Order::Reject, after(1)).unwrap();
    assert_eq!(rejected.status.owner().unwrap().as_str(), "ben");
    let next: Vec<String> =
        (2..4).map(|number| owner(&desk, &lead_of(&desk, &format!("n{number}"))).unwrap()).collect();
    assert_eq!(next, ["cyn", "ann"], "ann has her turn back: ben would be next if she had not");
    let last = entries(&desk, &lead_of(&desk, "n4")).into_iter().rev().find_map(|entry| match entry.event {
        Event::Decided(decision) => decision.situation,
        _ => None,
    });
    let owed: i64 = last.unwrap().counters.iter().map(|counter| counter.value).sum();
    assert_eq!(owed, 0, "what one is owed the others have had");
    as_rep(&desk, "ben", &first, Order::Reject, after(2)).unwrap();
    let last = as_rep(&desk, "cyn", &first, Order::Reject, after(3)).unwrap();
    assert_eq!(last.status, Status::Pooled { pool: pool("inbound") }, "all three refused it");
    sound(&desk);
}

#[test]
fn f97_what_is_not_ripe_goes_to_the_pool_that_the_word_names() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    let unknown = Order::Return { code: Some("bored".to_owned()) };
    let refused = as_rep(&desk, "ann", &lead, unknown, after(1)).unwrap_err().to_string();
    assert!(refused.ends_with("it knows not-ripe, public"), "{refused}");
    let returned =
        as_rep(&desk, "ann", &lead, Order::Return { code: Some("not-ripe".to_owned()) }, after(1)).unwrap();
    assert_eq!(returned.status, Status::Pooled { pool: pool("nurture") });
    assert_eq!(returned.former_owners[0].parting, Parting::Returned);
}

#[test]
fn f28_when_somebody_leaves_nothing_stays_with_them() {
    let store = Store::in_memory();
    let desk = desk_in(&store, POLICY);
    let leads: Vec<LeadId> = (0..9).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
    drop(desk);
    let without = POLICY.replace("id = \"ann\"", "id = \"ann\"\ndismissed = true");
    let desk = desk_in(&store, &without);
    assert_eq!(desk.relieve_the_dismissed(&warrant("ann leaves")).unwrap(), 3);
    assert_eq!(desk.relieve_the_dismissed(&warrant("ann leaves")).unwrap(), 0);
    for lead in &leads {
        let now = look(&desk, lead);
        assert_ne!(now.status.owner().unwrap().as_str(), "ann");
        if let Some(former) = now.former_owners.first() {
            assert_eq!((former.rep.as_str(), former.parting), ("ann", Parting::Left));
            let why =
                |entry: &Entry| matches!(&entry.event, Event::Ordered { why, .. } if why == "ann leaves");
            assert!(entries(&desk, lead).iter().any(why));
        }
    }
    sound(&desk);
}

#[test]
fn f28_who_is_no_longer_in_the_policy_owns_nothing_any_longer() {
    let store = Store::in_memory();
    let lead = lead_of(&desk_in(&store, POLICY), "one");
    let desk = desk_in(&store, &POLICY.replace("[[reps]]\nid = \"ann\"\n", ""));
    assert_eq!(desk.relieve_the_dismissed(&warrant("ann left")).unwrap(), 1);
    assert_eq!(owner(&desk, &lead).unwrap(), "ben");
}

#[test]
fn f55_stages_go_forward_one_by_one_and_back_with_a_reason() {
    let desk = desk(&format!("{POLICY}[grading]\nmature_from = 60\n"));
    let lead = lead_of(&desk, "one");
    let advance = |stage| order(&desk, &lead, Order::Advance { stage }, MONDAY);
    assert_eq!(look(&desk, &lead).stage, LifeStage::Uql);
    let leap = advance(LifeStage::Sql).unwrap_err();
    assert!(matches!(leap, FlowError::IllegalMove { cause: IllegalMove::Leap { .. }, .. }), "{leap}");
    assert_eq!(advance(LifeStage::Mql).unwrap().stage, LifeStage::Mql);
    assert_eq!(advance(LifeStage::Sql).unwrap().stage, LifeStage::Sql);
    assert!(matches!(advance(LifeStage::Deal), Err(FlowError::IllegalMove { .. })));
    assert_eq!(advance(LifeStage::Uql).unwrap().stage, LifeStage::Uql, "back, with a reason");
    let mut silent = warrant("");
    silent.at = after(1);
    advance(LifeStage::Mql).unwrap();
    let order = Order::Advance { stage: LifeStage::Uql };
    let refused = desk.order(&lead, &order, &leadsman_flow::Acting::Manager, &silent).unwrap_err();
    assert!(matches!(refused, FlowError::IllegalMove { cause: IllegalMove::WithoutReason(_), .. }));
    desk.convert(&lead, &conversion("deal-9", 5), WON).unwrap().wait().unwrap();
    assert_eq!(look(&desk, &lead).stage, LifeStage::Deal);
}

#[test]
fn leads_that_wait_are_given_out_when_somebody_has_room_if_the_policy_wants_it() {
    let full = POLICY
        .replace("id = \"inbound\"\n", "id = \"inbound\"\nfill = true\n")
        .replace("id = \"ann\"", "id = \"ann\"\ncap = 1")
        .replace("id = \"ben\"", "id = \"ben\"\ncap = 1")
        .replace("id = \"cyn\"", "id = \"cyn\"\ncap = 1");
    let desk = desk(&full);
    let leads: Vec<LeadId> = (0..5).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
    assert_eq!(desk.fill(after(1)).unwrap().len(), 0, "nobody has room");
    let deal = leadsman_domain::attribution::Conversion { at: after(1), ..conversion("deal-1", 5) };
    desk.convert(&leads[1], &deal, deal.at).unwrap().wait().unwrap();
    assert_eq!(desk.fill(after(2)).unwrap().len(), 1);
    let waiting: Vec<&LeadId> = leads.iter().filter(|lead| owner(&desk, lead).is_none()).collect();
    assert_eq!(waiting.len(), 1);
    let owned = leads.iter().filter(|lead| owner(&desk, lead).as_deref() == Some("ben")).count();
    assert_eq!(owned, 2, "the deal and the one that waited");
    sound(&desk);
}

#[test]
fn a_lead_that_nobody_has_room_for_is_given_out_once_it_is_of_another_kind() {
    let quota =
        "[[quotas]]\nname = \"vip\"\nleads = [{ attribute = \"vip\", is = true }]\nmost = 0\n[[reps]]";
    let full = POLICY
        .replace("id = \"inbound\"\n", "id = \"inbound\"\nfill = true\n")
        .replacen("[[reps]]", quota, 1);
    let desk = desk(&full);
    let vip = |key: &str| {
        let mut vip = submission(key, &[("contact.email", &format!("{key}@{key}.com"))]);
        vip.facts.set("vip".parse().unwrap(), Value::Flag(true));
        take_in(&desk, vip).lead
    };
    let (one, two) = (vip("one"), vip("two"));
    let given = |at: i64| desk.fill(after(at)).unwrap().into_iter().map(|lead| lead.id).collect::<Vec<_>>();
    assert_eq!((given(1), given(2)), (Vec::new(), Vec::new()), "no rep may own one of these");
    let facts = [("vip".parse().unwrap(), Value::Flag(false))].into_iter().collect();
    desk.correct(&one, &facts, after(3)).unwrap().wait().unwrap();
    assert_eq!(given(4), [one]);
    assert_eq!(owner(&desk, &two), None);
    sound(&desk);
}

#[test]
fn f50_the_system_suggests_with_reasons_and_what_was_not_taken_is_on_record() {
    let desk = desk(&POLICY.replace("id = \"cyn\"", "id = \"cyn\"\ncap = 0"));
    let lead = lead_of(&desk, "one");
    let suggested = desk.suggest(&lead, MONDAY).unwrap();
    let ranking: Vec<&str> = suggested.ranking.iter().map(|one| one.rep.as_str()).collect();
    assert_eq!(ranking, ["ben"]);
    assert!(!suggested.ranking[0].message.is_empty());
    let not: BTreeMap<&str, &str> =
        suggested.passed_over.iter().map(|one| (one.rep.as_str(), one.code.as_str())).collect();
    assert_eq!(not, BTreeMap::from([("ann", "owner"), ("cyn", "full")]));
    let other = lead_of(&desk, "two");
    let assign = Order::Assign { rep: "ann".parse().unwrap(), suggested: vec!["ben".parse().unwrap()] };
    order(&desk, &other, assign.clone(), MONDAY).unwrap();
    let told = entries(&desk, &other);
    assert!(
        told.iter().any(|entry| matches!(&entry.event, Event::Ordered { order, .. } if *order == assign))
    );
    assert_eq!(
        desk.suggest(&lead, MONDAY).unwrap().ranking[0].rep.as_str(),
        "ben",
        "nobody's turn was taken"
    );
}

#[test]
fn f37_the_queue_is_by_grade_then_deadline_then_age() {
    let graded = format!(
        "{POLICY}[[scoring]]\nplugin = \"points\"\nconfig = {{ rules = [{{ name = \"large\", points = 50, when = {{ attribute = \"company.size\", at_least = 100 }} }}] }}\n\
         [grading]\nbands = [{{ label = \"B\", below = 40, meaning = \"small\" }}, {{ label = \"A\", from = 40, meaning = \"large\" }}]\n"
    );
    let only_ann = graded.replace("[[reps]]\nid = \"ben\"", "").replace("[[reps]]\nid = \"cyn\"", "");
    let desk = desk(&only_ann);
    let came = |key: &str, size: &str, minutes: i64| {
        let email = format!("{key}@{key}.com");
        let mut one = submission(key, &[("contact.email", &email), ("company.size", size)]);
        one.received = after(minutes * 60_000);
        take_in(&desk, one).lead
    };
    let (small_old, small_new) = (came("one", "5", 0), came("two", "5", 1));
    let (large_new, called) = (came("three", "500", 2), came("four", "500", 1));
    call(&desk, &called, after(HOUR_MS));
    let policy = desk.revision().policy;
    let queue = leadsman_flow::Queue::OwnedBy("ann".parse().unwrap());
    let order: Vec<LeadId> =
        desk.archive().queue(&queue, &policy).unwrap().into_iter().map(|lead| lead.id).collect();
    assert_eq!(order, [large_new, called, small_old, small_new]);
}
