//! The state that allocation decides on: the loads of reps and pools, and the counters of routing
//! plugins. One writer per tenant holds it, so caps and fair turns need no retries; what it holds is
//! read from the ledger once and then kept in step with every commit.

use std::collections::{BTreeMap, HashMap};

use leadsman_domain::journal::Situation;
use leadsman_domain::lead::Lead;
use leadsman_domain::routing::{Acquaintance, Counter};
use leadsman_domain::{PoolId, RepId};

use crate::change::Change;
use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, Key, Ledger, Part, Receipt, Space, each_row};
use crate::places::Places;

/// What allocation decides on, as far as it was needed so far.
#[derive(Default)]
pub(crate) struct Turn {
    loads: HashMap<Key, i64>,
    counters: HashMap<Option<PoolId>, BTreeMap<String, i64>>,
    /// Who is taken to know the lead, whatever the records say by now.
    acquaintances: Option<Vec<Acquaintance>>,
}

impl Turn {
    /// How many leads a rep owns.
    pub(crate) fn rep_load(&mut self, ledger: &dyn Ledger, rep: &RepId) -> Result<u32, FlowError> {
        Ok(u32::try_from(self.load(ledger, keys::rep_load(rep))?).unwrap_or(0))
    }

    /// How many leads a rep owns that a quota counts.
    pub(crate) fn quota_load(
        &mut self,
        ledger: &dyn Ledger,
        rep: &RepId,
        quota: &str,
    ) -> Result<u32, FlowError> {
        Ok(u32::try_from(self.load(ledger, keys::quota_load(rep, quota))?).unwrap_or(0))
    }

    /// How many leads wait in a pool.
    pub(crate) fn pool_load(&mut self, ledger: &dyn Ledger, pool: &PoolId) -> Result<u64, FlowError> {
        Ok(u64::try_from(self.load(ledger, keys::pool_load(pool))?).unwrap_or(0))
    }

    /// The sum of a counter.
    pub(crate) fn count(&mut self, ledger: &dyn Ledger, key: &Key) -> Result<i64, FlowError> {
        self.load(ledger, key.clone())
    }

    fn load(&mut self, ledger: &dyn Ledger, key: Key) -> Result<i64, FlowError> {
        if let Some(load) = self.loads.get(&key) {
            return Ok(*load);
        }
        let load = ledger.sum(&key)?;
        self.loads.insert(key, load);
        Ok(load)
    }

    /// The counters of a pool, or of the dispatch, sorted by key.
    pub(crate) fn counters(
        &mut self,
        ledger: &dyn Ledger,
        pool: Option<&PoolId>,
    ) -> Result<Vec<Counter>, FlowError> {
        let owned = pool.cloned();
        if !self.counters.contains_key(&owned) {
            let read = read_counters(ledger, pool)?;
            self.counters.insert(owned.clone(), read);
        }
        let counters = self.counters.get(&owned).into_iter().flatten();
        Ok(counters.map(|(key, value)| Counter { key: key.clone(), value: *value }).collect())
    }

    /// Who is taken to know the lead, if that is not left to the records.
    pub(crate) fn acquaintances(&self) -> Option<&[Acquaintance]> {
        self.acquaintances.as_deref()
    }

    /// Sees the loads as they are now without a lead that came to be so, and the lead as one
    /// that these knew. The counters go on.
    pub(crate) fn as_before(
        &mut self,
        ledger: &dyn Ledger,
        lead: &Lead,
        acquaintances: Option<Vec<Acquaintance>>,
    ) -> Result<(), FlowError> {
        self.loads.clear();
        self.acquaintances = acquaintances;
        for counted in Places::of(lead).counted() {
            let load = ledger.sum(counted)?;
            self.loads.insert(counted.clone(), load - 1);
        }
        Ok(())
    }

    /// Takes the counters of a situation for the pool's, unless they are known.
    pub(crate) fn begin_with(&mut self, situation: &Situation) {
        self.counters.entry(situation.pool.clone()).or_insert_with(|| {
            situation.counters.iter().map(|counter| (counter.key.clone(), counter.value)).collect()
        });
    }

    /// Follows the counters of a change that nobody commits.
    pub(crate) fn take_turns(&mut self, change: &Change) {
        for (pool, counter) in change.counters() {
            if let Some(counters) = self.counters.get_mut(pool) {
                counters.insert(counter.key.clone(), counter.value);
            }
        }
    }

    /// Follows a commit.
    pub(crate) fn follow(&mut self, batch: &Committed, receipt: &Receipt) {
        for (key, sum) in batch.adds.iter().zip(&receipt.sums) {
            self.loads.insert(key.clone(), *sum);
        }
        for (key, value) in &batch.counters {
            if let Some((pool, name)) = counter_place(key)
                && let Some(counters) = self.counters.get_mut(&pool)
            {
                counters.insert(name, *value);
            }
        }
    }

    /// Forgets what it holds of the records, after something else has written.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// What of a batch concerns the turn.
pub(crate) struct Committed {
    adds: Vec<Key>,
    counters: Vec<(Key, i64)>,
}

impl Committed {
    pub(crate) fn of(batch: &Batch) -> Self {
        let counters = batch.puts.iter().filter(|(key, _)| key.space() == Space::Turn);
        let value = |bytes: &Vec<u8>| bytes.as_slice().try_into().map(i64::from_be_bytes).unwrap_or(0);
        Self {
            adds: batch.adds.iter().map(|add| add.key.clone()).collect(),
            counters: counters.map(|(key, bytes)| (key.clone(), value(bytes))).collect(),
        }
    }
}

fn read_counters(ledger: &dyn Ledger, pool: Option<&PoolId>) -> Result<BTreeMap<String, i64>, FlowError> {
    let mut counters = BTreeMap::new();
    each_row(ledger, &keys::turns(pool), |key, bytes| {
        if let (Some((_, name)), Ok(value)) = (counter_place(key), bytes.try_into()) {
            counters.insert(name, i64::from_be_bytes(value));
        }
        Ok(())
    })?;
    Ok(counters)
}

/// The pool and the name in a counter's key.
fn counter_place(key: &Key) -> Option<(Option<PoolId>, String)> {
    match key.parts() {
        [Part::Text(set), Part::Text(name)] if &**set == "dispatch" => Some((None, name.to_string())),
        [Part::Text(set), Part::Text(pool), Part::Text(name)] if &**set == "pool" => {
            Some((Some(PoolId::parse(pool).ok()?), name.to_string()))
        }
        _ => None,
    }
}
