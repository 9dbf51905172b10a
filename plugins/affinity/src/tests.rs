use leadsman_sdk::harness::{Ask, Harness, allocation, dispatch, rep, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Affinity;

fn route(config: Json, ask: &Ask) -> Proposal {
    Harness::<Affinity>::configure(config).unwrap().route(ask).unwrap()
}

fn ask(candidates: &[&str]) -> Ask {
    let since = Timestamp::from_millis(0);
    candidates
        .iter()
        .fold(allocation("north", sample()), |ask, name| ask.candidate(rep(name)))
        .known_by("olga", Relation::Owner, since)
        .known_by("anna", Relation::AccountOwner, since)
        .known_by("lars", Relation::LastWorker, since)
}

fn passed_over(proposal: &Proposal) -> Vec<(&str, &str)> {
    proposal.passed_over.iter().map(|one| (one.rep.as_str(), one.code.as_str())).collect()
}

#[test]
fn the_closest_candidate_wins_and_no_turn_is_burnt() {
    let proposal = route(json!({}), &ask(&["anna", "lars", "nina"]));
    assert_eq!(proposal.choice, Choice::Rep("anna".to_owned()));
    assert_eq!(proposal.reasons[0].message, "anna owns another lead of this company.");
    let expected = [("olga", "not-available"), ("lars", "less-close"), ("nina", "no-relation")];
    assert_eq!(passed_over(&proposal), expected);
    let ranking: Vec<_> = proposal.ranking.iter().map(|one| one.rep.as_str()).collect();
    assert_eq!(ranking, ["anna", "lars"]);
    assert!(proposal.counters.is_empty());
}

#[test]
fn who_cannot_take_it_is_passed_over_with_a_reason() {
    let proposal = route(json!({"relations": ["owner"]}), &ask(&["nina"]));
    assert_eq!(proposal.choice, Choice::Pass);
    assert_eq!(proposal.passed_over[0].message, "Owns or owned this lead, but cannot take leads now.");
    assert_eq!(passed_over(&proposal), [("olga", "not-available")]);
}

#[test]
fn the_order_of_relations_is_configured() {
    let config = json!({"relations": ["last-worker", "owner"]});
    let proposal = route(config, &ask(&["anna", "lars", "olga"]));
    assert_eq!(proposal.choice, Choice::Rep("lars".to_owned()));
    assert_eq!(passed_over(&proposal), [("olga", "less-close"), ("anna", "no-relation")]);
}

#[test]
fn strangers_and_dispatch_are_passed_on() {
    let stranger = allocation("north", sample()).candidate(rep("nina"));
    assert_eq!(route(json!({}), &stranger).reasons[0].code, "unknown");
    assert_eq!(route(json!({}), &dispatch(sample())).choice, Choice::Pass);
}

#[test]
fn problems_are_placed() {
    let place = |config| Harness::<Affinity>::configure(config).err().unwrap().remove(0).pointer;
    assert_eq!(place(json!({"relations": []})), "/relations");
    assert_eq!(place(json!({"relations": ["owner", "owner"]})), "/relations/1");
    assert_eq!(place(json!({"relations": ["friend"]})), "/relations/0");
}
