use leadsman_sdk::harness::{Ask, Harness, Sample, allocation, dispatch, rep, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::RuleTable;

fn harness(rules: Json) -> Harness<RuleTable> {
    Harness::configure(json!({"rules": rules, "otherwise": {"pool": "general"}})).unwrap()
}

fn segments() -> Harness<RuleTable> {
    harness(json!([
        {"name": "large", "when": {"attribute": "company.size", "at_least": 1000}, "to": {"pool": "enterprise"}},
        {"name": "mid", "when": {"attribute": "company.size", "at_least": 100}, "to": {"pool": "mid-market"}},
        {"name": "german", "when": {"attribute": "country", "is": "DE"}, "to": {"team": "german"}},
        {"name": "vip", "when": {"attribute": "vip", "is": true}, "to": {"rep": "vera"}},
    ]))
}

fn reps(lead: Sample) -> Ask {
    allocation("north", lead)
        .candidate(rep("ann").team("german"))
        .candidate(rep("ben").team("french"))
        .candidate(rep("cem").team("german"))
}

fn passed_over(proposal: &Proposal) -> Vec<(&str, &str)> {
    proposal.passed_over.iter().map(|one| (one.rep.as_str(), one.code.as_str())).collect()
}

#[test]
fn the_first_rule_wins_and_is_named() {
    let proposal = segments().route(&dispatch(sample().with("company.size", 5000.0))).unwrap();
    assert_eq!(proposal.choice, Choice::Pool("enterprise".to_owned()));
    assert_eq!(proposal.reasons, [Reason::new("rule", "Rule large: company.size is at least 1000.")]);
    let mid = segments().route(&dispatch(sample().with("company.size", 999.0))).unwrap();
    assert_eq!(mid.choice, Choice::Pool("mid-market".to_owned()));
}

#[test]
fn otherwise_answers_a_dispatch_but_not_an_allocation() {
    assert_eq!(segments().route(&dispatch(sample())).unwrap().choice, Choice::Pool("general".to_owned()));
    let proposal = segments().route(&reps(sample())).unwrap();
    assert_eq!((proposal.choice, proposal.reasons[0].code.as_str()), (Choice::Pass, "no-match"));
}

#[test]
fn a_team_narrows_the_choice() {
    let proposal = segments().route(&reps(sample().with("country", "de"))).unwrap();
    assert_eq!(proposal.choice, Choice::Narrow(vec!["ann".to_owned(), "cem".to_owned()]));
    assert_eq!(passed_over(&proposal), [("ben", "wrong-team")]);
    let nobody = reps(sample().with("country", "DE")).only(|rep| rep == "ben");
    let proposal = segments().route(&nobody).unwrap();
    assert_eq!((&proposal.choice, proposal.reasons[0].code.as_str()), (&Choice::Pass, "not-available"));
    assert_eq!(passed_over(&proposal), [("ben", "wrong-team")]);
}

#[test]
fn a_rep_is_chosen_or_passed_over() {
    let lead = || sample().with("vip", true);
    let proposal = segments().route(&reps(lead())).unwrap();
    assert_eq!(proposal.choice, Choice::Pass);
    assert_eq!(passed_over(&proposal), [("vera", "not-available")]);
    let proposal = segments().route(&reps(lead()).candidate(rep("vera"))).unwrap();
    assert_eq!(proposal.choice, Choice::Rep("vera".to_owned()));
    assert_eq!(passed_over(&proposal), [("ann", "not-named"), ("ben", "not-named"), ("cem", "not-named")]);
}

#[test]
fn what_scoring_said_can_be_read() {
    let harness = harness(json!([
        {"name": "unripe", "when": {"attribute": "lead.mature", "is": false}, "to": {"nurture": true}},
        {"name": "best", "when": {"attribute": "lead.grade", "starts_with": "A"}, "to": {"pool": "best"}},
        {"name": "warm", "when": {"attribute": "lead.score", "between": [60, 80]}, "to": {"pool": "warm"}},
    ]));
    assert!(harness.needs().attributes.is_empty());
    let standing = |score, grade: &str, mature| Standing {
        score,
        fit: score,
        engagement: 0.0,
        grade: grade.to_owned(),
        mature,
    };
    let choice = |standing| harness.route(&dispatch(sample()).standing(standing)).unwrap().choice;
    assert_eq!(choice(standing(10.0, "D4", false)), Choice::Nurture);
    assert_eq!(choice(standing(70.0, "A1", true)), Choice::Pool("best".to_owned()));
    assert_eq!(choice(standing(70.0, "", true)), Choice::Pool("warm".to_owned()));
    assert_eq!(choice(standing(80.0, "B1", true)), Choice::Pool("general".to_owned()));
}

#[test]
fn a_lead_waits_for_the_opening_only_while_it_is_closed() {
    let at = Timestamp::from_millis;
    let harness = harness(json!([{
        "name": "night", "when": {"attribute": "lead.score", "at_least": 0}, "to": {"hold_until_opening": "office"},
    }]))
    .closed("office", at(100), at(200));
    let harness = harness.at(at(150));
    assert_eq!(harness.route(&dispatch(sample())).unwrap().choice, Choice::HoldUntil(200));
    assert_eq!(harness.route(&reps(sample())).unwrap().choice, Choice::HoldUntil(200));
    let open = harness.at(at(200));
    assert_eq!(open.route(&dispatch(sample())).unwrap().choice, Choice::Pool("general".to_owned()));
}

#[test]
fn problems_are_placed() {
    let places = |config| {
        let problems = Harness::<RuleTable>::configure(config).unwrap_err();
        problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
    };
    let rule =
        |name: &str, to: Json| json!({"name": name, "when": {"attribute": "a", "present": true}, "to": to});
    assert_eq!(places(json!({"rules": [rule("a", json!({}))]})), ["/rules/0/to"]);
    assert_eq!(places(json!({"rules": [rule("a", json!({"pool": "x", "rep": "y"}))]})), ["/rules/0/to"]);
    let twice = json!({"rules": [rule("a", json!({"pool": "x"})), rule("a", json!({"pool": "x"}))]});
    assert_eq!(places(twice), ["/rules/1/name"]);
    let mut wrong = rule("a", json!({"rep": "x"}));
    wrong["question"] = json!("dispatch");
    assert_eq!(places(json!({"rules": [wrong]})), ["/rules/0/question"]);
    assert_eq!(places(json!({"rules": [], "otherwise": {"nurture": false}})), ["/otherwise"]);
}

fn divided(rules: Json) -> Result<Harness<RuleTable>, Vec<(String, String)>> {
    let covers = json!([
        {"attribute": "company.size", "cuts": [100, 1000]},
        {"attribute": "region", "values": ["north", "south"]},
    ]);
    let configured = Harness::configure(json!({"rules": rules, "covers": covers}));
    configured
        .map_err(|problems| problems.into_iter().map(|problem| (problem.pointer, problem.message)).collect())
}

#[test]
fn f94_segments_that_no_team_has_or_two_have_are_told() {
    let mut rules = json!([
        {"name": "large", "when": {"attribute": "company.size", "at_least": 1000}, "to": {"team": "large"}},
        {"name": "mid", "when": {"attribute": "company.size", "between": [100, 1000]}, "to": {"team": "mid"}},
        {"name": "small-north", "when": {"all": [
            {"attribute": "company.size", "below": 100}, {"attribute": "region", "is": "north"},
        ]}, "to": {"team": "channel"}},
    ]);
    let told = |place: &str, message: &str| (place.to_owned(), message.to_owned());
    let gap = told("/covers", "no rule is for company.size below 100, region south");
    assert_eq!(divided(rules.clone()).err(), Some(vec![gap.clone()]));
    rules[1]["when"] = json!({"attribute": "company.size", "between": [100, 2000]});
    let overlap = |region: &str| {
        told("/rules/1", &format!("is for company.size from 1000, region {region}, and so is `large`"))
    };
    assert_eq!(divided(rules.clone()).err(), Some(vec![gap, overlap("north"), overlap("south")]));
    rules[1]["when"] = json!({"attribute": "company.size", "between": [100, 1000]});
    rules[2]["when"] = json!({"attribute": "company.size", "below": 100});
    assert!(divided(rules.clone()).is_ok());
    rules[0]["when"] = json!({"attribute": "company.size", "between": [1000, 5000]});
    let open =
        |region: &str| told("/covers", &format!("no rule is for company.size from 1000, region {region}"));
    assert_eq!(divided(rules).err(), Some(vec![open("north"), open("south")]));
}

#[test]
fn axes_are_written_in_order_and_in_bounds() {
    let places = |covers: Json| -> Vec<String> {
        let configured = Harness::<RuleTable>::configure(json!({"rules": [], "covers": covers}));
        configured.err().unwrap().into_iter().map(|problem| problem.pointer).collect()
    };
    assert_eq!(places(json!([{"attribute": "size"}])), ["/covers/0"]);
    assert_eq!(places(json!([{"attribute": "size", "cuts": [5, 1]}])), ["/covers/0/cuts"]);
    let many: Vec<u32> = (0..2000).collect();
    let axis = |name: &str| json!({"attribute": name, "cuts": many.clone()});
    assert_eq!(places(json!([axis("a"), axis("b")])), ["/covers"]);
}
