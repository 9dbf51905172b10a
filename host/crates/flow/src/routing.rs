//! Routing: dispatch moves a lead to a pool, allocation gives it to a rep of the pool. The plugins
//! propose; what is done, and who is barred beforehand, is the host's.

use leadsman_domain::journal::{Decision, Event, Outcome, Situation};
use leadsman_domain::life::LifeStage;
use leadsman_domain::order::Parting;
use leadsman_domain::policy::Binding;
use leadsman_domain::routing::{Acquaintance, Choice, Counter, PassedOver, Question, Relation};
use leadsman_domain::ruling::{Fallback, Stage};
use leadsman_domain::{PoolId, RepId, Timestamp};

use crate::admission;
use crate::change::{Change, account_of};
use crate::eligibility;
use crate::error::FlowError;
use crate::field::{Field, passed};
use crate::keys;
use crate::revision::Revision;
use crate::rules::{Case, Inquiry, Step};
use crate::screening::Stopped;
use crate::work::Work;

/// What a chain of plugins came to.
pub(crate) enum Came {
    To(Choice),
    Nothing,
    Stopped(Stopped),
}

impl Work<'_> {
    /// Dispatches a lead and, where that ends in a pool, allocates it; unless it lacks what a lead must
    /// have before. Says whether a fault decided.
    pub(crate) fn run(&mut self, change: &mut Change) -> Result<bool, FlowError> {
        let mature = change.lead().standing.as_ref().is_none_or(|standing| standing.mature);
        self.dispatch(change, mature)
    }

    /// The same for a lead that a follow-up plugin wants with sales now, whatever its score: it is an MQL, and every
    /// plugin that is asked is told that it is mature.
    pub(crate) fn run_as_mature(&mut self, change: &mut Change) -> Result<bool, FlowError> {
        if change.lead().stage < LifeStage::Mql {
            change.happened(self.now, Event::Staged { stage: LifeStage::Mql });
        }
        self.as_mature = true;
        let routed = self.dispatch(change, true);
        self.as_mature = false;
        routed
    }

    /// Gives a lead that waited in a pool for somebody with room to a rep. It passes for mature, whatever its score is
    /// by now.
    pub(crate) fn allocate_what_waited(
        &mut self,
        change: &mut Change,
        pool: &PoolId,
    ) -> Result<bool, FlowError> {
        self.as_mature = change.lead().standing.as_ref().is_some_and(|standing| !standing.mature);
        let allocated = self.allocate(change, pool, None);
        self.as_mature = false;
        allocated
    }

    fn dispatch(&mut self, change: &mut Change, mature: bool) -> Result<bool, FlowError> {
        let lacks = eligibility::lacks(&self.revision.policy.eligibility, change.lead());
        if !lacks.is_empty() {
            change.happened(self.now, Event::Blocked { lacks });
            return Ok(false);
        }
        if let Some(pool) = self.pool_of_line(change.lead()) {
            let admitted = self.put_in(change, self.now, &pool, Parting::Reclaimed);
            return admitted.map_or(Ok(false), |pool| self.allocate(change, &pool, None));
        }
        let mut field = self.everybody_present();
        let came = self.ask(change, Question::Dispatch, None, &mut field)?;
        let default_pool = self.revision.policy.default_pool.clone();
        match came {
            Came::Stopped(stopped) => {
                self.fall_back(change, &stopped);
                Ok(true)
            }
            Came::To(Choice::HoldUntil(until)) => {
                let reason = "a dispatch rule holds it".to_owned();
                change.happened(self.now, Event::Held { until: Some(until), reason });
                Ok(false)
            }
            Came::To(Choice::Nurture) => {
                change.happened(self.now, Event::Nurtured);
                Ok(false)
            }
            Came::To(Choice::Rep(rep)) if mature => self.give_to(change, &default_pool, rep),
            Came::To(Choice::Pool(pool)) => self.pool(change, pool, mature, &field),
            Came::To(_) | Came::Nothing if mature => self.pool(change, default_pool, true, &field),
            Came::To(_) | Came::Nothing => {
                change.happened(self.now, Event::Nurtured);
                Ok(false)
            }
        }
    }

    /// Sends a lead to the default pool without asking anybody, or holds or rejects it: what the
    /// policy says for a plugin that gave no usable answer.
    pub(crate) fn fall_back(&mut self, change: &mut Change, stopped: &Stopped) {
        match stopped.fallback {
            Fallback::DefaultPool => {
                let pool = self.revision.policy.default_pool.clone();
                self.put_in(change, self.now, &pool, Parting::Reclaimed);
            }
            Fallback::Reject => {
                let findings = change.lead().findings.clone();
                let disposition = leadsman_domain::screening::Disposition::Reject;
                change.happened(self.now, Event::Screened { disposition, findings });
            }
            Fallback::Hold | Fallback::Next => {
                change.happened(self.now, Event::Held { until: None, reason: stopped.reason.clone() });
            }
        }
    }

    /// A dispatch that names a person: the designated allocation, through the same door.
    fn give_to(&mut self, change: &mut Change, pool: &PoolId, rep: RepId) -> Result<bool, FlowError> {
        match self.put_in(change, self.now, pool, Parting::Reclaimed) {
            Some(admitted) if admitted == *pool => {}
            Some(admitted) => return self.allocate(change, &admitted, None),
            None => return Ok(false),
        }
        let known = self.revision.policy.rep(&rep);
        let has_room = match known {
            Some(known) => self.room(change, known)?.is_none(),
            None => false,
        };
        if !has_room || change.lead().turned_away(&rep).is_some() {
            return self.allocate(change, pool, None);
        }
        change.give(self.now, &self.revision.policy, &rep, pool, None);
        Ok(false)
    }

    fn pool(
        &mut self,
        change: &mut Change,
        pool: PoolId,
        mature: bool,
        field: &Field,
    ) -> Result<bool, FlowError> {
        let admitted = self.put_in(change, self.now, &pool, Parting::Reclaimed);
        match admitted.filter(|_| mature) {
            Some(admitted) if admitted == pool => self.allocate(change, &pool, Some(field)),
            Some(admitted) => self.allocate(change, &admitted, None),
            None => Ok(false),
        }
    }

    /// Gives a pooled lead to a rep, if a plugin of the pool chooses one; unless it lacks what a lead must have
    /// for that.
    pub(crate) fn allocate(
        &mut self,
        change: &mut Change,
        pool: &PoolId,
        dispatched: Option<&Field>,
    ) -> Result<bool, FlowError> {
        let mut lacks = eligibility::lacks(&self.revision.policy.eligibility, change.lead());
        lacks.extend(admission::lacks_for(pool, &self.revision.policy, change.lead()));
        if !lacks.is_empty() {
            change.happened(self.now, Event::Blocked { lacks });
            return Ok(false);
        }
        let mut field = self.who_serves(change, pool)?;
        if let Some(dispatched) = dispatched {
            let kept = |rep: &RepId| dispatched.candidates.iter().any(|left| left.rep == *rep);
            let why = |rep: &RepId| dispatched.barred.iter().find(|one| one.rep == *rep).cloned();
            let out: Vec<PassedOver> = field
                .candidates
                .iter()
                .filter(|one| !kept(&one.rep))
                .map(|one| {
                    why(&one.rep)
                        .unwrap_or_else(|| passed(&one.rep, "narrowed-out", "a dispatch rule chose others"))
                })
                .collect();
            field.candidates.retain(|one| kept(&one.rep));
            field.barred.extend(out);
        }
        field.bar_former_owners(change.lead(), self.revision.policy.pool(pool));
        match self.ask(change, Question::Allocation, Some(pool), &mut field)? {
            Came::To(Choice::Rep(owner)) => {
                change.give(self.now, &self.revision.policy, &owner, pool, None);
                Ok(false)
            }
            Came::To(Choice::HoldUntil(until)) => {
                let reason = "an allocation rule holds it".to_owned();
                change.happened(self.now, Event::Held { until: Some(until), reason });
                Ok(false)
            }
            Came::To(Choice::Nurture) => {
                change.happened(self.now, Event::Nurtured);
                Ok(false)
            }
            Came::Stopped(stopped) => {
                if stopped.fallback != Fallback::DefaultPool || *pool != self.revision.policy.default_pool {
                    self.fall_back(change, &stopped);
                }
                Ok(true)
            }
            Came::To(_) | Came::Nothing => Ok(false),
        }
    }

    /// Asks a chain of plugins until one decides, narrowing the field on the way.
    pub(crate) fn ask(
        &mut self,
        change: &mut Change,
        question: Question,
        pool: Option<&PoolId>,
        field: &mut Field,
    ) -> Result<Came, FlowError> {
        let revision = self.revision;
        let (bindings, place) = chain(revision, pool);
        if question == Question::Allocation && field.candidates.is_empty() {
            return Ok(Came::Nothing);
        }
        for (index, binding) in bindings.iter().enumerate() {
            let step = match place {
                None => Step::Dispatch(index),
                Some(pool) => Step::Allocation { pool, index },
            };
            let situation = Situation {
                question,
                pool: pool.cloned(),
                candidates: field.candidates.clone(),
                acquaintances: self.acquaintances(change)?,
                counters: self.counters(change, pool)?,
                pools: if question == Question::Dispatch { self.pools()? } else { Vec::new() },
                barred: field.barred.clone(),
                as_mature: self.as_mature,
            };
            match self.ask_one(change, step, binding, situation) {
                Came::To(Choice::Pass) | Came::Nothing => {}
                Came::To(Choice::Narrow(reps)) => {
                    let plugin = &revision.rulebook.stamp(step).name;
                    let why = format!("{plugin} narrowed the choice to others");
                    field.bar("narrowed-out", &why, |rep| !reps.contains(rep));
                }
                decided => return Ok(decided),
            }
        }
        Ok(Came::Nothing)
    }

    fn ask_one(&mut self, change: &mut Change, step: Step, binding: &Binding, situation: Situation) -> Came {
        let inquiry = Inquiry::of(Case { lead: change.lead(), now: self.now }, &situation);
        let ruling = self.revision.rulebook.route(step, &inquiry);
        let stamp = self.revision.rulebook.stamp(step).clone();
        let (came, outcome) = match ruling.outcome {
            Ok(proposal) => {
                change.count(situation.pool.as_ref(), &proposal.counters);
                (Came::To(proposal.choice.clone()), Outcome::Proposal(proposal))
            }
            Err(fault) => {
                let came = match &binding.fallback {
                    Fallback::Next => Came::Nothing,
                    fallback => {
                        let reason = format!("routing plugin {} failed: {fault}", stamp.name);
                        Came::Stopped(Stopped { fallback: fallback.clone(), reason })
                    }
                };
                (came, Outcome::Fault { fault, fallback: binding.fallback.clone() })
            }
        };
        let decision = Decision {
            stage: Stage::Routing,
            plugin: stamp,
            revision: self.revision.number,
            fuel: ruling.fuel,
            situation: Some(situation),
            outcome,
        };
        change.happened(self.now, Event::Decided(Box::new(decision)));
        came
    }

    /// The counters of a pool, or of the dispatch, as the change has left them so far.
    pub(crate) fn counters(
        &mut self,
        change: &Change,
        pool: Option<&PoolId>,
    ) -> Result<Vec<Counter>, FlowError> {
        let mut counters = self.turn.counters(self.desk.ledger(), pool)?;
        for (_, changed) in change.counters().iter().filter(|(of, _)| of.as_ref() == pool) {
            match counters.binary_search_by(|counter| counter.key.cmp(&changed.key)) {
                Ok(place) => counters[place].value = changed.value,
                Err(place) => counters.insert(place, changed.clone()),
            }
        }
        Ok(counters)
    }

    fn pools(&mut self) -> Result<Vec<(PoolId, u64)>, FlowError> {
        let revision = self.revision;
        let waiting = |pool: &PoolId| Ok((pool.clone(), self.turn.pool_load(self.desk.ledger(), pool)?));
        revision.policy.pools.iter().map(|pool| &pool.id).map(waiting).collect()
    }

    /// Who knows the lead: who owns it, and who owns the account that it belongs to.
    fn acquaintances(&self, change: &Change) -> Result<Vec<Acquaintance>, FlowError> {
        if let Some(known) = self.turn.acquaintances() {
            return Ok(known.to_vec());
        }
        let mut known = Vec::new();
        let lead = change.lead();
        if let Some(owner) = lead.status.owner() {
            known.push(Acquaintance { rep: owner.clone(), relation: Relation::Owner, since: lead.since });
        }
        let account = account_of(change.lead(), &self.revision.policy);
        let stored =
            account.map(|account| self.desk.ledger().get(&keys::account(account))).transpose()?.flatten();
        if let Some((since, owner)) = stored.as_deref().and_then(<[u8]>::split_first_chunk::<8>) {
            let rep = std::str::from_utf8(owner).ok().and_then(|owner| RepId::parse(owner).ok());
            if let Some(rep) = rep {
                let since = Timestamp::from_ms(i64::from_be_bytes(*since));
                known.push(Acquaintance { rep, relation: Relation::AccountOwner, since });
            }
        }
        if let Some(last) = lead.former_owners.last() {
            let (rep, relation) = (last.rep.clone(), Relation::LastWorker);
            known.push(Acquaintance { rep, relation, since: last.until });
        }
        Ok(known)
    }
}

/// The plugins to be asked, and the pool's place in the policy if it is an allocation.
fn chain<'a>(revision: &'a Revision, pool: Option<&PoolId>) -> (&'a [Binding], Option<usize>) {
    let Some(pool) = pool else { return (&revision.policy.dispatch, None) };
    match revision.policy.pools.iter().position(|known| known.id == *pool) {
        Some(place) => (&revision.policy.pools[place].allocation, Some(place)),
        None => (&[], None),
    }
}
