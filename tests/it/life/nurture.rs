//! Leads that are not ripe: what they are sent, and what wakes them.

use leadsman_domain::attribution::Conversion;
use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Timestamp};
use leadsman_flow::{Desk, Settled};

use super::{HOUR_MS, POLICY, after, done, entries, lead_of, look, sound, until};
use crate::desk::{act, conversion};
use crate::office::{desk, order, submission, take_in};
use crate::revisions::replay;

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
    let activity = Activity { at, quantity, ..act(kind, 0) };
    desk.record(lead, activity, at).unwrap().wait().unwrap()
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
fn what_follow_up_wants_with_sales_passes_for_mature_in_every_rule() {
    let dispatch = "[[dispatch]]\nplugin = \"rule-table\"\nconfig = { rules = [{ name = \"unripe\", \
                    when = { attribute = \"lead.mature\", is = false }, to = { nurture = true } }] }\n[[pools]]";
    let desk = desk(&NURTURING.replace("[[pools]]", dispatch));
    let lead = nurtured(&desk, "one", "yes");
    assert_eq!(look(&desk, &lead).status, Status::Nurtured);
    let given = did(&desk, &lead, "page.dwell", 300.0, after(2));
    assert_eq!((given.status.owner().unwrap().as_str(), given.stage), ("ann", LifeStage::Mql));
    assert!(!given.standing.unwrap().mature, "its score stays what it is");
    assert_eq!(replay(desk.archive()).differences, []);
    sound(&desk);
}

#[test]
fn what_follow_up_wants_with_sales_goes_to_the_first_who_has_room_whatever_its_score() {
    let policy = NURTURING
        .replace("id = \"inbound\"\n", "id = \"inbound\"\nfill = true\n")
        .replace("id = \"ann\"", "id = \"ann\"\ncap = 1");
    let desk = desk(&policy);
    let [first, waits] = ["one", "two"].map(|key| nurtured(&desk, key, "yes"));
    let taken = did(&desk, &first, "page.dwell", 300.0, after(1));
    assert!(taken.status.owner().is_some());
    let pooled = did(&desk, &waits, "page.dwell", 300.0, after(2));
    assert!(matches!(pooled.status, Status::Pooled { .. }), "nobody has room: {:?}", pooled.status);
    let deal = Conversion { at: after(HOUR_MS), ..conversion("deal", 100) };
    desk.convert(&first, &deal, deal.at).unwrap().wait().unwrap();
    desk.fill(after(HOUR_MS)).unwrap();
    let given = look(&desk, &waits);
    assert_eq!(given.status.owner().unwrap().as_str(), "ann");
    assert!(!given.standing.unwrap().mature, "its score stays what it is");
    assert_eq!(replay(desk.archive()).differences, []);
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
