//! A tenant's desk: where commands for its leads arrive.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use leadsman_domain::LeadId;
use leadsman_domain::policy::Policy;

use crate::activation::{self, Activation, Adopt};
use crate::change::Change;
use crate::error::FlowError;
use crate::history::Archive;
use crate::ledger::{Batch, CommitError, Ledger, LedgerError, Ticket};
use crate::revision::{self, Frozen, Revision, Warrant};
use crate::rules::Rules;
use crate::turn::{Committed, Turn};

/// How often a decision is taken again when others changed what it was taken on.
pub(crate) const TRIES_MAX: u32 = 8;

/// One tenant's desk. Cheap to share; commands may come from any number of threads.
pub struct Desk {
    ledger: Arc<dyn Ledger>,
    archive: Archive,
    revision: RwLock<Revision>,
    rules: Mutex<Governed>,
    turn: Mutex<Turn>,
}

/// What changing the rules takes; one change at a time.
struct Governed {
    rules: Arc<dyn Rules>,
    /// The revision that decided before, still ready.
    before: Option<Revision>,
}

/// An answer that may be given once it is durable.
#[must_use = "an answer is acknowledged only after it is durable"]
#[derive(Debug)]
pub struct Pending<T> {
    answer: T,
    ticket: Ticket,
}

impl<T> Pending<T> {
    pub(crate) fn new(answer: T, ticket: Ticket) -> Self {
        Self { answer, ticket }
    }

    /// Blocks until the answer is durable, and gives it. Not to be called from async code.
    ///
    /// # Errors
    ///
    /// When it could not be made durable.
    pub fn wait(self) -> Result<T, LedgerError> {
        self.ticket.wait()?;
        Ok(self.answer)
    }

    /// Waits until the answer is durable, and gives it.
    ///
    /// # Errors
    ///
    /// When it could not be made durable.
    pub async fn durable(self) -> Result<T, LedgerError> {
        self.ticket.durable().await?;
        Ok(self.answer)
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
        let revision = Revision::ready(revision::whole(&*ledger, number)?, &*rules)?;
        Ok(Self::of(ledger, rules, revision))
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
        let (revision, rules) = (RwLock::new(revision), Mutex::new(governed));
        Self { ledger, archive, revision, rules, turn: Mutex::default() }
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

    fn move_to(&self, governed: &mut Governed, activation: Activation) -> Result<Activation, FlowError> {
        let number = activation.revision;
        if number == self.revision().number {
            return Ok(activation);
        }
        let next = match governed.before.take_if(|before| before.number == number) {
            Some(ready) => ready,
            None => Revision::ready(self.archive.revision(number)?, &*governed.rules)?,
        };
        activation::point_to(&*self.ledger, &activation)?;
        let mut current = self.revision.write().unwrap_or_else(PoisonError::into_inner);
        governed.before = Some(std::mem::replace(&mut *current, next));
        Ok(activation)
    }

    fn govern(&self) -> MutexGuard<'_, Governed> {
        // Whatever was interrupted, both fields are whole.
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The revision that decides now.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision.read().unwrap_or_else(PoisonError::into_inner).clone()
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
        self.turn.lock().unwrap_or_else(|poisoned| {
            let mut turn = poisoned.into_inner();
            turn.forget();
            turn
        })
    }

    /// The beginning of a change to a stored lead.
    pub(crate) fn change(&self, id: &LeadId) -> Result<Change, FlowError> {
        let (lead, stored) = self.archive.find(id)?.ok_or_else(|| FlowError::UnknownLead(id.clone()))?;
        Ok(Change::of(lead, stored))
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
