//! Foresight: what comes of leads that have fallen due, found out before it is their turn and on two processors.
//! Mostly follow-up says what concerns the lead alone: then the whole change is made ahead, and what is left for
//! the turn is to commit it. It holds only for a lead that is stored as it was then.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use leadsman_domain::follow_up::NextSteps;
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::ruling::Ruling;
use leadsman_domain::{LeadId, Timestamp};

use crate::change::Change;
use crate::desk::{Deciding, Desk, Pending};
use crate::error::FlowError;
use crate::ledger::{Batch, CommitError};
use crate::outbox::Receivers;
use crate::review::{stays_with_the_lead, steps};
use crate::revision::Revision;
use crate::rules::{Case, Step};
use crate::turn::Turn;
use crate::work::Work;

/// For fewer leads it is not worth to call another processor.
const FEW_LEADS: usize = 16;

/// What was found out about a lead.
pub(crate) enum Foreseen {
    /// All that comes of it.
    Change(Box<Made>),
    /// How it was stored, and what follow-up plugins say of it. To do that, others have to be looked at.
    Said(Vec<u8>, Said),
}

/// A change that was made ahead, with what it rests on besides the lead.
pub(crate) struct Made {
    lead: Lead,
    batch: Batch,
    deciding: Arc<Deciding>,
    receivers: Receivers,
}

/// What follow-up plugins said of a lead, as of a moment.
#[derive(Default)]
pub(crate) struct Said {
    moment: Timestamp,
    revision: u64,
    rulings: Vec<(Step, Ruling<NextSteps>)>,
}

impl Said {
    fn ask(revision: &Revision, lead: &Lead, moment: Timestamp) -> Self {
        let ask = |step| (step, revision.rulebook.review(step, Case { lead, now: moment }));
        let rulings = steps(revision, lead).into_iter().map(ask).collect();
        Self { moment, revision: revision.number, rulings }
    }

    /// What was said at a step, if it was asked for that by that revision and as of that moment.
    pub(crate) fn take(
        &mut self,
        revision: &Revision,
        step: Step,
        moment: Timestamp,
    ) -> Option<Ruling<NextSteps>> {
        let holds = self.moment == moment && self.revision == revision.number;
        let place = self.rulings.iter().position(|(asked, _)| *asked == step).filter(|_| holds)?;
        Some(self.rulings.swap_remove(place).1)
    }

    /// Whether all of it can be done without a look at anything but the lead.
    fn stays_with_the_lead(&self) -> bool {
        let said = self.rulings.iter().filter_map(|(_, ruling)| ruling.outcome.as_ref().ok());
        said.flat_map(|steps| &steps.actions).all(|action| stays_with_the_lead(&action.deed))
    }
}

impl Desk {
    /// Finds out on another processor what comes of leads that have fallen due, while something else is done on
    /// this one, and then on both. The answers are in the order of the leads; none where there is nothing to be
    /// known, or the leads are too few.
    pub(crate) fn look_ahead(
        &self,
        leads: &[LeadId],
        now: Timestamp,
        meanwhile: impl FnOnce() -> Result<(), FlowError>,
    ) -> Result<Vec<Option<Foreseen>>, FlowError> {
        let places: Vec<OnceLock<Foreseen>> = leads.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let look = || {
            let take = || next.fetch_add(1, Ordering::Relaxed);
            while let Some((lead, place)) = Some(take()).and_then(|one| leads.get(one).zip(places.get(one))) {
                if let Some(foreseen) = self.foresee(lead, now) {
                    place.get_or_init(|| foreseen);
                }
            }
        };
        if leads.len() < FEW_LEADS {
            meanwhile()?;
        } else {
            thread::scope(|scope| {
                scope.spawn(look);
                meanwhile()?;
                look();
                Ok::<_, FlowError>(())
            })?;
        }
        Ok(places.into_iter().map(OnceLock::into_inner).collect())
    }

    /// What comes of one lead that has fallen due by now, as of when it did.
    fn foresee(&self, id: &LeadId, now: Timestamp) -> Option<Foreseen> {
        let (lead, stored) = self.archive().find(id).ok()??;
        let moment = lead.due().filter(|due| *due <= now)?;
        let goes_on = match &lead.status {
            Status::Held { until, .. } => until.is_some_and(|until| until <= moment),
            status => matches!(status, Status::Merged { .. }),
        };
        if goes_on {
            // Whatever follow-up says of it as it is.
            return None;
        }
        let (deciding, receivers) = (self.deciding(), self.receivers());
        let revision = deciding.over(id);
        let said = Said::ask(revision, &lead, moment);
        if !said.stays_with_the_lead() {
            return Some(Foreseen::Said(stored, said));
        }
        let mut change = Change::of(lead, stored).telling(receivers.clone());
        let mut turn = Turn::default();
        let mut work = Work { said, ..Work::of(self, revision, &mut turn, now) };
        work.follow_up(&mut change, moment).ok()?;
        if change.lead().due().is_some_and(|due| due <= now) {
            // It slept through more than one moment.
            return None;
        }
        let (lead, batch) = change.finish(&revision.policy).ok()?;
        drop(work);
        Some(Foreseen::Change(Box::new(Made { lead, batch, deciding, receivers })))
    }

    /// Commits a change that was made ahead; none if what it rests on is no longer so.
    pub(crate) fn commit_made(&self, made: Made) -> Result<Option<Pending<Lead>>, FlowError> {
        let mut turn = self.turn();
        let Made { lead, batch, deciding, receivers } = made;
        if !Arc::ptr_eq(&deciding, &self.deciding()) || !receivers.are(&self.receivers()) {
            return Ok(None);
        }
        match self.commit(&mut turn, batch) {
            Ok(ticket) => Ok(Some(self.pending(lead, ticket))),
            Err(CommitError::Ledger(error)) => Err(error.into()),
            Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => Ok(None),
        }
    }
}
