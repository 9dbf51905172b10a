//! The shadow: what a candidate would have done with each new lead, as the world stood when it came in.
//!
//! New leads wait in a short line for whoever has time to spare; when it is full, they are passed over and
//! counted. The candidate is asked about the submission as the active revision was, with the loads that
//! reps and pools have now, the acquaintances that the lead had then, and turns of its own. Nothing that
//! it proposes is committed.

use std::collections::VecDeque;
use std::sync::Mutex;

use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::Lead;
use leadsman_domain::routing::Acquaintance;
use leadsman_domain::submission::Submission;

use super::{ShadowSeen, lock};
use crate::backtest::{Rerun, compare};
use crate::desk::Desk;
use crate::error::FlowError;
use crate::intake;
use crate::revision::Revision;
use crate::turn::Turn;

/// New leads that may wait.
const WAITING_MAX: usize = 256;

/// A new lead, and what became of it.
pub(crate) struct Witness {
    pub submission: Submission,
    pub lead: Lead,
    pub entries: Vec<Entry>,
}

pub(crate) struct Shadow {
    line: Mutex<Line>,
    sight: Mutex<Sight>,
    leads_max: u64,
}

/// Leads that wait.
#[derive(Default)]
struct Line {
    waiting: VecDeque<Box<Witness>>,
    skipped: u64,
    /// Leads that ever stood here.
    came: u64,
}

/// What was seen so far.
struct Sight {
    turn: Turn,
    was: Rerun,
    is: Rerun,
    looked: u64,
    different: u64,
}

impl Shadow {
    pub(super) fn new(against: u64, candidate: u64, leads_max: u64) -> Self {
        let rerun = |revision| Rerun { revision, ..Rerun::default() };
        let (was, is, turn) = (rerun(against), rerun(candidate), Turn::default());
        let sight = Sight { turn, was, is, looked: 0, different: 0 };
        Self { line: Mutex::default(), sight: Mutex::new(sight), leads_max }
    }

    /// Whether there is room for another lead; else it is counted as passed over.
    pub(crate) fn has_room(&self) -> bool {
        let mut line = lock(&self.line);
        let room = line.came < self.leads_max && line.waiting.len() < WAITING_MAX;
        line.skipped += u64::from(!room);
        room
    }

    /// Puts a new lead into the line.
    pub(crate) fn wait(&self, witness: Witness) {
        let mut line = lock(&self.line);
        line.came += 1;
        line.waiting.push_back(Box::new(witness));
    }

    pub(super) fn seen(&self) -> ShadowSeen {
        let (waiting, skipped) = {
            let line = lock(&self.line);
            (line.waiting.len() as u64, line.skipped)
        };
        let Sight { was, is, looked, different, .. } = &*lock(&self.sight);
        ShadowSeen { looked: *looked, different: *different, waiting, skipped, comparison: compare(was, is) }
    }

    /// Looks at the lead that has waited longest. Says whether there was one.
    pub(super) fn look(&self, desk: &Desk, candidate: &Revision) -> Result<bool, FlowError> {
        let mut sight = lock(&self.sight);
        let Some(witness) = lock(&self.line).waiting.pop_front() else { return Ok(false) };
        let Witness { submission, lead, entries } = *witness;
        let Sight { turn, was, is, looked, different } = &mut *sight;
        turn.as_before(desk.ledger(), &lead.status, acquaintances(&entries))?;
        let now = submission.received;
        let Some(mut arrival) = intake::arrival(candidate, submission) else { return Ok(true) };
        let (change, _) = desk.new_lead(candidate, turn, now, &mut arrival)?;
        turn.take_turns(&change);
        was.note(&lead, &entries);
        is.note(change.lead(), change.entries());
        *looked += 1;
        *different += u64::from(was.leads.get(&lead.id) != is.leads.get(&lead.id));
        Ok(true)
    }
}

/// Who knew the lead when it was first routed, if it was.
fn acquaintances(entries: &[Entry]) -> Option<Vec<Acquaintance>> {
    entries.iter().find_map(|entry| match &entry.event {
        Event::Decided(decision) => decision.situation.as_ref().map(|one| one.acquaintances.clone()),
        _ => None,
    })
}
