//! What a lead must have, and when it may go, before somebody contacts it.

use leadsman_domain::lead::{Lack, Status};
use leadsman_domain::order::Order;
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Timestamp, Value};
use leadsman_flow::{FlowError, Settled};
use leadsman_ledger::Store;

use super::{POLICY, after, look, sound, until};
use crate::desk::at_work;
use crate::office::{MONDAY, desk, desk_with, order, submission, take_in};

#[test]
fn f47_f49_nobody_is_contacted_without_consent_and_what_is_missing_is_told() {
    let policy =
        format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\nattributes = [\"company.size\"]\n");
    let desk = desk(&policy);
    let intake = take_in(&desk, submission("one", &[("contact.email", "one@example.com")]));
    assert_eq!(intake.settled, Settled::Held);
    let lacks = |lacks: Vec<Lack>| Status::Blocked { lacks };
    let size = || Lack::Attribute { name: "company.size".to_owned() };
    let lead = intake.lead;
    assert_eq!(look(&desk, &lead).status, lacks(vec![Lack::Consent, size()]));
    let assign = || Order::Assign { rep: "ann".parse().unwrap(), suggested: Vec::new() };
    assert!(matches!(order(&desk, &lead, assign(), MONDAY), Err(FlowError::Ineligible { .. })));
    assert_eq!(
        order(&desk, &lead, Order::Release, after(1)).unwrap().status,
        lacks(vec![Lack::Consent, size()])
    );
    let fact = |name: &str, value: Value| {
        [(name.parse::<leadsman_domain::AttributeName>().unwrap(), value)].into_iter().collect()
    };
    let know = |name: &str, value: Value, at: i64| {
        desk.correct(&lead, &fact(name, value), after(at)).unwrap().wait().unwrap().status
    };
    assert_eq!(know("company.size", Value::Number(9.0), 2), lacks(vec![Lack::Consent]));
    assert_eq!(know("consent.contact", Value::Flag(true), 3).owner().unwrap().as_str(), "ann");

    let no =
        take_in(&desk, submission("no", &[("contact.email", "no@example.com"), ("consent.contact", "no")]));
    let again = submission(
        "yes",
        &[("contact.email", "no@example.com"), ("consent.contact", "yes"), ("company.size", "5")],
    );
    take_in(&desk, again);
    assert_eq!(look(&desk, &no.lead).status, lacks(vec![Lack::Consent]), "a merge never upgrades consent");
    let withdrawn = submission("off", &[("contact.email", "one@example.com"), ("consent.contact", "no")]);
    take_in(&desk, withdrawn);
    assert_eq!(look(&desk, &lead).facts.text("consent.contact"), Some("no"));
    sound(&desk);
}

#[test]
fn f47_consent_that_is_withdrawn_gives_the_lead_to_nobody_else_by_any_way() {
    let policy = format!("{POLICY}[eligibility]\nconsent = \"consent.contact\"\n")
        .replace("id = \"inbound\"\n", "id = \"inbound\"\nfill = true\n");
    let desk = desk(&policy);
    let consenting = |key: &str| {
        let email = format!("{key}@{key}.com");
        take_in(&desk, submission(key, &[("contact.email", &email), ("consent.contact", "yes")])).lead
    };
    let (idle, returned, pooled) = (consenting("one"), consenting("two"), consenting("three"));
    order(&desk, &pooled, Order::Reclaim, after(1)).unwrap();
    let no = [("consent.contact".parse().unwrap(), Value::Flag(false))].into_iter().collect();
    for lead in [&idle, &returned, &pooled] {
        desk.correct(lead, &no, after(2)).unwrap().wait().unwrap();
    }
    let blocked = Status::Blocked { lacks: vec![Lack::Consent] };
    assert_eq!(look(&desk, &pooled).status, blocked);
    assert_eq!(order(&desk, &returned, Order::Return { code: None }, after(3)).unwrap().status, blocked);
    until(&desk, after(2 * DAY_MS));
    assert_eq!(look(&desk, &idle).status, blocked, "its deadline took it from its owner");
    assert!(desk.fill(after(2 * DAY_MS)).unwrap().is_empty());
    let again = submission("again", &[("contact.email", "one@one.com"), ("consent.contact", "yes")]);
    take_in(&desk, again);
    assert_eq!(look(&desk, &idle).status, blocked, "a merge never upgrades consent");
    sound(&desk);
}

#[test]
fn f48_a_lead_of_saturday_night_before_a_holiday_monday_waits_until_tuesday_nine() {
    let calendar =
        "zone = \"Europe/Berlin\"\nholidays = [2026-04-06]\n[hours]\nworkdays = [\"09:00-17:00\"]\n";
    let desk = desk_with(&Store::in_memory(), at_work(calendar));
    let moment = |text: &str| {
        Timestamp::from_ms(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
    };
    // Saturday, and Easter Monday; then the night in which the clock goes forward.
    for (key, came, goes) in [
        ("easter", "2026-04-04T02:00:00+02:00", "2026-04-07T09:00:00+02:00"),
        ("spring", "2026-03-29T01:30:00+01:00", "2026-03-30T09:00:00+02:00"),
        ("autumn", "2026-10-25T02:30:00+01:00", "2026-10-26T09:00:00+01:00"),
    ] {
        let mut one = submission(key, &[("contact.email", &format!("{key}@example.com"))]);
        one.received = moment(came);
        let lead = take_in(&desk, one).lead;
        let Status::Held { until, .. } = look(&desk, &lead).status else { panic!("{key} is not held") };
        assert_eq!(until, Some(moment(goes)), "{key}");
    }
}
