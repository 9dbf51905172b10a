//! Merging: a lead becomes part of another one, and a lead of its own again. Both leads change in one commit,
//! so neither is ever half of both.

use leadsman_domain::LeadId;
use leadsman_domain::journal::Event;
use leadsman_domain::lead::{ACTIVITIES_MAX, Lead, Status};
use leadsman_domain::merge::Brought;
use leadsman_domain::order::Parting;
use leadsman_domain::submission::{InvalidSubmission, check_facts};

use crate::change::Change;
use crate::eligibility;
use crate::error::FlowError;
use crate::field::away;
use crate::history::Archive;
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
            (_, Status::Merged { .. }) => return refused("it is part of another lead already"),
            _ => {}
        }
        let brought = self.brought(into, &other);
        let mut facts = into.facts.clone();
        facts.replace_with(&brought.facts);
        let many = into.activities.len() + brought.activities.len();
        let too_many = (many > ACTIVITIES_MAX).then_some(InvalidSubmission::TooManyActivities(many));
        let checked = check_facts(&facts).and(too_many.map_or(Ok(()), Err));
        checked.map_err(|cause| FlowError::TooMuch { lead: into.id.clone(), cause })
    }

    /// Makes a lead part of the one of a change, which is looked at again with what it brings.
    pub(crate) fn merge(&mut self, change: &mut Change, other: &LeadId) -> Result<(), FlowError> {
        let mut gone = self.desk.change_alone(other)?;
        self.catch_up(&mut gone)?;
        self.absorb(change, gone)?;
        self.look_again(change)
    }

    /// Puts what a lead brings into another one.
    pub(crate) fn absorb(&mut self, change: &mut Change, mut gone: Change) -> Result<(), FlowError> {
        let brought = Box::new(self.brought(change.lead(), gone.lead()));
        let (into, other) = (change.lead().id.clone(), gone.lead().id.clone());
        change.happened(self.now, Event::Merged { other, brought });
        gone.happened(self.now, Event::WentInto { lead: into });
        self.follow_up(&mut gone, self.now)?;
        change.with(gone, &self.revision.policy)
    }

    fn brought(&self, into: &Lead, other: &Lead) -> Brought {
        let terms = &self.revision.policy.eligibility;
        let withdrawn = eligibility::agreed(terms, into) && !eligibility::agreed(terms, other);
        Brought::by(other, into, terms.consent.as_ref(), withdrawn)
    }

    /// Makes a lead one of its own again that had become part of the one of a change. It is where it was
    /// before; if its owner cannot have it any longer, it waits in the pool that it came from.
    pub(crate) fn unmerge(&mut self, change: &mut Change, other: &LeadId) -> Result<(), FlowError> {
        let into = change.lead().id.clone();
        let brought = Box::new(self.desk.archive().brought_by(change, other)?);
        change.happened(self.now, Event::Unmerged { other: other.clone(), brought });
        let mut back = self.desk.change_alone(other)?;
        back.happened(self.now, Event::CameBack { from: into });
        if let Status::Assigned { pool, .. } = back.lead().status.clone()
            && !self.can_stay(&back)?
        {
            back.happened(self.now, Event::GivenUp { pool, parting: Parting::Reclaimed });
        }
        self.follow_up(&mut back, self.now)?;
        change.with(back, &self.revision.policy)?;
        self.look_again(change)
    }

    /// Whether the owner of a lead that comes back is there, and has room for it.
    fn can_stay(&mut self, back: &Change) -> Result<bool, FlowError> {
        let policy = &self.revision.policy;
        let owner = back.lead().status.owner().and_then(|owner| policy.rep(owner));
        match owner.filter(|owner| away(owner, self.now).is_none()) {
            Some(owner) => Ok(self.room(back, owner)?.is_none()),
            None => Ok(false),
        }
    }
}

impl Archive {
    /// What a lead brought to the one of a change, by its journal.
    fn brought_by(&self, change: &Change, other: &LeadId) -> Result<Brought, FlowError> {
        let into = &change.lead().id;
        let entries = self.history(into)?.entries;
        let merged = entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Merged { other: merged, brought } if merged == other => Some(brought),
            _ => None,
        });
        let not_merged = || FlowError::cannot_merge(other, into, "it is not part of that lead");
        merged.map(|brought| (**brought).clone()).ok_or_else(not_merged)
    }
}
