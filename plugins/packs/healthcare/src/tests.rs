use leadsman_sdk::duration::DAY_MS;
use leadsman_sdk::harness::{Harness, Sample, allocation, dispatch, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::Gate;

fn config() -> Json {
    json!({ "purpose": "phone", "lasts": "365d", "lines": { "genetics": "90d" }, "ask": "consent-desk" })
}

fn texts(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// A lead of a line that agreed to something so many days ago.
fn lead(line: &str, grants: &[&str], days: i64) -> Sample {
    let at = Harness::<Gate>::configure(config()).unwrap().now().plus_millis(-days * DAY_MS);
    let lead = sample().with("line", line).with("consent.grants", texts(grants));
    lead.with("consent.at", Value::Time(at.as_millis()))
}

fn route(config: Json, lead: Sample) -> (Choice, String) {
    let proposal = Harness::<Gate>::configure(config).unwrap().route(&dispatch(lead)).unwrap();
    (proposal.choice, proposal.reasons[0].code.clone())
}

fn asked(code: &str) -> (Choice, String) {
    (Choice::Pool("consent-desk".to_owned()), code.to_owned())
}

#[test]
fn consent_holds_for_its_purpose_and_its_line() {
    for grant in ["phone:cardiology", "phone:*", "*:cardiology", "*", " Phone : Cardiology ", "phone"] {
        let passed = route(config(), lead("Cardiology", &[grant], 1));
        assert_eq!(passed, (Choice::Pass, "consent".to_owned()), "{grant}");
    }
    for grant in ["mail:cardiology", "phone:genetics", "telephone:*"] {
        let nurtured = route(config(), lead("cardiology", &[grant], 1));
        assert_eq!(nurtured, (Choice::Nurture, "other-purpose".to_owned()), "{grant}");
    }
    assert_eq!(route(config(), lead("cardiology", &[], 1)), asked("no-consent"));
    assert_eq!(route(config(), sample()), asked("no-consent"));
}

#[test]
fn a_refusal_outweighs_every_grant() {
    let refused = lead("cardiology", &["*", "phone:cardiology"], 1);
    let narrow = refused.clone().with("consent.refusals", texts(&["phone:cardiology"]));
    assert_eq!(route(config(), narrow), (Choice::Nurture, "refused".to_owned()));
    let other = refused.with("consent.refusals", texts(&["phone:genetics", "mail:*"]));
    assert_eq!(route(config(), other).1, "consent");
}

#[test]
fn consent_grows_old_sooner_in_some_lines() {
    assert_eq!(route(config(), lead("cardiology", &["*"], 365)).1, "consent");
    assert_eq!(route(config(), lead("cardiology", &["*"], 366)), asked("expired"));
    assert_eq!(route(config(), lead("genetics", &["*"], 90)).1, "consent");
    assert_eq!(route(config(), lead("Genetics", &["*"], 91)), asked("expired"));
    let undated = sample().with("line", "cardiology").with("consent.grants", texts(&["*"]));
    assert_eq!(route(config(), undated), asked("undated"));
}

#[test]
fn without_a_line_only_every_line_will_do() {
    assert_eq!(route(config(), lead("", &["phone:cardiology"], 1)).1, "other-purpose");
    assert_eq!(route(config(), lead("", &["phone:*"], 1)).1, "consent");
}

#[test]
fn purposes_that_need_a_confirmed_address_ask_for_it() {
    let mut strict = config();
    strict["confirmed"] = json!(["Phone"]);
    assert_eq!(route(strict.clone(), lead("cardiology", &["*"], 1)), asked("unconfirmed"));
    assert_eq!(route(strict, lead("cardiology", &["*"], 1).with("consent.confirmed", true)).1, "consent");
}

#[test]
fn allocations_are_for_others_and_problems_are_placed() {
    let harness = Harness::<Gate>::configure(config()).unwrap();
    assert_eq!(harness.route(&allocation("sales", sample())).unwrap(), Proposal::pass());
    let bad = json!({ "purpose": "phone:*", "lasts": "a year", "lines": { "genetics": "0d" }, "ask": " " });
    let problems = Harness::<Gate>::configure(bad).err().unwrap();
    let places: Vec<&str> = problems.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(places, ["/lasts", "/lines/genetics", "/purpose", "/ask"]);
}
