//! The state: the adapter that keeps records in sled. The only room that knows sled.
//!
//! What sled 0.34.7 needs is seen to here: one tree, batches of at most 256 KiB from one thread, small
//! values, a flush that is followed by a sync of our own, and an opening that trusts nothing
//! ([`open`]). Values too long for sled lie in pieces beside their records ([`value`]).

pub(crate) mod open;
mod preflight;
mod value;

use std::collections::HashSet;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{PoisonError, RwLock};

use leadsman_flow::ledger::LedgerError;

use crate::adapter::{Adapter, Visit};
use crate::change::Change;
use value::{Piece, Stored};

/// Most bytes that one sled batch holds.
const BATCH_BYTES_MAX: usize = 256 << 10;

/// Nothing of a tenant has a stored key before this one; what is before it is the state's own.
const FIRST_RECORD: &[u8] = b" ";
const SENTINEL: &[u8] = b"\x00sentinel";
const LAST_SEQ: &[u8] = b"\x00last-seq";

/// Records in sled.
pub(crate) struct State {
    tree: sled::Db,
    /// sled's one data file, to sync it where sled does not.
    data: File,
    /// Hashes of the keys whose values lie in pieces, so that no other key is looked at before it is
    /// written. Whoever reads pieces holds it, and whoever writes them, alone.
    in_pieces: RwLock<HashSet<u64>>,
}

impl State {
    /// The number of the last commit that is in the state.
    pub(crate) fn last_seq(&self) -> Result<u64, LedgerError> {
        let stored = guarded("reading the state", || self.tree.get(LAST_SEQ))?;
        let bytes = stored.as_deref().and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        bytes.map(u64::from_be_bytes).ok_or_else(|| damaged("the number of its last commit is missing"))
    }

    /// The value of a key, whose record was just seen to name pieces.
    fn value_in_pieces(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        let _no_writer = self.in_pieces.read().unwrap_or_else(PoisonError::into_inner);
        // The record may have been replaced since.
        let Some(stored) = guarded("reading the state", || self.tree.get(key))? else { return Ok(None) };
        let (version, len, pieces) = match value::read(key, &stored)? {
            Stored::Whole(value) => return Ok(Some(value.to_vec())),
            Stored::InPieces { version, len, pieces } => (version, len, pieces),
        };
        let mut whole = Vec::with_capacity(len);
        for index in 0..pieces {
            let place = value::piece_key(key, index);
            let piece = guarded("reading the state", || self.tree.get(&place))?;
            let piece = piece.ok_or_else(|| damaged("a piece of a value is missing"))?;
            whole.extend_from_slice(value::read_piece(&place, &piece, version)?);
        }
        if whole.len() == len { Ok(Some(whole)) } else { Err(damaged("a value has lost a part")) }
    }

    /// How many pieces the value of a key lies in now.
    fn pieces_of(&self, key: &[u8]) -> Result<u16, LedgerError> {
        match guarded("reading the state", || self.tree.get(value::list_key(key)))? {
            Some(count) => value::read_count(&count),
            None => Ok(0),
        }
    }

    /// Whether some of the changes write pieces, or replace them.
    fn touch_pieces(&self, changes: &[Change<'_>]) -> bool {
        let in_pieces = self.in_pieces.read().unwrap_or_else(PoisonError::into_inner);
        let touches = |change: &Change<'_>| {
            let is_long = change.value.is_some_and(|value| value.len() > value::WHOLE_BYTES_MAX);
            is_long || (!in_pieces.is_empty() && in_pieces.contains(&hash_of(change.key)))
        };
        changes.iter().any(touches)
    }

    /// Writes a change that may write pieces, or replace them.
    fn write_pieces(
        &self,
        in_pieces: &mut HashSet<u64>,
        batch: &mut Filling<'_>,
        change: &Change<'_>,
        version: u64,
    ) -> Result<(), LedgerError> {
        let (key, hash) = (change.key, hash_of(change.key));
        let before = if in_pieces.contains(&hash) { self.pieces_of(key)? } else { 0 };
        let mut now = 0;
        match change.value {
            Some(value) if value.len() > value::WHOLE_BYTES_MAX => {
                for Piece { index, bytes } in value::pieces(value) {
                    let place = value::piece_key(key, index);
                    let piece = value::encode_piece(&place, bytes, version);
                    batch.put(&place, &piece)?;
                    now = index + 1;
                }
                batch.put(key, &value::encode_in_pieces(key, version, value.len()))?;
                batch.put(&value::list_key(key), &now.to_be_bytes())?;
                in_pieces.insert(hash);
            }
            _ => batch.change(change)?,
        }
        for index in now..before {
            batch.delete(&value::piece_key(key, index))?;
        }
        if before > 0 && now == 0 {
            // The hash stays: another key may share it.
            batch.delete(&value::list_key(key))?;
        }
        Ok(())
    }

    /// Finds the keys whose values lie in pieces.
    fn list_pieces(&self) -> Result<(), LedgerError> {
        let mut in_pieces = self.in_pieces.write().unwrap_or_else(PoisonError::into_inner);
        guarded("reading the state", || {
            for row in self.tree.scan_prefix(value::LISTS) {
                in_pieces.insert(hash_of(value::listed_key(&row?.0)));
            }
            Ok(())
        })
    }
}

impl Adapter for State {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        let Some(stored) = guarded("reading the state", || self.tree.get(key))? else { return Ok(None) };
        match value::read(key, &stored)? {
            Stored::Whole(value) => Ok(Some(value.to_vec())),
            Stored::InPieces { .. } => self.value_in_pieces(key),
        }
    }

    fn scan(&self, from: &[u8], until: Option<&[u8]>, visit: &mut Visit<'_>) -> Result<(), LedgerError> {
        let from = from.max(FIRST_RECORD);
        let end = until.map_or(Bound::Unbounded, Bound::Excluded);
        if until.is_some_and(|until| until <= from) {
            return Ok(());
        }
        let mut rows = self.tree.range::<&[u8], _>((Bound::Included(from), end));
        while let Some((key, stored)) = guarded("scanning the state", || rows.next().transpose())? {
            let seen = match value::read(&key, &stored)? {
                Stored::Whole(value) => visit(&key, value),
                Stored::InPieces { .. } => match self.value_in_pieces(&key)? {
                    Some(value) => visit(&key, &value),
                    None => ControlFlow::Continue(()),
                },
            };
            if let ControlFlow::Break(()) = seen {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, changes: &[Change<'_>], last_seq: u64) -> Result<(), LedgerError> {
        let mut batch =
            Filling { tree: &self.tree, batch: sled::Batch::default(), bytes: 0, scratch: Vec::new() };
        if self.touch_pieces(changes) {
            let mut in_pieces = self.in_pieces.write().unwrap_or_else(PoisonError::into_inner);
            for change in changes {
                self.write_pieces(&mut in_pieces, &mut batch, change, last_seq)?;
            }
            batch.apply()?;
        } else {
            changes.iter().try_for_each(|change| batch.change(change))?;
        }
        batch.put(LAST_SEQ, &last_seq.to_be_bytes())?;
        batch.apply()
    }

    fn checkpoint(&self) -> Result<(), LedgerError> {
        guarded("flushing the state", || self.tree.flush())?;
        self.data.sync_data().map_err(|cause| LedgerError::Storage {
            operation: "syncing the state".to_owned(),
            cause: cause.to_string(),
        })
    }
}

/// A batch for sled, applied whenever it is full.
struct Filling<'tree> {
    tree: &'tree sled::Db,
    batch: sled::Batch,
    bytes: usize,
    scratch: Vec<u8>,
}

impl Filling<'_> {
    fn put(&mut self, key: &[u8], stored: &[u8]) -> Result<(), LedgerError> {
        self.make_room(key.len() + stored.len())?;
        self.batch.insert(key, stored);
        Ok(())
    }

    /// Adds a change of a value that is not in pieces.
    fn change(&mut self, change: &Change<'_>) -> Result<(), LedgerError> {
        let Some(value) = change.value else { return self.delete(change.key) };
        self.make_room(change.key.len() + value.len())?;
        value::encode_whole(&mut self.scratch, change.key, value);
        self.batch.insert(change.key, self.scratch.as_slice());
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), LedgerError> {
        self.make_room(key.len())?;
        self.batch.remove(key);
        Ok(())
    }

    fn make_room(&mut self, bytes: usize) -> Result<(), LedgerError> {
        const RECORD_BYTES: usize = 16;
        if self.bytes + bytes + RECORD_BYTES > BATCH_BYTES_MAX {
            self.apply()?;
        }
        self.bytes += bytes + RECORD_BYTES;
        Ok(())
    }

    fn apply(&mut self) -> Result<(), LedgerError> {
        self.bytes = 0;
        let batch = std::mem::take(&mut self.batch);
        guarded("writing the state", || self.tree.apply_batch(batch))
    }
}

/// Runs something in sled, which panics where others return an error.
fn guarded<T>(operation: &str, run: impl FnOnce() -> sled::Result<T>) -> Result<T, LedgerError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(sled::Error::Io(cause))) => {
            Err(LedgerError::Storage { operation: operation.to_owned(), cause: cause.to_string() })
        }
        Ok(Err(cause)) => Err(damaged(&cause.to_string())),
        Err(panic) => Err(damaged(panic_text(&*panic))),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("sled panicked")
}

fn damaged(cause: &str) -> LedgerError {
    LedgerError::Damaged { place: "the state".to_owned(), cause: cause.to_owned() }
}

fn hash_of(key: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
