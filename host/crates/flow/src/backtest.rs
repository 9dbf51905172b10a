//! Backtest: what was told of leads is told again, in its order and its own time, to a desk at which
//! another revision decides; and what would have been different is compared.
//!
//! A backtest begins with nobody owning anything, for both revisions alike, and brings back what people
//! did: activities, conversions, releases, assignments by hand. What rules did is decided anew.

mod compare;
mod course;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leadsman_domain::journal::{Entry, Event, Outcome};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::{LeadId, PoolId, RepId, Timestamp};

use serde::Serialize;

use crate::desk::Desk;
use crate::error::FlowError;
use crate::ledger::Ledger;
use crate::orders::Acting;
use crate::revision::Revision;

pub use compare::{Comparison, Move, Pair, Shift, compare};
pub use course::{Course, Happening, Retold, retell};

/// What a backtest tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// How many submissions were told again.
    pub submissions: u64,
    /// How many things in all.
    pub told: usize,
    /// What would have been different.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// Where a lead ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// `rejected`, `held`, `blocked`, `pooled`, `assigned` or `nurtured`.
    pub status: &'static str,
    /// What it is worth, once scored.
    pub score: Option<f64>,
    /// Its grade.
    pub grade: Option<String>,
    /// Who owns it.
    pub owner: Option<RepId>,
    /// The pool that it waits in or came from.
    pub pool: Option<PoolId>,
}

/// What became of a course of leads under one revision.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rerun {
    /// The number of the revision.
    pub revision: u64,
    /// Where each lead ended.
    pub leads: BTreeMap<LeadId, Ending>,
    /// Things told that do not fit where the lead is under this revision, such as the release of a lead
    /// that was never stopped.
    pub misfits: u64,
    /// Decisions that were taken.
    pub decisions: u64,
    /// Fuel that they used.
    pub fuel: u64,
    /// Decisions without a usable answer.
    pub faults: u64,
    /// How many leads each rep was passed over for because of their cap.
    pub full: BTreeMap<RepId, u64>,
}

/// Takes a course of leads through a revision, in an empty ledger. Calls `progress` with how many things
/// were told so far.
///
/// # Errors
///
/// When the ledger fails.
pub fn rerun(
    course: &Course,
    revision: Revision,
    ledger: Arc<dyn Ledger>,
    progress: &mut dyn FnMut(usize),
) -> Result<Rerun, FlowError> {
    let mut rerun = Rerun { revision: revision.number, ..Rerun::default() };
    let desk = Desk::simulating(ledger, revision);
    let mut ticks = 0;
    for (told, (at, happening)) in course.happenings().iter().enumerate() {
        wake_until(&desk, *at, &mut ticks, told)?;
        if !tell(&desk, *at, happening)? {
            rerun.misfits += 1;
        }
        progress(told + 1);
    }
    wake_until(&desk, course.end(), &mut ticks, course.happenings().len())?;
    rerun.look_at(&desk)?;
    Ok(rerun)
}

/// How often leads may fall due for each thing told, on average.
const TICKS_MAX: usize = 1_000;

/// Lets happen what falls due up to a moment.
fn wake_until(desk: &Desk, until: Timestamp, ticks: &mut usize, told: usize) -> Result<(), FlowError> {
    desk.wake_until(until, |woken| {
        *ticks += woken.len();
        if *ticks > TICKS_MAX * (told + 1) { Err(FlowError::Restless(*ticks)) } else { Ok(()) }
    })
}

/// Tells a desk what happened. Says whether it fits.
fn tell(desk: &Desk, at: Timestamp, happening: &Happening) -> Result<bool, FlowError> {
    let told = match happening {
        Happening::Submitted(submission) => {
            desk.take_in_as_of(vec![submission.clone()], at)?.wait()?;
            return Ok(true);
        }
        Happening::Observed { visitor, activity } => desk.observe(visitor, activity.clone(), at),
        Happening::Acted { lead, activity } => desk.record(lead, activity.clone(), at),
        Happening::Converted { lead, conversion } => desk.convert(lead, conversion, at),
        Happening::Corrected { lead, facts } => desk.correct(lead, facts, at),
        Happening::Ordered { lead, order, warrant } => desk.order(lead, order, &Acting::Manager, warrant),
    };
    match told {
        Ok(told) => told.wait().map(|_| true).map_err(FlowError::from),
        Err(error @ (FlowError::Ledger(_) | FlowError::Damaged { .. } | FlowError::Journal { .. })) => {
            Err(error)
        }
        Err(_) => Ok(false),
    }
}

impl Rerun {
    fn look_at(&mut self, desk: &Desk) -> Result<(), FlowError> {
        desk.archive().each_id(|id| {
            let history = desk.archive().history(&id)?;
            if !matches!(history.lead.status, Status::Merged { .. } | Status::Anonymous) {
                self.note(&history.lead, &history.entries);
            }
            Ok(())
        })
    }

    /// Notes where a lead ended, and what that took.
    pub(crate) fn note(&mut self, lead: &Lead, entries: &[Entry]) {
        let mut full = BTreeSet::new();
        for entry in entries {
            let Event::Decided(decision) = &entry.event else { continue };
            self.decisions += 1;
            self.fuel += decision.fuel;
            self.faults += u64::from(matches!(decision.outcome, Outcome::Fault { .. }));
            let barred = decision.situation.iter().flat_map(|situation| &situation.barred);
            full.extend(barred.filter(|one| one.code == "full").map(|one| &one.rep));
        }
        for rep in full {
            *self.full.entry(rep.clone()).or_default() += 1;
        }
        self.leads.insert(lead.id.clone(), Ending::of(lead));
    }
}

impl Ending {
    fn of(lead: &Lead) -> Self {
        let grade = lead.standing.as_ref().map(|standing| standing.grade.clone());
        Self {
            status: lead.status.as_str(),
            score: lead.score.as_ref().map(|score| score.total.as_f64()),
            grade: grade.filter(|grade| !grade.is_empty()),
            owner: lead.status.owner().cloned(),
            pool: lead.status.pool().cloned(),
        }
    }
}
