//! Whence leads came, and what a campaign touched: folds of the journals.

use leadsman_domain::time::DAY_MS;
use leadsman_domain::{LeadId, Value};
use leadsman_flow::Desk;
use leadsman_flow::report::{SourceReport, Span};

use super::sources::{SOURCES, by};
use super::{POLICY, after, look, sound};
use crate::office::{MONDAY, desk, take_in};

fn report(desk: &Desk) -> SourceReport {
    SourceReport::of(desk.archive(), &desk.revision().policy.sources, Span::default()).unwrap()
}

#[test]
fn f39_sources_roll_up_along_their_tree() {
    let desk = desk(&format!("{POLICY}{SOURCES}"));
    for (nth, channel) in ["seo", "seo", "app", "sem", "cold-call"].into_iter().enumerate() {
        take_in(&desk, by(&format!("n{nth}"), channel, None));
    }
    let report = report(&desk);
    let leads = |path: &str| report.sources[path].leads;
    assert_eq!((report.all.leads, leads("market"), leads("self-developed")), (5, 4, 1));
    assert_eq!((leads("market/free"), leads("market/free/seo"), leads("market/paid")), (3, 2, 1));
}

#[test]
fn f25_a_source_is_what_the_first_touch_said_and_corrections_are_appended() {
    let desk = desk(POLICY);
    let lead = take_in(&desk, by("one", "event", Some("fair"))).lead;
    let mut earlier = by("two", "email", None);
    earlier.facts = look(&desk, &lead).facts;
    earlier.received = after(-DAY_MS);
    assert_eq!(desk.take_in_as_of(vec![earlier], MONDAY).unwrap().wait().unwrap()[0].lead, lead);
    let facts = [("channel".parse().unwrap(), Value::Text("email".to_owned()))].into_iter().collect();
    desk.correct(&lead, &facts, after(1)).unwrap().wait().unwrap();
    let report = report(&desk);
    assert_eq!(report.sources.keys().collect::<Vec<_>>(), ["event"], "whatever is said later, and of when");
    assert_eq!(look(&desk, &lead).touches().len(), 2, "both touches are kept");
    sound(&desk);
}

#[test]
fn f83_whoever_is_one_lead_is_one_member_of_a_campaign() {
    let desk = desk(POLICY);
    let member = |key: &str| take_in(&desk, by(key, "event", Some("fair"))).lead;
    let (one, two) = (member("one"), member("two"));
    let mut again = by("again", "email", Some("fair"));
    again.facts = look(&desk, &one).facts;
    again.received = after(DAY_MS);
    take_in(&desk, again);
    take_in(&desk, by("other", "email", Some("mailing")));
    let members = desk.archive().members("fair").unwrap();
    let told: Vec<(LeadId, u64)> = members.iter().map(|one| (one.lead.clone(), one.touches)).collect();
    let mut expected = vec![(one.clone(), 2), (two, 1)];
    expected.sort();
    let mut sorted = told;
    sorted.sort();
    assert_eq!(sorted, expected);
    let first = members.iter().find(|member| member.lead == one).unwrap();
    assert_eq!((first.since, first.last), (MONDAY, after(DAY_MS)));
    assert_eq!(desk.archive().members("nothing").unwrap(), []);
}
