use leadsman_sdk::harness::{Harness, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::SensitiveWords;

fn harness(config: Json) -> Harness<SensitiveWords> {
    Harness::configure(config).unwrap().lists([("sensitive", ["诈骗", "fraud"].as_slice())])
}

#[test]
fn a_word_split_by_wide_spaces_is_found() {
    let verdict = harness(json!({"lists": ["sensitive"]}))
        .screen(&sample().with("message", "这是诈\u{3000}骗").with("company.size", 3.0))
        .unwrap();
    assert_eq!(verdict.disposition, Disposition::Reject);
    let finding = &verdict.findings[0];
    assert_eq!(finding.code, "sensitive-word");
    assert_eq!(finding.attribute.as_deref(), Some("message"));
    assert_eq!(finding.evidence.as_deref(), Some("诈骗"));
    assert_eq!(finding.message, "message has the word \"诈骗\" of the list sensitive.");
}

#[test]
fn words_are_reported_once_per_attribute() {
    let verdict = harness(json!({"lists": ["sensitive"], "action": "flag"}))
        .screen(&sample().with("a", "fraud FRAUD").with("b", "fraud").with("c", "defrauded"))
        .unwrap();
    assert_eq!((verdict.disposition, verdict.findings.len()), (Disposition::Flag, 2));
}

#[test]
fn only_named_attributes_are_read() {
    let harness = harness(json!({"lists": ["sensitive"], "attributes": ["note", "tags"]}));
    assert_eq!(harness.needs().attributes, ["note", "tags"]);
    assert!(!harness.needs().all_texts);
    assert_eq!(harness.screen(&sample().with("message", "fraud")).unwrap(), Verdict::accept());
    let tagged = harness.screen(&sample().with("tags", ["good", "fraud"])).unwrap();
    assert_eq!(tagged.findings[0].attribute.as_deref(), Some("tags"));
}

#[test]
fn problems_are_placed() {
    let place = |config| Harness::<SensitiveWords>::configure(config).unwrap_err().remove(0);
    assert_eq!(place(json!({"lists": []})).pointer, "/lists");
    assert_eq!(place(json!({"lists": ["a"], "attributes": []})).pointer, "/attributes");
    let problem = place(json!({"lists": ["a"], "attributes": "all"}));
    assert_eq!(problem.pointer, "/attributes");
    assert!(problem.message.contains("expected `*` or a list of attribute names"), "{}", problem.message);
}
