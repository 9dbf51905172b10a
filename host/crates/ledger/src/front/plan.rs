//! A batch with its keys in their stored form, checked against the limits.

use leadsman_flow::ledger::{Add, Batch, Key, LedgerError};

use crate::adapter::Write;
use crate::change;
use crate::key::{KEY_BYTES_MAX, Prefix, push_number};
use crate::limits::{BATCH_BYTES_MAX, VALUE_BYTES_MAX};

/// What a commit weighs besides its keys and values.
const COMMIT_BYTES: usize = 256;

/// A batch that is ready to be checked and numbered.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) expects: Vec<Expected>,
    pub(crate) adds: Vec<(Vec<u8>, Add)>,
    writes: Vec<Write>,
    appends: Vec<(Vec<u8>, Vec<u8>)>,
    /// About how much memory the batch takes until it is applied.
    pub(crate) bytes: usize,
}

/// A value on which the decision was taken.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) stored: Vec<u8>,
    pub(crate) key: Key,
    pub(crate) value: Option<Vec<u8>>,
}

impl Plan {
    /// Reads a batch of the tenant.
    pub(crate) fn of(prefix: &Prefix, batch: Batch) -> Result<Self, LedgerError> {
        let Batch { expects, puts, deletes, adds, appends } = batch;
        let puts = puts.into_iter().map(|(key, value)| (prefix.encode(&key), Some(value)));
        let deletes = deletes.iter().map(|key| (prefix.encode(key), None));
        let mut plan = Self {
            expects: expects
                .into_iter()
                .map(|(key, value)| Expected { stored: prefix.encode(&key), key, value })
                .collect(),
            writes: puts.chain(deletes).collect(),
            adds: adds.into_iter().map(|add| (prefix.encode(&add.key), add)).collect(),
            appends: appends.into_iter().map(|(stream, value)| (prefix.encode(&stream), value)).collect(),
            bytes: 0,
        };
        plan.bytes = plan.measure()?;
        Ok(plan)
    }

    /// The stored keys whose values the batch depends on: what it expects, then its counters.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &[u8]> {
        let expects = self.expects.iter().map(|expected| expected.stored.as_slice());
        expects.chain(self.adds.iter().map(|(stored, _)| stored.as_slice()))
    }

    /// What the batch does as commit number `seq`, when its additions come to `sums`. In order; a
    /// later write to a key wins.
    pub(crate) fn into_writes(self, seq: u64, sums: &[i64]) -> Vec<Write> {
        let mut writes = self.writes;
        writes.reserve_exact(self.adds.len() + self.appends.len());
        let sums = sums.iter().map(|sum| Some(sum.to_be_bytes().to_vec()));
        writes.extend(self.adds.into_iter().map(|(stored, _)| stored).zip(sums));
        for (index, (mut stored, value)) in self.appends.into_iter().enumerate() {
            push_number(&mut stored, seq);
            push_number(&mut stored, index as u64);
            writes.push((stored, Some(value)));
        }
        writes
    }

    fn measure(&self) -> Result<usize, LedgerError> {
        for expected in &self.expects {
            at_most("a key", expected.stored.len(), KEY_BYTES_MAX)?;
        }
        let mut bytes = 0;
        let writes = self.writes.iter().map(|(key, value)| (key, value.as_deref(), 0));
        let adds = self.adds.iter().map(|(key, _)| (key, Some([0; 8].as_slice()), 0));
        let appends = self.appends.iter().map(|(key, value)| (key, Some(value.as_slice()), 18));
        for (key, value, grows) in writes.chain(adds).chain(appends) {
            at_most("a key", key.len() + grows, KEY_BYTES_MAX)?;
            at_most("a value", value.map_or(0, <[u8]>::len), VALUE_BYTES_MAX)?;
            bytes += change::encoded_len(key, value) + grows;
        }
        at_most("a batch", bytes, BATCH_BYTES_MAX)?;
        Ok(bytes + COMMIT_BYTES)
    }
}

fn at_most(what: &str, bytes: usize, bytes_max: usize) -> Result<(), LedgerError> {
    if bytes <= bytes_max {
        Ok(())
    } else {
        Err(LedgerError::TooLarge { what: what.to_owned(), bytes, bytes_max })
    }
}
