//! Who somebody is: among leads, contacts and accounts, before and after anybody knows their name; and leads
//! that become one and two again.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Activity, Lead, Status};
use leadsman_domain::order::Order;
use leadsman_domain::target::{Counterpart, TargetKind};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{Facts, LeadId, Timestamp, Value, VisitorId};
use leadsman_flow::{Desk, FlowError, Found, Known, Settled};
use proptest::prelude::*;

use crate::desk::{POLICY, act, conversion, files};
use crate::life::{look, owner, sound};
use crate::office::{MONDAY, desk_with, order, submission, take_in};

fn office(more: &str) -> Desk {
    desk_with(&leadsman_ledger::Store::in_memory(), files(&format!("{POLICY}\n{more}")))
}

fn matching(rules: &str) -> Desk {
    office(&format!("[matching]\naccount_keys = [[\"company.domain\"]]\n{rules}"))
}

/// Facts as intake completes them.
fn facts(pairs: &[(&str, &str)]) -> Facts {
    submission("facts", pairs).facts
}

fn keep(desk: &Desk, kind: TargetKind, id: &str, owner: Option<&str>, pairs: &[(&str, &str)]) {
    let owner = owner.map(|owner| owner.parse().unwrap());
    let known = Known { facts: facts(pairs), owner, account: None };
    desk.keep(kind, &id.parse().unwrap(), &known, MONDAY).unwrap().wait().unwrap();
}

fn mei(key: &str) -> leadsman_domain::submission::Submission {
    submission(key, &[("contact.email", "mei@big-company.com"), ("company.size", "900")])
}

fn merge(desk: &Desk, into: &LeadId, other: &LeadId, at: Timestamp) -> Result<Lead, FlowError> {
    order(desk, into, Order::Merge { other: other.clone() }, at)
}

fn unmerge(desk: &Desk, from: &LeadId, other: &LeadId, at: Timestamp) -> Result<Lead, FlowError> {
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
fn a_merge_keeps_credit_identity_and_room_and_commands_find_the_one_that_is_left() {
    let desk = matching("");
    let (one, two) = (
        take_in(&desk, mei("1")).lead,
        take_in(
            &desk,
            submission(
                "2",
                &[("contact.phone", "+49 30 901820"), ("company.size", "900"), ("note", "met at the fair")],
            ),
        )
        .lead,
    );
    let touch = Activity { channel: Some("web".to_owned()), ..act("page.visit", 1) };
    desk.record(&two, touch, MONDAY.plus_ms(DAY_MS)).unwrap().wait().unwrap();
    let won = MONDAY.plus_ms(2 * DAY_MS);
    let credit = conversion("deal-2", 900);
    let credited = desk
        .convert(&two, &leadsman_domain::attribution::Conversion { at: won, ..credit.clone() }, won)
        .unwrap()
        .wait()
        .unwrap();
    let owner_before = owner(&desk, &two).unwrap();
    let merged = merge(&desk, &one, &two, MONDAY.plus_ms(3 * DAY_MS)).unwrap();
    assert_eq!((merged.won.clone(), merged.touches().len()), (credited.won, 3));
    assert_eq!(merged.facts.text("note"), Some("met at the fair"));
    assert_eq!(merged.facts.text("contact.email"), Some("mei@big-company.com"));
    assert_eq!(look(&desk, &two).status.owner(), None);
    assert!(matches!(look(&desk, &two).status, Status::Merged { ref into, .. } if *into == one));

    let again = take_in(&desk, submission("3", &[("contact.phone", "+49 30 901820")]));
    assert_eq!((again.settled, again.lead), (Settled::Duplicate, one.clone()), "identity goes along");
    let seen = desk.record(&two, act("email.reply", 4), MONDAY.plus_ms(4 * DAY_MS)).unwrap().wait().unwrap();
    assert_eq!(seen.id, one, "an old id is still good for commands");
    let same = desk.convert(&one, &leadsman_domain::attribution::Conversion { at: won, ..credit }, won);
    assert_eq!(same.unwrap().wait().unwrap().won.len(), 1, "the same deal is not won twice");
    let summary = desk.archive().summary().unwrap();
    assert_eq!((summary.leads, summary.merged, summary.converted), (1, 1, 1));
    let loads: u64 = summary.owners.iter().map(|share| share.leads).sum();
    assert_eq!(loads, 1, "{owner_before} has room again");
    sound(&desk);
}

#[test]
fn f47_a_merge_never_upgrades_consent_and_keeps_a_withdrawal() {
    let desk = office("[eligibility]\nconsent = \"consent.contact\"\n");
    let with = |key: &str, consent: Option<&str>| {
        let email = format!("{key}@{key}.com");
        let mut pairs = vec![("contact.email", email.as_str()), ("company.size", "900")];
        pairs.extend(consent.map(|consent| ("consent.contact", consent)));
        take_in(&desk, submission(key, &pairs)).lead
    };
    let (none, yes, no) = (with("none", None), with("yes", Some("yes")), with("no", Some("no")));
    let upgraded = merge(&desk, &none, &yes, MONDAY).unwrap();
    assert_eq!(upgraded.facts.get("consent.contact"), None);
    unmerge(&desk, &none, &yes, MONDAY).unwrap();
    assert_eq!(look(&desk, &yes).status.owner().map(ToString::to_string).as_deref(), Some("a"));
    let withdrawn = merge(&desk, &yes, &no, MONDAY).unwrap();
    assert_eq!(withdrawn.facts.text("consent.contact"), Some("no"));
    let back = unmerge(&desk, &yes, &no, MONDAY).unwrap();
    assert_eq!(back.facts.text("consent.contact"), Some("yes"));
    sound(&desk);
}

#[test]
fn a_lead_that_comes_back_to_an_owner_without_room_waits_in_its_pool() {
    let policy = POLICY.replace("id = \"a\"\nweight = 5", "id = \"a\"\nweight = 5\ncap = 1");
    let desk = desk_with(&leadsman_ledger::Store::in_memory(), files(&policy));
    let [one, two] = ["one", "two"].map(|key| take_in(&desk, crate::desk::large(key)).lead);
    assert_eq!((owner(&desk, &one).as_deref(), owner(&desk, &two).as_deref()), (Some("a"), Some("b")));
    merge(&desk, &two, &one, MONDAY).unwrap();
    let three = take_in(&desk, crate::desk::large("three")).lead;
    assert_eq!(owner(&desk, &three).as_deref(), Some("a"));
    unmerge(&desk, &two, &one, MONDAY).unwrap();
    assert!(matches!(look(&desk, &one).status, Status::Pooled { .. }));
    assert!(matches!(unmerge(&desk, &two, &one, MONDAY), Err(FlowError::CannotMerge { .. })));
    assert!(matches!(merge(&desk, &two, &two, MONDAY), Err(FlowError::CannotMerge { .. })));
    sound(&desk);
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

/// What a lead is, apart from when follow-up looks at it again.
fn essence(lead: Lead) -> Lead {
    Lead { score: None, ..lead }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// A merge that is undone leaves both leads as they were.
    #[test]
    fn merge_then_unmerge_is_the_identity(
        visits in prop::collection::vec((0..2_usize, 1..9_i64), 0..8),
        notes in prop::array::uniform2(prop::option::of("[a-z]{1,8}")),
        sizes in prop::array::uniform2(1..2_000_u32),
        deals in prop::array::uniform2(prop::option::of(1..1_000_i64)),
    ) {
        let desk = matching("");
        let leads: Vec<LeadId> = (0..2).map(|number| {
            let email = format!("n{number}@n{number}.com");
            let mut one = submission(&format!("n{number}"), &[("contact.email", &email)]);
            one.facts.set("company.size".parse().unwrap(), Value::Number(f64::from(sizes[number])));
            if let Some(note) = &notes[number] {
                one.facts.set("note".parse().unwrap(), Value::Text(note.clone()));
            }
            take_in(&desk, one).lead
        }).collect();
        let mut now = MONDAY;
        for (lead, days) in visits {
            let visit = Activity { channel: Some("web".to_owned()), ..act("email.reply", days) };
            now = now.max(visit.at);
            desk.record(&leads[lead], visit, now).unwrap().wait().unwrap();
        }
        for (number, deal) in deals.into_iter().enumerate() {
            let Some(value) = deal else { continue };
            let deal = leadsman_domain::attribution::Conversion { at: now, ..conversion(&format!("d{number}"), value) };
            desk.convert(&leads[number], &deal, now).unwrap().wait().unwrap();
        }
        let before: Vec<Lead> = leads.iter().map(|lead| look(&desk, lead)).collect();
        let merged = merge(&desk, &leads[0], &leads[1], now).unwrap();
        prop_assert_eq!(merged.activities.len(), before[0].activities.len() + before[1].activities.len());
        let credit = |lead: &Lead| -> i64 {
            lead.won.iter().flat_map(|won| &won.credits).map(|credit| credit.value.0).sum()
        };
        prop_assert_eq!(credit(&merged), before.iter().map(credit).sum::<i64>());
        unmerge(&desk, &leads[0], &leads[1], now).unwrap();
        let after: Vec<Lead> = leads.iter().map(|lead| look(&desk, lead)).collect();
        prop_assert_eq!(&after[1], &before[1]);
        if merged.matured == before[0].matured {
            prop_assert_eq!(essence(after[0].clone()), essence(before[0].clone()));
        } else {
            prop_assert_eq!(&after[0].facts, &before[0].facts);
            prop_assert_eq!(&after[0].activities, &before[0].activities);
            prop_assert_eq!(&after[0].won, &before[0].won);
        }
        sound(&desk);
    }
}
