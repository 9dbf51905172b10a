//! What came of a simulation, folded from the journals of its leads.

use std::collections::BTreeMap;

use leadsman_domain::RepId;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::order::Parting;
use leadsman_domain::policy::{Calendar, Policy};
use leadsman_domain::time::DAY_MS;
use leadsman_flow::report::{Story, Waits};
use leadsman_flow::{Archive, FlowError, consent};
use serde::Serialize;

use super::groups::{GroupReport, Groups};

/// By what a simulation is measured.
pub struct Measure<'a> {
    /// The policy under which it was played.
    pub policy: &'a Policy,
    /// When reps work.
    pub hours: &'a Calendar,
    /// The kind of activity that calls are.
    pub call: &'a str,
}

/// What came of a simulation under one policy.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    /// Leads that came in and were no junk.
    pub leads: u64,
    /// Turned away by screening.
    pub rejected: u64,
    /// Leads that a rep owned at some time.
    pub given: u64,
    /// Of these: called at least once.
    pub contacted: u64,
    /// Of these: called within a day after they came in.
    pub contacted_in_a_day: u64,
    /// Hours from coming in to the first call, on average; none without a call.
    pub hours_to_contact_mean: Option<f64>,
    /// The same, for half of the called leads at most.
    pub hours_to_contact_median: Option<f64>,
    /// The same, for nine of ten called leads at most.
    pub hours_to_contact_p90: Option<f64>,
    /// Reminders to owners.
    pub reminders: u64,
    /// Reports to managers.
    pub escalations: u64,
    /// Deadlines that passed, after which a lead was taken from its owner.
    pub recycled: u64,
    /// Leads that were given to somebody, and that nobody ever called.
    pub lost: u64,
    /// Leads that wait in a pool at the end.
    pub waiting: u64,
    /// Leads that marketing has at the end.
    pub nurtured: u64,
    /// Deals.
    pub deals: u64,
    /// What they are worth, in minor units.
    pub value_minor: i64,
    /// Leads that were called though they did not agree to it; none if the policy does not ask for consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacted_without_consent: Option<u64>,
    /// By grade, and by segment of each axis, as they are at the end.
    pub groups: BTreeMap<String, BTreeMap<String, GroupReport>>,
    /// By rep.
    pub reps: BTreeMap<RepId, RepReport>,
}

/// What came of a simulation for one rep.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RepReport {
    /// Leads given to the rep.
    pub given: u64,
    /// Calls that the rep made.
    pub calls: u64,
    /// Leads taken from the rep because a deadline passed.
    pub recycled: u64,
    /// Deals that the rep made.
    pub deals: u64,
    /// Leads that the rep owns at the end, deals apart.
    pub owns: u64,
}

/// Every other lead, for each of two processors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Odd,
    Even,
}

impl Half {
    fn other(self) -> Self {
        match self {
            Self::Odd => Self::Even,
            Self::Even => Self::Odd,
        }
    }
}

/// The sums over some leads.
#[derive(Default)]
struct Sums {
    report: Report,
    /// How long each of them that was called waited for that.
    waits_ms: Vec<i64>,
    groups: Groups,
}

impl Sums {
    fn of(archive: &Archive, half: Half, measure: &Measure<'_>) -> Result<Self, FlowError> {
        let (mut sums, mut next) = (Self::default(), Half::Odd);
        let eligibility = &measure.policy.eligibility;
        sums.report.contacted_without_consent = eligibility.consent.as_ref().map(|_| 0);
        archive.each_id(|id| {
            let this = next;
            next = this.other();
            if this != half {
                return Ok(());
            }
            let history = archive.history(&id)?;
            let (lead, story) = (&history.lead, Story::of(&history, measure.call));
            let waited = sums.report.add(lead, &story);
            if lead.status == Status::Rejected {
                return Ok(());
            }
            sums.groups.add(lead, &story, measure.hours);
            if waited.is_some() && !consent::is_given(eligibility, lead) {
                sums.report.contacted_without_consent =
                    sums.report.contacted_without_consent.map(|some| some + 1);
            }
            sums.waits_ms.extend(waited);
            Ok(())
        })?;
        Ok(sums)
    }
}

impl Report {
    /// Folds a report from journals, on two processors.
    pub fn of(archive: &Archive, measure: &Measure<'_>) -> Result<Self, FlowError> {
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| Sums::of(archive, Half::Even, measure));
            let other = Sums::of(archive, Half::Odd, measure);
            (one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), other)
        });
        let Sums { mut report, mut waits_ms, mut groups } = one?;
        let other = other?;
        report.join(other.report);
        waits_ms.extend(other.waits_ms);
        groups.join(other.groups);
        report.groups = groups.reports();
        for rep in &measure.policy.reps {
            report.reps.entry(rep.id.clone()).or_default();
        }
        if let Some(waits) = Waits::of(waits_ms) {
            report.hours_to_contact_mean = Some(waits.mean_hours);
            report.hours_to_contact_median = Some(waits.p50_hours);
            report.hours_to_contact_p90 = Some(waits.p90_hours);
        }
        Ok(report)
    }

    /// Adds the sums over other leads.
    fn join(&mut self, other: Self) {
        self.leads += other.leads;
        self.rejected += other.rejected;
        self.given += other.given;
        self.contacted += other.contacted;
        self.contacted_in_a_day += other.contacted_in_a_day;
        self.reminders += other.reminders;
        self.escalations += other.escalations;
        self.recycled += other.recycled;
        self.lost += other.lost;
        self.waiting += other.waiting;
        self.nurtured += other.nurtured;
        self.deals += other.deals;
        self.value_minor += other.value_minor;
        let without_consent = [self.contacted_without_consent, other.contacted_without_consent];
        self.contacted_without_consent =
            without_consent.into_iter().flatten().reduce(|one, other| one + other);
        for (name, more) in &other.reps {
            let rep = self.rep(name);
            rep.given += more.given;
            rep.calls += more.calls;
            rep.recycled += more.recycled;
            rep.deals += more.deals;
            rep.owns += more.owns;
        }
    }

    /// Adds a lead; gives how long it waited for its first call, in milliseconds, if it got one.
    fn add(&mut self, lead: &Lead, story: &Story) -> Option<i64> {
        if lead.status == Status::Rejected {
            self.rejected += 1;
            return None;
        }
        self.leads += 1;
        for stint in &story.stints {
            let is_recycled = matches!(stint.ended, Some((_, Parting::Recycled)));
            self.recycled += u64::from(is_recycled);
            let rep = self.rep(&stint.rep);
            rep.given += 1;
            rep.calls += stint.calls;
            rep.recycled += u64::from(is_recycled);
        }
        for deal in &story.deals {
            self.deals += 1;
            self.value_minor += deal.value.0;
            if let Some(rep) = &deal.rep {
                self.rep(rep).deals += 1;
            }
        }
        self.reminders += story.reminders;
        self.escalations += story.escalations;
        match &lead.status {
            Status::Pooled { .. } => self.waiting += 1,
            Status::Nurtured => self.nurtured += 1,
            Status::Assigned { owner, .. } if lead.takes_room() => self.rep(owner).owns += 1,
            _ => {}
        }
        let was_given = !story.stints.is_empty();
        self.given += u64::from(was_given);
        self.lost += u64::from(was_given && story.first_call.is_none());
        let waited = story.first_call?.ms_since(lead.received);
        self.contacted += 1;
        self.contacted_in_a_day += u64::from(waited < DAY_MS);
        Some(waited)
    }

    fn rep(&mut self, rep: &RepId) -> &mut RepReport {
        self.reps.entry(rep.clone()).or_default()
    }
}
