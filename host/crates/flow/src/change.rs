//! A change to one lead: entries for its journal, folded as they happen, and at the end one batch that
//! writes the lead, its indexes, its loads and its journal together. Every change of owner or pool goes
//! through here, so nothing can move a lead and forget an index or a cap.

use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::{Lead, Status};
use leadsman_domain::policy::Policy;
use leadsman_domain::routing::Counter;
use leadsman_domain::{Digest, LeadId, PoolId, Timestamp};

use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Add, Batch, Key};
use crate::record;

/// A change in the making.
pub(crate) struct Change {
    before: Option<Status>,
    stored: Option<Vec<u8>>,
    lead: Lead,
    entries: Vec<Entry>,
    counters: Vec<(Option<PoolId>, Counter)>,
}

impl Change {
    /// The beginning of a new lead.
    pub(crate) fn begin(
        id: LeadId,
        at: Timestamp,
        submission: Digest,
        facts: leadsman_domain::Facts,
    ) -> Self {
        let lead = journal::begin(id.clone(), at, facts.clone());
        let entries = vec![Entry { at, event: Event::Received { lead: id, submission, facts } }];
        Self { before: None, stored: None, lead, entries, counters: Vec::new() }
    }

    /// A change to a lead as it is stored.
    pub(crate) fn of(lead: Lead, stored: Vec<u8>) -> Self {
        let before = Some(lead.status.clone());
        Self { before, stored: Some(stored), lead, entries: Vec::new(), counters: Vec::new() }
    }

    /// The lead as it is after what happened so far.
    pub(crate) fn lead(&self) -> &Lead {
        &self.lead
    }

    /// What happened so far.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The counters of routing plugins that changed so far.
    pub(crate) fn counters(&self) -> &[(Option<PoolId>, Counter)] {
        &self.counters
    }

    /// Adds an entry and applies it.
    pub(crate) fn happened(&mut self, at: Timestamp, event: Event) {
        let entry = Entry { at, event };
        // Only `received` can be refused, and only `begin` makes one.
        let _ = journal::apply(&mut self.lead, &entry);
        self.entries.push(entry);
    }

    /// Remembers counters that a routing plugin changed.
    pub(crate) fn count(&mut self, pool: Option<&PoolId>, counters: &[Counter]) {
        self.counters.extend(counters.iter().map(|counter| (pool.cloned(), counter.clone())));
    }

    /// The batch that makes the change, and the lead after it.
    pub(crate) fn finish(self, policy: &Policy) -> Result<(Lead, Batch), FlowError> {
        let Self { before, stored, lead, entries, counters } = self;
        let mut batch = Batch::default();
        let lead_key = keys::lead(&lead.id);
        batch.puts.push((lead_key.clone(), record::encode("a lead", &lead)?));
        if stored.is_none() {
            batch.puts.push((keys::by_time(lead.received, &lead.id), Vec::new()));
        }
        batch.expects.push((lead_key, stored));
        batch.appends.push((keys::journal(&lead.id), record::encode("a journal page", &entries)?));
        for (pool, counter) in counters {
            let key = keys::turns(pool.as_ref()).text(&counter.key);
            batch.puts.push((key, counter.value.to_be_bytes().to_vec()));
        }
        if before.as_ref() != Some(&lead.status) {
            if let Some(before) = &before {
                leave(&mut batch, &lead, before);
            }
            enter(&mut batch, &lead, policy);
        }
        Ok((lead, batch))
    }
}

/// Takes a lead out of the indexes and loads of the status that it had.
fn leave(batch: &mut Batch, lead: &Lead, before: &Status) {
    match before {
        Status::Pooled { pool } => {
            batch.deletes.push(keys::by_pool(pool, lead.received, &lead.id));
            batch.adds.push(unbounded(keys::pool_load(pool), -1));
        }
        Status::Assigned { owner, since, .. } => {
            batch.deletes.push(keys::by_owner(owner, *since, &lead.id));
            batch.adds.push(unbounded(keys::rep_load(owner), -1));
        }
        Status::Held { until: Some(until), .. } => batch.deletes.push(keys::due(*until, &lead.id)),
        Status::Held { until: None, .. } | Status::Rejected | Status::Nurtured => {}
    }
}

/// Puts a lead into the indexes and loads of the status that it has now. A rep's cap is part of it.
fn enter(batch: &mut Batch, lead: &Lead, policy: &Policy) {
    match &lead.status {
        Status::Pooled { pool } => {
            batch.puts.push((keys::by_pool(pool, lead.received, &lead.id), Vec::new()));
            batch.adds.push(unbounded(keys::pool_load(pool), 1));
        }
        Status::Assigned { owner, since, .. } => {
            batch.puts.push((keys::by_owner(owner, *since, &lead.id), Vec::new()));
            let cap = policy.rep(owner).and_then(|rep| rep.cap);
            let max = cap.map_or(i64::MAX, i64::from);
            batch.adds.push(Add { key: keys::rep_load(owner), delta: 1, min: 0, max });
            if let Some(account) = account_of(lead, policy) {
                let mut known = since.as_ms().to_be_bytes().to_vec();
                known.extend_from_slice(owner.as_str().as_bytes());
                batch.puts.push((keys::account(account), known));
            }
        }
        Status::Held { until: Some(until), .. } => {
            batch.puts.push((keys::due(*until, &lead.id), Vec::new()));
        }
        Status::Held { until: None, .. } | Status::Rejected | Status::Nurtured => {}
    }
}

fn unbounded(key: Key, delta: i64) -> Add {
    Add { key, delta, min: 0, max: i64::MAX }
}

/// The account that a lead belongs to, hashed, if the policy says how to tell.
pub(crate) fn account_of(lead: &Lead, policy: &Policy) -> Option<Digest> {
    let attribute = policy.account.as_ref()?;
    let text = leadsman_domain::text::fold(lead.facts.text(attribute.as_str())?);
    (!text.is_empty()).then(|| Digest::of_parts([attribute.as_str().as_bytes(), text.as_bytes()]))
}
