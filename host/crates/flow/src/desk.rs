//! A tenant's desk: where commands for its leads arrive.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::Duration;

use leadsman_domain::LeadId;
use leadsman_domain::lead::Status;
use leadsman_domain::policy::Policy;

use crate::activation::{self, Activation, Adopt};
use crate::change::Change;
use crate::error::FlowError;
use crate::history::Archive;
use crate::ledger::{Batch, CommitError, Ledger, LedgerError, Ticket};
use crate::outbox::Receivers;
use crate::revision::{self, Frozen, Revision, Warrant};
use crate::rules::Rules;
use crate::trial::{self, Running};
use crate::turn::{Committed, Turn};
use crate::wake::Aside;

/// How often a decision is taken again when others changed what it was taken on.
pub(crate) const TRIES_MAX: u32 = 8;

/// One tenant's desk. Cheap to share; commands may come from any number of threads.
pub struct Desk {
    ledger: Arc<dyn Ledger>,
    archive: Archive,
    deciding: RwLock<Arc<Deciding>>,
    instruments: Arc<dyn Instruments>,
    /// Commands that wait for their turn.
    waiting: AtomicU64,
    rules: Mutex<Governed>,
    turn: Mutex<Turn>,
    aside: Mutex<Aside>,
    receivers: RwLock<Receivers>,
}

/// What decides: the active revision, and perhaps a candidate beside it.
pub(crate) struct Deciding {
    pub revision: Revision,
    pub trial: Option<Arc<Running>>,
}

impl Deciding {
    /// The revision that decides over a lead: the candidate's, if the trial gives it the lead.
    pub(crate) fn over(&self, lead: &LeadId) -> &Revision {
        match &self.trial {
            Some(running) if running.decides(lead) => &running.candidate,
            _ => &self.revision,
        }
    }
}

/// What a desk is watched by. No decision depends on it; the guards of a canary do.
pub trait Instruments: Send + Sync {
    /// A clock that only goes forward.
    fn now(&self) -> Duration;

    /// A command's commit has become durable, so long after it was made.
    fn committed(&self, took: Duration);
}

/// Nobody watches: no time goes by.
struct Unwatched;

impl Instruments for Unwatched {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn committed(&self, _: Duration) {}
}

/// What changing the rules takes; one change at a time.
pub(crate) struct Governed {
    rules: Arc<dyn Rules>,
    /// The revision that decided before, still ready.
    before: Option<Revision>,
}

impl Governed {
    pub(crate) fn rules(&self) -> &dyn Rules {
        &*self.rules
    }
}

/// An answer that may be given once it is durable.
#[must_use = "an answer is acknowledged only after it is durable"]
pub struct Pending<T> {
    answer: T,
    ticket: Ticket,
    /// Who wants to know how long that takes, and when it began.
    watched: Option<(Arc<dyn Instruments>, Duration)>,
}

impl<T: fmt::Debug> fmt::Debug for Pending<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pending").field("answer", &self.answer).finish_non_exhaustive()
    }
}

impl<T> Pending<T> {
    /// An answer to which nothing was written, but that may rest on what is being written.
    pub(crate) fn unwritten(answer: T, ticket: Ticket) -> Self {
        Self { answer, ticket, watched: None }
    }

    fn done(answer: T, watched: Option<(Arc<dyn Instruments>, Duration)>) -> T {
        if let Some((instruments, began)) = watched {
            instruments.committed(instruments.now().saturating_sub(began));
        }
        answer
    }

    /// Blocks until the answer is durable, and gives it. Not to be called from async code.
    ///
    /// # Errors
    ///
    /// When it could not be made durable.
    pub fn wait(self) -> Result<T, LedgerError> {
        self.ticket.wait()?;
        Ok(Self::done(self.answer, self.watched))
    }

    /// Waits until the answer is durable, and gives it.
    ///
    /// # Errors
    ///
    /// When it could not be made durable.
    pub async fn durable(self) -> Result<T, LedgerError> {
        self.ticket.durable().await?;
        Ok(Self::done(self.answer, self.watched))
    }
}

impl Desk {
    /// Opens the desk of a tenant with the revision that was activated last.
    ///
    /// # Errors
    ///
    /// When none ever was, it cannot be made ready, or the ledger cannot be read.
    pub fn open(ledger: Arc<dyn Ledger>, rules: Arc<dyn Rules>) -> Result<Self, FlowError> {
        let number = activation::active(&*ledger)?.ok_or(FlowError::NothingActive)?;
        let ready = |number| Revision::ready(revision::whole(&*ledger, number)?, &*rules);
        let revision = ready(number)?;
        let running = match trial::on_record(&*ledger)? {
            Some(trial) => trial::resume(&*ledger, trial, ready)?,
            None => None,
        };
        let desk = Self::of(Arc::clone(&ledger), rules, revision.clone());
        desk.decide_with(revision, running);
        desk.read_receivers()?;
        Ok(desk)
    }

    /// The desk with instruments, without which the guards of a canary see no slowness.
    #[must_use]
    pub fn watched_by(self, instruments: Arc<dyn Instruments>) -> Self {
        Self { instruments, ..self }
    }

    /// How many commands wait for their turn now.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Opens the desk of a tenant with a policy and its components, in the order of
    /// [`Policy::sources`]: they are frozen, and made to decide as `adopt` says.
    ///
    /// # Errors
    ///
    /// As [`Desk::open`].
    pub fn open_with(
        ledger: Arc<dyn Ledger>,
        rules: Arc<dyn Rules>,
        policy: &Policy,
        components: &[Vec<u8>],
        adopt: Adopt,
        warrant: &Warrant,
    ) -> Result<Self, FlowError> {
        let (record, _) = revision::freeze(&*ledger, policy, components, warrant)?;
        activation::adopt(&*ledger, record.number, adopt, warrant)?;
        Self::open(ledger, rules)
    }

    /// Opens a desk at which a revision decides for as long as the desk is open, to try it out. The
    /// ledger need not know the revision.
    #[must_use]
    pub fn simulating(ledger: Arc<dyn Ledger>, revision: Revision) -> Self {
        let none = |_: &Frozen| Err("a simulation has one revision".to_owned());
        Self::of(ledger, Arc::new(none), revision)
    }

    fn of(ledger: Arc<dyn Ledger>, rules: Arc<dyn Rules>, revision: Revision) -> Self {
        let archive = Archive::new(Arc::clone(&ledger));
        let governed = Governed { rules, before: None };
        let deciding = RwLock::new(Arc::new(Deciding { revision, trial: None }));
        let (instruments, waiting) = (Arc::new(Unwatched), AtomicU64::new(0));
        let (rules, turn) = (Mutex::new(governed), Mutex::default());
        let (aside, receivers) = (Mutex::default(), RwLock::default());
        Self { ledger, archive, deciding, instruments, waiting, rules, turn, aside, receivers }
    }

    /// Makes a frozen revision the one that decides, from the next decision on. Decisions under way are
    /// finished by the revision that began them. Counters and loads go on as they are.
    ///
    /// # Errors
    ///
    /// When there is no such revision, it cannot be made ready, or the ledger fails. The revision that
    /// decided goes on.
    pub fn activate(&self, number: u64, warrant: &Warrant) -> Result<Activation, FlowError> {
        let activation = Activation { revision: number, instead_of: None, warrant: warrant.clone() };
        self.move_to(&mut self.govern(), activation)
    }

    /// Makes the revision decide again that did before the one that does now; those that were given up in
    /// between do not count. Compiles nothing if both were at work since the desk was opened. With
    /// `given_up` nothing is done unless that is the revision that decides now, so that a command that is
    /// sent twice does not go back twice.
    ///
    /// # Errors
    ///
    /// When no other one was active before, or `given_up` does not decide; else as [`Desk::activate`].
    pub fn roll_back(&self, given_up: Option<u64>, warrant: &Warrant) -> Result<Activation, FlowError> {
        let mut governed = self.govern();
        let now = self.revision().number;
        if let Some(given_up) = given_up.filter(|given_up| *given_up != now) {
            return Err(FlowError::NotActive { revision: given_up, active: now });
        }
        let revision =
            activation::before(&self.archive.activations()?).ok_or(FlowError::NothingBefore(now))?;
        let activation = Activation { revision, instead_of: Some(now), warrant: warrant.clone() };
        self.move_to(&mut governed, activation)
    }

    /// Makes a revision decide. A trial that runs ends by that.
    pub(crate) fn move_to(
        &self,
        governed: &mut Governed,
        activation: Activation,
    ) -> Result<Activation, FlowError> {
        let (number, now) = (activation.revision, self.deciding());
        if number == now.revision.number {
            return Ok(activation);
        }
        let tried = now.trial.as_deref();
        let next = if let Some(ready) = governed.before.take_if(|before| before.number == number) {
            ready
        } else if let Some(tried) = tried.filter(|tried| tried.candidate.number == number) {
            tried.candidate.clone()
        } else {
            Revision::ready(self.archive.revision(number)?, &*governed.rules)?
        };
        let figures = tried.and_then(Running::figures);
        self.ledger.commit(activation::pointing_to(&*self.ledger, &activation, figures)?)?.wait()?;
        governed.before = Some(now.revision.clone());
        self.decide_with(next, None);
        Ok(activation)
    }

    /// Waits for the right to change the rules.
    pub(crate) fn govern(&self) -> MutexGuard<'_, Governed> {
        // Whatever was interrupted, both fields are whole.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to change the rules, unless somebody has it.
    pub(crate) fn try_govern(&self) -> Option<MutexGuard<'_, Governed>> {
        match self.rules.try_lock() {
            Ok(governed) => Some(governed),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// From the next decision on, these decide.
    pub(crate) fn decide_with(&self, revision: Revision, trial: Option<Running>) {
        let next = Arc::new(Deciding { revision, trial: trial.map(Arc::new) });
        *self.deciding.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    /// What decides now.
    pub(crate) fn deciding(&self) -> Arc<Deciding> {
        Arc::clone(&self.deciding.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The policy that decides over a lead now: the candidate's, if a canary has the lead.
    #[must_use]
    pub fn policy_for(&self, lead: &LeadId) -> Arc<Policy> {
        Arc::clone(&self.deciding().over(lead).policy)
    }

    /// The revision that decides over a lead now.
    pub(crate) fn revision_for(&self, lead: &LeadId) -> Revision {
        self.deciding().over(lead).clone()
    }

    /// The time that the desk's instruments show.
    pub(crate) fn watch(&self) -> Duration {
        self.instruments.now()
    }

    /// An answer that waits for its commit, made now.
    pub(crate) fn pending<T>(&self, answer: T, ticket: Ticket) -> Pending<T> {
        let watched = Some((Arc::clone(&self.instruments), self.watch()));
        Pending { answer, ticket, watched }
    }

    /// The revision that decides now.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.deciding().revision.clone()
    }

    /// The tenant's records, to be read.
    #[must_use]
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The tenant's ledger, for records that a way in keeps of its own, such as what came with which
    /// idempotency key. Leads change through commands only.
    #[must_use]
    pub fn ledger(&self) -> &dyn Ledger {
        self.ledger.as_ref()
    }

    /// Becomes the tenant's writer until the guard is dropped.
    pub(crate) fn turn(&self) -> MutexGuard<'_, Turn> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let turn = self.turn.lock().unwrap_or_else(|poisoned| {
            let mut turn = poisoned.into_inner();
            turn.forget();
            turn
        });
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        turn
    }

    /// The leads that cannot be woken.
    pub(crate) fn aside(&self) -> MutexGuard<'_, Aside> {
        // Whatever was interrupted, the map is whole.
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The beginning of a change to a stored lead, or to the one that it is part of by now.
    pub(crate) fn change(&self, id: &LeadId) -> Result<Change, FlowError> {
        let mut change = self.change_alone(id)?;
        while let Status::Merged { into, .. } = &change.lead().status {
            change = self.change_alone(into)?;
        }
        Ok(change)
    }

    /// The beginning of a change to a stored lead, even if it is part of another one.
    pub(crate) fn change_alone(&self, id: &LeadId) -> Result<Change, FlowError> {
        let (lead, stored) = self.archive.find(id)?.ok_or_else(|| FlowError::UnknownLead(id.clone()))?;
        Ok(Change::of(lead, stored).telling(self.receivers()))
    }

    /// Who is told what happens.
    #[must_use]
    pub fn receivers(&self) -> Receivers {
        self.receivers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From the next change on, these are told.
    pub(crate) fn tell(&self, receivers: Receivers) {
        *self.receivers.write().unwrap_or_else(PoisonError::into_inner) = receivers;
    }

    /// Commits a batch and keeps the turn in step.
    pub(crate) fn commit(&self, turn: &mut Turn, batch: Batch) -> Result<Ticket, CommitError> {
        let committed = Committed::of(&batch);
        match self.ledger.commit(batch) {
            Ok(ticket) => {
                turn.follow(&committed, ticket.receipt());
                Ok(ticket)
            }
            Err(error) => {
                turn.forget();
                Err(error)
            }
        }
    }
}

/// Waits until every answer is durable, and gives them.
pub(crate) fn all_durable<T>(pending: Vec<Pending<T>>) -> Result<Vec<T>, FlowError> {
    pending.into_iter().map(|one| one.wait().map_err(FlowError::from)).collect()
}

/// Takes a decision until it can be committed: a conflict means that what it was taken on has changed,
/// so it is taken again, a bounded number of times.
pub(crate) fn until_committed<T>(
    mut decide: impl FnMut() -> Result<Result<T, CommitError>, FlowError>,
) -> Result<T, FlowError> {
    for _ in 0..TRIES_MAX {
        match decide()? {
            Ok(done) => return Ok(done),
            Err(CommitError::Ledger(error)) => return Err(FlowError::Ledger(error)),
            Err(CommitError::Conflict { .. } | CommitError::OutOfBounds { .. }) => {}
        }
    }
    Err(FlowError::Overtaken(TRIES_MAX))
}
