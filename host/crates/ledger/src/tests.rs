//! What a store promises, tried on every adapter; and what a store on disk survives.

mod contract;
mod disk;
mod due;
mod kill;
mod model;
mod transfer;
mod wreck;

use std::path::Path;
use std::sync::Arc;

use leadsman_domain::TenantId;
use leadsman_flow::ledger::{Add, Batch, CommitError, Key, Ledger, PAGE_ROWS_MAX, Receipt, Space};

use crate::{OpenReport, Options, Store};

/// Small, so that few records fill many segments and checkpoints.
pub(crate) const SMALL: Options = Options {
    cache_bytes: 8 << 20,
    segment_bytes: 64 << 10,
    pending_bytes_max: 1 << 20,
    checkpoint_bytes: 96 << 10,
};

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}

pub(crate) fn tenant(name: &str) -> TenantId {
    TenantId::parse(name).expect("an id")
}

pub(crate) fn open(dir: &Path) -> (Store, OpenReport) {
    Store::open(dir, SMALL).expect("a store that opens")
}

/// Runs a check on a store in memory and on one on disk.
pub(crate) fn on_both(check: fn(&Store)) {
    check(&Store::in_memory());
    let dir = tempfile::tempdir().expect("a folder");
    let (store, _) = open(dir.path());
    check(&store);
    let findings = store.verify(&mut |_| {});
    assert_eq!(findings.problems, []);
}

pub(crate) fn acme(store: &Store) -> Arc<dyn Ledger> {
    store.tenant(&tenant("acme"))
}

pub(crate) fn lead(id: &str) -> Key {
    Key::of(Space::Lead).text(id)
}

pub(crate) fn load(id: &str) -> Key {
    Key::of(Space::Load).text(id)
}

pub(crate) fn put(key: Key, value: impl Into<Vec<u8>>) -> Batch {
    Batch { puts: vec![(key, value.into())], ..Batch::default() }
}

pub(crate) fn add(key: Key, delta: i64, max: i64) -> Batch {
    Batch { adds: vec![Add { key, delta, min: 0, max }], ..Batch::default() }
}

pub(crate) fn commit(ledger: &dyn Ledger, batch: Batch) -> Result<Receipt, CommitError> {
    Ok(ledger.commit(batch)?.wait()?)
}

/// Everything below a prefix, read in pages of `limit`.
pub(crate) fn rows(ledger: &dyn Ledger, prefix: &Key, limit: usize) -> Vec<(Key, Vec<u8>)> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = ledger.scan(prefix, cursor.as_ref(), limit).expect("a page");
        assert!(page.rows.len() <= limit.min(PAGE_ROWS_MAX));
        rows.extend(page.rows);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return rows,
        }
    }
}
