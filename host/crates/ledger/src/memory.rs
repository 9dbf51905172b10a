//! The adapter that keeps records in memory: for tests, trials and simulated time.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use leadsman_flow::ledger::LedgerError;

use crate::adapter::{Adapter, See, Visit, Write};
use crate::change::Change;

type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// Records in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    records: RwLock<Records>,
}

impl Memory {
    fn records(&self) -> RwLockReadGuard<'_, Records> {
        // A panic while the lock was held leaves a map that is still a map.
        self.records.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Adapter for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.records().get(key).cloned())
    }

    fn look(&self, key: &[u8], see: &mut See<'_>) -> Result<(), LedgerError> {
        see(self.records().get(key).map(Vec::as_slice));
        Ok(())
    }

    fn scan(&self, from: &[u8], until: Option<&[u8]>, visit: &mut Visit<'_>) -> Result<(), LedgerError> {
        let end = until.map_or(Bound::Unbounded, Bound::Excluded);
        if until.is_some_and(|until| until <= from) {
            return Ok(());
        }
        for (key, value) in self.records().range::<[u8], _>((Bound::Included(from), end)) {
            if let ControlFlow::Break(()) = visit(key, value) {
                break;
            }
        }
        Ok(())
    }

    fn apply(&self, changes: &[Change<'_>], _last_seq: u64) -> Result<(), LedgerError> {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change.value {
                Some(value) => drop(records.insert(change.key.to_vec(), value.to_vec())),
                None => drop(records.remove(change.key)),
            }
        }
        Ok(())
    }

    fn take(&self, writes: Vec<Write>, _seq: u64) -> Result<(), LedgerError> {
        let mut records = self.records.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in writes {
            match value {
                Some(mut value) => {
                    value.shrink_to_fit();
                    drop(records.insert(key, value));
                }
                None => drop(records.remove(&key)),
            }
        }
        Ok(())
    }

    fn checkpoint(&self) -> Result<(), LedgerError> {
        Ok(())
    }
}
