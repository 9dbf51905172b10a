//! Derived facts as a whole.

use leadsman_domain::Timestamp;

use super::*;

fn facts(pairs: &[(&str, &str)]) -> Facts {
    let pair =
        |(name, text): &(&str, &str)| (AttributeName::parse(name).unwrap(), Value::Text((*text).to_owned()));
    pairs.iter().map(pair).collect()
}

fn us() -> Option<Region> {
    Some("US".parse().unwrap())
}

fn submission(facts: Facts) -> Submission {
    let key = Submission::key_of("form", "1");
    Submission { key, received: Timestamp::from_ms(0), facts, origin: None, activities: Vec::new() }
}

#[test]
fn a_full_submission_gets_all_derived_facts() {
    let raw = facts(&[
        ("contact.email", "Ann@Example.com"),
        ("contact.phone", "660-485-0224"),
        ("company.name", "Example Inc."),
        ("company.website", "https://www.example.org"),
        ("person.first-name", "Ann"),
        ("person.last-name", "Lee"),
    ]);
    let derived = derive(&raw, us());
    for name in leadsman_domain::submission::DERIVED {
        assert!(derived.get(name).is_some(), "{name} is missing");
    }
    assert_eq!(derived.len(), raw.len() + leadsman_domain::submission::DERIVED.len());
    assert_eq!(derived.text("company.domain"), Some("example.org"));
    assert_eq!(derived.text("company.name.normal"), Some("example"));
    assert_eq!(derived.text("person.name.normal"), Some("ann lee"));
    assert_eq!(derived.get("contact.phone.valid"), Some(&Value::Flag(true)));
    assert_eq!(derive(&derived, us()), derived, "deriving again changes nothing");
}

#[test]
fn what_is_bad_says_so_and_no_more() {
    // F3.
    let derived = contact_facts(Some("a@b"), Some("12345"), us());
    assert_eq!(derived.get("contact.email.valid"), Some(&Value::Flag(false)));
    assert_eq!(derived.get("contact.phone.valid"), Some(&Value::Flag(false)));
    assert_eq!(derived.len(), 2);
    assert!(contact_facts(Some("  "), None, us()).is_empty());
}

#[test]
fn the_mail_domain_tells_the_company_unless_everybody_can_have_it() {
    let of = |email: &str| contact_facts(Some(email), None, None).text("company.domain").map(str::to_owned);
    assert_eq!(of("ann@example.com").as_deref(), Some("example.com"));
    assert_eq!(of("ann@gmail.com"), None);
    assert_eq!(of("ann@mailinator.com"), None);
}

#[test]
fn a_change_of_raw_facts_leaves_no_old_derived_ones() {
    let before = derive(&facts(&[("contact.email", "ann@example.com")]), None);
    let mut after = before.clone();
    after.set(AttributeName::parse("contact.email").unwrap(), Value::Text("nonsense".to_owned()));
    let after = derive(&after, None);
    assert_eq!(after.get("contact.email.valid"), Some(&Value::Flag(false)));
    assert_eq!(after.get("contact.email.domain"), None);
    assert_eq!(after.get("company.domain"), None);
}

#[test]
fn a_number_may_be_a_phone_number() {
    let mut raw = Facts::new();
    raw.set(AttributeName::parse("contact.phone").unwrap(), Value::Number(6_604_850_224.0));
    assert_eq!(derive(&raw, us()).text("contact.phone.e164"), Some("+16604850224"));
}

#[test]
fn nobody_else_sets_derived_facts() {
    let mut forged = submission(facts(&[("contact.phone.valid", "yes")]));
    let refused = complete(&mut forged, None);
    assert_eq!(refused, Err(Refused::Derived("contact.phone.valid".to_owned())));
    assert!(is_derived("company.domain") && !is_derived("contact.phone"));
}

#[test]
fn limits_hold_for_what_comes_in() {
    let text = "x".repeat(70_000);
    let mut large = submission(facts(&[("note", &text)]));
    assert_eq!(complete(&mut large, None), Err(Refused::Limits(InvalidSubmission::TooMuchText(70_000))));
}
