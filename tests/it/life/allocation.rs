//! Who gets a lead by rule: pools with rules of their own, named teams and people, turns, and what scoring sees.

use std::collections::BTreeMap;
use std::sync::Arc;

use leadsman_domain::LeadId;
use leadsman_domain::journal::{Event, Outcome};
use leadsman_domain::lead::Status;
use leadsman_domain::order::Order;
use leadsman_domain::scoring::Points;
use leadsman_flow::{Desk, FlowError};

use super::{entries, lead_of, look, owner, pool, sound};
use crate::office::{MONDAY, as_rep, desk, desk_in, submission, take_in};

/// Two pools, each with rules of its own.
const POOLS: &str = r#"
default_pool = "inbound"
identity = []
[[dispatch]]
plugin = "rule-table"
config = { rules = [{ name = "large", when = { attribute = "company.size", at_least = 1000 }, to = { pool = "enterprise" } }] }
[[pools]]
id = "inbound"
[[pools.allocation]]
plugin = "round-robin"
[[pools]]
id = "enterprise"
[[pools.allocation]]
plugin = "rule-table"
[pools.allocation.config]
rules = [
  { name = "german", when = { attribute = "language", is = "de" }, to = { rep = "dora" } },
  { name = "german or french", when = { attribute = "language", one_of = ["de", "fr"] }, to = { team = "key" } },
]
[[pools.allocation]]
plugin = "round-robin"
[[reps]]
id = "ann"
pools = ["inbound"]
[[reps]]
id = "ben"
pools = ["inbound"]
[[reps]]
id = "dora"
pools = ["enterprise"]
[[reps]]
id = "emil"
teams = ["key"]
pools = ["enterprise"]
"#;

fn of(desk: &Desk, key: &str, facts: &[(&str, &str)]) -> LeadId {
    let email = format!("{key}@{key}.com");
    take_in(desk, submission(key, &[&[("contact.email", email.as_str())], facts].concat())).lead
}

/// The codes of the reasons that routing gave, and who was passed over.
fn reasons(desk: &Desk, lead: &LeadId) -> Vec<String> {
    let proposals = entries(desk, lead).into_iter().filter_map(|entry| match entry.event {
        Event::Decided(decision) => match decision.outcome {
            Outcome::Proposal(proposal) => Some(proposal),
            _ => None,
        },
        _ => None,
    });
    proposals.flat_map(|proposal| proposal.reasons).map(|reason| reason.message).collect()
}

#[test]
fn f16_a_rule_names_a_person_or_a_team_the_first_wins_and_the_trace_names_it() {
    let desk = desk(POOLS);
    let german = of(&desk, "one", &[("company.size", "2000"), ("language", "de")]);
    assert_eq!(owner(&desk, &german).as_deref(), Some("dora"), "by the first rule, though both match");
    let told = reasons(&desk, &german).join("\n");
    assert!(told.contains("large") && told.contains("german") && !told.contains("french"), "{told}");
    let french = of(&desk, "two", &[("company.size", "2000"), ("language", "fr")]);
    assert_eq!(owner(&desk, &french).as_deref(), Some("emil"), "the only one of the team");
    assert!(reasons(&desk, &french).join("\n").contains("german or french"));
}

#[test]
fn f71_a_lead_is_in_one_pool_at_a_time_and_each_pool_has_rules_of_its_own() {
    let desk = desk(POOLS);
    let small = of(&desk, "one", &[("company.size", "20"), ("language", "de")]);
    assert_eq!(owner(&desk, &small).as_deref(), Some("ann"), "the rules of the other pool say nothing here");
    let moved = Order::Dispatch { pool: pool("enterprise") };
    crate::office::order(&desk, &small, moved, MONDAY).unwrap();
    assert_eq!(look(&desk, &small).status, Status::Pooled { pool: pool("enterprise") });
    crate::office::order(&desk, &small, Order::Allocate, MONDAY).unwrap();
    assert_eq!(owner(&desk, &small).as_deref(), Some("dora"));
    let summary = desk.archive().summary().unwrap();
    assert_eq!((summary.leads, summary.pools.values().sum::<u64>()), (1, 1), "{summary:?}");
    sound(&desk);
}

#[test]
fn f17_turns_are_even_and_stay_fair_when_somebody_joins() {
    let team = |reps: &[&str]| {
        let reps: String = reps.iter().map(|rep| format!("[[reps]]\nid = \"{rep}\"\n")).collect();
        format!(
            "default_pool = \"inbound\"\nidentity = []\n[[pools]]\nid = \"inbound\"\n\
             [[pools.allocation]]\nplugin = \"round-robin\"\n{reps}"
        )
    };
    let store = leadsman_ledger::Store::in_memory();
    let take = |desk: &Desk, numbers: std::ops::Range<usize>| {
        let mut got: BTreeMap<String, usize> = BTreeMap::new();
        for number in numbers {
            let lead = lead_of(desk, &format!("n{number}"));
            *got.entry(owner(desk, &lead).unwrap()).or_default() += 1;
        }
        got
    };
    let three = desk_in(&store, &team(&["ann", "ben", "cyn"]));
    let even = |names: &[&str], each| names.iter().map(|name| ((*name).to_owned(), each)).collect();
    assert_eq!(take(&three, 0..12), even(&["ann", "ben", "cyn"], 4));
    drop(three);
    let four = desk_in(&store, &team(&["ann", "ben", "cyn", "dan"]));
    assert_eq!(take(&four, 12..32), even(&["ann", "ben", "cyn", "dan"], 5), "nobody catches up");
    drop(four);
    let two = desk_in(&store, &team(&["ben", "dan"]));
    assert_eq!(take(&two, 32..40), even(&["ben", "dan"], 4));
}

#[test]
fn f68_of_two_who_claim_a_lead_at_once_one_wins_and_the_other_is_told_who() {
    let desk = Arc::new(desk(
        "default_pool = \"sea\"\nidentity = []\n[[pools]]\nid = \"sea\"\n[[reps]]\nid = \"ann\"\n[[reps]]\nid = \"ben\"\n",
    ));
    for round in 0..8 {
        let lead = lead_of(&desk, &format!("n{round}"));
        let claims = ["ann", "ben"].map(|rep| {
            let (desk, lead) = (Arc::clone(&desk), lead.clone());
            std::thread::spawn(move || {
                as_rep(&desk, rep, &lead, Order::Claim { rep: rep.parse().unwrap() }, MONDAY)
            })
        });
        let [ann, ben] = claims.map(|claim| claim.join().unwrap());
        let winner = owner(&desk, &lead).unwrap();
        let (won, lost) = if winner == "ann" { (ann, ben) } else { (ben, ann) };
        assert_eq!(won.unwrap().status.owner().unwrap().as_str(), winner);
        let told: FlowError = lost.unwrap_err();
        assert!(told.to_string().contains(&winner), "{told}");
    }
    sound(&desk);
}

#[test]
fn f89_f90_scoring_sees_what_intake_has_cleaned_and_the_ideal_profile_is_points() {
    let desk = desk(
        r#"
default_pool = "inbound"
[[screening]]
plugin = "contact-check"
[[scoring]]
plugin = "points"
[scoring.config]
rules = [
  { name = "company address", points = 10, when = { attribute = "contact.email.domain", is = "northwind.com" } },
  { name = "industry", points = 20, when = { attribute = "industry", one_of = ["retail", "energy"] } },
  { name = "size", points = 30, when = { attribute = "company.size", at_least = 200 } },
  { name = "heads", points = 5, when = { attribute = "company.headcount", at_least = 500 } },
]
[[pools]]
id = "inbound"
"#,
    );
    let score = |lead: &LeadId| look(&desk, lead).score.map(|score| score.total);
    let points = |points: f64| Points::from_f64(points).ok();
    let profile = [("industry", "energy"), ("company.size", "250"), ("company.headcount", "400")];
    let facts = [&[("contact.email", " Ann@NORTHWIND.com ")], profile.as_slice()].concat();
    let fits = take_in(&desk, submission("one", &facts)).lead;
    assert_eq!(score(&fits), points(60.0), "its address is cleaned first, and the last row does not fit");
    let junk = [&[("contact.email", "a@b")], profile.as_slice()].concat();
    let junk = take_in(&desk, submission("two", &junk)).lead;
    assert_eq!((look(&desk, &junk).status, score(&junk)), (Status::Rejected, None));
    let again = take_in(&desk, submission("three", &facts)).lead;
    assert_eq!(again, fits, "known, and matched before it was scored");
}
