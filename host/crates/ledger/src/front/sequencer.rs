//! The sequencer: what is behind the front's one lock. It numbers commits and keeps what is pending.

use leadsman_flow::ledger::LedgerError;

use crate::adapter::Write;
use crate::front::group::{Group, Waiter};
use crate::front::overlay::Overlay;

/// The order of commits and everything between acceptance and the adapter.
#[derive(Debug)]
pub(crate) struct Sequencer {
    /// What was accepted and is not in the adapter yet.
    pub(crate) overlay: Overlay,
    /// Commits that wait for the log.
    pub(crate) to_write: Group,
    /// Groups that are in the log and wait for the adapter.
    pub(crate) to_apply: Vec<Group>,
    /// What everything weighs that was accepted and is not in the adapter yet.
    pub(crate) pending_bytes: usize,
    /// How often something left the overlay.
    pub(crate) departures: u64,
    /// Whether the log takes no more groups.
    pub(crate) log_ended: bool,
    /// The number of the last commit that is in the adapter.
    pub(crate) applied_seq: u64,
    /// Whether commits are taken.
    pub(crate) health: Health,
    last_seq: u64,
    spare: Option<Group>,
}

/// Whether commits are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// They are.
    Working,
    /// Writing failed: no more until the store was opened again.
    Failed(LedgerError),
    /// The store was closed.
    Closed,
}

impl Sequencer {
    /// A sequencer that goes on after commit number `last_seq`.
    pub(crate) fn after(last_seq: u64) -> Self {
        Self {
            overlay: Overlay::default(),
            to_write: Group::default(),
            to_apply: Vec::new(),
            pending_bytes: 0,
            departures: 0,
            log_ended: false,
            applied_seq: last_seq,
            health: Health::Working,
            last_seq,
            spare: None,
        }
    }

    /// The number of the last commit that was accepted.
    pub(crate) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// Whether commits are taken.
    pub(crate) fn working(&self) -> Result<(), LedgerError> {
        match &self.health {
            Health::Working => Ok(()),
            Health::Failed(cause) => Err(cause.clone()),
            Health::Closed => Err(LedgerError::Closed),
        }
    }

    /// Takes the next number.
    pub(crate) fn number(&mut self) -> u64 {
        self.last_seq += 1;
        self.last_seq
    }

    /// Accepts the writes of a commit: from now on everybody sees them.
    pub(crate) fn accept(&mut self, seq: u64, writes: Vec<Write>, weight: usize, waiter: Waiter) {
        self.to_write.push(seq, &writes, weight, waiter);
        self.pending_bytes += weight;
        for (key, value) in writes {
            self.overlay.put(key, value, seq);
        }
    }

    /// Takes everything that waits for the log.
    pub(crate) fn take_group(&mut self) -> Group {
        let next = self.spare.take().unwrap_or_default();
        std::mem::replace(&mut self.to_write, next)
    }

    /// Gives a group's memory back.
    pub(crate) fn recycle(&mut self, group: Group) {
        const SPARE_BYTES_MAX: usize = 4 << 20;
        if self.spare.is_none() && group.frames.capacity() <= SPARE_BYTES_MAX {
            self.spare = Some(group.emptied());
        }
    }

    /// Stops taking commits. The first reason stays.
    pub(crate) fn fail(&mut self, cause: LedgerError) {
        if self.health == Health::Working {
            self.health = Health::Failed(cause);
        }
    }
}
