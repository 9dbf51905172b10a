//! A group: the commits that go to the log in one write, and whoever waits for them.

use leadsman_flow::ledger::LedgerError;
use tokio::sync::oneshot;

use crate::adapter::Write;
use crate::change::{self, Change};
use crate::log::Position;
use crate::log::frame::{self, Kind};

/// Whoever waits for a commit to be durable.
pub(crate) type Waiter = oneshot::Sender<Result<(), LedgerError>>;

/// Commits in order, as frames of the log.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The frames, one for each commit.
    pub(crate) frames: Vec<u8>,
    /// Where the frames begin in the log, once they are there.
    pub(crate) at: Option<Position>,
    /// The number of the last commit.
    pub(crate) last_seq: u64,
    /// What the commits weigh against the bound on what is pending.
    pub(crate) weight: usize,
    waiters: Vec<Waiter>,
}

impl Group {
    /// Whether nothing was added.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Adds a commit.
    pub(crate) fn push(&mut self, seq: u64, writes: &[Write], weight: usize, waiter: Waiter) {
        frame::push(&mut self.frames, Kind::Commit, seq, |payload| {
            for (key, value) in writes {
                change::push(payload, Change::of(key, value.as_deref()));
            }
        });
        self.last_seq = seq;
        self.weight += weight;
        self.waiters.push(waiter);
    }

    /// The payloads of the commits, and where each begins in the log.
    pub(crate) fn payloads(&self) -> impl Iterator<Item = (Option<Position>, &[u8])> {
        let place = |offset| self.at.map(|at| at.after(offset));
        frame::payloads(&self.frames).map(move |(offset, payload)| (place(offset), payload))
    }

    /// Tells everybody who waits what became of the group.
    pub(crate) fn finish(&mut self, outcome: &Result<(), LedgerError>) {
        for waiter in self.waiters.drain(..) {
            // Whoever dropped the ticket does not want to know.
            let _ = waiter.send(outcome.clone());
        }
    }

    /// An empty group that uses this one's memory again.
    pub(crate) fn emptied(mut self) -> Self {
        self.frames.clear();
        self.waiters.clear();
        Self { frames: self.frames, waiters: self.waiters, ..Self::default() }
    }
}
