//! A desk with the built-in plugins: what the features promise, F by F.

use std::sync::Arc;

use leadsman_domain::attribution::Conversion;
use leadsman_domain::journal::{self, Event};
use leadsman_domain::lead::{Activity, Status};
use leadsman_domain::money::Minor;
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{ConversionId, RepId, Timestamp};
use leadsman_flow::{Desk, FlowError, Settled};
use leadsman_ledger::Store;
use leadsman_policy::PolicyFiles;
use proptest::prelude::*;

use crate::office::{MONDAY, desk, desk_in, desk_with, order, owners, submission, take_in};

pub const POLICY: &str = r#"
default_pool = "inbound"
account = "company.domain"
activities = ["email.reply", "email.complaint", "page.visit"]
identity = [["contact.phone.e164"], ["contact.email.normal"]]

[[screening]]
plugin = "sensitive-words"
config = { lists = ["sensitive"] }
[[screening]]
plugin = "contact-check"

[[scoring]]
plugin = "points"
[scoring.config]
rules = [{ name = "large", points = 67.3, when = { attribute = "company.size", at_least = 500 } }]
activities = [
  { name = "replied", kind = "email.reply", points = 10 },
  { name = "complained", kind = "email.complaint", points = -30 },
  { name = "visited", kind = "page.visit", points = 85, within_days = 7 },
]

[grading]
mature_from = 60
fit = [
  { label = "C", below = 40, meaning = "low fit" },
  { label = "B", from = 40, below = 80, meaning = "medium fit" },
  { label = "A", from = 80, meaning = "high fit" },
]
engagement = [
  { label = "2", below = 75, meaning = "little interactive" },
  { label = "1", from = 75, meaning = "highly interactive" },
]
advice = [{ grade = "B1", id = "call-today", text = "Call today.", track = "tour" }]

[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "affinity"
fallback = "next"
[[pools.allocation]]
plugin = "round-robin"

[[reps]]
id = "a"
weight = 5
[[reps]]
id = "b"
[[reps]]
id = "c"

[[attribution]]
scenario = "default"
plugin = "attribution"
config = { model = "u-shaped" }
"#;

fn office() -> Desk {
    desk_with(&Store::in_memory(), files(POLICY))
}

pub fn files(policy: &str) -> PolicyFiles {
    PolicyFiles::new().with("policy.toml", policy).with("lists/sensitive.txt", "fraud\n诈骗\n")
}

/// When the conversions of tests happen.
pub const WON: Timestamp = MONDAY.plus_ms(9 * DAY_MS);

pub fn conversion(id: &str, value: i64) -> Conversion {
    Conversion {
        id: ConversionId::parse(id).unwrap(),
        scenario: "default".to_owned(),
        at: WON,
        value: Minor(value),
        currency: "EUR".to_owned(),
        deal_created: None,
    }
}

pub fn act(kind: &str, days: i64) -> Activity {
    Activity {
        kind: kind.to_owned(),
        at: MONDAY.plus_ms(days * DAY_MS),
        quantity: 1.0,
        channel: None,
        campaign: None,
        by: None,
    }
}

pub fn large(key: &str) -> leadsman_domain::submission::Submission {
    let email = format!("{key}@{key}.com");
    submission(key, &[("contact.email", &email), ("company.size", "900")])
}

#[test]
fn f1_a_sensitive_word_split_by_full_width_spaces_rejects_and_nothing_follows() {
    let desk = office();
    let junk = [("contact.email", "x@example.com"), ("message", "这是诈\u{3000}骗"), ("company.size", "900")];
    let intake = take_in(&desk, submission("1", &junk));
    assert_eq!((intake.settled, intake.findings), (Settled::Rejected, vec!["sensitive-word".to_owned()]));
    let lead = desk.archive().lead(&intake.lead).unwrap();
    assert_eq!((&lead.status, &lead.score), (&Status::Rejected, &None));
    assert_eq!(lead.findings[0].attribute.as_deref(), Some("message"));
    assert_eq!(lead.findings[0].evidence.as_deref(), Some("诈骗"));
}

#[test]
fn f2_the_same_form_twice_is_one_lead_two_touches_one_assignment() {
    let desk = office();
    let first = take_in(&desk, large("one"));
    let mut again = large("one");
    again.key = leadsman_domain::Digest::of(b"another submission");
    let second = take_in(&desk, again);
    assert_eq!((second.settled, &second.lead), (Settled::Duplicate, &first.lead));
    let lead = desk.archive().lead(&first.lead).unwrap();
    assert_eq!((lead.submissions, lead.touches().len()), (2, 2));
    let history = desk.archive().history(&first.lead).unwrap();
    let given = history.entries.iter().filter(|entry| matches!(entry.event, Event::Allocated { .. }));
    assert_eq!(given.count(), 1);
}

#[test]
fn f2_the_same_submission_again_changes_nothing() {
    let store = Store::in_memory();
    let desk = desk_with(&store, files(POLICY));
    let first = take_in(&desk, large("one"));
    let seq = store.last_seq();
    let again = take_in(&desk, large("one"));
    assert!(again.seen_before);
    assert_eq!((again.lead, again.settled, store.last_seq()), (first.lead, first.settled, seq));
}

#[test]
fn f3_contact_data_that_cannot_be_is_rejected_and_one_good_channel_is_enough() {
    let desk = office();
    let fake = take_in(&desk, submission("1", &[("contact.phone", "12345"), ("contact.email", "a@b")]));
    assert_eq!(fake.settled, Settled::Rejected);
    let half =
        take_in(&desk, submission("2", &[("contact.phone", "12345"), ("contact.email", "ann@example.com")]));
    assert_ne!(half.settled, Settled::Rejected);
    assert!(!half.findings.is_empty());
}

#[test]
fn f4_a_rejected_lead_cannot_be_assigned_until_it_is_released() {
    let desk = office();
    let facts = [("contact.email", "x@example.com"), ("message", "fraud"), ("company.size", "900")];
    let lead = take_in(&desk, submission("1", &facts)).lead;
    let rep = RepId::parse("b").unwrap();
    let assign = Order::Assign { rep, suggested: Vec::new() };
    assert!(matches!(order(&desk, &lead, assign, MONDAY), Err(FlowError::Rejected(_))));
    let released = order(&desk, &lead, Order::Release, MONDAY).unwrap();
    assert_eq!(released.status.owner().map(RepId::as_str), Some("a"));
    assert!(matches!(order(&desk, &lead, Order::Release, MONDAY), Err(FlowError::NotStopped(_))));
}

#[test]
fn f6_f8_points_are_in_the_score_before_the_call_returns_and_may_be_negative() {
    let desk = office();
    let lead = take_in(&desk, submission("1", &[("contact.email", "x@example.com")])).lead;
    let at = |days| MONDAY.plus_ms(days * DAY_MS);
    let total = |lead: &leadsman_domain::lead::Lead| lead.score.as_ref().unwrap().total.as_f64();
    let replied = desk.record(&lead, act("email.reply", 1), at(1)).unwrap().wait().unwrap();
    assert_eq!(total(&replied), 10.0);
    let complained = desk.record(&lead, act("email.complaint", 2), at(2)).unwrap().wait().unwrap();
    assert_eq!(total(&complained), -20.0);
    assert_eq!(complained.score.unwrap().contributions.len(), 2);
}

#[test]
fn f7_an_unknown_activity_is_refused_with_a_suggestion() {
    let desk = office();
    let lead = take_in(&desk, large("one")).lead;
    let refused = desk.record(&lead, act("email.replay", 1), MONDAY).unwrap_err().to_string();
    assert!(refused.contains("did you mean \"email.reply\"?"), "{refused}");
}

#[test]
fn f9_f11_f12_maturing_happens_once_routes_at_once_and_grades_by_the_matrix() {
    let desk = office();
    let lead = take_in(&desk, submission("1", &[("contact.email", "x@example.com")])).lead;
    assert_eq!(desk.archive().lead(&lead).unwrap().status, Status::Nurtured);
    let visited = desk.record(&lead, act("page.visit", 1), MONDAY.plus_ms(DAY_MS)).unwrap().wait().unwrap();
    assert_eq!(visited.standing.as_ref().unwrap().grade, "C1");
    assert!(visited.status.owner().is_some(), "{:?}", visited.status);
    let later =
        desk.record(&lead, act("email.reply", 2), MONDAY.plus_ms(2 * DAY_MS)).unwrap().wait().unwrap();
    let history = desk.archive().history(&lead).unwrap();
    assert_eq!(history.entries.iter().filter(|entry| entry.event == Event::Matured).count(), 1);
    assert_eq!(journal::fold(&history.entries).unwrap(), later);

    let big = take_in(&desk, large("two")).lead;
    let big = desk.record(&big, act("page.visit", 1), MONDAY.plus_ms(DAY_MS)).unwrap().wait().unwrap();
    let standing = big.standing.unwrap();
    assert_eq!((standing.grade.as_str(), standing.advice.as_deref()), ("B1", Some("call-today")));
    assert_eq!(standing.meaning, "highly interactive, medium fit");
}

#[test]
fn f15_the_rep_who_owns_the_account_gets_the_next_lead_of_it_without_burning_a_turn() {
    let desk = office();
    let of_company = |key: &str| {
        let email = format!("{key}@big-company.com");
        submission(key, &[("contact.email", &email), ("company.size", "900")])
    };
    assert_eq!(take_in(&desk, of_company("first")).settled, assigned("a"));
    assert_eq!(take_in(&desk, large("other")).settled, assigned("a"));
    assert_eq!(take_in(&desk, large("third")).settled, assigned("b"));
    assert_eq!(take_in(&desk, of_company("second")).settled, assigned("a"));
    assert_eq!(take_in(&desk, large("fourth")).settled, assigned("a"));
}

fn assigned(owner: &str) -> Settled {
    Settled::Assigned { owner: RepId::parse(owner).unwrap(), pool: "inbound".parse().unwrap() }
}

#[test]
fn f18_weights_of_five_one_one_take_turns_as_aabacaa() {
    let desk = office();
    let owner = |number: usize| match take_in(&desk, large(&format!("company{number}"))).settled {
        Settled::Assigned { owner, .. } => owner.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!((0..14).map(owner).collect::<String>(), "aabacaaaabacaa");
}

#[test]
fn turns_survive_a_change_of_policy() {
    let store = Store::in_memory();
    let first = desk_with(&store, files(POLICY));
    let owners = |desk: &Desk, numbers: std::ops::Range<usize>| {
        numbers
            .map(|number| match take_in(desk, large(&format!("company{number}"))).settled {
                Settled::Assigned { owner, .. } => owner.to_string(),
                other => panic!("{other:?}"),
            })
            .collect::<String>()
    };
    let begun = owners(&first, 0..3);
    let second = desk_with(&store, files(&POLICY.replace("67.3", "70")));
    assert_eq!(second.revision().number, first.revision().number + 1);
    assert_eq!(begun + &owners(&second, 3..7), "aabacaa");
}

#[test]
fn bulk_equals_single() {
    let leads = |store: &Store, chunk: usize| {
        let desk = desk_with(store, files(POLICY));
        let all: Vec<_> = (0..60)
            .map(|number: u64| {
                let mut one = large(&format!("company{}", number % 50));
                one.key = leadsman_domain::Digest::of(&number.to_le_bytes());
                one
            })
            .collect();
        for part in all.chunks(chunk) {
            desk.take_in(part.to_vec()).unwrap().wait().unwrap();
        }
        let mut leads = Vec::new();
        desk.archive().each_lead(|lead| leads.push(lead)).unwrap();
        leads
    };
    assert_eq!(leads(&Store::in_memory(), 1), leads(&Store::in_memory(), 60));
}

#[test]
fn f43_caps_hold_under_64_concurrent_intakes_and_nobody_is_lost() {
    let policy = POLICY
        .replace("id = \"a\"\nweight = 5", "id = \"a\"\ncap = 50")
        .replace("id = \"b\"", "id = \"b\"\ncap = 20");
    let policy = policy.replace("id = \"c\"", "id = \"c\"\ncap = 7");
    let desk = Arc::new(desk_with(&Store::in_memory(), files(&policy)));
    let threads: Vec<_> = (0..64)
        .map(|thread| {
            let desk = Arc::clone(&desk);
            std::thread::spawn(move || {
                (0..3).map(|n| take_in(&desk, large(&format!("company{thread}x{n}")))).collect::<Vec<_>>()
            })
        })
        .collect();
    let intakes: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    let owners = owners(&intakes);
    assert_eq!(
        owners.into_iter().collect::<Vec<_>>(),
        [("a".to_owned(), 50), ("b".to_owned(), 20), ("c".to_owned(), 7)]
    );
    let pooled = intakes.iter().filter(|intake| matches!(intake.settled, Settled::Pooled { .. })).count();
    assert_eq!(pooled, 64 * 3 - 77);
    let rep = RepId::parse("a").unwrap();
    let waiting = intakes.iter().find(|one| matches!(one.settled, Settled::Pooled { .. })).unwrap();
    let full = order(&desk, &waiting.lead, Order::Assign { rep, suggested: Vec::new() }, MONDAY);
    assert!(matches!(full, Err(FlowError::RepUnavailable { .. })));
    let problems = std::cell::RefCell::new(Vec::new());
    assert_eq!(
        desk.archive().audit(|lead, cause| problems.borrow_mut().push((lead.clone(), cause))).unwrap(),
        192
    );
    assert_eq!(problems.into_inner(), []);
}

#[test]
fn who_was_not_chosen_and_why_is_told() {
    let policy =
        POLICY.replace("id = \"b\"", "id = \"b\"\nabsent = [{ from = 2026-01-01, until = 2026-02-01 }]");
    let desk = desk_with(&Store::in_memory(), files(&policy.replace("id = \"c\"", "id = \"c\"\ncap = 0")));
    let lead = take_in(&desk, large("one")).lead;
    let history = serde_json::to_string(&desk.archive().history(&lead).unwrap()).unwrap();
    assert!(history.contains(r#""rep":"b","code":"absent""#), "{history}");
    assert!(history.contains(r#""rep":"c","code":"full""#), "{history}");
}

#[test]
fn a_conversion_is_credited_once_to_the_last_cent() {
    let desk = office();
    let lead = take_in(&desk, large("one")).lead;
    for day in 1..7 {
        let channel = Some(format!("channel-{}", day % 3));
        let activity = Activity { channel, ..act("page.visit", day) };
        desk.record(&lead, activity, MONDAY.plus_ms(day * DAY_MS)).unwrap().wait().unwrap();
    }
    let won = desk.convert(&lead, &conversion("deal-1", 10_001), WON).unwrap().wait().unwrap();
    let again = desk.convert(&lead, &conversion("deal-1", 10_001), WON).unwrap().wait().unwrap();
    assert_eq!(won, again);
    let credits = &won.won[0].credits;
    assert_eq!(credits.len(), 7);
    assert_eq!(credits.iter().map(|credit| credit.value.0).sum::<i64>(), 10_001);
    assert_eq!(credits.iter().map(|credit| credit.share_millionths).sum::<i64>(), 1_000_000);
    let other = take_in(&desk, large("two")).lead;
    assert!(matches!(
        desk.convert(&other, &conversion("deal-1", 1), WON),
        Err(FlowError::ConversionElsewhere { .. })
    ));
}

/// Leads wait until the office opens, by this calendar; then ann gets them.
pub fn at_work(calendar: &str) -> PolicyFiles {
    let policy = r#"
        default_pool = "inbound"
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
    PolicyFiles::new().with("policy.toml", policy).with("calendars/office.toml", calendar)
}

#[test]
fn a_held_lead_is_routed_when_its_moment_comes() {
    let calendar = "zone = \"UTC\"\n[hours]\nworkdays = [\"09:00-17:00\"]\n";
    let desk = desk_with(&Store::in_memory(), at_work(calendar));
    let intake = take_in(&desk, submission("1", &[("contact.email", "x@example.com")]));
    assert_eq!(intake.settled, Settled::Held);
    let nine = MONDAY.plus_ms(60 * 60 * 1000);
    assert_eq!(desk.wake(nine.plus_ms(-1)).unwrap().leads.len(), 0);
    assert_eq!(desk.wake(nine).unwrap().leads.len(), 1);
    assert_eq!(desk.wake(nine).unwrap().leads.len(), 0);
    assert!(desk.archive().lead(&intake.lead).unwrap().status.owner().is_some());
}

#[test]
fn tenants_do_not_see_each_other() {
    let store = Store::in_memory();
    let acme = desk_in(&store, "default_pool = \"inbound\"\n[[pools]]\nid = \"inbound\"\n");
    let lead = take_in(&acme, submission("1", &[("contact.email", "x@example.com")])).lead;
    let other = leadsman_flow::Archive::new(store.tenant(&"other".parse().unwrap()));
    assert!(matches!(other.lead(&lead), Err(FlowError::UnknownLead(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Invariant 6, through the desk: any touches, any value.
    #[test]
    fn credit_adds_up_for_any_touches(days in prop::collection::vec(0_i64..9, 0..12), value in -1_000_000_i64..1_000_000) {
        let desk = credit_desk();
        let key = format!("{days:?}{value}");
        let lead = take_in(desk, submission(&key, &[("note", &key)])).lead;
        for day in &days {
            let activity = Activity { channel: Some(format!("channel-{}", day % 4)), ..act("page.visit", *day) };
            desk.record(&lead, activity, MONDAY.plus_ms(day * DAY_MS)).unwrap().wait().unwrap();
        }
        let id = format!("deal-{}", leadsman_domain::Digest::of(key.as_bytes()).short());
        let won = desk.convert(&lead, &conversion(&id, value), WON).unwrap().wait().unwrap();
        prop_assert_eq!(won.won[0].credits.iter().map(|credit| credit.value.0).sum::<i64>(), value);
    }
}

/// A desk for the property above: no screening, so that any lead is taken.
fn credit_desk() -> &'static Desk {
    static DESK: std::sync::OnceLock<Desk> = std::sync::OnceLock::new();
    DESK.get_or_init(|| {
        desk(
            r#"
            default_pool = "inbound"
            identity = []
            [[pools]]
            id = "inbound"
            [[attribution]]
            scenario = "default"
            plugin = "attribution"
            config = { model = "w-shaped" }
            "#,
        )
    })
}
