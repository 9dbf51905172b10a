//! Work on one lead: what every step of a command has at hand. Routing, follow-up and orders are steps.

use std::ops::ControlFlow;

use leadsman_domain::lead::Lead;
use leadsman_domain::{LeadId, Timestamp};

use crate::change::Change;
use crate::desk::{Desk, Pending, until_committed};
use crate::error::FlowError;
use crate::foresight::Said;
use crate::revision::Revision;
use crate::turn::Turn;

/// Work on one lead, in the turn of the tenant's writer.
pub(crate) struct Work<'a> {
    pub desk: &'a Desk,
    /// What decides over the lead.
    pub revision: &'a Revision,
    pub turn: &'a mut Turn,
    /// The moment of the command.
    pub now: Timestamp,
    /// What follow-up plugins said of the lead as it is stored, if they were asked ahead.
    pub said: Said,
    /// Whether the lead passes for mature in routing, whatever its score.
    pub as_mature: bool,
}

impl<'a> Work<'a> {
    /// Work of which nothing is known ahead.
    pub(crate) fn of(desk: &'a Desk, revision: &'a Revision, turn: &'a mut Turn, now: Timestamp) -> Self {
        Self { desk, revision, turn, now, said: Said::default(), as_mature: false }
    }

    /// Works on another lead of the same commit, by the revision that decides over that one.
    pub(crate) fn over<T>(
        &mut self,
        lead: &LeadId,
        act: impl FnOnce(&mut Work<'_>) -> Result<T, FlowError>,
    ) -> Result<T, FlowError> {
        let deciding = self.desk.deciding();
        let (desk, revision, now) = (self.desk, deciding.over(lead), self.now);
        act(&mut Work::of(desk, revision, self.turn, now))
    }
}

impl Desk {
    /// Works on a stored lead, or on the one that it is part of by now, in the turn of the tenant's writer and
    /// by the revision that decides over it, and commits what comes of that. Breaks off, with what the work says
    /// of that, where nothing is worth writing.
    pub(crate) fn work_on<N>(
        &self,
        lead: &LeadId,
        now: Timestamp,
        mut act: impl FnMut(&mut Work<'_>, &mut Change) -> Result<ControlFlow<N>, FlowError>,
    ) -> Result<ControlFlow<N, Pending<Lead>>, FlowError> {
        let mut turn = self.turn();
        let deciding = self.deciding();
        until_committed(|| {
            let mut change = self.change(lead)?;
            let revision = deciding.over(&change.lead().id);
            let mut work = Work::of(self, revision, &mut turn, now);
            if let ControlFlow::Break(nothing) = act(&mut work, &mut change)? {
                return Ok(Ok(ControlFlow::Break(nothing)));
            }
            let (lead, batch) = change.finish(&revision.policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| ControlFlow::Continue(self.pending(lead, ticket))))
        })
    }

    /// Makes a lead that is not known, and commits it; none if it is known by now.
    pub(crate) fn begin_one(
        &self,
        lead: &LeadId,
        begin: impl Fn() -> Change,
    ) -> Result<Option<Pending<Lead>>, FlowError> {
        let mut turn = self.turn();
        let deciding = self.deciding();
        until_committed(|| {
            if self.archive().find(lead)?.is_some() {
                return Ok(Ok(None));
            }
            let (lead, batch) = begin().finish(&deciding.over(lead).policy)?;
            Ok(self.commit(&mut turn, batch).map(|ticket| Some(self.pending(lead, ticket))))
        })
    }
}
