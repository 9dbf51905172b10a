use leadsman_sdk::harness::{Harness, Sample, sample};
use leadsman_sdk::prelude::*;
use serde_json::{Value as Json, json};

use crate::ContactCheck;

fn screen(config: Json, lead: &Sample) -> (Disposition, Vec<String>) {
    let harness = Harness::<ContactCheck>::configure(config).unwrap();
    let verdict = harness.lists([("throw-away", ["gone.example"].as_slice())]).screen(lead).unwrap();
    (verdict.disposition, verdict.findings.into_iter().map(|finding| finding.code).collect())
}

/// A lead as the host sends it.
fn lead(phone: Option<(&str, bool)>, email: Option<(&str, bool)>) -> Sample {
    let mut lead = sample();
    if let Some((number, valid)) = phone {
        lead = lead.with("contact.phone", number).with("contact.phone.valid", valid);
    }
    if let Some((address, valid)) = email {
        lead = lead.with("contact.email", address).with("contact.email.valid", valid);
    }
    lead
}

fn found(disposition: Disposition, codes: &[&str]) -> (Disposition, Vec<String>) {
    (disposition, codes.iter().map(|&code| code.to_owned()).collect())
}

#[test]
fn invalid_contacts_are_rejected() {
    let both = lead(Some(("12345", false)), Some(("a@b", false)));
    assert_eq!(screen(json!({}), &both), found(Disposition::Reject, &["invalid-phone", "invalid-email"]));
    let only_phone = lead(Some(("12345", false)), None);
    assert_eq!(screen(json!({}), &only_phone), found(Disposition::Reject, &["invalid-phone"]));
}

#[test]
fn one_valid_channel_of_two_is_kept_and_flagged() {
    let mixed = lead(Some(("+31201234567", true)), Some(("a@b", false)));
    assert_eq!(screen(json!({}), &mixed), found(Disposition::Flag, &["invalid-email"]));
    assert_eq!(screen(json!({"one_invalid": "ignore"}), &mixed), found(Disposition::Accept, &[]));
}

#[test]
fn one_channel_alone_is_enough() {
    assert_eq!(screen(json!({}), &lead(None, Some(("a@b.example", true)))), found(Disposition::Accept, &[]));
}

#[test]
fn nothing_given_is_rejected_unless_configured() {
    assert_eq!(screen(json!({}), &sample()), found(Disposition::Reject, &["no-contact"]));
    assert_eq!(screen(json!({"none_given": "flag"}), &sample()), found(Disposition::Flag, &["no-contact"]));
    let blank = sample().with("contact.phone", "  ");
    assert_eq!(screen(json!({}), &blank), found(Disposition::Reject, &["no-contact"]));
}

#[test]
fn throw_away_addresses_are_known_to_the_host_or_listed() {
    let known = lead(None, Some(("a@b.example", true))).with("contact.email.disposable", true);
    assert_eq!(screen(json!({}), &known), found(Disposition::Flag, &["disposable-email"]));
    assert_eq!(
        screen(json!({"disposable": "reject"}), &known),
        found(Disposition::Reject, &["disposable-email"])
    );
    let listed = lead(None, Some(("a@gone.example", true)));
    assert_eq!(screen(json!({}), &listed), found(Disposition::Accept, &[]));
    let config = json!({"disposable_list": "throw-away"});
    assert_eq!(screen(config, &listed), found(Disposition::Flag, &["disposable-email"]));
}

#[test]
fn unwanted_types_of_numbers() {
    let premium = lead(Some(("+3190012345", true)), None).with("contact.phone.type", "premium-rate");
    let config = json!({"phone_types": {"refused": ["premium-rate"], "action": "reject"}});
    assert_eq!(screen(config, &premium), found(Disposition::Reject, &["phone-type"]));
}

#[test]
fn without_the_hosts_word_the_form_decides() {
    let of = |name: &str, text: &str| screen(json!({}), &sample().with(name, text)).0;
    assert_eq!(of("contact.phone", "12345"), Disposition::Reject);
    assert_eq!(of("contact.phone", "+31 (0)20-123 4567"), Disposition::Accept);
    assert_eq!(of("contact.phone", "call me 1234567"), Disposition::Reject);
    assert_eq!(of("contact.email", "a@b"), Disposition::Reject);
    assert_eq!(of("contact.email", "a@b.example"), Disposition::Accept);
    assert_eq!(of("contact.email", "a@@b.example"), Disposition::Reject);
}
