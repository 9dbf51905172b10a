//! A lead that is known: somebody submits it again, or something else happened to it, and it is looked at
//! again.

use leadsman_domain::journal::Event;
use leadsman_domain::lead::{Lack, Status};
use leadsman_domain::submission::{Submission, check_facts};
use leadsman_domain::{Facts, LeadId};

use crate::change::Change;
use crate::desk::Desk;
use crate::error::FlowError;
use crate::intake::{Arrival, activities};
use crate::revision::Revision;
use crate::scoring;
use crate::turn::Turn;
use crate::work::Work;

impl Desk {
    /// A submission of a lead that is known: one more touch on it, and a new look at its score.
    pub(crate) fn one_more_touch(
        &self,
        revision: &Revision,
        turn: &mut Turn,
        id: LeadId,
        key: &str,
        arrival: &Arrival,
    ) -> Result<Change, FlowError> {
        let mut change = self.change(&id)?;
        let submission = &arrival.submission;
        let now = arrival.now;
        let mut work = Work::of(self, revision, turn, now);
        work.catch_up(&mut change)?;
        let facts = work.new_facts(&change, submission);
        let (submission_key, key) = (submission.key, key.to_owned());
        change.happened(now, Event::Repeated { submission: submission_key, key, facts });
        for activity in activities(submission) {
            change.happened(now, Event::Acted { activity });
        }
        work.withdraw(&mut change, submission);
        work.join_visitor(&mut change, &submission.facts)?;
        work.index(&mut change)?;
        let waits = matches!(change.lead().status, Status::Pooled { .. });
        work.look_again(&mut change)?;
        if waits {
            work.reawaken(&mut change)?;
        }
        work.pass_on_consent(&mut change)?;
        work.follow_up(&mut change, now)?;
        Ok(change)
    }
}

impl Work<'_> {
    /// Scores a lead again after something happened. One that matures now is routed at once, and so is one
    /// that was blocked, as it may be complete now.
    pub(crate) fn look_again(&mut self, change: &mut Change) -> Result<(), FlowError> {
        if matches!(change.lead().status, Status::Rejected | Status::Anonymous) {
            return Ok(());
        }
        let matured = scoring::rescore(self.revision, change, self.now);
        if change.lead().status.owner().is_some() {
            return Ok(());
        }
        let blocked = matches!(change.lead().status, Status::Blocked { .. });
        if blocked || matured {
            self.run(change)?;
        } else if !self.agreed(change) {
            change.happened(self.now, Event::Blocked { lacks: vec![Lack::Consent] });
        }
        Ok(())
    }

    /// Wakes a lead that waited in a pool and asks again: it is routed at once, with its history.
    fn reawaken(&mut self, change: &mut Change) -> Result<(), FlowError> {
        if matches!(change.lead().status, Status::Pooled { .. }) {
            change.happened(self.now, Event::Woken);
            self.run(change)?;
        }
        Ok(())
    }

    /// What a submission says anew of a lead that is known. It grants no consent, since who it is from was
    /// only inferred; and nothing of it is taken if the lead would hold more than a lead may.
    fn new_facts(&self, change: &Change, submission: &Submission) -> Facts {
        let mut facts = submission.facts.clone();
        if let Some(consent) = &self.revision.policy.eligibility.consent {
            facts.forget(consent);
        }
        let mut merged = change.lead().facts.clone();
        merged.fill_blanks_from(&facts);
        if check_facts(&merged).is_ok() { facts } else { Facts::new() }
    }
}
