use leadsman_sdk::harness::{Harness, sample};
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::RequiredFields;

fn harness() -> Harness<RequiredFields> {
    Harness::configure(json!({
        "action": "flag",
        "required": [{"attribute": "industry"}, {"attribute": "consent", "action": "reject"}],
        "any_of": [["contact.phone", "contact.email"]],
    }))
    .unwrap()
}

#[test]
fn all_that_is_missing_is_said_at_once() {
    let verdict = harness().screen(&sample()).unwrap();
    assert_eq!(verdict.disposition, Disposition::Reject);
    let messages: Vec<_> = verdict.findings.iter().map(|finding| finding.message.as_str()).collect();
    let expected =
        ["industry is missing.", "consent is missing.", "One of contact.phone, contact.email is needed."];
    assert_eq!(messages, expected);
    assert_eq!(verdict.findings[0].attribute.as_deref(), Some("industry"));
}

#[test]
fn one_of_a_group_is_enough() {
    let full =
        sample().with("industry", "retail").with("consent", false).with("contact.email", "a@b.example");
    assert_eq!(harness().screen(&full).unwrap(), Verdict::accept());
}

#[test]
fn blanks_are_missing() {
    let blank = sample().with("industry", "  ").with("consent", true).with("contact.phone", "1");
    let verdict = harness().screen(&blank).unwrap();
    assert_eq!((verdict.disposition, verdict.findings.len()), (Disposition::Flag, 1));
}

#[test]
fn problems_are_placed() {
    let place = |config| Harness::<RequiredFields>::configure(config).unwrap_err().remove(0).pointer;
    assert_eq!(place(json!({"required": [{"attribute": ""}]})), "/required/0/attribute");
    assert_eq!(place(json!({"any_of": [["a"], []]})), "/any_of/1");
    assert_eq!(place(json!({"any_of": [["a", " "]]})), "/any_of/0/1");
}
