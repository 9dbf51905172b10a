//! A tenant's desk: where commands for its leads arrive.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use leadsman_domain::LeadId;
use leadsman_domain::policy::Policy;

use crate::change::Change;
use crate::error::FlowError;
use crate::history::Archive;
use crate::ledger::{Batch, CommitError, Ledger, LedgerError, Ticket};
use crate::revision::{self, Revision};
use crate::rules::Rulebook;
use crate::turn::{Committed, Turn};

/// How often a decision is taken again when others changed what it was taken on.
pub(crate) const TRIES_MAX: u32 = 8;

/// One tenant's desk. Cheap to share; commands may come from any number of threads.
pub struct Desk {
    ledger: Arc<dyn Ledger>,
    archive: Archive,
    revision: RwLock<Revision>,
    turn: Mutex<Turn>,
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
    /// Opens the desk of a tenant: the policy with its components becomes the active revision, a new
    /// one if anything in them changed.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read or written.
    pub fn open(
        ledger: Arc<dyn Ledger>,
        policy: Policy,
        components: &[Vec<u8>],
        rulebook: Arc<dyn Rulebook>,
    ) -> Result<Self, FlowError> {
        let number = revision::freeze(ledger.as_ref(), &policy, components)?;
        let revision = Revision { number, policy: Arc::new(policy), rulebook };
        let archive = Archive::new(Arc::clone(&ledger));
        Ok(Self { ledger, archive, revision: RwLock::new(revision), turn: Mutex::default() })
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
