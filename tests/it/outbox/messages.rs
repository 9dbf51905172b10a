//! What becomes a message, and when it is sent again: through the desk, in simulated time.

use std::collections::BTreeSet;

use leadsman_domain::lead::Activity;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, ReceiverId, Timestamp};
use leadsman_flow::outbox::{NewReceiver, Receiver, Setback, Topic, Waiting};
use leadsman_flow::{Desk, FlowError};
use leadsman_ledger::Store;
use serde_json::{Value, json};

use crate::desk::act;
use crate::life::{HOUR_MS, POLICY, after, call, lead_of, until};
use crate::office::{desk, desk_in, order, warrant};

/// Leads that nobody scores high enough are nurtured until they reply; a number that is saved alerts.
const NURTURING: &str = r#"
default_pool = "inbound"
activities = ["email.reply", "phone.saved"]
[grading]
mature_from = 50
[[follow_up]]
plugin = "nurture"
config = { stop_on = ["email.reply"] }
[[follow_up]]
plugin = "follow-up"
config = { counts = [], rules = [], signals = [{ name = "saved", on = ["phone.saved"], every = "1d", then = { remind = "It saved your number." } }] }
[[pools]]
id = "inbound"
[[reps]]
id = "ann"
"#;

fn name(text: &str) -> ReceiverId {
    text.parse().unwrap()
}

/// Registers a receiver that is told of some topics, or of all if there are none.
fn tell(desk: &Desk, receiver: &str, topics: &[Topic], facts: &[&str]) -> Receiver {
    let facts = facts.iter().map(|fact| fact.parse().unwrap()).collect();
    let url = "https://example.com/hook".to_owned();
    let new = NewReceiver { name: name(receiver), url, topics: topics.to_vec(), facts };
    desk.add_receiver(new, [7; 32], &warrant("")).unwrap().receiver
}

fn due(desk: &Desk, receiver: &Receiver, now: Timestamp) -> Vec<Waiting> {
    desk.outbox().due(receiver, now, 100).unwrap()
}

fn did(desk: &Desk, lead: &LeadId, kind: &str, at: Timestamp) {
    desk.record(lead, Activity { at, ..act(kind, 0) }, at).unwrap().wait().unwrap();
}

fn body(waiting: &Waiting) -> Value {
    serde_json::from_str(&waiting.message.body).unwrap()
}

/// A setback with nothing special about it.
fn setback(asked_ms: Option<i64>) -> Setback {
    Setback { cause: "it answered 500".to_owned(), asked_ms, gone: false }
}

#[test]
fn what_happens_to_a_lead_becomes_messages_in_its_order() {
    let desk = desk(POLICY);
    let crm = tell(&desk, "crm", &[], &["contact.email", "company.size"]);
    let lead = lead_of(&desk, "one");
    until(&desk, after(DAY_MS));
    let bodies: Vec<Value> = due(&desk, &crm, after(DAY_MS)).iter().map(body).collect();
    let told = |topic: &str| {
        let about = |body: &&Value| body["type"] == topic;
        bodies.iter().filter(about).map(|body| body["timestamp"].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(told("lead.reminder"), ["2026-01-06T04:00:00.000Z"]);
    assert_eq!(told("lead.escalation"), ["2026-01-06T07:00:00.000Z"]);
    assert_eq!(told("lead.pooled"), ["2026-01-06T08:00:00.000Z"]);
    assert_eq!(told("lead.assigned"), ["2026-01-05T08:00:00.000Z", "2026-01-06T08:00:00.000Z"]);
    let moments: Vec<&str> = bodies.iter().map(|body| body["timestamp"].as_str().unwrap()).collect();
    assert!(moments.is_sorted(), "{moments:?}");

    let pooled = bodies.iter().find(|body| body["type"] == "lead.pooled").unwrap();
    assert_eq!(
        (&pooled["data"]["pool"], &pooled["data"]["parting"]),
        (&json!("inbound"), &json!("recycled"))
    );
    let again = bodies.last().unwrap();
    let data = json!({
        "lead": lead, "status": "assigned", "stage": again["data"]["stage"], "owner": "ben", "pool": "inbound",
        "facts": { "contact.email": "one@one.com" },
    });
    assert_eq!((&again["type"], &again["data"]), (&json!("lead.assigned"), &data));
    assert_eq!(desk.outbox().waiting(&crm).unwrap(), bodies.len() as u64);
}

#[test]
fn f52_a_track_says_what_is_to_be_sent_to_whom_and_a_reply_stops_it() {
    let desk = desk(NURTURING);
    let mail = tell(&desk, "mail", &[Topic::MessageDue], &["contact.email"]);
    let (silent, replies) = (lead_of(&desk, "one"), lead_of(&desk, "two"));
    until(&desk, after(4 * DAY_MS));
    did(&desk, &replies, "email.reply", after(4 * DAY_MS));
    until(&desk, after(12 * DAY_MS));
    let sent: Vec<Value> = due(&desk, &mail, after(12 * DAY_MS)).iter().map(body).collect();
    let to = |lead: &LeadId| {
        let about = |body: &&Value| body["data"]["lead"] == lead.as_str();
        let what = |body: &Value| (body["timestamp"].clone(), body["data"]["template"].clone());
        sent.iter().filter(about).map(what).collect::<Vec<_>>()
    };
    let track = [(1, "brand"), (3, "product"), (7, "case"), (10, "offer")]
        .map(|(day, template)| (json!(after(day * DAY_MS).to_string()), json!(template)));
    assert_eq!(to(&silent), track);
    assert_eq!(to(&replies), track[..2]);
    assert_eq!(sent[0]["type"], "message.due");
    let emails: BTreeSet<&str> =
        sent.iter().filter_map(|body| body["data"]["facts"]["contact.email"].as_str()).collect();
    assert_eq!(emails, BTreeSet::from(["one@one.com", "two@two.com"]));
}

#[test]
fn f27_a_signal_is_told_once_in_its_window() {
    let desk = desk(NURTURING);
    let alerts = tell(&desk, "alerts", &[Topic::Reminder], &[]);
    let lead = lead_of(&desk, "one");
    for hour in [1, 5, 23, 26] {
        did(&desk, &lead, "phone.saved", after(hour * HOUR_MS));
    }
    let told = due(&desk, &alerts, after(DAY_MS * 2));
    let moments: Vec<Timestamp> = told.iter().map(|waiting| waiting.message.at).collect();
    assert_eq!(moments, [after(HOUR_MS), after(26 * HOUR_MS)]);
    assert_eq!(body(&told[0])["data"]["text"], "It saved your number.");
}

#[test]
fn f74_a_warning_is_told_once_and_a_call_in_time_cancels_it() {
    let desk = desk(POLICY);
    let alerts = tell(&desk, "alerts", &[Topic::Reminder], &[]);
    let (late, called) = (lead_of(&desk, "one"), lead_of(&desk, "two"));
    call(&desk, &called, after(HOUR_MS));
    until(&desk, after(DAY_MS - 1));
    let told = due(&desk, &alerts, after(DAY_MS));
    let told: Vec<(Timestamp, &LeadId)> =
        told.iter().map(|waiting| (waiting.message.at, &waiting.message.lead)).collect();
    assert_eq!(told, [(after(20 * HOUR_MS), &late)]);
}

#[test]
fn receivers_are_told_what_they_asked_for_and_see_no_other_facts() {
    let desk = desk(POLICY);
    let stages = tell(&desk, "stages", &[Topic::Staged], &[]);
    let crm = tell(&desk, "crm", &[Topic::Assigned], &[]);
    let lead = lead_of(&desk, "one");
    order(&desk, &lead, Order::Return { code: None }, after(1)).unwrap();
    let told: Vec<Topic> = due(&desk, &crm, after(1)).iter().map(|waiting| waiting.message.topic).collect();
    assert!(!told.is_empty() && told.iter().all(|topic| *topic == Topic::Assigned), "{told:?}");
    assert!(due(&desk, &crm, after(1)).iter().all(|waiting| body(waiting)["data"].get("facts").is_none()));
    assert!(due(&desk, &stages, after(1)).iter().all(|waiting| waiting.message.topic == Topic::Staged));
}

#[test]
fn the_same_change_makes_the_same_messages() {
    let messages = || {
        let desk = desk(POLICY);
        let crm = tell(&desk, "crm", &[], &["contact.email"]);
        lead_of(&desk, "one");
        until(&desk, after(40 * DAY_MS));
        let due = due(&desk, &crm, after(40 * DAY_MS));
        due.into_iter().map(|waiting| waiting.message).collect::<Vec<_>>()
    };
    let (once, twice) = (messages(), messages());
    assert!(once.len() > 20, "{}", once.len());
    assert_eq!(once, twice);
    let mut ids: Vec<_> = once.iter().map(|message| message.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), once.len(), "each has an id of its own");
}

#[test]
fn what_waits_is_the_same_after_a_restart_and_who_is_told_too() {
    let store = Store::in_memory();
    let (before, crm) = {
        let desk = desk_in(&store, POLICY);
        let crm = tell(&desk, "crm", &[], &[]);
        lead_of(&desk, "one");
        (due(&desk, &crm, after(0)), crm)
    };
    let desk = desk_in(&store, POLICY);
    let again = due(&desk, &crm, after(0));
    assert_eq!(again.len(), before.len());
    assert!(again.iter().zip(&before).all(|(again, before)| again.message == before.message));
    lead_of(&desk, "two");
    assert!(due(&desk, &crm, after(0)).len() > before.len());
}

#[test]
fn a_message_is_attempted_by_the_schedule_then_given_up_and_sent_again_on_demand() {
    let desk = desk(POLICY);
    let crm = tell(&desk, "crm", &[Topic::Assigned], &[]);
    lead_of(&desk, "one");
    let first = due(&desk, &crm, after(0)).pop().unwrap();
    let minutes = |count: i64| count * HOUR_MS / 60;
    let hours = |count: i64| count * HOUR_MS;
    let delays =
        [5_000, minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)];
    let mut now = after(0);
    for delay in delays {
        let waiting = due(&desk, &crm, now).pop().unwrap();
        assert_eq!((waiting.message.id, &waiting.message.body), (first.message.id, &first.message.body));
        let next = desk.outbox().undelivered(&waiting, &setback(None), now).unwrap().unwrap();
        let took = next.ms_since(now);
        assert!((delay..=delay + delay / 10).contains(&took), "{took} instead of {delay}");
        assert!(due(&desk, &crm, next.plus_ms(-1)).is_empty());
        let failed = desk.outbox().failed(&crm, 10).unwrap();
        assert_eq!(
            (failed[0].next, failed[0].message.trouble.as_deref()),
            (Some(next), Some("it answered 500"))
        );
        now = next;
    }
    let last = due(&desk, &crm, now).pop().unwrap();
    assert_eq!(desk.outbox().undelivered(&last, &setback(None), now).unwrap(), None);
    assert!(due(&desk, &crm, now.plus_ms(400 * DAY_MS)).is_empty());
    assert_eq!(desk.outbox().waiting(&crm).unwrap(), 0);
    let failed = desk.outbox().failed(&crm, 10).unwrap();
    assert_eq!((failed.len(), failed[0].next, failed[0].message.attempts), (1, None, 10));

    assert_eq!(desk.send_again(&name("crm"), now).unwrap(), 1);
    let again = due(&desk, &crm, now).pop().unwrap();
    assert_eq!((again.message.id, &again.message.body), (first.message.id, &first.message.body));
    desk.outbox().delivered(&again).unwrap();
    assert!(due(&desk, &crm, now).is_empty());
    assert_eq!(desk.outbox().waiting(&crm).unwrap(), 0);
}

#[test]
fn a_receiver_may_ask_for_time_within_bounds() {
    let desk = desk(POLICY);
    let crm = tell(&desk, "crm", &[Topic::Assigned], &[]);
    lead_of(&desk, "one");
    let mut now = after(0);
    for (asked, least) in [(0, 1000), (60_000, 60_000), (400 * DAY_MS, DAY_MS)] {
        let waiting = due(&desk, &crm, now).pop().unwrap();
        let next = desk.outbox().undelivered(&waiting, &setback(Some(asked)), now).unwrap().unwrap();
        assert!((least..=least + least / 10).contains(&next.ms_since(now)), "{asked}");
        now = next;
    }
}

#[test]
fn a_receiver_that_is_gone_is_told_nothing_until_somebody_wants_it() {
    let desk = desk(POLICY);
    let crm = tell(&desk, "crm", &[Topic::Assigned], &[]);
    lead_of(&desk, "one");
    let waiting = due(&desk, &crm, after(0)).pop().unwrap();
    desk.note_gone(&desk.outbox().receiver(&name("crm")).unwrap(), Some(after(0))).unwrap();
    let gone = Setback { gone: true, ..setback(None) };
    assert_eq!(desk.outbox().undelivered(&waiting, &gone, after(0)).unwrap(), None);
    lead_of(&desk, "two");
    assert!(due(&desk, &crm, after(1)).is_empty());
    assert_eq!(desk.send_again(&name("crm"), after(1)).unwrap(), 1);
    lead_of(&desk, "three");
    assert_eq!(due(&desk, &crm, after(1)).len(), 2);
}

#[test]
fn a_receiver_that_is_removed_leaves_nothing_to_who_has_its_name_after_it() {
    let desk = desk(POLICY);
    let crm = tell(&desk, "crm", &[], &[]);
    assert!(matches!(
        desk.add_receiver(
            NewReceiver { name: name("crm"), url: String::new(), topics: Vec::new(), facts: Vec::new() },
            [8; 32],
            &warrant("")
        ),
        Err(FlowError::ReceiverTaken(_))
    ));
    (0..30).for_each(|number| drop(lead_of(&desk, &format!("n{number}"))));
    let given_up = due(&desk, &crm, after(0)).pop().unwrap();
    let gone = Setback { gone: true, ..setback(None) };
    desk.outbox().undelivered(&given_up, &gone, after(0)).unwrap();
    desk.remove_receiver(&name("crm")).unwrap();
    assert!(matches!(desk.remove_receiver(&name("crm")), Err(FlowError::UnknownReceiver(_))));
    assert_eq!(desk.outbox().waiting(&crm).unwrap(), 0);
    let again = tell(&desk, "crm", &[], &[]);
    assert!(due(&desk, &again, after(0)).is_empty());
    assert_eq!(desk.outbox().failed(&again, 10).unwrap(), []);
}

#[test]
fn secrets_do_not_show() {
    let desk = desk(POLICY);
    tell(&desk, "crm", &[], &[]);
    let receivers = desk.receivers();
    let secret = receivers.all()[0].secret.reveal().to_owned();
    assert_eq!(secret.len(), "whsec_".len() + 44);
    let shown = format!("{receivers:?}") + &serde_json::to_string(&receivers.all()[0].receiver).unwrap();
    assert!(!shown.contains(&secret[6..]), "{shown}");
}
