//! Whence leads came: folds of the journals.

use leadsman_domain::Value;
use leadsman_domain::time::DAY_MS;
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
