//! What came of the leads of a simulation by grade, and by segment of each axis.

use std::collections::BTreeMap;

use leadsman_domain::Timestamp;
use leadsman_domain::lead::Lead;
use leadsman_domain::policy::Calendar;
use leadsman_flow::report::{Story, Waits};
use serde::Serialize;

/// The axis that grades are.
const GRADE: &str = "grade";

/// What came of some leads.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct GroupReport {
    /// How many there are, those that were turned away apart.
    pub leads: u64,
    /// Of these: a rep owned them at some time.
    pub given: u64,
    /// Of these: called at least once.
    pub contacted: u64,
    /// Working hours from coming in to the first call, for half of the called leads at most.
    pub working_hours_to_contact_median: Option<f64>,
    /// The same, for nine of ten called leads at most.
    pub working_hours_to_contact_p90: Option<f64>,
    /// Deals.
    pub deals: u64,
    /// What they are worth, in minor units.
    pub value_minor: i64,
}

/// Groups of leads by axis and name, being counted.
#[derive(Default)]
pub struct Groups(BTreeMap<String, BTreeMap<String, Counting>>);

/// A group being counted, with how long each of its leads waited for its first call.
#[derive(Default)]
struct Counting {
    report: GroupReport,
    waits_ms: Vec<i64>,
}

impl Groups {
    /// Adds a lead to the groups that it is in at the end.
    pub fn add(&mut self, lead: &Lead, story: &Story, hours: &Calendar) {
        let grade = lead.standing.as_ref().map(|standing| standing.grade.clone());
        let grade = grade.filter(|grade| !grade.is_empty()).map(|grade| (GRADE.to_owned(), grade));
        for (axis, name) in lead.segments.clone().into_iter().chain(grade) {
            self.0.entry(axis).or_default().entry(name).or_default().add(lead.received, story, hours);
        }
    }

    /// Adds the groups of other leads.
    pub fn join(&mut self, other: Self) {
        for (axis, groups) in other.0 {
            for (name, more) in groups {
                self.0.entry(axis.clone()).or_default().entry(name).or_default().join(more);
            }
        }
    }

    /// The groups, counted.
    pub fn reports(self) -> BTreeMap<String, BTreeMap<String, GroupReport>> {
        let axis = |(axis, groups): (String, BTreeMap<String, Counting>)| {
            (axis, groups.into_iter().map(|(name, group)| (name, group.report())).collect())
        };
        self.0.into_iter().map(axis).collect()
    }
}

impl Counting {
    fn add(&mut self, received: Timestamp, story: &Story, hours: &Calendar) {
        self.report.leads += 1;
        self.report.given += u64::from(!story.stints.is_empty());
        self.report.deals += story.deals.len() as u64;
        self.report.value_minor += story.deals.iter().map(|deal| deal.value.0).sum::<i64>();
        if let Some(called) = story.first_call {
            self.report.contacted += 1;
            let waited_ms = hours.working_ms_between(received, called);
            self.waits_ms.push(i64::try_from(waited_ms).unwrap_or(i64::MAX));
        }
    }

    fn join(&mut self, other: Self) {
        self.report.leads += other.report.leads;
        self.report.given += other.report.given;
        self.report.contacted += other.report.contacted;
        self.report.deals += other.report.deals;
        self.report.value_minor += other.report.value_minor;
        self.waits_ms.extend(other.waits_ms);
    }

    fn report(self) -> GroupReport {
        let waits = Waits::of(self.waits_ms);
        GroupReport {
            working_hours_to_contact_median: waits.as_ref().map(|waits| waits.p50_hours),
            working_hours_to_contact_p90: waits.map(|waits| waits.p90_hours),
            ..self.report
        }
    }
}
