//! The overlay: what was accepted and is not in the adapter yet, on top of it.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The newest pending value of each key that has one.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    entries: BTreeMap<Vec<u8>, Pending>,
}

#[derive(Debug)]
struct Pending {
    seq: u64,
    value: Option<Vec<u8>>,
}

impl Overlay {
    /// What is pending for a key: nothing, its deletion, or a value.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Option<&[u8]>> {
        self.entries.get(key).map(|pending| pending.value.as_deref())
    }

    /// Puts a write of commit number `seq` on top.
    pub(crate) fn put(&mut self, key: Vec<u8>, value: Option<Vec<u8>>, seq: u64) {
        self.entries.insert(key, Pending { seq, value });
    }

    /// Forgets what is pending for a key if the adapter now holds it.
    pub(crate) fn settle(&mut self, key: &[u8], applied_seq: u64) {
        if self.entries.get(key).is_some_and(|pending| pending.seq <= applied_seq) {
            self.entries.remove(key);
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// A copy of what is pending from `from` on and before `until`, up to the key at which `live`
    /// values were seen, with the key where the copy ends if it ends before `until`.
    pub(crate) fn copy(&self, from: &[u8], until: Option<&[u8]>, live: usize) -> Layer {
        let mut layer = Layer::default();
        if until.is_some_and(|until| until <= from) {
            return layer;
        }
        let end = until.map_or(Bound::Unbounded, Bound::Excluded);
        let mut seen = 0;
        for (key, pending) in self.entries.range::<[u8], _>((Bound::Included(from), end)) {
            if seen == live {
                layer.horizon = Some(key.clone());
                break;
            }
            seen += usize::from(pending.value.is_some());
            layer.rows.push((key.clone(), pending.value.clone()));
        }
        layer
    }
}

/// A copy of a part of the overlay.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    /// Keys with their pending values or deletions, in order.
    pub(crate) rows: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Where the copy ends, if before the end of its range.
    pub(crate) horizon: Option<Vec<u8>>,
}
