//! Ahead: what screening and scoring say of a submission needs nobody's turn, so it can be found out on another
//! processor while others are settled.

use leadsman_domain::lead::Lead;
use leadsman_domain::submission::Submission;
use leadsman_domain::{LeadId, Timestamp};

use crate::desk::{Desk, Pending};
use crate::error::FlowError;
use crate::intake::{Arrival, decide_alone};
use crate::revision::Revision;

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
