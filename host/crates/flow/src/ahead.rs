//! Ahead: what screening and scoring say of a submission, and follow-up of a lead that has fallen due, needs
//! nobody's turn, so it can be found out on another processor while others are settled.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::Lead;
use leadsman_domain::ruling::Ruling;
use leadsman_domain::submission::Submission;
use leadsman_domain::{LeadId, Timestamp};

use crate::desk::{Desk, Pending};
use crate::error::FlowError;
use crate::intake::{Arrival, decide_alone};
use crate::review::steps;
use crate::revision::Revision;
use crate::rules::{Case, Step};

/// What follow-up plugins say of leads that have fallen due, asked before it is the leads' turn. It holds for a lead
/// that has not changed since.
#[derive(Default)]
pub(crate) struct Foreseen(HashMap<LeadId, Review>);

/// What was said of one lead as of a moment.
struct Review {
    lead: Lead,
    moment: Timestamp,
    revision: u64,
    rulings: Vec<(Step, Ruling<NextSteps>)>,
}

/// A submission on its way, with what the pure stages of a revision said of it.
pub struct Ahead {
    arrival: Arrival,
    revision: u64,
}

impl Ahead {
    /// When it was received.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.arrival.submission.received
    }
}

impl Foreseen {
    fn take(
        &mut self,
        revision: &Revision,
        step: Step,
        lead: &Lead,
        moment: Timestamp,
    ) -> Option<Ruling<NextSteps>> {
        let review = self.0.get_mut(&lead.id)?;
        let holds = review.moment == moment && review.revision == revision.number && review.lead == *lead;
        let place = review.rulings.iter().position(|(asked, _)| *asked == step).filter(|_| holds)?;
        Some(review.rulings.swap_remove(place).1)
    }
}

impl Revision {
    /// Screens and scores submissions, each as of when it was received, for a desk that takes them in when
    /// their turn has come.
    #[must_use]
    pub fn decide_ahead(&self, submissions: Vec<Submission>) -> Vec<Ahead> {
        let arrivals = decide_alone(self, submissions, None).into_iter();
        arrivals.map(|arrival| Ahead { arrival, revision: self.number }).collect()
    }
}

impl Desk {
    /// Asks follow-up plugins about leads that have fallen due by now, each as of when it did.
    pub(crate) fn foresee(&self, due: &[LeadId], now: Timestamp) -> Foreseen {
        let deciding = self.deciding();
        let review = |id: &LeadId| {
            let (lead, _) = self.archive().find(id).ok()??;
            let moment = lead.due().filter(|due| *due <= now)?;
            let revision = deciding.over(id);
            let ask = |step| (step, revision.rulebook.review(step, Case { lead: &lead, now: moment }));
            let rulings = steps(revision, &lead).into_iter().map(ask).collect();
            Some((id.clone(), Review { lead, moment, revision: revision.number, rulings }))
        };
        Foreseen(due.iter().filter_map(review).collect())
    }

    /// From now on, this was foreseen.
    pub(crate) fn expect(&self, foreseen: Foreseen) {
        *self.foreseen() = foreseen;
    }

    /// What a follow-up plugin says of a lead as of a moment: as it was foreseen, if the lead is still the same.
    pub(crate) fn review(
        &self,
        revision: &Revision,
        step: Step,
        lead: &Lead,
        moment: Timestamp,
    ) -> Ruling<NextSteps> {
        let known = self.foreseen().take(revision, step, lead, moment);
        known.unwrap_or_else(|| revision.rulebook.review(step, Case { lead, now: moment }))
    }

    fn foreseen(&self) -> MutexGuard<'_, Foreseen> {
        // Whatever was interrupted, the map is whole.
        self.foreseen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a submission in, as [`Desk::take_in`] does, and gives the lead that it made or belongs to. What was
    /// decided ahead by a revision that decides no longer is decided again.
    ///
    /// # Errors
    ///
    /// As [`Desk::take_in`].
    pub fn take_in_ahead(&self, ahead: Ahead) -> Result<Pending<Lead>, FlowError> {
        let deciding = self.deciding();
        let Ahead { mut arrival, revision: ahead_by } = ahead;
        let intake = match self.seen(&arrival.submission)? {
            Some(known) => known,
            None => {
                let revision = deciding.over(&LeadId::of_submission(&arrival.submission.key));
                if revision.number != ahead_by {
                    let again = decide_alone(revision, vec![arrival.submission.clone()], None);
                    arrival = again.into_iter().next().unwrap_or(arrival);
                }
                let settling = self.settle(&deciding, arrival)?;
                if let Some((ticket, lead)) = settling.written {
                    return Ok(self.pending(lead, ticket));
                }
                settling.intake
            }
        };
        Ok(Pending::unwritten(self.archive().lead(&intake.lead)?, self.ledger().barrier()?))
    }
}
