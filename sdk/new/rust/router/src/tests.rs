use leadsman_sdk::harness::{Harness, allocation, rep, sample};
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::Languages;

#[test]
fn whoever_speaks_the_language_and_has_least_to_do_gets_the_lead() {
    let harness = Harness::<Languages>::configure(json!({ "otherwise": "en" })).unwrap();
    let ask = |lead| {
        allocation("inbound", lead)
            .candidate(rep("ann").with("languages", ["en", "de"]).load(5, None))
            .candidate(rep("bob").with("languages", ["en"]).load(1, None))
    };
    let choice = |lead| harness.route(&ask(lead)).unwrap().choice;
    assert_eq!(choice(sample()), Choice::Rep("bob".to_owned()));
    assert_eq!(choice(sample().with("person.language", "de")), Choice::Rep("ann".to_owned()));
    assert_eq!(choice(sample().with("person.language", "fr")), Choice::Pass);
}
