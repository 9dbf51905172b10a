//! A change to one lead: entries for its journal, folded as they happen, and at the end one batch that
//! writes the lead, its indexes, its loads and its journal together. Every change of owner or pool goes
//! through here, so nothing can move a lead and forget an index, a cap or a timer.

use leadsman_domain::journal::{self, Entry, Event};
use leadsman_domain::lead::{Lead, Source};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Parting;
use leadsman_domain::policy::Policy;
use leadsman_domain::routing::Counter;
use leadsman_domain::{Digest, Facts, LeadId, PoolId, RepId, Timestamp};

use crate::error::FlowError;
use crate::keys;
use crate::ledger::{Batch, Key};
use crate::outbox::{Receivers, Told};
use crate::places::Places;
use crate::record;

/// After so many entries a change does not go on with what can wait.
const ENTRIES_SOFT_MAX: usize = 60;

/// A change in the making.
pub(crate) struct Change {
    /// Where the lead stood, if it is known already.
    before: Places,
    owner_before: Option<RepId>,
    stage_before: LifeStage,
    stored: Option<Vec<u8>>,
    lead: Lead,
    entries: Vec<Entry>,
    counters: Vec<(Option<PoolId>, Counter)>,
    /// What happens together with it.
    along: Batch,
    /// Who is told of it.
    receivers: Receivers,
    /// Changes to other leads in the same batch.
    others: Vec<Self>,
    /// What the batch newly counts besides, when this is such a change.
    beside: Vec<Key>,
}

impl Change {
    /// The beginning of a new lead that is told now, and may have been received before.
    pub(crate) fn begin(
        id: LeadId,
        told: Timestamp,
        received: Timestamp,
        submission: Digest,
        facts: Facts,
    ) -> Self {
        let lead = Lead { received, ..journal::begin(id.clone(), told, facts.clone()) };
        let received = Some(received).filter(|received| *received != told);
        let begun = Event::Received { lead: id, submission, facts, received, source: None };
        Self::of_nothing(lead, Entry { at: told, event: begun })
    }

    /// The beginning of a lead for another business line out of this one.
    pub(crate) fn begin_child(&mut self, at: Timestamp, source: Source) -> Self {
        let (parent, facts) = (&self.lead.id, self.lead.facts.clone());
        let (id, submission) = (parent.for_line(&source.line), parent.submission_for(&source.line));
        let begun = journal::begin(id.clone(), at, facts.clone());
        let lead = Lead { source: Some(source.clone()), ..begun };
        let source = Some(source);
        let begun = Event::Received { lead: id, submission, facts, received: None, source };
        let child = Self::of_nothing(lead, Entry { at, event: begun });
        self.beside(child.telling(self.receivers.clone()))
    }

    /// A change to another lead that will be adopted by this one: what counts for this change counts for that
    /// one, so that nobody gets a place or a turn twice.
    pub(crate) fn beside(&mut self, other: Self) -> Self {
        let counters = std::mem::take(&mut self.counters);
        let beside = self.newly_counted().into_iter().chain(self.beside.iter().cloned()).collect();
        Self { counters, beside, ..other }
    }

    /// Takes a change to another lead, with those that it took in, into the batch.
    pub(crate) fn adopt(&mut self, mut other: Self) {
        self.counters = std::mem::take(&mut other.counters);
        self.others.append(&mut other.others);
        self.others.push(other);
    }

    /// Gives a change to another lead back that was taken into the batch, to go on with it.
    pub(crate) fn adopted(&mut self, lead: &LeadId) -> Option<Self> {
        let place = self.others.iter().position(|other| other.lead.id == *lead)?;
        let other = self.others.remove(place);
        Some(self.beside(other))
    }

    fn of_nothing(lead: Lead, first: Entry) -> Self {
        Self { entries: vec![first], ..Self::unchanged(lead, Places::default(), None) }
    }

    /// Nothing happened yet to a lead that stands in these places.
    fn unchanged(lead: Lead, before: Places, stored: Option<Vec<u8>>) -> Self {
        let owner_before = stored.as_ref().and_then(|_| lead.status.owner().cloned());
        let stage_before = lead.stage;
        let (entries, counters, along, receivers, others, beside) = Default::default();
        Self {
            before,
            owner_before,
            stage_before,
            stored,
            lead,
            entries,
            counters,
            along,
            receivers,
            others,
            beside,
        }
    }

    /// A change to a lead as it is stored.
    pub(crate) fn of(lead: Lead, stored: Vec<u8>) -> Self {
        let before = Places::of(&lead);
        Self::unchanged(lead, before, Some(stored))
    }

    /// The change, of which these are told.
    pub(crate) fn telling(self, receivers: Receivers) -> Self {
        Self { receivers, ..self }
    }

    /// The lead as it is after what happened so far.
    pub(crate) fn lead(&self) -> &Lead {
        &self.lead
    }

    /// Whether the lead was stored like this when the change began.
    pub(crate) fn began_with(&self, stored: &[u8]) -> bool {
        self.stored.as_deref() == Some(stored)
    }

    /// What happened so far.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The counters of routing plugins that changed so far.
    pub(crate) fn counters(&self) -> &[(Option<PoolId>, Counter)] {
        &self.counters
    }

    /// Whether so much has happened already that one page of a journal can hardly hold more.
    pub(crate) fn is_long(&self) -> bool {
        self.entries.len() > ENTRIES_SOFT_MAX
    }

    /// Adds an entry and applies it.
    pub(crate) fn happened(&mut self, at: Timestamp, event: Event) {
        let entry = Entry { at, event };
        // Only `received` can be refused, and only `begin` makes one.
        let _ = journal::apply(&mut self.lead, &entry);
        self.entries.push(entry);
    }

    /// Gives the lead to a rep from a pool, under every quota that counts it.
    pub(crate) fn give(
        &mut self,
        at: Timestamp,
        policy: &Policy,
        owner: &RepId,
        pool: &PoolId,
        instead: Option<Parting>,
    ) {
        let rep = policy.rep(owner);
        let quotas = rep.into_iter().flat_map(|rep| policy.quotas_on(&self.lead.facts, rep));
        let quotas = quotas.map(|quota| quota.name.clone()).collect();
        let (owner, pool) = (owner.clone(), pool.clone());
        self.happened(at, Event::Allocated { owner, pool, quotas, instead });
    }

    /// Whether the lead counted for this when the change began, and does so no longer.
    pub(crate) fn frees(&self, load: &Key) -> bool {
        let counts = |places: &Places| places.counted().any(|counted| counted == load);
        counts(&self.before) && !counts(&Places::of(&self.lead))
    }

    /// Lets something else happen together with the change, or not at all.
    pub(crate) fn along_with(&mut self, batch: Batch) {
        self.along = std::mem::take(&mut self.along).and(batch);
    }

    /// How often others of the same batch newly count for this.
    pub(crate) fn counted_beside(&self, load: &Key) -> u32 {
        let of_others = self.others.iter().flat_map(Self::newly_counted);
        let count = of_others.chain(self.beside.iter().cloned()).filter(|key| key == load).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// What this change, and those of its others, newly count for.
    fn newly_counted(&self) -> Vec<Key> {
        let now = Places::of(&self.lead);
        let new = now.counted().filter(|key| !self.before.counted().any(|before| before == *key));
        let of_others = self.others.iter().flat_map(Self::newly_counted);
        new.cloned().chain(of_others).collect()
    }

    /// Remembers counters that a routing plugin changed.
    pub(crate) fn count(&mut self, pool: Option<&PoolId>, counters: &[Counter]) {
        self.counters.extend(counters.iter().map(|counter| (pool.cloned(), counter.clone())));
    }

    /// The batch that makes the change, and the lead after it.
    pub(crate) fn finish(self, policy: &Policy) -> Result<(Lead, Batch), FlowError> {
        let Self {
            before,
            owner_before,
            stage_before,
            stored,
            lead,
            entries,
            counters,
            along,
            receivers,
            others,
            beside: _,
        } = self;
        let mut batch = along;
        let told = Told { lead: &lead, entries: &entries, stored: stored.as_deref(), stage_before };
        receivers.post(&told, &mut batch)?;
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
        before.move_to(Places::of(&lead), &lead, policy, &mut batch);
        if let Some(owner) = lead.status.owner().filter(|owner| owner_before.as_ref() != Some(*owner))
            && let Some(account) = account_of(&lead, policy)
        {
            let mut known = lead.since.as_ms().to_be_bytes().to_vec();
            known.extend_from_slice(owner.as_str().as_bytes());
            batch.puts.push((keys::account(account), known));
        }
        for other in others {
            batch = batch.and(other.finish(policy)?.1);
        }
        Ok((lead, batch))
    }
}

/// The account that a lead belongs to, hashed, if the policy says how to tell.
pub(crate) fn account_of(lead: &Lead, policy: &Policy) -> Option<Digest> {
    let attribute = policy.account.as_ref()?;
    let account = policy.account_of(&lead.facts)?;
    Some(Digest::of_parts([attribute.as_str().as_bytes(), account.as_bytes()]))
}
