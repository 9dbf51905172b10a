//! The state: the adapter that keeps records in sled. The only room that knows sled.
//!
//! What sled 0.34.7 needs is seen to here: one tree, one thread that writes, a flush that is followed by
//! a sync of our own, and an opening that trusts nothing ([`open`]). Nothing goes in as a batch of
//! sled's: every reader would wait for it, and the log makes commits whole anyway. Of a value that is
//! not short sled holds only where it stands in the log ([`value`]).

pub(crate) mod open;
mod preflight;
mod value;

use std::borrow::Cow;
use std::fs::File;
use std::ops::{Bound, ControlFlow};
use std::panic::{AssertUnwindSafe, catch_unwind};

use leadsman_flow::ledger::LedgerError;

use crate::adapter::{Adapter, Seen, Visit};
use crate::change::Change;
use crate::log::reader::Reader;
use value::Stored;

/// Nothing of a tenant has a stored key before this one; what is before it is the state's own.
const FIRST_RECORD: &[u8] = b" ";
const SENTINEL: &[u8] = b"\x00sentinel";
const LAST_SEQ: &[u8] = b"\x00last-seq";

/// Records in sled.
pub(crate) struct State {
    tree: sled::Db,
    /// sled's one data file, to sync it where sled does not.
    data: File,
    /// Where the values are that sled is spared.
    log: Reader,
}

impl State {
    /// The number of the last commit that is in the state.
    pub(crate) fn last_seq(&self) -> Result<u64, LedgerError> {
        let stored = guarded("reading the state", || self.tree.get(LAST_SEQ))?;
        let bytes = stored.as_deref().and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        bytes.map(u64::from_be_bytes).ok_or_else(|| damaged("the number of its last commit is missing"))
    }

    /// The value that the record of a key holds or names.
    fn value_of<'record>(
        &self,
        key: &[u8],
        record: &'record [u8],
    ) -> Result<Cow<'record, [u8]>, LedgerError> {
        match value::read(key, record)? {
            Stored::Whole(value) => Ok(Cow::Borrowed(value)),
            Stored::InLog { at, len, crc } => {
                let value = self.log.read(at, len)?;
                if crc32fast::hash(&value) == crc {
                    Ok(Cow::Owned(value))
                } else {
                    Err(self.log.damaged(at, "a value does not match its checksum"))
                }
            }
        }
    }
}

impl Adapter for State {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        let Some(record) = guarded("reading the state", || self.tree.get(key))? else { return Ok(None) };
        Ok(Some(self.value_of(key, &record)?.into_owned()))
    }

    fn scan(&self, from: &[u8], until: Option<&[u8]>, visit: &mut Visit<'_>) -> Result<(), LedgerError> {
        let from = from.max(FIRST_RECORD);
        let end = until.map_or(Bound::Unbounded, Bound::Excluded);
        if until.is_some_and(|until| until <= from) {
            return Ok(());
        }
        let mut rows = self.tree.range::<&[u8], _>((Bound::Included(from), end));
        while let Some((key, record)) = next(&mut rows)? {
            if let ControlFlow::Break(()) = visit(&key, &self.value_of(&key, &record)?) {
                break;
            }
        }
        Ok(())
    }

    fn check(&self, seen: &mut Seen<'_>) {
        let mut rows = self.tree.range(FIRST_RECORD..);
        loop {
            match next(&mut rows) {
                Ok(Some((key, record))) => seen(self.value_of(&key, &record).map(|_| &*key)),
                Ok(None) => break,
                Err(cause) => {
                    // sled does not go on behind what it cannot read.
                    seen(Err(cause));
                    break;
                }
            }
        }
    }

    fn apply(&self, changes: &[Change<'_>], last_seq: u64) -> Result<(), LedgerError> {
        guarded("writing the state", || {
            let mut record = Vec::new();
            for change in changes {
                if value::encode(&mut record, change) {
                    self.tree.insert(change.key, record.as_slice())?;
                } else {
                    self.tree.remove(change.key)?;
                }
            }
            // Last: sled comes back with all that it was given up to some moment.
            self.tree.insert(LAST_SEQ, &last_seq.to_be_bytes())?;
            Ok(())
        })
    }

    fn checkpoint(&self) -> Result<(), LedgerError> {
        guarded("flushing the state", || self.tree.flush())?;
        self.data.sync_data().map_err(|cause| LedgerError::Storage {
            operation: "syncing the state".to_owned(),
            cause: cause.to_string(),
        })
    }
}

fn next(rows: &mut sled::Iter) -> Result<Option<(sled::IVec, sled::IVec)>, LedgerError> {
    guarded("scanning the state", || rows.next().transpose())
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
