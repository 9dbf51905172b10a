//! Trials: a candidate revision beside the one that decides. In the shadow it looks at new leads without
//! effect; as a canary it decides over a share of them, under guards that end the trial by themselves.
//! At most one trial runs at a time.

mod guards;
mod records;
mod shadow;
mod share;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use leadsman_domain::LeadId;
use leadsman_domain::lead::{Lead, Status};

use crate::activation::Activation;
use crate::desk::Desk;
use crate::error::FlowError;
use crate::ledger::{Batch, Ledger};
use crate::revision::{Revision, Warrant};
use crate::{keys, record};

pub use guards::{Figures, Guards, InvalidGuards};
pub use records::{
    CanaryFigures, EndedTrial, Mode, Seen, ShadowCounts, ShadowSeen, Trial, TrialEnd, TrialReport,
};
pub use share::{InvalidShare, Share};

use guards::{Outcome, Sides, Verdict};
use records::close;
pub(crate) use records::{end_by, ended, ending, on_record};
use shadow::Shadow;
pub(crate) use shadow::Witness;

/// Who signs for what the guards do.
const GUARDS: &str = "guards";

/// A trial at work.
pub(crate) struct Running {
    pub trial: Trial,
    pub candidate: Revision,
    work: Work,
}

enum Work {
    Shadow(Shadow),
    Canary { share: Share, guards: Guards, promote_after: Option<u64>, sides: Mutex<Sides> },
}

impl Running {
    pub(crate) fn new(trial: Trial, candidate: Revision) -> Self {
        let work = match &trial.mode {
            Mode::Shadow { leads_max } => {
                Work::Shadow(Shadow::new(trial.against, trial.candidate, *leads_max))
            }
            Mode::Canary { share, guards, promote_after } => Work::Canary {
                share: *share,
                guards: *guards,
                promote_after: *promote_after,
                sides: Mutex::default(),
            },
        };
        Self { trial, candidate, work }
    }

    /// Whether the candidate decides over a lead.
    pub(crate) fn decides(&self, lead: &LeadId) -> bool {
        match &self.work {
            Work::Shadow(_) => false,
            Work::Canary { share, .. } => share.holds(lead, self.trial.candidate),
        }
    }

    pub(crate) fn shadow(&self) -> Option<&Shadow> {
        match &self.work {
            Work::Shadow(shadow) => Some(shadow),
            Work::Canary { .. } => None,
        }
    }

    /// What a canary has come to.
    pub(crate) fn figures(&self) -> Option<CanaryFigures> {
        match &self.work {
            Work::Canary { sides, .. } => Some(lock(sides).figures()),
            Work::Shadow(_) => None,
        }
    }

    fn seen(&self) -> Seen {
        match &self.work {
            Work::Shadow(shadow) => Seen::Shadow(Box::new(shadow.seen())),
            Work::Canary { sides, .. } => Seen::Canary(lock(sides).figures()),
        }
    }

    /// Notes how a new lead fared. Says what the guards make of all of them so far.
    fn note(&self, outcome: Outcome) -> Verdict {
        match &self.work {
            Work::Shadow(_) => Verdict::GoOn,
            Work::Canary { guards, promote_after, sides, .. } => {
                let mut sides = lock(sides);
                sides.note(outcome);
                sides.judge(guards, *promote_after)
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What was interrupted is a count, and one more or less is no harm.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Goes on with the trial on record when a desk is opened; what it had come to is counted anew. One whose
/// candidate cannot be made ready any more is over.
pub(crate) fn resume(
    ledger: &dyn Ledger,
    trial: Trial,
    ready: impl FnOnce(u64) -> Result<Revision, FlowError>,
) -> Result<Option<Running>, FlowError> {
    match ready(trial.candidate) {
        Ok(candidate) => Ok(Some(Running::new(trial, candidate))),
        Err(
            error @ (FlowError::Unready { .. } | FlowError::Damaged { .. } | FlowError::UnknownRevision(_)),
        ) => {
            let ended = Warrant { by: GUARDS.to_owned(), at: trial.begun.at, why: error.to_string() };
            let over = EndedTrial { trial, end: TrialEnd::RolledBack, ended, figures: None };
            close(ledger, &over)?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Desk {
    /// Begins to try a frozen revision beside the one that decides.
    ///
    /// # Errors
    ///
    /// When another trial runs, the revision decides already, is not there or cannot be made ready, or
    /// the ledger fails.
    pub fn try_out(&self, candidate: u64, mode: Mode, warrant: &Warrant) -> Result<Trial, FlowError> {
        let governed = self.govern();
        let deciding = self.deciding();
        if let Some(running) = &deciding.trial {
            return Err(FlowError::TrialRuns(running.trial.candidate));
        }
        let against = deciding.revision.number;
        if against == candidate {
            return Err(FlowError::TriesItself(candidate));
        }
        let ready = Revision::ready(self.archive().revision(candidate)?, governed.rules())?;
        let trial = Trial { candidate, against, mode, begun: warrant.clone() };
        let key = keys::trial();
        let batch = Batch {
            expects: vec![(key.clone(), None)],
            puts: vec![(key, record::encode("a trial", &trial)?)],
            ..Batch::default()
        };
        self.ledger().commit(batch)?.wait()?;
        self.decide_with(deciding.revision.clone(), Some(Running::new(trial.clone(), ready)));
        Ok(trial)
    }

    /// The trial that runs, and what it has come to.
    #[must_use]
    pub fn trial(&self) -> Option<TrialReport> {
        let deciding = self.deciding();
        let running = deciding.trial.as_ref()?;
        Some(TrialReport { trial: running.trial.clone(), seen: running.seen() })
    }

    /// How many leads the shadow that runs has looked at, and how many it has not: without waiting for it.
    #[must_use]
    pub fn shadow_counts(&self) -> Option<ShadowCounts> {
        self.deciding().trial.as_ref()?.shadow().map(Shadow::counts)
    }

    /// Stops the trial that runs: the candidate decides nothing any more. With `candidate` nothing is done
    /// unless that is what is tried, so that a command that comes late ends no other trial.
    ///
    /// # Errors
    ///
    /// When none runs, or another one, or the ledger fails.
    pub fn stop_trial(&self, candidate: Option<u64>, warrant: &Warrant) -> Result<EndedTrial, FlowError> {
        let _governed = self.govern();
        self.tried(candidate)?;
        self.end_trial(TrialEnd::Stopped, warrant.clone())
    }

    /// Activates the candidate of the trial that runs. With `candidate` nothing is done unless that is what
    /// is tried.
    ///
    /// # Errors
    ///
    /// When none runs, or another one, or the ledger fails.
    pub fn promote(&self, candidate: Option<u64>, warrant: &Warrant) -> Result<Activation, FlowError> {
        let mut governed = self.govern();
        let candidate = self.tried(candidate)?;
        let activation = Activation { revision: candidate, instead_of: None, warrant: warrant.clone() };
        self.move_to(&mut governed, activation)
    }

    /// Looks at one of the leads that wait for the shadow. Says whether there was one. To be called by
    /// whoever has time to spare; live decisions never wait for it.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn look_in_the_shadow(&self) -> Result<bool, FlowError> {
        let deciding = self.deciding();
        let Some(running) = &deciding.trial else { return Ok(false) };
        let Some(shadow) = running.shadow() else { return Ok(false) };
        shadow.look(self, &running.candidate)
    }

    /// The revision that is tried, which must be this one, if one is given. The caller governs.
    fn tried(&self, candidate: Option<u64>) -> Result<u64, FlowError> {
        let tried = self.deciding().trial.as_ref().ok_or(FlowError::NoTrial)?.trial.candidate;
        if candidate.is_some_and(|candidate| candidate != tried) {
            return Err(FlowError::TrialRuns(tried));
        }
        Ok(tried)
    }

    /// Ends the trial that runs. The caller governs.
    fn end_trial(&self, end: TrialEnd, warrant: Warrant) -> Result<EndedTrial, FlowError> {
        let deciding = self.deciding();
        let running = deciding.trial.as_ref().ok_or(FlowError::NoTrial)?;
        let (trial, figures) = (running.trial.clone(), running.figures());
        let ended = EndedTrial { trial, end, ended: warrant, figures };
        close(self.ledger(), &ended)?;
        self.decide_with(deciding.revision.clone(), None);
        Ok(ended)
    }

    /// Tells the guards of a canary how a new lead fared, and does what they say. If somebody changes the
    /// rules just then, it is left to the next lead.
    pub(crate) fn fared(
        &self,
        running: &Running,
        lead: &Lead,
        failed: bool,
        took: Option<Duration>,
    ) -> Result<(), FlowError> {
        let verdict = running.note(Outcome {
            by_candidate: running.decides(&lead.id),
            failed,
            rejected: lead.status == Status::Rejected,
            score: lead.score.as_ref().map(|score| score.total.as_f64()),
            micros: took.map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
        });
        if verdict == Verdict::GoOn {
            return Ok(());
        }
        let Some(mut governed) = self.try_govern() else { return Ok(()) };
        if !self.deciding().trial.as_deref().is_some_and(|now| std::ptr::eq(now, running)) {
            return Ok(());
        }
        // In the time of the leads, which may have been received before.
        let at = lead.received.max(running.trial.begun.at);
        let warrant = |why: String| Warrant { by: GUARDS.to_owned(), at, why };
        let ended = match verdict {
            Verdict::GoOn => Ok(()),
            Verdict::RollBack(why) => self.end_trial(TrialEnd::RolledBack, warrant(why)).map(drop),
            Verdict::Promote(why) => {
                let revision = running.trial.candidate;
                let activation = Activation { revision, instead_of: None, warrant: warrant(why) };
                self.move_to(&mut governed, activation).map(drop)
            }
        };
        // Whoever was faster has changed the record; the next lead sees what it is now.
        if matches!(ended, Err(FlowError::Overtaken(_))) { Ok(()) } else { ended }
    }
}
