//! The shadow: what a candidate would have done with each new lead, as the world stood when it came in.
//!
//! New leads wait in a short line for whoever has time to spare; when it is full, they are passed over and
//! counted. The candidate is asked about the submission as the active revision was, with the loads that
//! reps and pools have now, the acquaintances that the lead had then, and turns of its own. Nothing that
//! it proposes is committed. Which leads are known already is the active revision's to say: how the
//! candidate matches them is not compared.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use leadsman_domain::Timestamp;
use leadsman_domain::journal::{Entry, Event, Situation};
use leadsman_domain::lead::Lead;
use leadsman_domain::routing::Acquaintance;
use leadsman_domain::submission::Submission;

use super::{ShadowCounts, ShadowSeen, lock};
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
    /// When it was decided about.
    pub now: Timestamp,
    pub lead: Lead,
    pub entries: Vec<Entry>,
}

pub(crate) struct Shadow {
    line: Mutex<Line>,
    sight: Mutex<Sight>,
    leads_max: u64,
    looked: AtomicU64,
    different: AtomicU64,
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
}

impl Shadow {
    pub(super) fn new(against: u64, candidate: u64, leads_max: u64) -> Self {
        let rerun = |revision| Rerun { revision, ..Rerun::default() };
        let (was, is, turn) = (rerun(against), rerun(candidate), Turn::default());
        let sight = Mutex::new(Sight { turn, was, is });
        let (looked, different) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { line: Mutex::default(), sight, leads_max, looked, different }
    }

    /// Whether there is room for another lead; if there is none, it is counted as passed over. A trial that
    /// has had its leads rests.
    pub(crate) fn has_room(&self) -> bool {
        let mut line = lock(&self.line);
        let rests = line.came >= self.leads_max;
        let is_full = line.waiting.len() >= WAITING_MAX;
        line.skipped += u64::from(is_full && !rests);
        !rests && !is_full
    }

    /// Puts a new lead into the line.
    pub(crate) fn wait(&self, witness: Witness) {
        let mut line = lock(&self.line);
        line.came += 1;
        line.waiting.push_back(Box::new(witness));
    }

    pub(super) fn counts(&self) -> ShadowCounts {
        let line = lock(&self.line);
        ShadowCounts {
            looked: self.looked.load(Ordering::Relaxed),
            different: self.different.load(Ordering::Relaxed),
            waiting: line.waiting.len() as u64,
            skipped: line.skipped,
        }
    }

    pub(super) fn seen(&self) -> ShadowSeen {
        let (was, is) = {
            let sight = lock(&self.sight);
            (sight.was.clone(), sight.is.clone())
        };
        ShadowSeen { counts: self.counts(), comparison: compare(&was, &is) }
    }

    /// Looks at the lead that has waited longest. Says whether there was one.
    pub(super) fn look(&self, desk: &Desk, candidate: &Revision) -> Result<bool, FlowError> {
        let mut sight = lock(&self.sight);
        let Some(witness) = lock(&self.line).waiting.pop_front() else { return Ok(false) };
        let Witness { submission, now, lead, entries } = *witness;
        let Sight { turn, was, is } = &mut *sight;
        for situation in situations(&entries) {
            turn.begin_with(situation);
        }
        turn.as_before(desk.ledger(), &lead, acquaintances(&entries))?;
        let Some(mut arrival) = intake::arrival(candidate, submission, now) else { return Ok(true) };
        let (change, _) = desk.new_lead(candidate, turn, &mut arrival, &[])?;
        turn.take_turns(&change);
        was.note(&lead, &entries);
        is.note(change.lead(), change.entries());
        let is_different = was.leads.get(&lead.id) != is.leads.get(&lead.id);
        self.looked.fetch_add(1, Ordering::Relaxed);
        self.different.fetch_add(u64::from(is_different), Ordering::Relaxed);
        Ok(true)
    }
}

/// Who knew the lead when it was first routed, if it was.
fn acquaintances(entries: &[Entry]) -> Option<Vec<Acquaintance>> {
    situations(entries).next().map(|situation| situation.acquaintances.clone())
}

/// What routing plugins were shown, in order.
fn situations(entries: &[Entry]) -> impl Iterator<Item = &Situation> {
    entries.iter().filter_map(|entry| match &entry.event {
        Event::Decided(decision) => decision.situation.as_ref(),
        _ => None,
    })
}
