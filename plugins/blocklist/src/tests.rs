use leadsman_sdk::harness::{Harness, sample};
use leadsman_sdk::prelude::*;
use serde_json::json;

use crate::{Blocklist, domains};

fn harness() -> Harness<Blocklist> {
    Harness::configure(json!({"rules": [
        {"attribute": "contact.phone.e164", "list": "phones"},
        {"attribute": "contact.email.normal", "list": "domains", "match": "domain", "action": "flag"},
        {"attribute": "company.name", "list": "companies"},
    ]}))
    .unwrap()
    .lists([
        ("phones", ["+31201234567"].as_slice()),
        ("domains", ["evil.com"].as_slice()),
        ("companies", ["Evil Corp"].as_slice()),
    ])
}

#[test]
fn whole_entries_are_blocked() {
    let verdict = harness().screen(&sample().with("contact.phone.e164", "+31201234567")).unwrap();
    assert_eq!(verdict.disposition, Disposition::Reject);
    let expected =
        Finding::new("blocked", "contact.phone.e164 is blocked: \"+31201234567\" is in the list phones.")
            .attribute("contact.phone.e164")
            .evidence("+31201234567");
    assert_eq!(verdict.findings, [expected]);
    assert_eq!(
        harness().screen(&sample().with("company.name", "Evil Corporation")).unwrap(),
        Verdict::accept()
    );
    let company = harness().screen(&sample().with("company.name", "EVIL  corp")).unwrap();
    assert_eq!(company.disposition, Disposition::Reject);
}

#[test]
fn a_domain_blocks_those_below_it() {
    let mail = |address: &str| harness().screen(&sample().with("contact.email.normal", address)).unwrap();
    assert_eq!(mail("a@mail.evil.com").findings[0].evidence.as_deref(), Some("evil.com"));
    assert_eq!(mail("a@mail.evil.com").disposition, Disposition::Flag);
    assert_eq!(mail("a@notevil.com"), Verdict::accept());
}

#[test]
fn domains_of_addresses() {
    let of = |text| domains(text).collect::<Vec<_>>();
    assert_eq!(of("a@x.y.com"), ["x.y.com", "y.com"]);
    assert_eq!(of("https://x.com:8080/path?q=a.b"), ["x.com"]);
    assert_eq!(of("localhost"), Vec::<&str>::new());
}

#[test]
fn needs_and_problems() {
    assert_eq!(harness().needs().lists, ["companies", "domains", "phones"]);
    let problems =
        Harness::<Blocklist>::configure(json!({"rules": [{"attribute": "", "list": "x"}]})).unwrap_err();
    assert_eq!(problems[0].pointer, "/rules/0/attribute");
}
