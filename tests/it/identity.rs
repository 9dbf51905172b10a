//! Who somebody is: among leads, contacts and accounts, before and after anybody knows their name; and leads
//! that become one and two again.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::order::Order;
use leadsman_domain::target::{Counterpart, TargetKind};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Facts, LeadId, Timestamp, Value, VisitorId};
use leadsman_flow::{Desk, FlowError, Found, Known, Settled};

use crate::desk::{POLICY, act, files};
use crate::life::{look, owner, sound};
use crate::office::{MONDAY, desk_with, order, submission, take_in};

pub fn office(more: &str) -> Desk {
    desk_with(&leadsman_ledger::Store::in_memory(), files(&format!("{POLICY}\n{more}")))
}

pub fn matching(rules: &str) -> Desk {
    office(&format!("[matching]\naccount_keys = [[\"company.domain\"]]\n{rules}"))
}

/// Facts as intake completes them.
fn facts(pairs: &[(&str, &str)]) -> Facts {
    submission("facts", pairs).facts
}

fn keep(desk: &Desk, kind: TargetKind, id: &str, owner: Option<&str>, pairs: &[(&str, &str)]) {
    let owner = owner.map(|owner| owner.parse().unwrap());
    let known = Known { facts: facts(pairs), owner, ..Known::default() };
    desk.keep(kind, &id.parse().unwrap(), &known, MONDAY).unwrap().wait().unwrap();
}

pub fn mei(key: &str) -> leadsman_domain::submission::Submission {
    submission(key, &[("contact.email", "mei@big-company.com"), ("company.size", "900")])
}

pub fn merge(desk: &Desk, into: &LeadId, other: &LeadId, at: Timestamp) -> Result<Lead, FlowError> {
    order(desk, into, Order::Merge { other: other.clone() }, at)
}

pub fn unmerge(desk: &Desk, from: &LeadId, other: &LeadId, at: Timestamp) -> Result<Lead, FlowError> {
    order(desk, from, Order::Unmerge { other: other.clone() }, at)
}

#[test]
fn f66_a_submission_is_found_among_leads_contacts_and_accounts_and_shows_record_and_key() {
    let desk = matching("leads = \"link\"\ncontacts = \"link\"\naccounts = \"link\"");
    keep(&desk, TargetKind::Contact, "mei.lin", None, &[("contact.email", "Mei@Big-Company.com")]);
    keep(&desk, TargetKind::Account, "big", None, &[("company.website", "https://www.big-company.com")]);
    let links = |lead: &LeadId| -> Vec<(Counterpart, String)> {
        look(&desk, lead).links.into_iter().map(|link| (link.to, link.key)).collect()
    };
    let contact = (Counterpart::Contact("mei.lin".parse().unwrap()), "contact.email.normal".to_owned());
    let account = (Counterpart::Account("big".parse().unwrap()), "company.domain".to_owned());
    let first = take_in(&desk, mei("1"));
    assert_eq!(links(&first.lead), [contact.clone(), account.clone()]);
    let second = take_in(&desk, mei("2"));
    assert_ne!(second.lead, first.lead);
    let lead = (Counterpart::Lead(first.lead), "contact.email.normal".to_owned());
    assert_eq!(links(&second.lead), [lead, contact, account]);
    sound(&desk);
}

#[test]
fn f67_the_policy_says_what_becomes_of_a_submission_that_is_known() {
    let merging = matching("");
    let first = take_in(&merging, mei("1")).lead;
    assert_eq!(take_in(&merging, mei("2")).settled, Settled::Duplicate);
    assert_eq!(look(&merging, &first).submissions, 2);

    let rejecting = matching("contacts = \"reject\"");
    keep(&rejecting, TargetKind::Contact, "mei.lin", None, &[("contact.email", "mei@big-company.com")]);
    let rejected = take_in(&rejecting, mei("1"));
    assert_eq!((rejected.settled, rejected.findings), (Settled::Rejected, vec!["duplicate".to_owned()]));
    assert!(look(&rejecting, &rejected.lead).findings[0].message.contains("contact mei.lin"));

    let routing = matching("accounts = \"route-to-owner\"");
    keep(&routing, TargetKind::Account, "big", Some("c"), &[("company.website", "big-company.com")]);
    let routed = take_in(&routing, mei("1"));
    assert_eq!(owner(&routing, &routed.lead).as_deref(), Some("c"));
    let other =
        take_in(&routing, submission("x", &[("contact.email", "x@other.com"), ("company.size", "900")]));
    assert_eq!(owner(&routing, &other.lead).as_deref(), Some("a"), "no turn was burnt");
}

#[test]
fn f67_an_owner_who_cannot_have_the_lead_is_passed_over_with_the_reason() {
    let full = POLICY.replace("id = \"c\"", "id = \"c\"\ncap = 0");
    let rules = "[matching]\naccount_keys = [[\"company.domain\"]]\naccounts = \"route-to-owner\"";
    let store = leadsman_ledger::Store::in_memory();
    let desk_full = desk_with(&store, files(&format!("{full}\n{rules}")));
    keep(&desk_full, TargetKind::Account, "big", Some("c"), &[("company.website", "big-company.com")]);
    let lead = take_in(&desk_full, mei("1")).lead;
    assert_eq!(owner(&desk_full, &lead).as_deref(), Some("a"));
    let history = desk_full.archive().history(&lead).unwrap().entries;
    let why = history.iter().find_map(|entry| match &entry.event {
        Event::KnownOwnerPassedOver { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    assert!(why.unwrap().contains("cap"));
    let strict = POLICY.replacen(
        "[[pools.allocation]]",
        "[pools.requires]\nattributes = [\"company.city\"]\n[[pools.allocation]]",
        1,
    );
    let store = leadsman_ledger::Store::in_memory();
    let desk_strict = desk_with(&store, files(&format!("{strict}\n{rules}")));
    keep(&desk_strict, TargetKind::Account, "big", Some("c"), &[("company.website", "big-company.com")]);
    let lead = take_in(&desk_strict, mei("1")).lead;
    assert!(matches!(look(&desk_strict, &lead).status, Status::Blocked { .. }), "nobody gets round the pool");
}

#[test]
fn f34_the_same_person_by_two_channels_is_one_profile_with_two_sources() {
    let desk = matching("");
    let mut by_form = mei("form");
    by_form.origin = Some(leadsman_domain::submission::Origin { channel: "form".into(), campaign: None });
    let mut by_fair =
        submission("fair", &[("contact.email", "MEI@big-company.com"), ("contact.phone", "+49 30 901820")]);
    by_fair.origin = Some(leadsman_domain::submission::Origin { channel: "fair".into(), campaign: None });
    let lead = take_in(&desk, by_form).lead;
    take_in(&desk, by_fair);
    let profile = look(&desk, &lead);
    let channels: Vec<String> = profile.touches().into_iter().map(|touch| touch.channel).collect();
    assert_eq!(channels, ["form", "fair"]);
    let again = take_in(&desk, submission("phone", &[("contact.phone", "+49 30 901820")]));
    assert_eq!(
        (again.settled, again.lead),
        (Settled::Duplicate, lead),
        "known by what it brought later, too"
    );
}

#[test]
fn f62_f69_a_probe_says_who_is_known_by_which_key_and_writes_nothing() {
    let desk = matching("contacts = \"reject\"");
    keep(&desk, TargetKind::Contact, "mei.lin", Some("b"), &[("contact.email", "mei@big-company.com")]);
    keep(&desk, TargetKind::Account, "big", Some("c"), &[("company.website", "big-company.com")]);
    let lead =
        take_in(&desk, submission("1", &[("contact.phone", "+49 30 901820"), ("company.size", "900")])).lead;
    let policy = desk.revision().policy;
    let asked = facts(&[("contact.email", "mei@big-company.com"), ("contact.phone", "+49 30 901820")]);
    let found = desk.archive().probe(&policy, &asked).unwrap();
    let told: Vec<(Counterpart, &str, Option<&str>)> = found
        .iter()
        .map(|Found { link, owner, .. }| {
            (link.to.clone(), link.key.as_str(), owner.as_ref().map(|owner| owner.as_str()))
        })
        .collect();
    assert_eq!(
        told,
        [
            (Counterpart::Lead(lead), "contact.phone.e164", Some("a")),
            (Counterpart::Contact("mei.lin".parse().unwrap()), "contact.email.normal", Some("b")),
            (Counterpart::Account("big".parse().unwrap()), "company.domain", Some("c")),
        ]
    );
    let nobody = desk.archive().probe(&policy, &facts(&[("contact.email", "new@new.com")])).unwrap();
    assert_eq!(nobody, []);
}

#[test]
fn f65_what_a_visitor_did_joins_the_lead_and_leaves_it_again() {
    let desk = matching("");
    let visitor: VisitorId = "v-81c2".parse().unwrap();
    let visit = |days: i64| Activity { channel: Some("web".to_owned()), ..act("page.visit", days) };
    let seen = |activity: Activity| {
        let now = activity.at;
        desk.observe(&visitor, activity, now).unwrap().wait().unwrap()
    };
    let anonymous = seen(visit(-2));
    assert_eq!((&anonymous.status, &anonymous.score), (&Status::Anonymous, &None));
    seen(visit(-1));
    let known = submission("1", &[("contact.email", "mei@big-company.com"), ("visitor.id", "v-81c2")]);
    let lead = take_in(&desk, known).lead;
    let joined = look(&desk, &lead);
    assert_eq!((joined.touches().len(), joined.submissions), (3, 1));
    assert!(joined.matured, "the past counts: {:?}", joined.score);
    let later = seen(visit(1));
    assert_eq!((&later.id, later.touches().len()), (&lead, 4), "what the visitor does is the lead's now");

    let parted = unmerge(&desk, &lead, &anonymous.id, MONDAY.plus_ms(2 * DAY_MS)).unwrap();
    assert_eq!(parted.touches().len(), 2, "only what it did as this lead");
    assert_eq!(look(&desk, &anonymous.id).touches().len(), 2);
    assert_eq!(look(&desk, &anonymous.id).status, Status::Anonymous);
    sound(&desk);
}

#[test]
fn a_visitor_is_nobodys_lead_and_takes_no_orders() {
    let desk = matching("");
    let visit = act("page.visit", 0);
    let lead = desk.observe(&"v".parse().unwrap(), visit, MONDAY).unwrap().wait().unwrap().id;
    let assign = Order::Assign { rep: "a".parse().unwrap(), suggested: Vec::new() };
    assert!(matches!(order(&desk, &lead, assign, MONDAY), Err(FlowError::Anonymous(_))));
    assert!(matches!(order(&desk, &lead, Order::Release, MONDAY), Err(FlowError::NotStopped(_))));
    let other = take_in(&desk, mei("1")).lead;
    assert!(matches!(merge(&desk, &lead, &other, MONDAY), Err(FlowError::CannotMerge { .. })));
    let summary = desk.archive().summary().unwrap();
    assert_eq!((summary.leads, summary.anonymous), (1, 1));
}

#[test]
fn what_is_junk_or_has_no_name_swallows_nobody() {
    let desk = matching("");
    let mail = [
        ("contact.email".parse().unwrap(), Value::Text("mei@big-company.com".to_owned())),
        ("contact.email.normal".parse().unwrap(), Value::Text("mei@big-company.com".to_owned())),
    ];
    let junk = take_in(&desk, submission("junk", &[("contact.phone", "12345")]));
    assert_eq!(junk.settled, Settled::Rejected);
    desk.correct(&junk.lead, &mail.iter().cloned().collect(), MONDAY).unwrap().wait().unwrap();
    let visitor =
        desk.observe(&"v".parse().unwrap(), act("page.visit", 0), MONDAY).unwrap().wait().unwrap().id;
    desk.correct(&visitor, &mail.into_iter().collect(), MONDAY).unwrap().wait().unwrap();
    let lead = take_in(&desk, mei("1"));
    assert!(matches!(lead.settled, Settled::Assigned { .. }), "{lead:?}");
    assert!(matches!(merge(&desk, &junk.lead, &lead.lead, MONDAY), Err(FlowError::CannotMerge { .. })));
    order(&desk, &junk.lead, Order::Release, MONDAY).unwrap();
    let unknown = desk.observe(&"w".parse().unwrap(), act("page.vizit", 0), MONDAY);
    assert!(matches!(unknown, Err(FlowError::UnknownActivity { .. })));
}

#[test]
fn f65_a_busy_visitor_joins_with_what_fits_and_one_who_was_taken_out_stays_out() {
    let desk = matching("");
    let visitor: VisitorId = "busy".parse().unwrap();
    let mut anonymous = None;
    for number in 0..1_010_i64 {
        let visit = Activity { at: MONDAY.plus_ms(number - 2_000), ..act("page.visit", 0) };
        let seen = desk.observe(&visitor, visit, MONDAY).unwrap();
        anonymous = Some(seen.wait().unwrap().id);
    }
    let known =
        |key: &str| submission(key, &[("contact.email", "mei@big-company.com"), ("visitor.id", "busy")]);
    let lead = take_in(&desk, known("1")).lead;
    let joined = look(&desk, &lead);
    assert_eq!((joined.activities.len(), joined.absorbed.len()), (1_000, 1));
    unmerge(&desk, &lead, &anonymous.unwrap(), MONDAY).unwrap();
    assert_eq!(take_in(&desk, known("2")).settled, Settled::Duplicate);
    let parted = look(&desk, &lead);
    assert_eq!((parted.activities.len(), parted.absorbed.len()), (2, 0));
    sound(&desk);
}

#[test]
fn a_target_that_is_corrected_is_no_longer_known_by_what_was_wrong() {
    let desk = matching("accounts = \"reject\"");
    keep(&desk, TargetKind::Account, "wrong", None, &[("company.website", "big-company.com")]);
    assert_eq!(take_in(&desk, mei("1")).settled, Settled::Rejected);
    keep(&desk, TargetKind::Account, "wrong", None, &[("company.website", "other.com")]);
    assert!(matches!(take_in(&desk, mei("2")).settled, Settled::Assigned { .. }));
    keep(&desk, TargetKind::Account, "right", None, &[("company.website", "big-company.com")]);
    let policy = desk.revision().policy;
    let found = desk.archive().probe(&policy, &facts(&[("contact.email", "ida@big-company.com")])).unwrap();
    assert_eq!(found[0].link.to, Counterpart::Account("right".parse().unwrap()));
}

#[test]
fn f14_a_lead_is_in_one_segment_of_each_axis_and_a_change_is_told() {
    let desk = office(
        r#"
        [[segments]]
        axis = "size"
        name = "large"
        when = [{ attribute = "company.size", at_least = 500 }]
        [[segments]]
        axis = "size"
        name = "small"
        [[segments]]
        axis = "maturity"
        name = "ripe"
        when = [{ attribute = "lead.mature", is = true }]
        [[segments]]
        axis = "source"
        name = "paid"
        when = [{ attribute = "lead.channel", is = ["paid-search"] }]
        [[segments]]
        axis = "industry"
        name = "makers"
        when = [{ attribute = "company.industry", is = ["machines", "tools"] }]
        "#,
    );
    let mut one = submission("1", &[("contact.email", "x@example.com"), ("company.industry", "Tools")]);
    one.origin = Some(leadsman_domain::submission::Origin { channel: "paid-search".into(), campaign: None });
    let lead = take_in(&desk, one).lead;
    let segments = |lead: &Lead| {
        let pairs = lead.segments.iter().map(|(axis, name)| format!("{axis}={name}"));
        pairs.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(segments(&look(&desk, &lead)), "industry=makers size=small source=paid");
    let size = [("company.size".parse().unwrap(), Value::Number(900.0))].into_iter().collect();
    let grown = desk.correct(&lead, &size, MONDAY.plus_ms(1)).unwrap().wait().unwrap();
    assert_eq!(segments(&grown), "industry=makers maturity=ripe size=large source=paid");
    let history = desk.archive().history(&lead).unwrap().entries;
    let told = history.iter().filter(|entry| matches!(entry.event, Event::Segmented { .. }));
    assert_eq!(told.count(), 2);
    sound(&desk);
}
