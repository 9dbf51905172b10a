//! One tenant's records: the port, with keys put into their stored form and back.

use std::sync::Arc;

use leadsman_domain::Digest;
use leadsman_flow::ledger::{Batch, CommitError, Key, Ledger, LedgerError, PAGE_ROWS_MAX, Page, Ticket};

use crate::front::{Rows, read_counter};
use crate::key::{Prefix, after_prefix};
use crate::store::Core;

/// A handle to one tenant's records. It cannot name a key of another tenant.
pub(crate) struct TenantLedger {
    core: Arc<Core>,
    prefix: Prefix,
}

impl TenantLedger {
    pub(crate) fn new(core: Arc<Core>, prefix: Prefix) -> Self {
        Self { core, prefix }
    }
}

impl Ledger for TenantLedger {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, LedgerError> {
        self.core.front.get(&self.prefix.encode(key))
    }

    fn sum(&self, key: &Key) -> Result<i64, LedgerError> {
        read_counter(self.get(key)?.as_deref())
    }

    fn scan(&self, prefix: &Key, cursor: Option<&Key>, limit: usize) -> Result<Page, LedgerError> {
        let start = self.prefix.encode(prefix);
        let end = after_prefix(&start);
        let from =
            cursor.map_or_else(|| start.clone(), |cursor| self.prefix.encode(cursor).max(start.clone()));
        let Rows { rows, next } = self.core.front.scan(&from, end.as_deref(), limit.min(PAGE_ROWS_MAX))?;
        let decode = |(key, value): (Vec<u8>, Vec<u8>)| Ok((self.prefix.decode(&key)?, value));
        Ok(Page {
            rows: rows.into_iter().map(decode).collect::<Result<_, LedgerError>>()?,
            next: next.map(|key| self.prefix.decode(&key)).transpose()?,
        })
    }

    fn commit(&self, batch: Batch) -> Result<Ticket, CommitError> {
        self.core.front.commit(&self.prefix, batch)
    }

    fn barrier(&self) -> Result<Ticket, LedgerError> {
        self.core.front.barrier()
    }

    fn blob_put(&self, bytes: &[u8]) -> Result<Digest, LedgerError> {
        self.core.blobs.put(self.prefix.name(), bytes)
    }

    fn blob_get(&self, digest: &Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        self.core.blobs.get(self.prefix.name(), digest)
    }
}
