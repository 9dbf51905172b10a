//! The life of a lead after intake, feature by feature, in simulated time: deadlines, pools, claims, quotas,
//! orders, eligibility, stages.

use std::collections::BTreeMap;
use std::sync::Arc;

use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::{Lack, Lead, Status};
use leadsman_domain::life::{IllegalMove, LifeStage};
use leadsman_domain::order::{Order, Parting};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp, Value};
use leadsman_flow::{Desk, FlowError, Settled};
use leadsman_ledger::Store;
use leadsman_policy::PolicyFiles;
use proptest::prelude::*;

use crate::desk::{WON, act, conversion};
use crate::office::{MONDAY, as_rep, desk, desk_in, desk_with, order, submission, take_in, warrant};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// Three reps who get leads in turns, must follow up within a day and every fifteen days, and close within
/// sixty.
const POLICY: &str = r#"
default_pool = "inbound"
activities = ["call.done", "note.written"]
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[pools.follow_up]]
plugin = "follow-up"
[pools.follow_up.config]
counts = ["call.done"]
rules = [
  { name = "first-contact", since = "owned", within = "24h", met_by = "activity", warn = ["4h"], escalate = "1h", then = { recycle = true } },
  { name = "idle", since = "owned", within = "15d", extend = "15d", warn = ["1d"], then = { recycle = true } },
  { name = "no-deal", since = "owned", within = "60d", met_by = "deal", then = { recycle = { pool = "nurture" } } },
]
[[pools]]
id = "nurture"
[[pools]]
id = "sea"
claims = { per_day = 3, cooldown = "7d", delay = "1h" }
[returns]
not-ripe = "nurture"
public = "sea"
[[reps]]
id = "ann"
[[reps]]
id = "ben"
[[reps]]
id = "cyn"
"#;

fn lead_of(desk: &Desk, key: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[("contact.email", &email)])).lead
}

fn look(desk: &Desk, lead: &LeadId) -> Lead {
    desk.archive().lead(lead).unwrap()
}

fn owner(desk: &Desk, lead: &LeadId) -> Option<String> {
    look(desk, lead).status.owner().map(ToString::to_string)
}

fn entries(desk: &Desk, lead: &LeadId) -> Vec<Entry> {
    desk.archive().history(lead).unwrap().entries
}

/// What follow-up did: when, and what.
fn done(desk: &Desk, lead: &LeadId) -> Vec<(Timestamp, &'static str)> {
    let word = |deed: &Deed| match deed {
        Deed::Remind { .. } => "remind",
        Deed::Escalate { .. } => "escalate",
        Deed::Recycle { .. } => "recycle",
        Deed::Advance { .. } => "advance",
        Deed::Route => "route",
        Deed::Send { .. } => "send",
    };
    let did = |entry: Entry| match entry.event {
        Event::FollowedUp { action, .. } => Some((entry.at, word(&action.deed))),
        _ => None,
    };
    entries(desk, lead).into_iter().filter_map(did).collect()
}

/// Lets everything happen that falls due until a moment, each at its own.
fn until(desk: &Desk, moment: Timestamp) {
    while let Some(due) = desk.next_due().unwrap().filter(|due| *due <= moment) {
        assert!(!desk.wake(due).unwrap().leads.is_empty(), "something stays due at {due}");
    }
}

fn after(ms: i64) -> Timestamp {
    MONDAY.plus_ms(ms)
}

fn call(desk: &Desk, lead: &LeadId, at: Timestamp) {
    desk.record(lead, leadsman_domain::lead::Activity { at, ..act("call.done", 0) }, at)
        .unwrap()
        .wait()
        .unwrap();
}

fn sound(desk: &Desk) {
    let mut problems = Vec::new();
    desk.archive().audit(|lead, cause| problems.push((lead.clone(), cause))).unwrap();
    assert_eq!(problems, []);
}

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
    let note = leadsman_domain::lead::Activity { at: after(14 * DAY_MS), ..act("note.written", 0) };
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
    assert_eq!(reclaimed.status, Status::Pooled { pool: rep_pool("inbound") });
    assert_eq!((reclaimed.follow_up.next, reclaimed.follow_up.countdown), (None, Vec::new()));
    let told = entries(&desk, &lead).into_iter().filter_map(|entry| match entry.event {
        Event::Ordered { order, by, why } => Some((order.as_str(), by, why)),
        _ => None,
    });
    let expected = ["transfer", "reclaim"].map(|verb| (verb, "mara".to_owned(), "a good reason".to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert!(matches!(order(&desk, &lead, Order::Reclaim, after(3)), Err(FlowError::NotOwned(_))));
}

fn rep_pool(pool: &str) -> leadsman_domain::PoolId {
    pool.parse().unwrap()
}

#[test]
fn f46_dispatch_sets_no_person_and_allocation_asks_the_pool() {
    let desk = desk(POLICY);
    let lead = lead_of(&desk, "one");
    let moved = order(&desk, &lead, Order::Dispatch { pool: rep_pool("sea") }, after(1)).unwrap();
    assert_eq!(moved.status, Status::Pooled { pool: rep_pool("sea") });
    order(&desk, &lead, Order::Dispatch { pool: rep_pool("inbound") }, after(2)).unwrap();
    let given = order(&desk, &lead, Order::Allocate, after(3)).unwrap();
    assert_eq!(given.status.owner().unwrap().as_str(), "ben");
    let events = entries(&desk, &lead);
    let count = |wanted: fn(&Event) -> bool| events.iter().filter(|entry| wanted(&entry.event)).count();
    assert_eq!(count(|event| matches!(event, Event::Dispatched { .. })), 2);
    assert_eq!(count(|event| matches!(event, Event::Allocated { .. })), 2);
    let unknown = order(&desk, &lead, Order::Dispatch { pool: rep_pool("nowhere") }, after(4));
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
    assert_eq!(last.status, Status::Pooled { pool: rep_pool("inbound") }, "all three refused it");
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
    assert_eq!(returned.status, Status::Pooled { pool: rep_pool("nurture") });
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
fn f47_f49_nobody_is_contacted_without_consent_and_what_is_missing_is_told() {
    let policy =
        format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\nattributes = [\"company.size\"]\n");
    let desk = desk(&policy);
    let intake = take_in(&desk, submission("one", &[("contact.email", "one@example.com")]));
    assert_eq!(intake.settled, Settled::Held);
    let lacks = |lacks: Vec<Lack>| Status::Blocked { lacks };
    let size = || Lack::Attribute { name: "company.size".to_owned() };
    let lead = intake.lead;
    assert_eq!(look(&desk, &lead).status, lacks(vec![Lack::Consent, size()]));
    let assign = || Order::Assign { rep: "ann".parse().unwrap(), suggested: Vec::new() };
    assert!(matches!(order(&desk, &lead, assign(), MONDAY), Err(FlowError::Ineligible { .. })));
    assert_eq!(
        order(&desk, &lead, Order::Release, after(1)).unwrap().status,
        lacks(vec![Lack::Consent, size()])
    );
    let fact = |name: &str, value: Value| {
        [(name.parse::<leadsman_domain::AttributeName>().unwrap(), value)].into_iter().collect()
    };
    let know = |name: &str, value: Value, at: i64| {
        desk.correct(&lead, &fact(name, value), after(at)).unwrap().wait().unwrap().status
    };
    assert_eq!(know("company.size", Value::Number(9.0), 2), lacks(vec![Lack::Consent]));
    assert_eq!(know("consent.contact", Value::Flag(true), 3).owner().unwrap().as_str(), "ann");

    let no =
        take_in(&desk, submission("no", &[("contact.email", "no@example.com"), ("consent.contact", "no")]));
    let again = submission(
        "yes",
        &[("contact.email", "no@example.com"), ("consent.contact", "yes"), ("company.size", "5")],
    );
    take_in(&desk, again);
    assert_eq!(look(&desk, &no.lead).status, lacks(vec![Lack::Consent]), "a merge never upgrades consent");
    let withdrawn = submission("off", &[("contact.email", "one@example.com"), ("consent.contact", "no")]);
    take_in(&desk, withdrawn);
    assert_eq!(look(&desk, &lead).facts.text("consent.contact"), Some("no"));
    sound(&desk);
}

#[test]
fn f47_consent_that_is_withdrawn_gives_the_lead_to_nobody_else_by_any_way() {
    let policy = format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\n")
        .replace("id = \"inbound\"\n", "id = \"inbound\"\nfill = true\n");
    let desk = desk(&policy);
    let consenting = |key: &str| {
        let email = format!("{key}@{key}.com");
        take_in(&desk, submission(key, &[("contact.email", &email), ("consent.contact", "yes")])).lead
    };
    let (idle, returned, pooled) = (consenting("one"), consenting("two"), consenting("three"));
    order(&desk, &pooled, Order::Reclaim, after(1)).unwrap();
    let no = [("consent.contact".parse().unwrap(), Value::Flag(false))].into_iter().collect();
    for lead in [&idle, &returned, &pooled] {
        desk.correct(lead, &no, after(2)).unwrap().wait().unwrap();
    }
    let blocked = Status::Blocked { lacks: vec![Lack::Consent] };
    assert_eq!(look(&desk, &pooled).status, blocked);
    assert_eq!(order(&desk, &returned, Order::Return { code: None }, after(3)).unwrap().status, blocked);
    until(&desk, after(2 * DAY_MS));
    assert_eq!(look(&desk, &idle).status, blocked, "its deadline took it from its owner");
    assert!(desk.fill(after(2 * DAY_MS)).unwrap().is_empty());
    let again = submission("again", &[("contact.email", "one@one.com"), ("consent.contact", "yes")]);
    take_in(&desk, again);
    assert_eq!(look(&desk, &idle).status, blocked, "a merge never upgrades consent");
    sound(&desk);
}

#[test]
fn f48_a_lead_of_saturday_night_before_a_holiday_monday_waits_until_tuesday_nine() {
    let policy = r#"
        default_pool = "inbound"
        zone = "Europe/Berlin"
        [[dispatch]]
        plugin = "rule-table"
        config = { rules = [{ name = "at work", when = { attribute = "lead.mature", is = true }, to = { hold_until_opening = "office" } }] }
        [[pools]]
        id = "inbound"
        [[pools.allocation]]
        plugin = "round-robin"
        [[reps]]
        id = "ann"
    "#;
    let calendar =
        "zone = \"Europe/Berlin\"\nholidays = [2026-04-06]\n[hours]\nworkdays = [\"09:00-17:00\"]\n";
    let files = PolicyFiles::new().with("policy.toml", policy).with("calendars/office.toml", calendar);
    let desk = desk_with(&Store::in_memory(), files);
    let moment = |text: &str| {
        Timestamp::from_ms(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    };
    // Saturday, and Easter Monday; then the night in which the clock goes forward.
    for (key, came, goes) in [
        ("easter", "2026-04-04T02:00:00+02:00", "2026-04-07T09:00:00+02:00"),
        ("spring", "2026-03-29T01:30:00+01:00", "2026-03-30T09:00:00+02:00"),
        ("autumn", "2026-10-25T02:30:00+01:00", "2026-10-26T09:00:00+01:00"),
    ] {
        let mut one = submission(key, &[("contact.email", &format!("{key}@example.com"))]);
        one.received = moment(came);
        let lead = take_in(&desk, one).lead;
        let Status::Held { until, .. } = look(&desk, &lead).status else { panic!("{key} is not held") };
        assert_eq!(until, Some(moment(goes)), "{key}");
    }
}

#[test]
fn f51_a_lead_that_waits_and_asks_again_wakes_at_once_with_its_history() {
    let desk = desk(&POLICY.replace(
        "default_pool = \"inbound\"",
        "default_pool = \"inbound\"\nidentity = [[\"contact.email.normal\"]]",
    ));
    let lead = lead_of(&desk, "one");
    order(&desk, &lead, Order::Return { code: Some("not-ripe".to_owned()) }, after(1)).unwrap();
    let mut again = submission("again", &[("contact.email", "one@one.com")]);
    again.received = after(30 * DAY_MS);
    assert_eq!(take_in(&desk, again).settled, Settled::Duplicate);
    let woken = look(&desk, &lead);
    assert!(woken.status.owner().is_some(), "{:?}", woken.status);
    assert_eq!((woken.submissions, woken.former_owners.len()), (2, 1));
    assert_eq!(entries(&desk, &lead).iter().filter(|entry| entry.event == Event::Woken).count(), 1);
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

/// A desk at which every lead goes to ann, and a guest follows up.
fn desk_of(guest: &str) -> Desk {
    desk(&format!(
        "default_pool = \"inbound\"\n[[follow_up]]\npath = \"guests/{guest}.wasm\"\n\
         [[pools]]\nid = \"inbound\"\n[[pools.allocation]]\nplugin = \"round-robin\"\n[[reps]]\nid = \"ann\"\n"
    ))
}

#[test]
fn a_plugin_that_breaks_is_asked_again_and_nobody_loses_a_lead_by_it() {
    for guest in ["recycles-to-nowhere", "looks-back"] {
        let desk = desk_of(guest);
        let lead = lead_of(&desk, "one");
        assert_eq!(crate::office::faults(&desk, &lead), ["malformed"], "{guest}");
        assert_eq!(look(&desk, &lead).follow_up.next, Some(after(HOUR_MS)));
        assert_eq!(desk.wake(after(HOUR_MS)).unwrap().leads.len(), 1);
        assert_eq!(look(&desk, &lead).follow_up.next, Some(after(2 * HOUR_MS)));
        assert_eq!(owner(&desk, &lead).unwrap(), "ann");
    }
}

#[test]
fn a_plugin_that_never_rests_is_bounded() {
    let desk = desk_of("never-rests");
    let lead = lead_of(&desk, "one");
    assert_eq!(done(&desk, &lead).len(), 4, "so many rounds for one happening");
    desk.wake(after(DAY_MS)).unwrap();
    assert!(entries(&desk, &lead).len() < 5_000);
    sound(&desk);
}

/// Leads that nobody scores high enough are nurtured; what they do can change that.
const NURTURING: &str = r#"
default_pool = "inbound"
activities = ["email.reply", "page.dwell", "phone.saved"]
[grading]
mature_from = 50
[[follow_up]]
plugin = "nurture"
config = { stop_on = ["email.reply"], cap = { sends = 2, within = "5d" } }
[[follow_up]]
plugin = "follow-up"
[follow_up.config]
counts = ["email.reply"]
rules = [{ name = "stands", since = "stage", stages = ["uql"], within = "20d", then = { escalate = "Nobody qualifies it." } }]
signals = [
  { name = "dwelled", on = ["page.dwell"], at_least = 300, then = { route = true } },
  { name = "saved", on = ["phone.saved"], every = "1d", then = { remind = "It saved your number." } },
]
[eligibility]
consent = "consent.contact"
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
"#;

fn nurtured(desk: &Desk, key: &str, consent: &str) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[("contact.email", &email), ("consent.contact", consent)])).lead
}

fn did(desk: &Desk, lead: &LeadId, kind: &str, quantity: f64, at: Timestamp) -> Lead {
    let activity = leadsman_domain::lead::Activity { at, quantity, ..act(kind, 0) };
    desk.record(lead, activity, at).unwrap().wait().unwrap()
}

#[test]
fn f52_f53_a_track_sends_on_its_days_within_the_cap_and_a_reply_stops_it() {
    let desk = desk(NURTURING);
    let (silent, replies) = (nurtured(&desk, "one", "yes"), nurtured(&desk, "two", "yes"));
    until(&desk, after(4 * DAY_MS));
    did(&desk, &replies, "email.reply", 1.0, after(4 * DAY_MS));
    until(&desk, after(12 * DAY_MS));
    let sends = |lead: &LeadId| {
        done(&desk, lead)
            .into_iter()
            .filter(|(_, what)| *what == "send")
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    assert_eq!(sends(&silent), [1, 3, 7, 10].map(|day| after(day * DAY_MS)));
    assert_eq!(sends(&replies), [1, 3].map(|day| after(day * DAY_MS)));
    let messages = look(&desk, &silent).activities.iter().filter(|one| one.kind == "message.sent").count();
    assert_eq!(messages, 4, "each counts for the cap");
    sound(&desk);
}

#[test]
fn f47_nothing_is_sent_without_consent() {
    let desk = desk(&NURTURING.replace("mature_from = 50", "mature_from = -1"));
    let lead = nurtured(&desk, "one", "no");
    assert!(matches!(look(&desk, &lead).status, Status::Blocked { .. }));
    until(&desk, after(12 * DAY_MS));
    assert!(done(&desk, &lead).iter().all(|(_, what)| *what != "send"));
}

#[test]
fn f93_f88_sudden_interest_makes_an_mql_and_gives_it_to_sales_in_the_same_call() {
    let desk = desk(NURTURING);
    let lead = nurtured(&desk, "one", "yes");
    assert_eq!(look(&desk, &lead).status, Status::Nurtured);
    assert_eq!(did(&desk, &lead, "page.dwell", 299.0, after(1)).status, Status::Nurtured);
    let given = did(&desk, &lead, "page.dwell", 300.0, after(2));
    assert_eq!((given.status.owner().unwrap().as_str(), given.stage), ("ann", LifeStage::Mql));
    sound(&desk);
}

#[test]
fn f27_a_signal_alerts_the_owner_once_in_its_window() {
    let desk = desk(NURTURING);
    let lead = nurtured(&desk, "one", "yes");
    did(&desk, &lead, "page.dwell", 300.0, after(0));
    for hour in [1, 5, 23, 26] {
        did(&desk, &lead, "phone.saved", 1.0, after(hour * HOUR_MS));
    }
    let alerts: Vec<_> = done(&desk, &lead).into_iter().filter(|(_, what)| *what == "remind").collect();
    assert_eq!(alerts, [(after(HOUR_MS), "remind"), (after(26 * HOUR_MS), "remind")]);
}

#[test]
fn f19_a_stage_that_takes_too_long_is_told_at_the_exact_tick() {
    let desk = desk(NURTURING);
    let lead = nurtured(&desk, "one", "yes");
    assert_eq!(desk.wake(after(21 * DAY_MS)).unwrap().leads.len(), 1);
    let told = done(&desk, &lead).into_iter().find(|(_, what)| *what == "escalate").unwrap();
    assert_eq!(told.0, after(20 * DAY_MS));
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

/// What may happen to one of a few leads.
#[derive(Debug, Clone)]
enum Step {
    Ordered(usize, Order),
    Called(usize),
    Sleep(i64),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let rep = prop::sample::select(vec!["ann", "ben", "cyn"]).prop_map(|rep| rep.parse().unwrap());
    let order = prop_oneof![
        rep.clone().prop_map(|rep| Order::Claim { rep }),
        rep.clone().prop_map(|rep| Order::Assign { rep, suggested: Vec::new() }),
        rep.prop_map(|rep| Order::Transfer { rep }),
        Just(Order::Return { code: None }),
        Just(Order::Return { code: Some("public".to_owned()) }),
        Just(Order::Reclaim),
        Just(Order::Reject),
        prop::sample::select(vec!["ann", "ben", "cyn"])
            .prop_map(|rep| Order::Relieve { rep: rep.parse().unwrap() }),
        Just(Order::Allocate),
    ];
    let step = prop_oneof![
        4 => (0..4_usize, order).prop_map(|(lead, order)| Step::Ordered(lead, order)),
        2 => (0..4_usize).prop_map(Step::Called),
        3 => (1..400_i64).prop_map(Step::Sleep),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever people do and however long the server sleeps: caps hold, loads are what is owned, every
    /// owner has a deadline that begins with them, no action happens twice, moments never go back, and the
    /// lead is the fold of its journal.
    #[test]
    fn whatever_happens_every_lead_is_accounted_for(steps in steps()) {
        let policy = POLICY.replace("id = \"ann\"", "id = \"ann\"\ncap = 2");
        let store = Store::in_memory();
        let mut desk = desk_in(&store, &policy);
        let leads: Vec<LeadId> = (0..4).map(|number| lead_of(&desk, &format!("n{number}"))).collect();
        let mut now = MONDAY;
        for step in steps {
            now = now.plus_ms(1000);
            match step {
                Step::Ordered(lead, what) => drop(order(&desk, &leads[lead], what, now)),
                Step::Called(lead) => call(&desk, &leads[lead], now),
                Step::Sleep(hours) => {
                    now = now.plus_ms(hours * HOUR_MS);
                    while !desk.wake(now).unwrap().leads.is_empty() {}
                }
                Step::Restart => desk = desk_in(&store, &policy),
            }
        }
        let mut owned: BTreeMap<String, u32> = BTreeMap::new();
        for lead in &leads {
            let history = desk.archive().history(lead).unwrap();
            prop_assert_eq!(&journal::fold(&history.entries).unwrap(), &history.lead);
            let mut keys: Vec<_> = history.lead.follow_up.done.iter().map(|done| &done.key).collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), all);
            let moments: Vec<Timestamp> = history.entries.iter().map(|entry| entry.at).collect();
            prop_assert!(moments.is_sorted(), "{:?}", moments);
            if let Some(owner) = history.lead.status.owner() {
                *owned.entry(owner.to_string()).or_default() += 1;
                if history.lead.status.pool() == Some(&rep_pool("inbound")) {
                    let countdown = &history.lead.follow_up.countdown;
                    prop_assert!(countdown.iter().any(|one| one.at > history.lead.since), "{:?}", history.lead);
                }
            }
        }
        prop_assert!(owned.get("ann").is_none_or(|owned| *owned <= 2));
        let summary = desk.archive().summary().unwrap();
        for share in summary.owners {
            prop_assert_eq!(share.leads, u64::from(owned.get(&share.owner).copied().unwrap_or(0)));
        }
    }
}
