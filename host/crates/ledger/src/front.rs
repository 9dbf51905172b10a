//! The front: what is common to every adapter. It checks batches against everything accepted before
//! them, numbers them, shows them to readers at once and sends them on their way.
//!
//! With a log, a commit is a frame in a group that one thread writes and syncs, and a second thread
//! brings what is in the log into the adapter ([`pipeline`]). Until it is there it lies in the
//! overlay, on top of the adapter. Without a log, a commit goes straight into the adapter.
//!
//! It knows stored keys as bytes and nothing of what they mean.

mod group;
mod overlay;
mod pipeline;
mod plan;
mod scan;
mod sequencer;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use leadsman_flow::ledger::{Batch, CommitError, LedgerError, Receipt, Ticket};
use tokio::sync::oneshot;

use crate::adapter::{Adapter, See, Write};
use crate::front::group::Waiter;
use crate::front::plan::Plan;
use crate::front::sequencer::{Health, Sequencer};
use crate::key::Prefix;
pub(crate) use pipeline::{Pace, Sink};
pub(crate) use scan::Rows;

/// The front of a store.
pub(crate) struct Front {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What the callers and the two threads share.
struct Shared {
    adapter: Box<dyn Adapter>,
    sequencer: Mutex<Sequencer>,
    /// Signalled when a group waits for the log.
    to_write: Condvar,
    /// Signalled when a group waits for the adapter.
    to_apply: Condvar,
    /// Signalled when something was applied, or never will be.
    applied: Condvar,
    durable_seq: AtomicU64,
    pending_bytes_max: usize,
    logged: bool,
}

impl Front {
    /// A front that commits straight into the adapter.
    pub(crate) fn direct(adapter: Box<dyn Adapter>) -> Self {
        let shared = Arc::new(Shared::new(adapter, 0, usize::MAX, false));
        Self { shared, threads: Mutex::default() }
    }

    /// A front that commits through a log, after commit number `last_seq`.
    pub(crate) fn logged(
        adapter: Box<dyn Adapter>,
        sink: Box<dyn Sink>,
        last_seq: u64,
        pace: Pace,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::new(adapter, last_seq, pace.pending_bytes_max, true));
        let threads = pipeline::start(&shared, sink, pace)?;
        Ok(Self { shared, threads: Mutex::new(threads) })
    }

    /// The value of a stored key.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        if let Some(pending) = self.shared.lock().overlay.get(key) {
            return Ok(pending.map(<[u8]>::to_vec));
        }
        self.shared.adapter.get(key)
    }

    /// The records from `from` on, before `until`, at most `limit` of them.
    pub(crate) fn scan(&self, from: &[u8], until: Option<&[u8]>, limit: usize) -> Result<Rows, LedgerError> {
        let layer = self.shared.lock().overlay.copy(from, until, limit.saturating_add(1));
        scan::merge(&*self.shared.adapter, layer, from, until, limit)
    }

    /// Commits a batch of a tenant. Blocks while too much is pending.
    pub(crate) fn commit(&self, prefix: &Prefix, batch: Batch) -> Result<Ticket, CommitError> {
        let plan = Plan::of(prefix, batch)?;
        let foreseen = self.shared.foresee(&plan)?;
        let mut sequencer = self.shared.admit(plan.bytes)?;
        let sums = self.shared.check(&sequencer, &plan, &foreseen)?;
        let (weight, seq) = (plan.bytes, sequencer.number());
        let writes = plan.into_writes(seq, &sums);
        let (waiter, durable) = oneshot::channel();
        self.shared.accept(&mut sequencer, seq, writes, weight, waiter)?;
        Ok(Ticket::new(Receipt { seq, sums }, durable))
    }

    /// A ticket for everything that was accepted before.
    pub(crate) fn barrier(&self) -> Result<Ticket, LedgerError> {
        let (waiter, durable) = oneshot::channel();
        let mut sequencer = self.shared.lock();
        sequencer.working()?;
        let mut seq = sequencer.last_seq();
        if self.durable_seq() >= seq {
            // The receiving end is in the ticket that is about to be returned.
            let _ = waiter.send(Ok(()));
        } else {
            // An empty commit behind all the others.
            seq = sequencer.number();
            self.shared.accept(&mut sequencer, seq, Vec::new(), 0, waiter)?;
        }
        Ok(Ticket::new(Receipt { seq, sums: Vec::new() }, durable))
    }

    /// The number of the last commit that was accepted.
    pub(crate) fn last_seq(&self) -> u64 {
        self.shared.lock().last_seq()
    }

    /// The number of the last commit that is durable.
    pub(crate) fn durable_seq(&self) -> u64 {
        self.shared.durable_seq.load(Ordering::Acquire)
    }

    /// Waits until everything that was accepted before is in the adapter.
    pub(crate) fn settle(&self) -> Result<(), LedgerError> {
        let mut sequencer = self.shared.lock();
        let seq = sequencer.last_seq();
        while sequencer.applied_seq < seq {
            if let Health::Failed(cause) = &sequencer.health {
                return Err(cause.clone());
            }
            sequencer = wait(&self.shared.applied, sequencer);
        }
        Ok(())
    }

    /// The adapter. Without a log, `hold` keeps commits out while it is used.
    pub(crate) fn adapter(&self) -> &dyn Adapter {
        &*self.shared.adapter
    }

    /// Runs something while no commit is accepted.
    pub(crate) fn hold<T>(&self, run: impl FnOnce(u64) -> T) -> T {
        let sequencer = self.shared.lock();
        run(sequencer.last_seq())
    }

    /// Takes no more commits, and waits until everything that was accepted is written and applied.
    pub(crate) fn close(&self) {
        {
            let mut sequencer = self.shared.lock();
            if sequencer.health == Health::Working {
                sequencer.health = Health::Closed;
            }
            self.shared.wake_all();
        }
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.close();
    }
}

/// Values that were read from the adapter before the lock was taken.
struct Foreseen {
    departures: u64,
    /// In the order of [`Plan::reads`]; none where the overlay had something.
    values: Vec<Option<Option<Vec<u8>>>>,
}

impl Shared {
    fn new(adapter: Box<dyn Adapter>, last_seq: u64, pending_bytes_max: usize, logged: bool) -> Self {
        Self {
            adapter,
            sequencer: Mutex::new(Sequencer::after(last_seq)),
            to_write: Condvar::new(),
            to_apply: Condvar::new(),
            applied: Condvar::new(),
            durable_seq: AtomicU64::new(last_seq),
            pending_bytes_max,
            logged,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sequencer> {
        // Nothing between the first change of the sequencer and the last can panic short of running
        // out of memory, so what a panic elsewhere left behind is whole.
        self.sequencer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_all(&self) {
        self.to_write.notify_all();
        self.to_apply.notify_all();
        self.applied.notify_all();
    }

    /// Reads what the batch depends on from the adapter, outside the lock. Still true under the lock
    /// for keys that are not in the overlay then, if nothing left the overlay in between.
    fn foresee(&self, plan: &Plan) -> Result<Foreseen, LedgerError> {
        if !self.logged {
            return Ok(Foreseen { departures: 0, values: Vec::new() });
        }
        let mut foreseen = {
            let sequencer = self.lock();
            sequencer.working()?;
            let absent = plan.reads().map(|key| sequencer.overlay.get(key).is_none().then_some(None));
            Foreseen { departures: sequencer.departures, values: absent.collect() }
        };
        for (key, value) in plan.reads().zip(&mut foreseen.values) {
            if let Some(value) = value {
                *value = self.adapter.get(key)?;
            }
        }
        Ok(foreseen)
    }

    /// Takes the lock when there is room for a commit that weighs so much.
    fn admit(&self, weight: usize) -> Result<MutexGuard<'_, Sequencer>, LedgerError> {
        let mut sequencer = self.lock();
        loop {
            sequencer.working()?;
            let pending = sequencer.pending_bytes;
            if pending == 0 || pending.saturating_add(weight) <= self.pending_bytes_max {
                return Ok(sequencer);
            }
            sequencer = wait(&self.applied, sequencer);
        }
    }

    /// Checks what the batch expects and the bounds of its counters; gives the sums.
    fn check(&self, now: &Sequencer, plan: &Plan, foreseen: &Foreseen) -> Result<Vec<i64>, CommitError> {
        let fresh = self.logged && foreseen.departures == now.departures;
        for (index, expected) in plan.expects.iter().enumerate() {
            let known = foreseen.values.get(index).filter(|_| fresh);
            let mut holds = false;
            let mut compare = |current: Option<&[u8]>| holds = current == expected.value.as_deref();
            self.see_current(now, &expected.stored, known, &mut compare)?;
            if !holds {
                return Err(CommitError::Conflict { key: expected.key.clone() });
            }
        }
        let mut counters: HashMap<&[u8], i64> = HashMap::with_capacity(plan.adds.len());
        let mut sums = Vec::with_capacity(plan.adds.len());
        for (index, (stored, add)) in plan.adds.iter().enumerate() {
            let before = match counters.get(stored.as_slice()) {
                Some(sum) => *sum,
                None => {
                    let known = foreseen.values.get(plan.expects.len() + index).filter(|_| fresh);
                    let mut sum = Ok(0);
                    self.see_current(now, stored, known, &mut |value| sum = read_counter(value))?;
                    sum?
                }
            };
            let sum = before.checked_add(add.delta).filter(|sum| (add.min..=add.max).contains(sum));
            let Some(sum) = sum else {
                let sum = before.saturating_add(add.delta);
                return Err(CommitError::OutOfBounds { key: add.key.clone(), sum });
            };
            counters.insert(stored, sum);
            sums.push(sum);
        }
        Ok(sums)
    }

    /// Looks at the value that a key has under the lock.
    fn see_current(
        &self,
        now: &Sequencer,
        key: &[u8],
        known: Option<&Option<Option<Vec<u8>>>>,
        see: &mut See<'_>,
    ) -> Result<(), LedgerError> {
        if let Some(pending) = now.overlay.get(key) {
            see(pending);
            return Ok(());
        }
        match known {
            Some(Some(value)) => see(value.as_deref()),
            // It was in the overlay before, or something left the overlay since: read it now.
            _ => self.adapter.look(key, see)?,
        }
        Ok(())
    }

    /// Makes the writes of a commit visible and sends them on their way.
    fn accept(
        &self,
        sequencer: &mut Sequencer,
        seq: u64,
        writes: Vec<Write>,
        weight: usize,
        waiter: Waiter,
    ) -> Result<(), LedgerError> {
        if self.logged {
            sequencer.accept(seq, writes, weight, waiter);
            self.to_write.notify_one();
            return Ok(());
        }
        self.adapter.take(writes, seq)?;
        sequencer.applied_seq = seq;
        self.durable_seq.store(seq, Ordering::Release);
        // The receiving end is in the ticket that is about to be returned.
        let _ = waiter.send(Ok(()));
        Ok(())
    }
}

/// The sum that a counter's record holds.
pub(crate) fn read_counter(value: Option<&[u8]>) -> Result<i64, LedgerError> {
    let Some(value) = value else { return Ok(0) };
    let bytes: [u8; 8] = value.try_into().map_err(|_| LedgerError::Damaged {
        place: "a counter".to_owned(),
        cause: format!("it has {} bytes", value.len()),
    })?;
    Ok(i64::from_be_bytes(bytes))
}

fn wait<'guard>(condvar: &Condvar, guard: MutexGuard<'guard, Sequencer>) -> MutexGuard<'guard, Sequencer> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
