//! Who is in a campaign: leads that it touched, contacts and accounts of which it was said, each person once.

use std::collections::BTreeMap;

use leadsman_domain::lead::Activity;
use leadsman_domain::order::Order;
use leadsman_domain::target::{Target, TargetKind};
use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, TargetId, Timestamp};
use leadsman_flow::report::Member;
use leadsman_flow::{Desk, FlowError, Known};
use proptest::prelude::*;

use super::sources::by;
use super::{HOUR_MS, POLICY, after, look, sound};
use crate::desk::act;
use crate::identity::{merge, unmerge};
use crate::office::{MONDAY, desk, order, submission, take_in};

const INVITED: &str = "event.invited";
const SIGNED_IN: &str = "event.signed-in";

fn office(matching: &str) -> Desk {
    let policy =
        POLICY.replace("\"note.written\"]", "\"event.invited\", \"event.signed-in\", \"note.written\"]");
    desk(&format!("{policy}[matching]\n{matching}\naccount_keys = [[\"company.domain\"]]\n"))
}

fn members(desk: &Desk, campaign: &str) -> Vec<Member> {
    desk.archive().members(campaign, &desk.revision().policy).unwrap()
}

fn came(desk: &Desk, key: &str, email: &str) -> LeadId {
    take_in(desk, submission(key, &[("contact.email", email)])).lead
}

/// A lead did something in the campaign `fair`.
fn did(desk: &Desk, lead: &LeadId, kind: &str, at: Timestamp) {
    let activity = Activity { at, campaign: Some("fair".to_owned()), ..act(kind, 0) };
    desk.record(lead, activity, at).unwrap().wait().unwrap();
}

fn try_keep(
    desk: &Desk,
    kind: TargetKind,
    id: &str,
    facts: &[(&str, &str)],
    campaigns: &[(&str, &str)],
    at: Timestamp,
) -> Result<Target, FlowError> {
    let facts = submission("facts", facts).facts;
    let campaigns = campaigns.iter().map(|(name, status)| ((*name).to_owned(), (*status).to_owned()));
    let known = Known { facts, campaigns: campaigns.collect(), ..Known::default() };
    Ok(desk.keep(kind, &id.parse().unwrap(), &known, at)?.wait()?)
}

/// A contact of whom is said how far it came in the campaign `fair`.
fn keep(desk: &Desk, id: &str, email: &str, status: Option<&str>, at: Timestamp) -> Target {
    let campaigns: Vec<(&str, &str)> = status.map(|status| ("fair", status)).into_iter().collect();
    try_keep(desk, TargetKind::Contact, id, &[("contact.email", email)], &campaigns, at).unwrap()
}

/// The members of the campaign `fair`: how many leads, contacts and accounts each is, and the status.
fn told(desk: &Desk) -> Vec<(usize, usize, usize, String)> {
    let tell = |member: Member| {
        let accounts = usize::from(member.account.is_some());
        (member.leads.len(), member.contacts.len(), accounts, member.status)
    };
    members(desk, "fair").into_iter().map(tell).collect()
}

#[test]
fn f83_whoever_is_one_lead_is_one_member_of_a_campaign() {
    let desk = office("");
    let member = |key: &str| take_in(&desk, by(key, "event", Some("fair"))).lead;
    let (one, two) = (member("one"), member("two"));
    let mut again = by("again", "email", Some("fair"));
    again.facts = look(&desk, &one).facts;
    again.received = after(DAY_MS);
    take_in(&desk, again);
    take_in(&desk, by("other", "email", Some("mailing")));
    did(&desk, &two, INVITED, after(HOUR_MS));
    did(&desk, &two, SIGNED_IN, after(2 * HOUR_MS));
    did(&desk, &two, INVITED, after(1));
    let fair = members(&desk, "fair");
    assert_eq!(fair.len(), 2);
    let of = |lead: &LeadId| fair.iter().find(|member| member.leads == [lead.clone()]).unwrap();
    assert_eq!((of(&one).since, of(&one).last, of(&one).touches), (MONDAY, after(DAY_MS), 2));
    assert_eq!(
        (of(&two).touches, of(&two).status.as_str()),
        (4, SIGNED_IN),
        "what it did last, told last or not"
    );
    assert_eq!(members(&desk, "nothing"), []);
}

#[test]
fn f83_leads_contacts_and_accounts_are_members_and_a_lead_that_is_a_contact_is_one() {
    let desk = office("contacts = \"link\"");
    // The same identity: the contact was told after the lead came.
    let lead = came(&desk, "mei", "mei@mei.com");
    did(&desk, &lead, INVITED, after(1));
    keep(&desk, "mei.lin", "Mei@MEI.com", Some("accepted"), after(2));
    assert_eq!(told(&desk), [(1, 1, 0, "accepted".to_owned())]);
    let both = members(&desk, "fair").remove(0);
    assert_eq!((&both.leads[0], both.contacts[0].as_str()), (&lead, "mei.lin"));
    assert_eq!((both.since, both.last, both.touches), (after(1), after(2), 1));
    assert_eq!(both.stage, Some(look(&desk, &lead).stage));
    did(&desk, &lead, SIGNED_IN, after(3));
    assert_eq!(told(&desk), [(1, 1, 0, SIGNED_IN.to_owned())]);

    // A link: the contact had the lead's address when the lead came, and has another one now.
    keep(&desk, "ida", "ida@ida.com", Some("invited"), after(4));
    let linked = came(&desk, "ida", "ida@ida.com");
    assert_eq!(look(&desk, &linked).links.len(), 1);
    keep(&desk, "ida", "ida@home.com", Some("invited"), after(5));
    did(&desk, &linked, SIGNED_IN, after(6));
    assert_eq!(told(&desk)[1..], [(1, 1, 0, SIGNED_IN.to_owned())]);

    // Qualification: the lead became the contact, which shares nothing with it any more.
    let ripe = came(&desk, "bo", "bo@bo.com");
    did(&desk, &ripe, INVITED, after(7));
    order(&desk, &ripe, Order::Qualify { account: None, contact: None, opportunity: None }, after(8))
        .unwrap();
    let contact = TargetId::of_lead(TargetKind::Contact, &ripe);
    keep(&desk, contact.as_str(), "bo@home.com", Some("came"), after(9));
    assert_eq!(told(&desk)[2..], [(1, 1, 0, "came".to_owned())]);

    // A customer is another member than its people.
    let big = [("company.website", "mei.com")];
    try_keep(&desk, TargetKind::Account, "mei-gmbh", &big, &[("fair", "sponsor")], after(10)).unwrap();
    keep(&desk, "lone", "lone@lone.com", Some("invited"), after(11));
    keep(&desk, "elsewhere", "mei2@mei.com", None, after(12));
    assert_eq!(told(&desk)[3..], [(0, 0, 1, "sponsor".to_owned()), (0, 1, 0, "invited".to_owned())]);
    sound(&desk);
}

#[test]
fn f83_leads_that_became_one_are_the_contact_of_either_and_apart_they_are_not() {
    let desk = office("");
    let (one, two) = (came(&desk, "one", "one@one.com"), came(&desk, "two", "two@two.com"));
    did(&desk, &one, INVITED, after(1));
    keep(&desk, "two", "two@two.com", Some("invited"), after(2));
    assert_eq!(told(&desk).len(), 2);
    merge(&desk, &one, &two, after(3)).unwrap();
    assert_eq!(told(&desk), [(1, 1, 0, "invited".to_owned())], "known by what the other lead brought");
    unmerge(&desk, &one, &two, after(4)).unwrap();
    assert_eq!(told(&desk).len(), 2);
}

#[test]
fn f83_a_membership_keeps_its_moments_and_is_refused_where_it_makes_no_sense() {
    let desk = office("");
    let place = |target: Target| {
        let place = &target.campaigns["fair"];
        (place.since, place.status_since)
    };
    assert_eq!(place(keep(&desk, "mei", "mei@mei.com", Some("invited"), after(1))), (after(1), after(1)));
    assert_eq!(place(keep(&desk, "mei", "mei@mei.com", Some("invited"), after(2))), (after(1), after(1)));
    assert_eq!(place(keep(&desk, "mei", "mei@mei.com", Some("came"), after(3))), (after(1), after(3)));
    assert_eq!(keep(&desk, "mei", "mei@mei.com", None, after(4)).campaigns, BTreeMap::new());
    assert_eq!(told(&desk), []);
    assert_eq!(place(keep(&desk, "mei", "mei@mei.com", Some("came"), after(5))), (after(5), after(5)));

    let long = "x".repeat(201);
    let many: Vec<String> = (0..201).map(|nth| format!("fair-{nth}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "invited")).collect();
    for campaigns in [&many[..], &[("fair", "")], &[("", "invited")], &[(&long, "invited")]] {
        let refused = try_keep(&desk, TargetKind::Contact, "mei", &[], campaigns, after(6)).unwrap_err();
        assert!(matches!(refused, FlowError::InvalidMembership { .. }), "{refused}");
    }
    let deal = try_keep(&desk, TargetKind::Opportunity, "deal", &[], &[("fair", "invited")], after(6));
    assert!(deal.unwrap_err().to_string().contains("its contact and its account may be"));
    assert_eq!(told(&desk).len(), 1, "what was refused changed nothing");
}

/// What may happen to one of a few people.
#[derive(Debug, Clone)]
enum Step {
    Comes(usize),
    Does(usize, &'static str),
    IsSaid(usize, Option<&'static str>),
    Qualifies(usize),
    AccountIsSaid(usize, Option<&'static str>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let status = prop::sample::select(vec![INVITED, SIGNED_IN]);
    let said = prop::option::weighted(0.8, prop::sample::select(vec!["invited", "came"]));
    let step = prop_oneof![
        2 => (0..3_usize).prop_map(Step::Comes),
        3 => (0..3_usize, status).prop_map(|(who, status)| Step::Does(who, status)),
        3 => (0..3_usize, said.clone()).prop_map(|(who, said)| Step::IsSaid(who, said)),
        1 => (0..3_usize).prop_map(Step::Qualifies),
        1 => (0..2_usize, said).prop_map(|(which, said)| Step::AccountIsSaid(which, said)),
    ];
    prop::collection::vec(step, 1..25)
}

/// Somebody, as the campaign should know them: since when, how often touched, and what was said when.
#[derive(Debug, Clone, Default)]
struct Somebody {
    leads: Vec<LeadId>,
    did: Vec<(Timestamp, &'static str)>,
    said: Option<(Timestamp, Timestamp, &'static str)>,
}

impl Somebody {
    fn is_said(&mut self, status: Option<&'static str>, now: Timestamp) {
        self.said = status.map(|status| match self.said {
            Some((since, changed, before)) if before == status => (since, changed, status),
            Some((since, ..)) => (since, now, status),
            None => (now, now, status),
        });
    }

    fn member(&self) -> Option<(Timestamp, Timestamp, String, u64)> {
        let said = self.said.map(|(since, changed, status)| [(since, ""), (changed, status)]);
        let all: Vec<_> = self.did.iter().copied().chain(said.into_iter().flatten()).collect();
        let since = all.iter().map(|(at, _)| *at).min()?;
        let (last, status) = all.into_iter().filter(|(_, status)| !status.is_empty()).max()?;
        Some((since, last, status.to_owned(), self.did.len() as u64))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However often somebody comes, whatever is said of them and in whatever order: every person and every
    /// account is one member, since they first were one, with what was said last.
    #[test]
    fn f83_whoever_is_in_a_campaign_is_in_it_once(
        steps in steps(),
        matching in prop::sample::select(vec!["", "leads = \"link\"", "leads = \"link\"\ncontacts = \"link\""]),
    ) {
        let desk = office(matching);
        let mut people: [Somebody; 5] = Default::default();
        let mut now = MONDAY;
        for (nth, step) in steps.into_iter().enumerate() {
            now = now.plus_ms(1000);
            match step {
                Step::Comes(who) => {
                    let lead = came(&desk, &format!("n{nth}"), &format!("p{who}@p{who}.com"));
                    if !people[who].leads.contains(&lead) {
                        people[who].leads.push(lead);
                    }
                }
                Step::Does(who, kind) => {
                    let count = people[who].leads.len();
                    if count > 0 {
                        let lead = people[who].leads[nth % count].clone();
                        did(&desk, &lead, kind, now);
                        people[who].did.push((now, kind));
                    }
                }
                Step::IsSaid(who, status) => {
                    keep(&desk, &format!("p{who}"), &format!("p{who}@p{who}.com"), status, now);
                    people[who].is_said(status, now);
                }
                Step::Qualifies(who) => {
                    if let Some(lead) = people[who].leads.first() {
                        let qualify = Order::Qualify { account: None, contact: None, opportunity: None };
                        drop(order(&desk, lead, qualify, now));
                    }
                }
                Step::AccountIsSaid(which, status) => {
                    let campaigns: Vec<(&str, &str)> = status.map(|status| ("fair", status)).into_iter().collect();
                    let website = format!("p{which}.com");
                    let facts = [("company.website", website.as_str())];
                    try_keep(&desk, TargetKind::Account, &format!("a{which}"), &facts, &campaigns, now).unwrap();
                    people[3 + which].is_said(status, now);
                }
            }
        }
        let mut expected: Vec<_> = people.iter().filter_map(Somebody::member).collect();
        expected.sort();
        let told = members(&desk, "fair").into_iter();
        let told: Vec<_> = told.map(|one| (one.since, one.last, one.status, one.touches)).collect();
        prop_assert_eq!(told, expected);
    }
}
