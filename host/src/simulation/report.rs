//! What came of a simulation, folded from the journals of its leads.

use std::collections::BTreeMap;

use leadsman_domain::RepId;
use leadsman_domain::follow_up::Deed;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Status;
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Parting;
use leadsman_flow::{Archive, FlowError, History};
use serde::Serialize;

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

impl Report {
    /// Folds a report from journals. Activities of the kind `call` are calls.
    pub fn of(archive: &Archive, reps: impl Iterator<Item = RepId>, call: &str) -> Result<Self, FlowError> {
        let mut report =
            Self { reps: reps.map(|rep| (rep, RepReport::default())).collect(), ..Self::default() };
        let mut waits = Vec::new();
        for id in archive.ids()? {
            let history = archive.history(&id)?;
            waits.extend(report.add(&history, call));
        }
        waits.sort_by(f64::total_cmp);
        let at =
            |share: f64| waits.get(((waits.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
        (report.hours_to_contact_median, report.hours_to_contact_p90) = (at(0.5), at(0.9));
        report.hours_to_contact_mean =
            (!waits.is_empty()).then(|| waits.iter().sum::<f64>() / waits.len() as f64);
        Ok(report)
    }

    /// Adds a lead; gives how many hours it waited for its first call, if it got one.
    fn add(&mut self, history: &History, call: &str) -> Option<f64> {
        let lead = &history.lead;
        if lead.status == Status::Rejected {
            self.rejected += 1;
            return None;
        }
        self.leads += 1;
        let mut called = None;
        let mut owner: Option<RepId> = None;
        let mut was_given = false;
        for Entry { at, event } in &history.entries {
            match event {
                Event::Allocated { owner: to, .. } => {
                    was_given = true;
                    self.rep(to).given += 1;
                    owner = Some(to.clone());
                }
                Event::GivenUp { parting: Parting::Recycled, .. } => {
                    self.recycled += 1;
                    if let Some(from) = owner.take() {
                        self.rep(&from).recycled += 1;
                    }
                }
                Event::Acted { activity } if activity.kind == call => {
                    called.get_or_insert(*at);
                    if let Some(owner) = &owner {
                        self.rep(&owner.clone()).calls += 1;
                    }
                }
                Event::FollowedUp { action, .. } => match action.deed {
                    Deed::Remind { .. } => self.reminders += 1,
                    Deed::Escalate { .. } => self.escalations += 1,
                    _ => {}
                },
                Event::Converted { conversion } => {
                    self.deals += 1;
                    self.value_minor += conversion.value.0;
                    if let Some(owner) = &owner {
                        self.rep(&owner.clone()).deals += 1;
                    }
                }
                _ => {}
            }
        }
        match &lead.status {
            Status::Pooled { .. } => self.waiting += 1,
            Status::Nurtured => self.nurtured += 1,
            Status::Assigned { owner, .. } if lead.stage != LifeStage::Deal => self.rep(owner).owns += 1,
            _ => {}
        }
        self.given += u64::from(was_given);
        self.lost += u64::from(was_given && called.is_none());
        let waited = called?.ms_since(lead.received) as f64 / 3_600_000.0;
        self.contacted += 1;
        self.contacted_in_a_day += u64::from(waited < 24.0);
        Some(waited)
    }

    fn rep(&mut self, rep: &RepId) -> &mut RepReport {
        self.reps.entry(rep.clone()).or_default()
    }
}
