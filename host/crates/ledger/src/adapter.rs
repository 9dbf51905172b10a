//! What the front needs of a place that keeps records. Stored keys and values are plain bytes here.

use std::ops::ControlFlow;

use leadsman_flow::ledger::LedgerError;

use crate::change::Change;

/// A stored key and its new value, or none when it is deleted.
pub(crate) type Write = (Vec<u8>, Option<Vec<u8>>);

/// Sees the value of a key.
pub(crate) type See<'see> = dyn FnMut(Option<&[u8]>) + 'see;

/// Sees one record of a scan and says whether to go on.
pub(crate) type Visit<'visit> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'visit;

/// Is told of a record by its key, or what is wrong with one.
pub(crate) type Seen<'seen> = dyn FnMut(Result<&[u8], LedgerError>) + 'seen;

/// A place that keeps records, sorted by key. One thread applies; any number read.
pub(crate) trait Adapter: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Shows the value of a key where it lies.
    fn look(&self, key: &[u8], see: &mut See<'_>) -> Result<(), LedgerError> {
        see(self.get(key)?.as_deref());
        Ok(())
    }

    /// Shows the records from `from` on, up to but without `until`, in order.
    fn scan(&self, from: &[u8], until: Option<&[u8]>, visit: &mut Visit<'_>) -> Result<(), LedgerError>;

    /// Reads every record to its end, and tells of each whether it is whole.
    fn check(&self, seen: &mut Seen<'_>) {
        let read = self.scan(&[], None, &mut |key, _| {
            seen(Ok(key));
            ControlFlow::Continue(())
        });
        if let Err(cause) = read {
            seen(Err(cause));
        }
    }

    /// Applies changes, in order, of all commits up to `last_seq`. A reader may see some of them before
    /// others, but never a part of a value. When it fails half way, applying the same changes again
    /// makes it whole.
    fn apply(&self, changes: &[Change<'_>], last_seq: u64) -> Result<(), LedgerError>;

    /// Applies the writes of commit number `seq`, which may be kept as they are.
    fn take(&self, writes: Vec<Write>, seq: u64) -> Result<(), LedgerError> {
        let changes = writes.iter().map(|(key, value)| Change::of(key, value.as_deref()));
        self.apply(&changes.collect::<Vec<_>>(), seq)
    }

    /// Makes everything that was applied durable.
    fn checkpoint(&self) -> Result<(), LedgerError>;
}
