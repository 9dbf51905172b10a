//! Merging: a lead becomes part of another one, and a lead of its own again. Both leads change in one commit,
//! so neither is ever half of both.

use leadsman_domain::LeadId;
use leadsman_domain::journal::{Entry, Event};
use leadsman_domain::lead::{CHILDREN_MAX, Lead, Status};
use leadsman_domain::merge::Brought;
use leadsman_domain::order::Parting;
use leadsman_domain::submission::check_facts;

use crate::change::Change;
use crate::consent::{self, is_agreement};
use crate::error::FlowError;
use crate::field::away;
use crate::work::Work;

impl Work<'_> {
    /// Whether a lead can become part of the one of a change.
    pub(crate) fn check_merge(&self, change: &Change, other: &LeadId) -> Result<(), FlowError> {
        let (into, other) = (change.lead(), self.desk.archive().lead(other)?);
        let refused = |reason| Err(FlowError::cannot_merge(&other.id, &into.id, reason));
        if other.id == into.id {
            return refused("it is the same lead");
        }
        match (&into.status, &other.status) {
            (Status::Anonymous, _) => return refused("nobody knows yet who that is"),
            (Status::Rejected, _) => return refused("that one was rejected: release it first"),
            (_, Status::Merged { .. }) => return refused("it is part of another lead already"),
            _ => {}
        }
        if into.source.is_some() || other.source.is_some() {
            return refused("one is for another business line: merge the leads that they were made out of");
        }
        if into.children.len() + other.children.len() > CHILDREN_MAX {
            return refused("too many leads were made out of them together");
        }
        let mut facts = into.facts.clone();
        facts.fill_blanks_from(&self.brought(into, &other).facts);
        check_facts(&facts).map_err(|cause| FlowError::TooMuch { lead: into.id.clone(), cause })
    }

    /// Makes a lead part of the one of a change, which is looked at again with what it brings.
    pub(crate) fn merge(&mut self, change: &mut Change, other: &LeadId) -> Result<(), FlowError> {
        let mut gone = change.beside(self.desk.change_alone(other)?);
        self.over(other, |work| work.catch_up(&mut gone))?;
        self.absorb(change, gone)?;
        self.look_again(change)
    }

    /// Puts what a lead brings into another one.
    pub(crate) fn absorb(&mut self, change: &mut Change, mut gone: Change) -> Result<(), FlowError> {
        let brought = self.brought(change.lead(), gone.lead());
        let refusal = brought.refused.as_ref().and_then(|_| self.refusal_of(gone.lead())).cloned();
        let (into, other) = (change.lead().id.clone(), gone.lead().id.clone());
        change.happened(self.now, Event::Merged { other: other.clone(), brought: Box::new(brought) });
        self.say_of_consent(change, refusal);
        self.index(change)?;
        gone.happened(self.now, Event::WentInto { lead: into });
        self.over(&other, |work| work.follow_up(&mut gone, work.now))?;
        change.adopt(gone);
        Ok(())
    }

    /// Makes a lead one of its own again that had become part of the one of a change. It is where it was
    /// before; if its owner cannot have it any longer, it waits in the pool that it came from. What was
    /// withdrawn meanwhile stays so, for both.
    pub(crate) fn unmerge(&mut self, change: &mut Change, other: &LeadId) -> Result<(), FlowError> {
        let into = change.lead().id.clone();
        let entries = self.desk.archive().history(&into)?.entries;
        let (brought, after) = brought_by(&entries, other)
            .ok_or_else(|| FlowError::cannot_merge(other, &into, "it is not part of that lead"))?;
        let said = self.said_of_consent(after);
        let brought_back = Event::Unmerged { other: other.clone(), brought: Box::new(brought.clone()) };
        change.happened(self.now, brought_back);
        if said.is_none() && !self.is_refused_within(change)? {
            self.say_of_consent(change, brought.refused.clone());
        }
        let mut back = change.beside(self.desk.change_alone(other)?);
        back.happened(self.now, Event::CameBack { from: into });
        self.over(other, |work| {
            let refusal = said.filter(|said| !is_agreement(said));
            work.say_of_consent(&mut back, refusal);
            work.pass_on_consent(&mut back)?;
            if let Status::Assigned { pool, .. } = back.lead().status.clone()
                && !work.can_stay(&back)?
            {
                back.happened(work.now, Event::GivenUp { pool, parting: Parting::Reclaimed });
            }
            work.follow_up(&mut back, work.now)
        })?;
        change.adopt(back);
        self.look_again(change)
    }

    fn brought(&self, into: &Lead, other: &Lead) -> Brought {
        let eligibility = &self.revision.policy.eligibility;
        let refuses = consent::is_given(eligibility, into) && self.refusal_of(other).is_some();
        Brought::by(other, into, eligibility.consent.as_ref(), refuses)
    }

    /// Whether the owner of a lead that comes back is there, and has room for it.
    fn can_stay(&mut self, back: &Change) -> Result<bool, FlowError> {
        let policy = &self.revision.policy;
        let owner = back.lead().status.owner().and_then(|owner| policy.rep(owner));
        match owner.filter(|owner| self.agreed(back) && away(owner, self.now).is_none()) {
            Some(owner) => Ok(self.room(back, owner)?.is_none()),
            None => Ok(false),
        }
    }
}

/// What a lead brought when it was merged last, and what happened after that and after what the merge itself
/// said of consent.
fn brought_by<'e>(entries: &'e [Entry], other: &LeadId) -> Option<(&'e Brought, &'e [Entry])> {
    let merged = |entry: &Entry| matches!(&entry.event, Event::Merged { other: one, .. } if one == other);
    let place = entries.iter().rposition(merged)?;
    let Event::Merged { brought, .. } = &entries[place].event else { return None };
    let own = usize::from(brought.refused.is_some());
    Some((brought, entries.get(place + 1 + own..).unwrap_or_default()))
}
