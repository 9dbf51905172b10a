//! Scans: the overlay laid over the adapter, in order, a page at a time.

use std::ops::ControlFlow;

use leadsman_flow::ledger::LedgerError;

use crate::adapter::Adapter;
use crate::front::overlay::Layer;
use crate::limits::PAGE_BYTES_MAX;

/// A page of records, and the key where the next one begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) next: Option<Vec<u8>>,
}

/// Lays a copy of the overlay over the adapter's records from `from` on, before `until`.
pub(crate) fn merge(
    adapter: &dyn Adapter,
    layer: Layer,
    from: &[u8],
    until: Option<&[u8]>,
    limit: usize,
) -> Result<Rows, LedgerError> {
    let mut page = Filling { page: Rows::default(), bytes: 0, limit };
    let mut pending = layer.rows.into_iter().peekable();
    let end = layer.horizon.as_deref().or(until);
    let mut full = false;
    adapter.scan(from, end, &mut |key, value| {
        while let Some((pending_key, pending_value)) =
            pending.next_if(|(pending_key, _)| &**pending_key < key)
        {
            if page.take(pending_key, pending_value).is_break() {
                full = true;
                return ControlFlow::Break(());
            }
        }
        let taken = match pending.next_if(|(pending_key, _)| pending_key == key) {
            Some((pending_key, pending_value)) => page.take(pending_key, pending_value),
            None => page.take(key.to_vec(), Some(value.to_vec())),
        };
        full = taken.is_break();
        taken
    })?;
    while !full && let Some((key, value)) = pending.next() {
        full = page.take(key, value).is_break();
    }
    if !full {
        // The overlay had more live values than the page has rows, and the adapter added none.
        page.page.next = layer.horizon;
    }
    Ok(page.page)
}

struct Filling {
    page: Rows,
    bytes: usize,
    limit: usize,
}

impl Filling {
    /// Takes a record, or notes it as the beginning of the next page if this one is full.
    fn take(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> ControlFlow<()> {
        let Some(value) = value else { return ControlFlow::Continue(()) };
        let full = self.page.rows.len() >= self.limit || self.bytes >= PAGE_BYTES_MAX;
        if full {
            self.page.next = Some(key);
            return ControlFlow::Break(());
        }
        self.bytes += value.len();
        self.page.rows.push((key, value));
        ControlFlow::Continue(())
    }
}
