//! The feed of changes: what commits did, read from the log. For followers and incremental backups.

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Key, LedgerError};

use crate::change;
use crate::error::OpenError;
use crate::key;
use crate::log::cursor::Cursor;
use crate::place::Place;

/// What one commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The number of the commit.
    pub seq: u64,
    /// Whose records it changed; none for those of the installation, or when it changed nothing.
    pub tenant: Option<TenantId>,
    /// The keys that it wrote, with their new values, or none for those that it deleted. In order; a
    /// later one wins. Additions and appends are here as what they came to.
    pub writes: Vec<(Key, Option<Vec<u8>>)>,
}

/// The commits after a number, in order.
#[derive(Debug)]
pub struct Changes {
    cursor: Cursor,
    failed: bool,
}

impl Changes {
    pub(crate) fn since(place: Option<&Place>, seq: u64, until_seq: u64) -> Result<Self, LedgerError> {
        let place = place.ok_or_else(|| LedgerError::Storage {
            operation: "reading the log".to_owned(),
            cause: "a store in memory keeps none".to_owned(),
        })?;
        Ok(Self { cursor: Cursor::after(&place.log(), seq, until_seq)?, failed: false })
    }

    fn read_next(&mut self) -> Result<Option<Committed>, LedgerError> {
        let Some(entry) = self.cursor.next()? else { return Ok(None) };
        let mut committed = Committed { seq: entry.seq, tenant: None, writes: Vec::new() };
        for change in change::read(entry.payload) {
            let change = change.map_err(|malformed| OpenError::LogDamaged {
                place: format!("commit {}", committed.seq),
                cause: malformed.to_string(),
            })?;
            let (name, key) = key::decode(change.key)?;
            committed.tenant = TenantId::parse(name).ok();
            committed.writes.push((key, change.value.map(<[u8]>::to_vec)));
        }
        Ok(Some(committed))
    }
}

impl Iterator for Changes {
    type Item = Result<Committed, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.read_next().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}
