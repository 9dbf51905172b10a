//! The two threads behind the front: one brings groups of commits into the log, one brings what is in
//! the log into the adapter. So a sync of the log never waits for the adapter.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{Builder, JoinHandle};

use leadsman_flow::ledger::LedgerError;

use crate::change::{self, Change};
use crate::front::group::Group;
use crate::front::sequencer::Health;
use crate::front::{Shared, wait};
use crate::log::Position;

/// Where groups become durable.
pub(crate) trait Sink: Send {
    /// Seals and writes the frames of a group that ends with commit number `last_seq`, and returns
    /// when they are durable. Tells where the first one begins.
    fn append(&mut self, frames: &mut [u8], last_seq: u64) -> io::Result<Position>;
}

/// How far the stages may drift apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Commits wait when more than this is accepted and not in the adapter yet.
    pub(crate) pending_bytes_max: usize,
    /// The adapter is made durable each time that so much was applied.
    pub(crate) checkpoint_bytes: usize,
}

/// Keys that leave the overlay while the lock is held once.
const SETTLE_KEYS_MAX: usize = 256;

/// Starts both threads.
pub(super) fn start(
    shared: &Arc<Shared>,
    sink: Box<dyn Sink>,
    pace: Pace,
) -> io::Result<Vec<JoinHandle<()>>> {
    let (writing, applying) = (Arc::clone(shared), Arc::clone(shared));
    let writer = Builder::new().name("ledger-log".to_owned()).spawn(move || write_groups(&writing, sink))?;
    let apply = move || apply_groups(&applying, pace.checkpoint_bytes);
    let applier = Builder::new().name("ledger-state".to_owned()).spawn(apply)?;
    Ok(vec![writer, applier])
}

/// Stops the store if a thread ends by a panic, so that nobody waits for it for ever.
struct Watch<'shared>(&'shared Shared);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let operation = "writing the store".to_owned();
            stop_writing(self.0, &LedgerError::Storage { operation, cause: "a thread panicked".to_owned() });
            self.0.lock().log_ended = true;
            self.0.wake_all();
        }
    }
}

fn write_groups(shared: &Shared, mut sink: Box<dyn Sink>) {
    let _watch = Watch(shared);
    while let Some(mut group) = next_group(shared) {
        let written = sink.append(&mut group.frames, group.last_seq).map_err(|cause| LedgerError::Storage {
            operation: "writing the log".to_owned(),
            cause: cause.to_string(),
        });
        match &written {
            Ok(_) => shared.durable_seq.store(group.last_seq, Ordering::Release),
            Err(cause) => stop_writing(shared, cause),
        }
        group.finish(&written.as_ref().map(drop).map_err(Clone::clone));
        let Ok(at) = written else { break };
        group.at = Some(at);
        shared.lock().to_apply.push(group);
        shared.to_apply.notify_one();
    }
    shared.lock().log_ended = true;
    shared.wake_all();
}

fn next_group(shared: &Shared) -> Option<Group> {
    let mut sequencer = shared.lock();
    while sequencer.to_write.is_empty() {
        if sequencer.health != Health::Working {
            return None;
        }
        sequencer = wait(&shared.to_write, sequencer);
    }
    Some(sequencer.take_group())
}

/// After a failed write nothing more is written: what is on the disk is not known.
fn stop_writing(shared: &Shared, cause: &LedgerError) {
    let mut sequencer = shared.lock();
    tracing::error!(%cause, "the store takes no more commits");
    sequencer.fail(cause.clone());
    let mut unwritten = sequencer.take_group();
    drop(sequencer);
    unwritten.finish(&Err(cause.clone()));
}

fn apply_groups(shared: &Shared, checkpoint_bytes: usize) {
    let _watch = Watch(shared);
    let mut since_checkpoint = 0;
    while let Some(groups) = next_applicable(shared) {
        since_checkpoint += groups.iter().map(|group| group.frames.len()).sum::<usize>();
        let mut done = apply(shared, groups);
        if done.is_ok() && since_checkpoint >= checkpoint_bytes {
            since_checkpoint = 0;
            done = shared.adapter.checkpoint();
        }
        if let Err(cause) = done {
            // The log has it all; what the adapter lacks stays in the overlay.
            tracing::error!(%cause, "the store takes no more commits");
            shared.lock().fail(cause);
            shared.wake_all();
            return;
        }
    }
    let mut sequencer = shared.lock();
    if matches!(sequencer.health, Health::Failed(_)) {
        // What is left was never durable.
        sequencer.overlay.clear();
        sequencer.departures += 1;
    }
}

fn next_applicable(shared: &Shared) -> Option<Vec<Group>> {
    let mut sequencer = shared.lock();
    while sequencer.to_apply.is_empty() {
        if sequencer.log_ended {
            return None;
        }
        sequencer = wait(&shared.to_apply, sequencer);
    }
    Some(std::mem::take(&mut sequencer.to_apply))
}

fn apply(shared: &Shared, groups: Vec<Group>) -> Result<(), LedgerError> {
    let last_seq = groups.last().map_or(0, |group| group.last_seq);
    {
        let changes = coalesce(&groups)?;
        shared.adapter.apply(&changes, last_seq)?;
        for some in changes.chunks(SETTLE_KEYS_MAX) {
            let mut sequencer = shared.lock();
            some.iter().for_each(|change| sequencer.overlay.settle(change.key, last_seq));
            sequencer.departures += 1;
        }
    }
    let mut sequencer = shared.lock();
    sequencer.applied_seq = last_seq;
    for group in groups {
        sequencer.pending_bytes -= group.weight;
        sequencer.recycle(group);
    }
    drop(sequencer);
    shared.applied.notify_all();
    Ok(())
}

/// The last change of each key.
fn coalesce(groups: &[Group]) -> Result<Vec<Change<'_>>, LedgerError> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut places: HashMap<&[u8], usize> = HashMap::new();
    for (at, payload) in groups.iter().flat_map(Group::payloads) {
        for change in change::read_at(payload, at) {
            let change = change.map_err(|malformed| LedgerError::Damaged {
                place: "a commit in memory".to_owned(),
                cause: malformed.to_string(),
            })?;
            let place = *places.entry(change.key).or_insert(changes.len());
            match changes.get_mut(place) {
                Some(earlier) => *earlier = change,
                None => changes.push(change),
            }
        }
    }
    Ok(changes)
}
