//! What the life of many leads costs: claims on a pool of a million leads, finding what is due among a million
//! timers and letting it happen, and whether somebody is known among a million; in memory, and claims on disk as
//! well. Which of it may be said, and the number of leads, else it is all that is in memory, with a million.
//!
//! `cargo bench --workspace --bench life -- timers 100000`
//!
//! `cargo bench --workspace --bench life -- claims-on-disk`

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use leadsman as _; // the allocator of the program
use leadsman_domain::order::Order;
use leadsman_domain::policy::{PluginSource, Policy};
use leadsman_domain::submission::Submission;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Facts, LeadId, Timestamp, Value};
use leadsman_flow::ledger::{Key, PAGE_ROWS_MAX, Space};
use leadsman_flow::{Acting, Desk, Revision, Warrant};
use leadsman_ledger::{Options, Store};
use leadsman_policy::{PolicyFiles, Terms};
use leadsman_rules::{Preparation, PreparedRulebook, Sandbox};

const MONDAY: Timestamp = Timestamp::from_ms(1_767_600_000_000);

/// A pool from which people take leads.
const SEA: &str = r#"
default_pool = "sea"
identity = []
[[pools]]
id = "sea"
claims = { per_day = 1000000, cooldown = "7d" }
[[reps]]
id = "ann"
"#;

/// The same, and leads that wait for two days are told of.
const WATCHED: &str = r#"
default_pool = "sea"
identity = []
[[pools]]
id = "sea"
[[pools.follow_up]]
plugin = "follow-up"
config = { rules = [{ name = "waits", since = "pooled", within = "2d", then = { escalate = "It waits." } }] }
"#;

/// Leads, contacts and accounts are known by their mail addresses and domains.
const KNOWN: &str = r#"
default_pool = "sea"
identity = [["contact.phone.e164"], ["contact.email.normal"]]
[matching]
leads = "merge"
contacts = "link"
accounts = "link"
account_keys = [["company.domain"]]
[[pools]]
id = "sea"
"#;

/// A desk over a store at which so many leads were taken in, a millisecond after one another.
fn desk(store: &Store, policy: &str, leads: u64, facts: impl Fn(u64) -> Facts) -> Desk {
    let files = PolicyFiles::new().with("policy.toml", policy);
    let policy = leadsman_policy::parse(&files, &Terms::default()).unwrap().policy;
    let desk = Desk::simulating(store.system(), revision(policy));
    let mut durable = None;
    for chunk in (0..leads).collect::<Vec<_>>().chunks(1_000) {
        let arrived = chunk.iter().map(|number| Submission {
            key: Submission::key_of("bench", &number.to_string()),
            received: MONDAY.plus_ms(i64::try_from(*number).unwrap()),
            facts: facts(*number),
            origin: None,
            activities: Vec::new(),
        });
        // Commits become durable in order, and many at once.
        durable = Some(desk.take_in(arrived.collect()).unwrap());
    }
    durable.unwrap().wait().unwrap();
    desk
}

fn revision(policy: Policy) -> Revision {
    let component = |source: &PluginSource| {
        leadsman_artifacts::built_in(source.as_str()).map(<[u8]>::to_vec).ok_or_else(String::new)
    };
    let (sandbox, plan) = (Sandbox::new(None).unwrap(), Terms::default().limits_max);
    let rulebook = PreparedRulebook::prepare(&sandbox, &policy, &component, plan, Preparation::Frozen);
    Revision { number: 1, policy: Arc::new(policy), rulebook: Arc::new(rulebook.unwrap()) }
}

fn rate(count: usize, took: Duration) -> String {
    let each = took.as_secs_f64() / count as f64;
    format!("{:>10.0} a second, {:.1} µs each", 1.0 / each, each * 1e6)
}

/// Finds every timer that is due among all, and then lets a part of them happen.
fn timers(leads: u64) {
    let desk = desk(&Store::in_memory(), WATCHED, leads, |_| Facts::new());
    let began = Instant::now();
    let (mut found, mut cursor) = (0, None);
    loop {
        let page = desk.ledger().scan(&Key::of(Space::Due), cursor.as_ref(), PAGE_ROWS_MAX).unwrap();
        found += page.rows.len();
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    println!("timers found, of {found} pending     {}", rate(found, began.elapsed()));
    let (began, mut woken) = (Instant::now(), 0);
    while woken < 20_000 {
        let now = desk.wake(MONDAY.plus_ms(3 * DAY_MS)).unwrap().leads.len();
        assert!(now > 0, "nothing more is due");
        woken += now;
    }
    println!("timers reviewed and committed        {}", rate(woken, began.elapsed()));
}

/// Claims leads from a pool of all.
fn claims(leads: u64) {
    claim(&Store::in_memory(), leads, "in memory");
}

/// The same with leads on the disk, where each claim is durable before the next one.
fn claims_on_disk(leads: u64) {
    let folder = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let (store, _) = Store::open(folder.path(), Options::default()).unwrap();
    claim(&store, leads, "on disk");
    println!("  with {leads} leads taken in before     {:.0?}", began.elapsed());
}

fn claim(store: &Store, leads: u64, place: &str) {
    let desk = desk(store, SEA, leads, |_| Facts::new());
    let acting = Acting::Rep("ann".parse().unwrap());
    let warrant = Warrant { by: "ann".to_owned(), at: MONDAY.plus_ms(DAY_MS), why: "mine".to_owned() };
    let mut took: Vec<Duration> = Vec::new();
    for number in 0..2_000 {
        let key = Submission::key_of("bench", &(number * (leads / 2_000)).to_string());
        let claim = Order::Claim { rep: "ann".parse().unwrap() };
        let began = Instant::now();
        desk.order(&LeadId::of_submission(&key), &claim, &acting, &warrant).unwrap().wait().unwrap();
        took.push(began.elapsed());
    }
    took.sort();
    let at = |share: usize| took[took.len() * share / 100];
    println!("a claim on a pool of {leads} {place}  p50 {:?}, p99 {:?}", at(50), at(99));
}

/// The mail address of one of many, as intake derives it.
fn address(number: u64) -> Facts {
    let address = Value::Text(format!("lead{number}@example{}.com", number % 1_000));
    [("contact.email.normal".parse().unwrap(), address)].into_iter().collect()
}

/// Asks who somebody is, by turns somebody who is known and somebody who is not.
fn probes(leads: u64) {
    let desk = desk(&Store::in_memory(), KNOWN, leads, address);
    let policy = desk.revision().policy;
    let mut took: Vec<Duration> = Vec::new();
    for number in 0..10_000 {
        let asked = address(number * (2 * leads / 10_000));
        let began = Instant::now();
        let found = desk.archive().probe(&policy, &asked).unwrap();
        took.push(began.elapsed());
        assert_eq!(found.len(), usize::from(number < 5_000));
    }
    took.sort();
    let at = |share: usize| took[took.len() * share / 100];
    println!("a probe among {leads}                  p50 {:?}, p99 {:?}", at(50), at(99));
}

/// Something that can be measured with so many leads, and its name.
type Case = (&'static str, fn(u64));

const CASES: [Case; 4] =
    [("claims", claims), ("timers", timers), ("probes", probes), ("claims-on-disk", claims_on_disk)];

fn main() {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let leads = said.iter().find_map(|one| one.parse().ok()).unwrap_or(1_000_000);
    let is_said = |name: &str| said.iter().any(|one| one == name);
    let usual = !CASES.iter().any(|(name, _)| is_said(name));
    for (name, measure) in CASES {
        if is_said(name) || usual && name != "claims-on-disk" {
            measure(leads);
        }
    }
}
